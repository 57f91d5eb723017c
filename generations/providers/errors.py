"""Ways in which a model fails us, told apart by type. `str(error)` is safe to show to anyone."""

from typing import ClassVar

from chatsvg.text import storable
from generations.providers.base import Draft

RAW_CHARACTERS = 2_000


class ProviderError(Exception):
    """A drawing that a model did not deliver.

    `code` is the public errorCode; `retryable` says whether the same call may go better later, and
    `retry_after` (seconds) when the provider asked to be called again. `raw` is what the provider
    said, for staff only; `draft` is what had arrived of the answer, with its tokens.
    """

    code: ClassVar[str] = "GENERATION_FAILED"
    retryable: ClassVar[bool] = False
    sentence: ClassVar[str] = "The drawing could not be made."

    def __init__(
        self, raw: str = "", *, retry_after: float | None = None, draft: Draft | None = None
    ):
        super().__init__(self.sentence)
        self.raw = storable(raw)[:RAW_CHARACTERS]
        self.retry_after = retry_after
        self.draft = draft


class UnknownModel(ProviderError):
    """No model of this name is configured here."""

    code = "OPENAI_MODEL_NOT_FOUND"
    sentence = "This model is not available here."


class RateLimited(ProviderError):
    """429; `retry_after` where the provider gave a delay."""

    code, retryable = "OPENAI_RATE_LIMIT", True
    sentence = "The model is receiving too many requests. Please try again in a moment."


class OutOfQuota(RateLimited):
    """The provider's account has nothing left; waiting a moment does not mend that."""

    retryable = False


class Refused(ProviderError):
    """The model or its content filter declined to draw this."""

    code = "CONTENT_REJECTED"
    sentence = "The model declined to draw this. Please describe it differently."


class BadKey(ProviderError):
    """401, 402 or 403: the configured key does not open this door."""

    code = "OPENAI_PERMISSION"
    sentence = "The model does not accept this installation's credentials."


class UnknownUpstreamModel(ProviderError):
    """404: the endpoint has no such model or no such path."""

    code = "OPENAI_MODEL_NOT_FOUND"
    sentence = "The model was not found at its provider."


class BadRequest(ProviderError):
    """400 and its kin: the endpoint does not understand what we ask."""

    code = "VALIDATION_ERROR"
    sentence = "The model could not process this request."


class TooLong(ProviderError):
    """The answer met the model's length limit or ours."""

    sentence = "The drawing became too large. Please ask for something simpler."


class Stalled(ProviderError):
    """Nothing came, or nothing more, for too long."""

    code, retryable = "TIMEOUT", True
    sentence = "The model stopped answering."


class TimedOut(ProviderError):
    """The time for the whole drawing is over."""

    code, retryable = "TIMEOUT", True
    sentence = "The drawing took too long."


class NoTurn(TimedOut):
    """As many calls were under way as the endpoint takes, all the time that there was."""


class CutOff(ProviderError):
    """The answer broke off before its end, or could not be read."""

    retryable = True
    sentence = "The model's answer broke off."


class Empty(ProviderError):
    """The model ended its answer without a word."""

    retryable = True
    sentence = "The model gave an empty answer."


class Unavailable(ProviderError):
    """5xx, or no connection."""

    retryable = True
    sentence = "The model is not available at the moment."
