"""What somebody asked for: private, so that it is read with a reason, and by those alone who gave
one a moment ago. The record of staff is what opens it."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.models import StaffAction, User
from accounts.staff import rights
from accounts.staff.read_only import about
from generations.models import Job

Kind = StaffAction.Kind
OPEN_FOR = timedelta(hours=1)
GONE = "It is gone, with its drawing or its person."
NOT_YOUR_ROLE = "Your role does not read what people ask for. Support and operations do."
ASK_FIRST = "Private until you say why you need to read it."


class Words(NamedTuple):
    """The prompt, or why it is not shown."""

    prompt: str
    why_not: str = ""


def words(job: Job, staff: User) -> Words:
    if not job.prompt:
        return Words("", GONE)
    if not staff.has_perm("generations.read_job"):
        return Words("", NOT_YOUR_ROLE)
    if refusal := rights.refused(staff, job.user).get(Kind.READ):
        return Words("", refusal.title)
    return Words(job.prompt) if _has_asked(job, staff) else Words("", ASK_FIRST)


def _has_asked(job: Job, staff: User) -> bool:
    mine = StaffAction.objects.filter(about=about(job), kind=Kind.READ, staff=staff)
    return mine.filter(at__gt=timezone.now() - OPEN_FOR).exists()
