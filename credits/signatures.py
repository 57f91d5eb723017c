"""How staff sign what they write into the ledger: by id. It never changes, and must not keep the
address of somebody who is deleted."""

import re
from typing import NamedTuple
from uuid import UUID

from accounts.models import User

REASON_MAX = 200  # characters of the ledger's field

_SIGNED = re.compile(r"^(.*) \(by staff ([0-9a-f-]{36})\)$", re.DOTALL)


class Signed(NamedTuple):
    """A reason as it was typed, and who typed it, if it was a member of staff."""

    words: str
    by: UUID | None = None


def sign(reason: str, staff: User) -> str:
    signature = f" (by staff {staff.pk})"
    return reason[: REASON_MAX - len(signature)] + signature


def read(reason: str) -> Signed:
    found = _SIGNED.match(reason)
    return Signed(found[1], UUID(found[2])) if found else Signed(reason)
