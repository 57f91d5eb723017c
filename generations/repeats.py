"""Knowing a request again by its idempotency key."""

from uuid import UUID

from chatsvg.joined import Joined
from generations.choices import AT_ONCE_MOST
from generations.models import Job

# each by itself: for all at once, planned without their values, whole histories are read
_HOLDS = """
SELECT * FROM {job} WHERE user_id = %s AND is_test = %s AND idempotency_key = %s
    AND NOT (status IN ('FAILED', 'CANCELED'))
"""
_FIRST = Joined(
    "SELECT {columns} FROM (HOLDS) AS job ORDER BY id LIMIT 1".replace(
        "HOLDS", "UNION ALL".join([_HOLDS] * AT_ONCE_MOST)
    ),
    job=Job,
)


def first(user_id: UUID, keys: list[str], *, is_test: bool) -> Job | None:
    """The first of their jobs that holds one of the keys of a request (`recipe.unit_keys`): that of
    a job which came to nothing is free again. Nearly always there is none."""
    values = [value for key in keys for value in (user_id, is_test, key)]
    found = _FIRST.first(*values)
    return found[0] if found else None
