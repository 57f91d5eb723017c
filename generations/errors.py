"""What can be refused, and what can go wrong, about drawings. Sentences are safe to show."""

from http import HTTPStatus
from typing import NamedTuple

from chatsvg.errors import (
    Conflict,
    DomainError,
    Invalid,
    Missing,
    PaymentRequired,
    TooMany,
    Unavailable,
)


class BadPrompt(Invalid):
    """What was typed cannot be drawn; where, its own field can say."""

    title = "Prompt is required"


class PromptTooShort(BadPrompt):
    """Fewer than PROMPT_MIN characters."""


class PromptTooLong(BadPrompt):
    """More than PROMPT_MAX characters."""


class PromptForbidden(BadPrompt):
    """It has code in it."""

    title = "Prompt contains forbidden content. Please rephrase your request."


class BadStyle(Invalid):
    title = "Invalid style"


class BadModel(Invalid):
    title = "Invalid model"


class PromptRejected(Invalid):
    """By whoever is asked before drawing, with a reason for people."""

    code = "CONTENT_REJECTED"
    title = "This cannot be drawn here. Please describe something else."


class NotModerated(Unavailable):
    title = "Drawing is not possible at the moment. Please try again in a minute."


class TooBusy(Unavailable):
    """Too many wait already, and those who pay go first."""

    code = "OVERLOADED"
    title = (
        "Very many drawings are waiting, and the free plan takes no new ones for the moment. "
        "Please try again in a minute."
    )


class KeyReused(Conflict):
    code = "IDEMPOTENCY_CONFLICT"
    title = "Idempotency key already used with different request parameters"


class CannotPay(PaymentRequired):
    title = (
        "You do not have enough credits to generate an SVG. "
        "Please purchase more credits and try again."
    )


class DailyLimit(TooMany):
    title = "Daily generation limit reached. Try again tomorrow."


class MonthlyQuota(TooMany):
    code = "MONTHLY_QUOTA_EXCEEDED"
    title = "Monthly generation limit reached. Try again next month."


class TooManyUnderWay(TooMany):
    code = "TOO_MANY_UNDER_WAY"
    title = "Too many drawings are under way. Please wait until one of them has finished."


class JobMissing(Missing):
    title = "Generation job not found"


class DrawingDeleted(JobMissing):
    """Of a job whose drawing is gone: clients that keep the job's id forget it (CONTRACT §5.5)."""

    code = "DRAWING_DELETED"


class JobEnded(Conflict):
    title = "This drawing is already finished."


class NotRunning(Conflict):
    title = "This job does not run, or has no try left."


class NothingToRetry(Conflict):
    title = "Only a job that has ended, and is no test, can be drawn again."


class DrawingMissing(Missing):
    title = "SVG not found"


class RemixMissing(Missing):
    """Private to somebody else, deleted, or never there: which of them is not told."""

    code = "REMIX_MISSING"
    title = "The drawing that you want to remix cannot be found. You can still draw this anew."


class StaysPrivate(Conflict):
    title = "Drawings that were made with a test key stay private."


class NoPicture(DomainError):
    """422: the drawing is fine, but too dear for what one picture may take."""

    code = "EXPORT_TOO_DEAR"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "No picture of this drawing could be made in time. Try a smaller size, or svg."


class PicturesBusy(Unavailable):
    code = "EXPORTS_BUSY"
    title = "Too many pictures are being made. Please try again in a few seconds."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class NothingToDelete(Missing):
    title = "SVG generation not found"


class DownloadMissing(Missing):
    title = "Generation not found"


class Failure(NamedTuple):
    """What happened, and what a person may do about it."""

    cause: str
    advice: str = "Please try again."


FAILURES = {
    "OPENAI_RATE_LIMIT": Failure(
        "The drawing model is very busy right now.", "Please try again in a minute."
    ),
    "OPENAI_MODEL_NOT_FOUND": Failure(
        "This drawing model is not available.", "Please choose another one."
    ),
    "OPENAI_PERMISSION": Failure(
        "The drawing model refused our access.", "Please choose another model, or tell us."
    ),
    "VALIDATION_ERROR": Failure("No usable drawing came from the model."),
    "CONTENT_REJECTED": Failure(
        "The model declined to draw this.", "Please describe something else."
    ),
    "TIMEOUT": Failure("The drawing took too long."),
    "WORKER_LOST": Failure("The drawing was interrupted."),
    "STORAGE_UNAVAILABLE": Failure("The drawing could not be stored."),
    "CANCELED": Failure("You canceled this drawing.", ""),
    "GENERATION_FAILED": Failure("The drawing could not be made."),
}
"""The closed list of a job's error codes (CONTRACT §6.5): by exception type, never by text."""

NOT_CHARGED = "You were not charged."
TRYING_AGAIN = "Trying again."


def sentence(code: str, *, has_ended: bool = True) -> str | None:
    """What a person reads about a job with `code`; None where nothing went wrong.

    A job that ended like this cost nothing; one that has not is being tried again.
    """
    if not code:
        return None
    failure = FAILURES.get(code, FAILURES["GENERATION_FAILED"])
    said = (
        (failure.cause, failure.advice, NOT_CHARGED) if has_ended else (failure.cause, TRYING_AGAIN)
    )
    return " ".join(part for part in said if part)
