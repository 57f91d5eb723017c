"""What people are told (CONTRACT §8): the words and the data of every kind of notification."""

from typing import Any, NamedTuple
from uuid import UUID

from accounts.models import Ticket, TicketReply
from generations.errors import sentence
from generations.models import Generation, Job
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


def credits_refunded(amount: int, reference: str, job: Job | None = None) -> Note:
    """`job`: what the credits were for. That which staff give back may have been drawn all the
    same."""
    what = f" for “{_short(job.prompt)}”" if job else ""
    is_drawn = reference.startswith("staff:")
    message = f"We gave {_credits(amount)} back{what}{'' if is_drawn or not job else _NOT_DRAWN}."
    data: dict[str, Any] = {"credits": amount}
    if job and is_drawn and job.generation_id:
        data["generationId"] = str(job.generation_id)
    return Note(Type.CREDITS_REFUNDED, "Credits refunded", message, data, reference)


def credits_purchased(amount: int, reference: str) -> Note:
    message = f"{_credits(amount)} came to your account. Thank you!"
    return Note(Type.CREDITS_PURCHASED, "Credits added", message, {"credits": amount}, reference)


def credits_given(amount: int, reference: str) -> Note:
    message = f"{_credits(amount)} came to your account, from our support."
    data = {"kind": "gift", "credits": amount}
    return Note(Type.SYSTEM_ANNOUNCEMENT, "Credits added", message, data, reference)


def job_stopped(job: Job) -> Note:
    message = "Our support stopped a drawing of yours. You were not charged for it."
    about = f"stopped:{job.pk}"
    return Note(Type.SYSTEM_ANNOUNCEMENT, "Drawing stopped", message, {"kind": "stopped"}, about)


def drawing_unpublished(drawing: Generation, once: UUID) -> Note:
    message = "Our support took a drawing of yours out of the gallery. It is still in your history."
    data = {"kind": "unpublished", "generationId": str(drawing.pk)}
    return Note(Type.SYSTEM_ANNOUNCEMENT, "Drawing made private", message, data, f"hidden:{once}")


def ticket_answered(ticket: Ticket, reply: TicketReply) -> Note:
    message = "We answered your message. The answer is in your mailbox."
    data = {"kind": "support", "ticketId": str(ticket.pk)}
    return Note(Type.SYSTEM_ANNOUNCEMENT, "Support answered", message, data, f"reply:{reply.pk}")


def security(message: str, kind: str = "") -> Note:
    data = {"kind": kind} if kind else None
    return Note(Type.ACCOUNT_SECURITY, "Account security", message, data)


def _drawing(job: Job) -> dict[str, Any]:
    return {
        "generationId": str(job.generation_id) if job.generation_id else None,
        "prompt": job.prompt,
        "style": job.style,
        "model": job.model,
    }


_NOT_DRAWN = ", which was not drawn"
_SHORT = 80  # characters of a prompt


def _short(prompt: str) -> str:
    return prompt if len(prompt) <= _SHORT else f"{prompt[: _SHORT - 1].rstrip()}…"


def _credits(amount: int) -> str:
    return "1 credit" if amount == 1 else f"{amount} credits"
