"""The JSON of connected apps."""

from accounts.models import OAuthGrant
from chatsvg.text import timestamp


def grant(grant: OAuthGrant) -> dict:
    return {
        "id": str(grant.pk),
        "clientName": grant.client.name,
        "scopes": grant.scopes,
        "createdAt": timestamp(grant.created_at),
        "lastUsedAt": timestamp(grant.last_used_at),
        "expiresAt": timestamp(grant.expires_at),
    }
