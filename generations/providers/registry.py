"""Which models exist here and where their answers come from, read from the settings."""

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from generations.providers.base import Endpoint, Model
from generations.providers.errors import UnknownModel

OFFICIAL_URL = "https://api.openai.com/v1"
STUDIO = Model("studio", "Studio (built in)", Endpoint(provider="studio", upstream="studio"))
CONTRACT_LABELS = {  # names that the React client sends (CONTRACT 7.2)
    "gpt-5.2-2025-12-11": "GPT-5.2",
    "gpt-5-mini-2025-08-07": "GPT-5 Mini",
    "gpt-4o": "GPT-4o",
}
DEFAULT_NAME = "gpt-5.2-2025-12-11"

_TEXTS = ("name", "label", "baseUrl", "apiKey", "upstream")
_PRICES = ("priceIn", "priceOut")
NAME_MAX = 100  # characters; as long as the columns that keep them
_FIELDS = {*_TEXTS, *_PRICES, "fallback"}


def models() -> list[Model]:
    """Every model that may be asked for: the contract's, those of CHATSVG_MODELS, studio last.

    Raises ImproperlyConfigured, naming the field, where the settings cannot work.
    """
    return list(_registry().values())


def default_model() -> Model:
    """What draws when nobody chose: the first contract model, or studio if it stands in."""
    preferred = _registry()[DEFAULT_NAME]
    return STUDIO if preferred.is_stand_in else preferred


def endpoint_for(name: str) -> Endpoint:
    """Where `name` is drawn. Raises UnknownModel."""
    model = _registry().get(name)
    if model is None:
        raise UnknownModel(f"no model named {name!r}")
    return model.endpoint


def _registry() -> dict[str, Model]:
    return _read(settings.CHATSVG_MODELS, settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY)


@lru_cache(maxsize=8)
def _read(path: str, base_url: str, api_key: str) -> dict[str, Model]:
    own = _from_file(path) if path else {}
    contract = {
        name: Model(name, label, _contract_endpoint(name, base_url, api_key, own))
        for name, label in CONTRACT_LABELS.items()
    }
    found = contract | own | {STUDIO.name: STUDIO}
    _check_fallbacks(own, found)
    return found


def _contract_endpoint(name: str, base_url: str, api_key: str, own: dict[str, Model]) -> Endpoint:
    """OPENAI_*'s endpoint under the same name, else the file's first model, else studio."""
    if base_url or api_key:
        url = _url(base_url, "OPENAI_BASE_URL") if base_url else OFFICIAL_URL
        return Endpoint(provider="openai", upstream=name, base_url=url, api_key=api_key)
    first = next(iter(own.values()), STUDIO)
    return first.endpoint


# --- The file of CHATSVG_MODELS ---


def _from_file(path: str) -> dict[str, Model]:
    entries = _entries(path)
    found: dict[str, Model] = {}
    for number, entry in enumerate(entries):
        model = _model(entry, f"CHATSVG_MODELS: models[{number}]")
        if model.name in found or model.name == STUDIO.name:
            raise ImproperlyConfigured(
                f"CHATSVG_MODELS: models[{number}].name {model.name!r} is taken."
            )
        found[model.name] = model
    return found


def _entries(path: str) -> list[Any]:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise ImproperlyConfigured(f"CHATSVG_MODELS: {path}: {error.strerror}.") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"CHATSVG_MODELS: {path} is not JSON: {error}.") from error
    entries = content.get("models") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise ImproperlyConfigured('CHATSVG_MODELS: the file must read {"models": [...]}.')
    return entries


def _model(entry: Any, where: str) -> Model:
    if not isinstance(entry, dict):
        raise ImproperlyConfigured(f"{where} must be an object.")
    if unknown := sorted(entry.keys() - _FIELDS):
        raise ImproperlyConfigured(f"{where}.{unknown[0]} is not a known field.")
    texts = {key: _text(entry, key, where) for key in _TEXTS}
    if not texts["name"]:
        raise ImproperlyConfigured(f"{where}.name is missing.")
    endpoint = Endpoint(
        provider="openai",
        upstream=texts["upstream"] or texts["name"],
        base_url=_url(texts["baseUrl"], f"{where}.baseUrl"),
        api_key=texts["apiKey"],
        price_in=_price(entry, "priceIn", where),
        price_out=_price(entry, "priceOut", where),
        fallback=_names(entry, where),
    )
    return Model(texts["name"], texts["label"] or texts["name"], endpoint)


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ImproperlyConfigured(f"{where}.{key} must be a text.")
    if key in ("name", "upstream") and len(value.strip()) > NAME_MAX:
        raise ImproperlyConfigured(f"{where}.{key} is longer than {NAME_MAX} characters.")
    return value.strip()


def _price(entry: dict[str, Any], key: str, where: str) -> Decimal | None:
    value = entry.get(key)
    if value is None:
        return None
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not number or not Decimal(value).is_finite() or value < 0:
        raise ImproperlyConfigured(f"{where}.{key} must be US dollars per million tokens.")
    return Decimal(value)


def _names(entry: dict[str, Any], where: str) -> tuple[str, ...]:
    value = entry.get("fallback") or []
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ImproperlyConfigured(f"{where}.fallback must be a list of model names.")
    return tuple(value)


def _url(value: str, where: str) -> str:
    """The address without a slash at its end; a bare host gets the usual /v1."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ImproperlyConfigured(f"{where} must be an http(s) address, not {value!r}.")
    return value.rstrip("/") + ("" if parts.path.strip("/") else "/v1")


def _check_fallbacks(own: dict[str, Model], known: dict[str, Model]) -> None:
    for number, model in enumerate(own.values()):
        for name in model.endpoint.fallback:
            if name not in known or name == model.name:
                raise ImproperlyConfigured(
                    f"CHATSVG_MODELS: models[{number}].fallback names {name!r}, "
                    "which is not another model."
                )
