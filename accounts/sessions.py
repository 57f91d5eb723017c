"""Who a request comes from: the session named by an access token, read with its person at once."""

from accounts import jwt
from accounts.models import Session
from chatsvg.errors import SignedOut


def resolve(access_token: str) -> Session:
    """The live session of an access token, with its user and wallet, in one query.

    Raises SignedOut where the token is bad or the session has ended.
    """
    access = jwt.read(access_token)
    session = (
        Session.objects.live()
        .select_related("user__wallet")
        .filter(pk=access.session_id, user_id=access.user_id)
        .first()
    )
    if session is None:
        raise SignedOut("Invalid token")
    return session
