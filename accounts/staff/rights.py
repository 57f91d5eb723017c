"""Who may do what to whom: the rules that hold for every deed of staff, whatever the way in.

Nobody acts on somebody who has rights that they have not; and nobody gives themselves credits, or
changes what they themselves may do, superusers included.
"""

from django.contrib.auth.models import Permission
from django.db.models import Q

from accounts.models import StaffAction, User
from accounts.staff.errors import MoreRights, NotToYourself
from chatsvg.errors import Forbidden

Kind = StaffAction.Kind
TALK = frozenset({Kind.ANSWER, Kind.CLOSE, Kind.REOPEN})
"""With whoever wrote to us, their rights are no matter."""
NOT_TO_ONESELF = frozenset(
    {Kind.GRANT, Kind.REFUND, Kind.RETRY, Kind.SUSPEND, Kind.LET_IN, Kind.ROLES}
)


def check(kind: StaffAction.Kind, *, staff: User, person: User) -> None:
    """Raises NotToYourself or MoreRights."""
    if refusal := refused(staff, person).get(kind):
        raise refusal()


def refused(staff: User, person: User) -> dict[StaffAction.Kind, type[Forbidden]]:
    """What this member of staff may not do to somebody, and why not."""
    if person.pk == staff.pk:
        return dict.fromkeys(NOT_TO_ONESELF, NotToYourself)
    if has_more(person, staff):
        return dict.fromkeys(frozenset(Kind) - TALK, MoreRights)
    return {}


def has_more(person: User, staff: User) -> bool:
    """Whether somebody has a right that this member of staff lacks. Those who are kept out for now
    count with what they will have again."""
    if staff.is_superuser or not (person.is_staff or person.is_superuser):
        return False
    return person.is_superuser or bool(_held(person) - staff.get_all_permissions())


def _held(person: User) -> set[str]:
    """Django says none for those who are kept out."""
    theirs = Permission.objects.filter(Q(group__user=person) | Q(user=person))
    names = theirs.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in names}
