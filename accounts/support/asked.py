"""What a message to us must look like: the contract's checks, in its order. Pure functions."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from accounts.mail.letters import one_line
from accounts.models import Ticket
from accounts.validation import EMAIL_MAX, is_mailbox
from chatsvg.errors import Invalid
from chatsvg.text import clean

SUBJECT_MAX, MESSAGE_MAX, URL_MAX, AGENT_MAX = 200, 8000, 2048, 512
WRONG_TYPE = "Invalid support message type"
EMPTY = "Subject and message are required"
WRONG_EMAIL = "Invalid email format"
NO_EMAIL = "Email is required when not logged in"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Message(NamedTuple):
    """What somebody wrote. `email` is what they typed in, and may be empty."""

    type: str
    subject: str
    message: str
    email: str
    context_url: str
    user_agent: str


def read(data: Mapping[str, object], *, user_agent: str) -> Message:
    """The message in a body, cut to what is stored; `user_agent` where it names none.

    Raises Invalid with the first fault.
    """
    found = Message(
        type=_text(data, "type", 20),
        subject=cut(_line(data, "subject"), SUBJECT_MAX),
        message=_text(data, "message", MESSAGE_MAX),
        email=cut(_line(data, "email"), EMAIL_MAX).lower(),
        context_url=cut(_line(data, "contextUrl"), URL_MAX),
        user_agent=cut(_line(data, "userAgent") or user_agent, AGENT_MAX),
    )
    if found.type not in Ticket.Type.values:
        raise Invalid(WRONG_TYPE)
    if not found.subject or not found.message:
        raise Invalid(EMPTY)
    if found.email and not is_mailbox(found.email):
        raise Invalid(WRONG_EMAIL)
    return found


def cut(value: str, most: int) -> str:
    """The first `most` UTF-16 code units, never half of a pair."""
    return value.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _text(data: Mapping[str, object], name: str, most: int) -> str:
    value = data.get(name)
    return cut(clean(value), most) if isinstance(value, str) else ""


def _line(data: Mapping[str, object], name: str) -> str:
    """What goes into headers and lists: no line breaks and no control characters."""
    value = data.get(name)
    return one_line(_CONTROLS.sub(" ", clean(value))) if isinstance(value, str) else ""
