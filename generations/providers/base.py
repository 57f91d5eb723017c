"""What every model provider takes and gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from generations.inspection import Fault

MAX_CHARACTERS = 256 * 1024  # of an answer; a longer one is given up

OnText = Callable[[str], None]
Auth = Literal["bearer", "api-key", "none"]


@dataclass(frozen=True)
class Correction:
    """An answer to be mended, and what is wrong with it."""

    answer: str
    faults: "tuple[Fault, ...]"


@dataclass(frozen=True)
class DrawRequest:
    """One drawing asked of one model. `model` is a name of the registry.

    With a `correction` the model is to mend that answer instead of drawing anew.
    """

    prompt: str
    style: str
    model: str
    correction: Correction | None = None


@dataclass(frozen=True)
class Draft:
    """A model's raw answer and what it took. None means that the provider did not say."""

    text: str
    provider: str
    upstream: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: Decimal | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Abilities:
    """What an endpoint can do. Nothing is asked of it that it cannot."""

    streaming: bool = True
    vision: bool = False  # sees pictures
    json: bool = False  # keeps to a JSON schema that is given as response_format


@dataclass(frozen=True)
class Limits:
    """What an endpoint may be asked for. None means no limit of its own."""

    max_output_tokens: int | None = None
    seconds: float | None = None  # of one call
    concurrent: int | None = None  # calls under way at once, in one process


@dataclass(frozen=True)
class Endpoint:
    """Where a model's answers come from. Prices are US dollars per million tokens.

    `base_url` is empty for studio, `api_key` for a server that asks for none; `fallback` names
    the models to turn to when this one is away. `query` goes with every call (Azure's
    api-version); `auth` says how the key is sent: as `Authorization: Bearer`, as `api-key`, or that
    none is. `explanation` tells how the address was read, `source` which settings name it.
    """

    provider: str  # "openai" (anything that speaks its protocol) or "studio"
    upstream: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    price_in: Decimal | None = None
    price_out: Decimal | None = None
    fallback: tuple[str, ...] = ()
    abilities: Abilities = Abilities()
    limits: Limits = Limits()
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: Auth = "bearer"
    explanation: tuple[str, ...] = field(default=(), compare=False, repr=False)
    source: str = field(default="", compare=False, repr=False)

    def cost(self, prompt_tokens: int | None, completion_tokens: int | None) -> Decimal | None:
        """US dollars, or None where a price or a count is not known."""
        if prompt_tokens is None or completion_tokens is None:
            return None
        if self.price_in is None or self.price_out is None:
            return None
        dollars = prompt_tokens * self.price_in + completion_tokens * self.price_out
        return dollars / 1_000_000


@dataclass(frozen=True)
class Model:
    """A name people may ask for."""

    name: str
    label: str
    endpoint: Endpoint

    @property
    def is_stand_in(self) -> bool:
        """Whether studio draws in this model's place because nothing else is configured."""
        return self.endpoint.provider == "studio" and self.name != self.endpoint.upstream
