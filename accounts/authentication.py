"""The DRF face of the one authentication that pages and API share."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request


class SignedInAuthentication(BaseAuthentication):
    """Takes the person that `accounts.middleware.SignedIn` found; anonymous where there is none."""

    def authenticate(self, request: Request) -> tuple[object, object] | None:
        session = request._request.session_of_person
        return (session.user, session) if session else None

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401, never 403, to somebody who is not signed in."""
        return "Bearer"
