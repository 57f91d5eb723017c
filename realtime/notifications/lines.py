"""Notifications as pages show them: with a picture of their kind, and where they lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chatsvg.ids import parse_id
from generations.models import Generation
from realtime.models import Notification

Type = Notification.Type
ICONS = {
    Type.SYSTEM_ANNOUNCEMENT: "info",
    Type.JOB_SUCCEEDED: "picture",
    Type.JOB_FAILED: "alert",
    Type.LOW_CREDITS: "coin",
    Type.CREDITS_PURCHASED: "coin",
    Type.CREDITS_REFUNDED: "coin",
    Type.ACCOUNT_SECURITY: "shield",
    Type.PROMO_MONTHLY: "gift",
}
PLACES = {
    Type.JOB_FAILED: ("/app", "Try again"),
    Type.LOW_CREDITS: ("/pricing", "Get more credits"),
    Type.CREDITS_PURCHASED: ("/app", "Make a drawing"),
    Type.ACCOUNT_SECURITY: ("/account#devices", "Look at your devices"),
}
KINDS = {  # what they are about
    "welcome": ("/app", "Make your first drawing"),
    "gift": ("/app", "Make a drawing"),
    "stopped": ("/contact", "Ask us"),
    "key": ("/api-keys", "Look at your keys"),
    "app": ("/account#apps", "Look at your apps"),
    "sign-in": ("/account#signin", "Look at how you sign in"),
}


@dataclass(frozen=True)
class Line:
    """One notification on a page. Without `href` there is nowhere to go."""

    title: str
    message: str
    prompt: str
    icon: str
    at: datetime
    is_new: bool
    href: str = ""
    link: str = ""


def of(notifications: Iterable[Notification]) -> list[Line]:
    """In their order. One question tells which of their drawings are there still."""
    rows = list(notifications)
    wanted = [drawing for one in rows if (drawing := _drawing(one))]
    there = set(Generation.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return [_line(one, there) for one in rows]


def _line(one: Notification, there: set[UUID]) -> Line:
    data = one.data or {}
    href, link = _place(one, data, there)
    return Line(
        title=one.title or "Notification",
        message=one.message,
        prompt=str(data.get("prompt") or ""),
        icon="mail" if data.get("kind") == "support" else ICONS.get(Type(one.type), "info"),
        at=one.created_at,
        is_new=one.read_at is None,
        href=href,
        link=link,
    )


def _drawing(one: Notification) -> UUID | None:
    return parse_id(str((one.data or {}).get("generationId") or ""))


def _place(one: Notification, data: dict, there: set[UUID]) -> tuple[str, str]:
    drawing = _drawing(one)
    if drawing:
        return (f"/d/{drawing}", "See the drawing") if drawing in there else ("", "")
    if ticket := parse_id(str(data.get("ticketId") or "")):
        return f"/contact/tickets/{ticket}", "Read the answer"
    if data.get("kind") in KINDS:
        return KINDS[data["kind"]]
    return PLACES.get(Type(one.type), ("", ""))
