"""The JSON of an account and of its exports."""

from django.conf import settings

from accounts.models import Export, User
from accounts.profile import exports
from accounts.serializers import person
from chatsvg.text import timestamp


def account(user: User) -> dict:
    """What `/api/account` answers: the contract's person and more."""
    return {
        **person(user),
        "emailVerified": user.email_verified_at is not None,
        "hasPassword": user.has_usable_password(),
        "createdAt": timestamp(user.created_at),
        "updatedAt": timestamp(user.updated_at),
    }


def me(user: User) -> dict:
    """What `/api/user/me` answers (CONTRACT §3.3, without the drawings)."""
    known = person(user)
    return {
        **{name: known[name] for name in ("id", "email", "name", "plan", "credits")},
        "createdAt": timestamp(user.created_at),
        "updatedAt": timestamp(user.updated_at),
    }


def export(one: Export) -> dict:
    """`downloadUrl` works for its owner alone, signed in."""
    is_there = exports.is_there(one)
    path = f"/api/account/export/{one.pk}/download"
    return {
        "id": str(one.pk),
        "status": one.status,
        "createdAt": timestamp(one.created_at),
        "readyAt": timestamp(one.ready_at),
        "expiresAt": timestamp(one.expires_at),
        "sizeBytes": one.size_bytes if is_there else None,
        "downloadUrl": settings.PUBLIC_URL + path if is_there else None,
        "errorMessage": exports.FAILED if one.status == Export.Status.FAILED else None,
    }
