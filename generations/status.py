"""A job as its owner follows it: clients ask for it again and again until it has ended."""

from typing import NamedTuple
from uuid import UUID

from chatsvg.joined import Joined
from credits.models import Wallet
from generations.models import Generation, Job

_OWNED = Joined(
    """
SELECT {columns} FROM {job} AS job JOIN {wallet} AS wallet ON wallet.user_id = job.user_id
    LEFT JOIN {drawing} AS drawing ON drawing.id = job.generation_id
WHERE job.id = %s AND job.user_id = %s
""",
    job=Job,
    wallet=Wallet,
    drawing=Generation,
)


class Status(NamedTuple):
    """A job with its drawing, and the credits that its owner has at that moment."""

    job: Job
    credits: int


def of(user_id: UUID, job_id: UUID | None) -> Status | None:
    """How the job stands; None where it is not theirs."""
    found = _OWNED.first(job_id, user_id) if job_id else None
    if found is None:
        return None
    job, wallet, job.generation = found
    return Status(job, wallet.available)
