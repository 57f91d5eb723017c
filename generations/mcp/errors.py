"""What the door refuses before anybody is asked what they want."""

from http import HTTPStatus

from chatsvg import problems
from chatsvg.errors import DomainError, Forbidden, Invalid, Missing, Unavailable


class WrongHost(DomainError):
    """421: a name of ours it is not. Somebody's page may have made a name of theirs lead here."""

    code = "HOST_NOT_ALLOWED"
    status = HTTPStatus.MISDIRECTED_REQUEST
    title = "This server does not answer to that host name"


class ForeignOrigin(Forbidden):
    code = "ORIGIN_NOT_ALLOWED"
    title = "Pages of this origin may not call this server"


class MethodNotAllowed(DomainError):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = "Method not allowed"

    def __init__(self, *allowed: str):
        super().__init__()
        self._allowed = allowed

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self._allowed)}


class BodyTooLarge(DomainError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Request body too large"


class NotJson(Invalid):
    code = "PARSE_ERROR"
    title = "Malformed JSON"


class NotOneMessage(Invalid):
    code = "INVALID_REQUEST"
    title = "The body must be one JSON-RPC message"


class TokenInQuery(Invalid):
    code = "TOKEN_IN_QUERY"
    title = "Send access tokens and API keys in headers alone: addresses are logged"


class SessionMissing(Missing):
    code = "SESSION_NOT_FOUND"
    title = "Session not found. Begin a new one with initialize."


class Broken(DomainError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title = problems.SERVER_ERROR


class DatabaseAway(Unavailable):
    title = "Service unavailable"

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "2"}
