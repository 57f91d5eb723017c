"""What can be refused about who somebody is."""

from chatsvg.errors import Forbidden, Invalid, Missing, SignedOut


class EmailTaken(Invalid):
    title = "Email is invalid or already taken"


class WrongCredentials(SignedOut):
    title = "Invalid credentials"


class EmailAuthDisabled(Forbidden):
    code = "EMAIL_AUTH_DISABLED"
    title = "Signing in by e-mail is switched off here. Use one of the other ways."


class SessionEnded(SignedOut):
    """The token is genuine, its session is no more: nobody need try again with it."""

    title = "Invalid token"


class SessionMissing(Missing):
    title = "Session not found"


class RefreshRefused(SignedOut):
    """`clear` says whether the browser should forget its cookies."""

    title = "Invalid or expired refresh token"

    def __init__(self, detail: str = "", *, clear: bool = False):
        super().__init__(detail)
        self.clear = clear


class TicketMissing(Missing):
    title = "Message not found"


class LinkSpent(Invalid):
    """Of a mail: unknown, used or too old. Which of them is nobody's business."""

    title = "This link is invalid or has expired."


class CsrfFailed(Forbidden):
    title = "Invalid CSRF token"

    def __init__(self) -> None:
        super().__init__(message="Request blocked for security reasons")
