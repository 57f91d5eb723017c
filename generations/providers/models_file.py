"""The JSON file that CHATSVG_MODELS names: models of one's own (DESIGN §7).

{"models": [{"name": "…", "baseUrl": "…", "apiKeyEnv": "…"}]}
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from generations.providers import addresses
from generations.providers.addresses import Address
from generations.providers.base import Abilities, Endpoint, Limits, Model
from generations.providers.fields import Fields

NAME_MAX = 100  # characters; as long as the columns that keep them
RESERVED = ("studio",)
_TEXTS = ("name", "label", "baseUrl", "apiKey", "apiKeyEnv", "upstream", "apiVersion", "auth")
_FIELDS = (*_TEXTS, "priceIn", "priceOut", "fallback", "abilities", "limits")
_ABILITIES = ("streaming", "vision", "json")
_LIMITS = ("maxOutputTokens", "seconds", "concurrent")
_AUTHS = ("bearer", "api-key", "none")


def read(path: str) -> dict[str, Model]:
    """The file's models by their names, in its order.

    Raises ImproperlyConfigured, naming field and place, for every mistake in it.
    """
    found: dict[str, Model] = {}
    for number, entry in enumerate(_entries(path)):
        where = place(number)
        model = _model(Fields(entry, where, _FIELDS), where)
        if model.name in found or model.name in RESERVED:
            raise ImproperlyConfigured(f"{where}.name {model.name!r} is taken.")
        found[model.name] = model
    return found


def place(number: int) -> str:
    """How the entry of that number is called in what we say about it."""
    return f"CHATSVG_MODELS: models[{number}]"


def endpoint(address: Address, *, api_key: str, upstream: str, **rest: Any) -> Endpoint:
    """The endpoint at an address that was read; without a key none is sent."""
    return Endpoint(
        provider="openai",
        upstream=upstream,
        base_url=address.base_url,
        api_key=api_key,
        query=address.query,
        explanation=address.notes,
        **{"auth": address.auth if api_key else "none", **rest},
    )


def _entries(path: str) -> list[Any]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        content = json.loads(text, parse_float=Decimal, object_pairs_hook=_object)
    except OSError as error:
        raise ImproperlyConfigured(f"CHATSVG_MODELS: {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ImproperlyConfigured(f"CHATSVG_MODELS: {path} is not JSON: {error}.") from error
    if not isinstance(content, dict) or not isinstance(content.get("models"), list):
        raise ImproperlyConfigured('CHATSVG_MODELS: the file must read {"models": [...]}.')
    if others := sorted(content.keys() - {"models"}):
        raise ImproperlyConfigured(f"CHATSVG_MODELS: {others[0]} is not a known field.")
    return content["models"]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Of a field that is there twice, one would be lost unseen."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ImproperlyConfigured(
            f"CHATSVG_MODELS: the field {twice!r} stands twice in an object."
        )
    return made


def _model(entry: Fields, where: str) -> Model:
    name = entry.text("name", NAME_MAX)
    if not name:
        raise entry.wrong("name", "is missing")
    address = _address(entry, name)
    made = endpoint(
        address,
        api_key=entry.secret("apiKey", "apiKeyEnv"),
        upstream=entry.text("upstream", NAME_MAX) or address.deployment or name,
        price_in=entry.price("priceIn"),
        price_out=entry.price("priceOut"),
        fallback=entry.names("fallback"),
        abilities=_abilities(entry.part("abilities", _ABILITIES)),
        limits=_limits(entry.part("limits", _LIMITS)),
        source=where,
        **_auth(entry),
    )
    return Model(name, entry.text("label") or name, made)


def _address(entry: Fields, name: str) -> Address:
    text, version = entry.text("baseUrl"), entry.text("apiVersion")
    if not text:
        raise entry.wrong("baseUrl", "is missing")
    try:
        return addresses.read(text, upstream=entry.text("upstream") or name, api_version=version)
    except addresses.BadAddress as error:
        raise entry.wrong("baseUrl", str(error)) from None


def _auth(entry: Fields) -> dict[str, str]:
    """How the key is sent, where the file says so."""
    said = entry.choice("auth", _AUTHS)
    has_key = entry.given("apiKey") or entry.given("apiKeyEnv")
    if said in ("bearer", "api-key") and not has_key:
        raise entry.wrong("auth", "says how a key is sent, and there is none")
    return {"auth": said} if said else {}


def _abilities(entry: Fields) -> Abilities:
    usual = Abilities()
    return Abilities(**{name: entry.flag(name, getattr(usual, name)) for name in _ABILITIES})


def _limits(entry: Fields) -> Limits:
    return Limits(
        max_output_tokens=entry.whole("maxOutputTokens"),
        seconds=entry.seconds("seconds"),
        concurrent=entry.whole("concurrent"),
    )
