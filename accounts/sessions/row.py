"""A live session with its person and their wallet, in one statement."""

from functools import cache
from uuid import UUID

from accounts.models import Session, User
from chatsvg.joined import Joined

_LIVE = """
SELECT {columns} FROM {session} AS session JOIN {person} AS person ON person.id = session.user_id
    LEFT JOIN {wallet} AS wallet ON wallet.user_id = person.id
WHERE session.id = %s AND person.id = %s AND session.revoked_at IS NULL
    AND session.expires_at > statement_timestamp() AND person.is_active
"""


def live(session_id: UUID, user_id: UUID) -> Session | None:
    """As `Session.objects.live()` has it; None where that session is not live, or not theirs."""
    found = _joined().first(session_id, user_id)
    if found is None:
        return None
    session, user, wallet = found
    session.user = user
    if wallet:
        user.wallet = wallet
    return session


@cache
def _joined() -> Joined:
    """Made when all apps are loaded: the wallet belongs to one above this."""
    wallet = User._meta.get_field("wallet").related_model
    return Joined(_LIVE, session=Session, person=User, wallet=wallet)
