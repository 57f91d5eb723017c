"""Which models exist here and where their answers come from, read from the settings."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from generations.providers import addresses, models_file
from generations.providers.base import Endpoint, Model
from generations.providers.errors import UnknownModel
from generations.providers.fields import PRICE_MAX

OWN_SOURCE = "OPENAI_*"
OFFICIAL_URL = "https://api.openai.com/v1"
STUDIO = Model("studio", "Studio (built in)", Endpoint(provider="studio", upstream="studio"))
CONTRACT_LABELS = {  # names that the React client sends (CONTRACT 7.2)
    "gpt-5.2-2025-12-11": "GPT-5.2",
    "gpt-5-mini-2025-08-07": "GPT-5 Mini",
    "gpt-4o": "GPT-4o",
}
DEFAULT_NAME = "gpt-5.2-2025-12-11"

Models = Mapping[str, Model]


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
    return chain(name)[0].endpoint


def chain(name: str) -> tuple[Model, ...]:
    """The model, then what to turn to when it is away, and when that is: each place once.

    Raises UnknownModel.
    """
    known = _registry()
    if name not in known:
        raise UnknownModel(f"no model named {name!r}")
    return _chain(known[name], known)


def _chain(first: Model, known: Models) -> tuple[Model, ...]:
    """A model's own wishes come before those of its fallbacks."""
    found: dict[tuple[str, ...], Model] = {}
    waiting = deque([first])
    while waiting:
        model = waiting.popleft()
        if _spot(model.endpoint) not in found:
            found[_spot(model.endpoint)] = model
            waiting.extend(known[name] for name in model.endpoint.fallback)
    return tuple(found.values())


def _spot(endpoint: Endpoint) -> tuple[str, ...]:
    """What draws: two names for it help nobody when it is away."""
    return (endpoint.provider, endpoint.base_url, endpoint.upstream, endpoint.api_key)


# --- What the settings say ---


@dataclass(frozen=True)
class _Own:
    """The OPENAI_* settings: one endpoint for the contract's models."""

    base_url: str
    api_key: str
    model: str
    api_version: str
    price_in: str
    price_out: str
    fallback: tuple[str, ...]

    @property
    def is_given(self) -> bool:
        return bool(self.base_url or self.api_key)


def _registry() -> Models:
    own = _Own(
        base_url=settings.OPENAI_BASE_URL,
        api_key=settings.OPENAI_API_KEY,
        model=settings.OPENAI_MODEL,
        api_version=settings.OPENAI_API_VERSION,
        price_in=settings.OPENAI_PRICE_IN,
        price_out=settings.OPENAI_PRICE_OUT,
        fallback=tuple(settings.OPENAI_FALLBACK),
    )
    return _read(settings.CHATSVG_MODELS, own)


@lru_cache(maxsize=8)
def _read(path: str, own: _Own) -> Models:
    filed = models_file.read(path) if path else {}
    contract = {
        name: Model(name, label, _contract_endpoint(name, own, filed))
        for name, label in CONTRACT_LABELS.items()
    }
    found = contract | filed | {STUDIO.name: STUDIO}
    _check_fallbacks(own, filed, found)
    return found


def _contract_endpoint(name: str, own: _Own, filed: Models) -> Endpoint:
    """That of OPENAI_*, else of the file's first model, else studio."""
    if own.is_given:
        return _own_endpoint(name, own)
    return next(iter(filed.values()), STUDIO).endpoint


def _own_endpoint(name: str, own: _Own) -> Endpoint:
    upstream = own.model or name
    try:
        address = addresses.read(
            own.base_url or OFFICIAL_URL, upstream=upstream, api_version=own.api_version
        )
    except addresses.BadAddress as error:
        raise ImproperlyConfigured(f"OPENAI_BASE_URL {error}.") from None
    if len(upstream) > models_file.NAME_MAX:
        raise ImproperlyConfigured(
            f"OPENAI_MODEL is longer than {models_file.NAME_MAX} characters."
        )
    return models_file.endpoint(
        address,
        api_key=own.api_key,
        upstream=own.model or address.deployment or name,
        price_in=_price("OPENAI_PRICE_IN", own.price_in),
        price_out=_price("OPENAI_PRICE_OUT", own.price_out),
        fallback=own.fallback,
        source=OWN_SOURCE,
    )


def _price(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or not 0 <= price <= PRICE_MAX:
        raise ImproperlyConfigured(f"{name} must be US dollars per million tokens, not {text!r}.")
    return price


def _check_fallbacks(own: _Own, filed: Models, known: Models) -> None:
    for name in own.fallback if own.is_given else ():
        if name not in known:
            raise ImproperlyConfigured(f"OPENAI_FALLBACK names {name!r}, which is no model here.")
    for number, model in enumerate(filed.values()):
        for name in model.endpoint.fallback:
            if name not in known or name == model.name:
                raise ImproperlyConfigured(
                    f"{models_file.place(number)}.fallback names {name!r}, "
                    "which is not another model."
                )
