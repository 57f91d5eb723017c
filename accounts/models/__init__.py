"""People, and everything about who they are."""

from accounts.models.doomed import DoomedFile
from accounts.models.exports import Export
from accounts.models.identities import Identity, OAuthState, Provider
from accounts.models.mails import Mail
from accounts.models.people import User
from accounts.models.secrets import OneTimeToken
from accounts.models.sessions import RefreshToken, Session

__all__ = [
    "DoomedFile",
    "Export",
    "Identity",
    "Mail",
    "OAuthState",
    "OneTimeToken",
    "Provider",
    "RefreshToken",
    "Session",
    "User",
]
