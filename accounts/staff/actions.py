"""The one way in which staff do something: with the row that says who, what and why."""

from collections.abc import Callable
from uuid import UUID, uuid5

from django.db import transaction

from accounts.models import StaffAction, User
from accounts.models.actions import REASON_MAX
from accounts.staff import rights


@transaction.atomic
def act(
    deed: Callable[[], object],
    *,
    staff: User,
    kind: StaffAction.Kind,
    person: User | UUID | None,
    about: str = "",
    reason: str,
    once: UUID,
) -> bool:
    """Call `deed` and keep the record of it: both or neither. What it raises is raised; and
    MoreRights or NotToYourself, where nobody may do that to this person.

    `once` is of the form that was sent; a repeat does nothing and is False. `about` names what it
    was done to, in the words of the ledger's references.
    """
    someone = User.objects.get(pk=person) if isinstance(person, UUID) else person
    if someone:
        rights.check(kind, staff=staff, person=someone)
    told = {"staff": staff, "kind": kind, "person": someone, "about": about}
    _, is_new = StaffAction.objects.get_or_create(
        pk=once, defaults={**told, "reason": reason[:REASON_MAX]}
    )
    if is_new:
        deed()
    return is_new


def once_for(once: UUID, row: object) -> UUID:
    """Of each row of a form that is about several."""
    return uuid5(once, str(row))
