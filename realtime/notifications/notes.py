"""What people are told (CONTRACT §8): the words and the data of every kind of notification."""

from typing import Any, NamedTuple

from generations.errors import sentence
from generations.models import Job
from realtime.models import Notification

Type = Notification.Type


class Note(NamedTuple):
    """A notification before it is stored. No two of a type are about the same, unless `about` is
    empty."""

    type: Notification.Type
    title: str
    message: str
    data: dict[str, Any] | None = None
    about: str = ""


def welcome(user) -> Note:
    message = (
        f"Hello {user.shown_name}, your account is ready. Describe something and see it drawn."
    )
    return Note(Type.SYSTEM_ANNOUNCEMENT, "Welcome", message, {"kind": "welcome"}, "welcome")


def job_succeeded(job: Job) -> Note:
    message = "Your SVG has been generated."
    return Note(Type.JOB_SUCCEEDED, "SVG ready", message, _drawing(job), job.reference)


def job_failed(job: Job) -> Note:
    data = {**_drawing(job), "errorCode": job.error_code}
    message = sentence(job.error_code) or ""
    return Note(Type.JOB_FAILED, "SVG generation failed", message, data, job.reference)


def out_of_credits(charge: str) -> Note:
    """`charge`: the reference of the charge that took the last credit."""
    message = "You have used your last credit. You can buy more at any time."
    return Note(Type.LOW_CREDITS, "Out of credits", message, {"credits": 0}, charge)


def credits_refunded(amount: int, reference: str) -> Note:
    message = f"{_credits(amount)} came back to your account."
    return Note(Type.CREDITS_REFUNDED, "Credits refunded", message, {"credits": amount}, reference)


def credits_purchased(amount: int, reference: str) -> Note:
    message = f"{_credits(amount)} came to your account. Thank you!"
    return Note(Type.CREDITS_PURCHASED, "Credits added", message, {"credits": amount}, reference)


def security(message: str) -> Note:
    return Note(Type.ACCOUNT_SECURITY, "Account security", message)


def _drawing(job: Job) -> dict[str, Any]:
    return {
        "generationId": str(job.generation_id) if job.generation_id else None,
        "prompt": job.prompt,
        "style": job.style,
        "model": job.model,
    }


def _credits(amount: int) -> str:
    return "1 credit" if amount == 1 else f"{amount} credits"
