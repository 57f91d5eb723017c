"""What the page of a row shows with it: whose it is, what may be done, and what is not in it."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from chatsvg.backoffice import deeds, reading
from chatsvg.backoffice.person import buttons
from chatsvg.backoffice.tables import Button
from generations.models import Generation, Job


class Beside(NamedTuple):
    """`public` is the address of its page in the gallery."""

    person: UUID | None
    buttons: list[Button]
    public: str = ""
    words: reading.Words | None = None


def of(row: Model, *, staff: User, desk: Any) -> Beside:
    whose = _whose(row, getattr(desk, "person", ""))
    person = whose if staff.has_perm("accounts.view_user") else None
    allowed = deeds.may(staff, deeds.person_of(row)) if _has_deeds(row) else []
    words = reading.words(row, staff) if isinstance(row, Job) else None
    return Beside(person, buttons(row, allowed), _public(row), words)


def _has_deeds(row: Model) -> bool:
    return any(deed.rows().model is type(row) for deed in deeds.DEEDS.values())


def _public(row: Model) -> str:
    drawing = row.generation if isinstance(row, Job) else row
    if not isinstance(drawing, Generation) or drawing.is_private:
        return ""
    return reverse("generations:drawing", args=[drawing.pk])


def _whose(row: Any, path: str) -> UUID | None:
    """Followed along the admin's path to a person (or a wallet, whose key is theirs)."""
    for name in filter(None, path.split("__")):
        row = getattr(row, name, None)
    is_theirs = isinstance(row, User) or hasattr(row, "user_id")
    return row.pk if is_theirs and (path or isinstance(row, User)) else None
