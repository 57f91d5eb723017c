"""People, and everything about who they are."""

from accounts.models.actions import StaffAction
from accounts.models.connections import (
    OAuthAccessToken,
    OAuthClient,
    OAuthCode,
    OAuthGrant,
    OAuthRefreshToken,
)
from accounts.models.doomed import DoomedFile
from accounts.models.exports import Export
from accounts.models.identities import Identity, OAuthState, Provider
from accounts.models.keys import ApiKey, KeyDay, KeyUse
from accounts.models.mails import Mail
from accounts.models.people import User
from accounts.models.replies import Reply
from accounts.models.secrets import OneTimeToken
from accounts.models.sessions import RefreshToken, Session
from accounts.models.tickets import Ticket, TicketReply
from accounts.models.visits import Visit

__all__ = [
    "ApiKey",
    "DoomedFile",
    "Export",
    "Identity",
    "KeyDay",
    "KeyUse",
    "Mail",
    "OAuthAccessToken",
    "OAuthClient",
    "OAuthCode",
    "OAuthGrant",
    "OAuthRefreshToken",
    "OAuthState",
    "OneTimeToken",
    "Provider",
    "RefreshToken",
    "Reply",
    "Session",
    "StaffAction",
    "Ticket",
    "TicketReply",
    "User",
    "Visit",
]
