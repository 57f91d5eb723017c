"""Why signing in elsewhere came to nothing. The codes are the contract's (§2.8)."""

from chatsvg.errors import Conflict, DomainError, Missing

SOMETHING_ELSE = "Signing in did not work. Please try again."


class DanceFailed(DomainError):
    """A sign-in elsewhere that ends. The browser is sent on with `code`; a page says `title`."""


class OAuthFailed(DanceFailed):
    """The person said no there, or the provider gave nothing that can be trusted."""

    code = "oauth_failed"
    title = "The sign-in was canceled or did not work. Please try again, or sign in another way."


class NoUser(DanceFailed):
    code = "no_user"
    title = "This account is closed and can no longer sign in."


class EmailUnverified(DanceFailed):
    code = "email_unverified"
    title = (
        "Your e-mail address is not verified there yet. "
        "Verify it first and try again, or sign in another way."
    )


class StateInvalid(DanceFailed):
    """Unknown, used, too old, or of another browser or provider: which is nobody's business."""

    code = "state_invalid"
    title = "That took too long, or was begun in another window. Please start again."


class ServerError(DanceFailed):
    code = "server_error"
    title = "Something went wrong on our side. Please try again in a moment."


class IdentityTaken(DanceFailed):
    """Only where somebody who is signed in connects an account."""

    code = "identity_taken"
    title = "That account is connected to somebody else here."


class ProviderTaken(DanceFailed):
    code = "provider_taken"
    title = "Another account from there is connected already. Disconnect it first."


class ProofNeeded(DanceFailed):
    """Only where somebody who is signed in connects an account."""

    code = "proof_needed"
    title = "Connecting an account takes your password, or a sign-in of the last 10 minutes."


class NotOffered(DanceFailed):
    code = "not_offered"
    title = "Signing in that way is not offered here. Please use another way."


class TooOften(DanceFailed):
    code = "too_many"
    title = "Too many requests. Please try again in a few minutes."


class NotConnected(Missing):
    title = "No such account is connected"


class OnlyWayIn(Conflict):
    code = "ONLY_WAY_IN"
    title = "This is the only way you can sign in. Set a password or connect another account first."


_SENTENCES = {kind.code: kind.title for kind in DanceFailed.__subclasses__()}


def sentence(code: str) -> str:
    """What a page says about `?error=code`. An unknown code gets a general sentence."""
    return _SENTENCES.get(code, SOMETHING_ELSE)
