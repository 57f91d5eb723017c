"""What can be refused: to apps that present tokens, and to people about the apps they connected."""

from accounts.oauth_server import metadata
from chatsvg.errors import DomainError, Forbidden, Missing, SignedOut


class TokenNotSent(SignedOut):
    """401 that tells a client where to get a token."""

    code = "ACCESS_TOKEN_MISSING"
    title = "Missing access token. Send it in the Authorization header."

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": metadata.challenge()}


class TokenRefused(SignedOut):
    code = "ACCESS_TOKEN_INVALID"
    title = "The access token is invalid, has expired or was revoked"

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": metadata.challenge("invalid_token")}


class ScopeMissing(Forbidden):
    """403 with the scopes that would do: a client may ask its person for them."""

    code = "SCOPE_MISSING"

    def __init__(self, scope: str, *, held: tuple[str, ...]):
        super().__init__(f"This connection does not have the scope {scope}")
        self._wanted = " ".join((*held, scope))

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": metadata.challenge("insufficient_scope", scope=self._wanted)}


class Spent(DomainError):
    """A code or refresh token is of no use: unknown, used, too old, or its grant has ended."""

    title = "The code or token is of no use any more."


class GrantMissing(Missing):
    title = "Connected app not found"


class EmailUnproved(Forbidden):
    title = "Please verify your e-mail address before you connect an app."
