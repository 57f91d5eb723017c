"""What can be refused, and what can go wrong, about drawings. Sentences are safe to show."""

from chatsvg.errors import Conflict, Invalid, Missing, PaymentRequired, TooMany


class BadPrompt(Invalid):
    title = "Prompt is required"


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


class JobMissing(Missing):
    title = "Generation job not found"


class JobEnded(Conflict):
    title = "This drawing is already finished."


class DrawingMissing(Missing):
    title = "SVG not found"


class DownloadMissing(Missing):
    title = "Generation not found"


NOT_CHARGED = "You were not charged."

FAILURES = {
    "OPENAI_RATE_LIMIT": "The drawing model is very busy right now. Please try again in a minute.",
    "OPENAI_MODEL_NOT_FOUND": "This drawing model is not available. Please choose another one.",
    "OPENAI_PERMISSION": "The drawing model refused our access. We have been told about it.",
    "VALIDATION_ERROR": "The model's answer was not a usable drawing. Please try again.",
    "CONTENT_REJECTED": "The model declined to draw this. Please describe something else.",
    "TIMEOUT": "The drawing took too long. Please try again.",
    "WORKER_LOST": "The drawing was interrupted too often. Please try again.",
    "STORAGE_UNAVAILABLE": "The drawing could not be stored. Please try again.",
    "CANCELED": "You canceled this drawing.",
    "GENERATION_FAILED": "The drawing could not be made. Please try again.",
}
"""The closed list of a job's error codes (CONTRACT §6.5), each with its sentence."""


def sentence(code: str) -> str | None:
    """What a person reads about a job that ended with `code`; None where nothing went wrong."""
    return f"{FAILURES.get(code, FAILURES['GENERATION_FAILED'])} {NOT_CHARGED}" if code else None
