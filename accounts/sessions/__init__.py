"""Who a request comes from: the session named by an access token, read with its person at once."""

from accounts import jwt
from accounts.errors import SessionEnded
from accounts.models import Session
from accounts.sessions import row


def resolve(access_token: str) -> Session:
    """The live session of an access token, with its user and wallet, in one query.

    Raises SignedOut where the token is bad, SessionEnded where the session is no longer live.
    """
    access = jwt.read(access_token)
    session = row.live(access.session_id, access.user_id)
    if session is None:
        raise SessionEnded()
    return session
