"""All that we have about who somebody is, as files to take along. No secrets, and no hashes."""

from collections.abc import Iterator

from accounts.models import User
from accounts.profile import avatars, devices
from accounts.profile.archive import File, json_list, json_object
from accounts.profile.errors import StorageAway
from chatsvg.text import timestamp

READ_ME = """This is what ChatSVG has stored about you.

profile.json        who you are here
avatar.webp         your picture, if you uploaded one
sessions.json       where you signed in
identities.json     accounts elsewhere that sign you in
api_keys.json       your API keys (never the keys themselves), and their use
connected_apps.json apps that you connected, and what they may do
visits.json         links to our figures that were sent to you, and their use
mails.json          the mails that we sent you
tickets.json        what you wrote to us, and our answers
staff.json          what our staff did to your account, and why
wallet.json         your plan and your balance
credits.json        every line of your ledger
subscriptions.json  what you agreed to pay for
payments.json       what you paid
drawings.json       your drawings; the files are in drawings/
jobs.json           everything you asked us to draw
notifications.json  what the bell told you
webhooks.json       your webhooks (never their secrets); webhook_deliveries.json
                    is what was sent to them

Besides, we keep a fingerprint of your e-mail (a keyed hash), so that the
credits of a sign-up are given once. It stays when the account is deleted.
"""


def of(user: User) -> Iterator[File]:
    """(name, pieces) of each file."""
    yield "README.txt", (READ_ME,)
    yield "profile.json", json_object(_profile(user))
    if picture := _picture(user):
        yield "avatar.webp", (picture,)
    sessions = user.sessions.order_by("created_at")
    yield "sessions.json", json_list(_session(one) for one in sessions.iterator())
    identities = user.identities.order_by("created_at")
    yield "identities.json", json_list(_identity(one) for one in identities.iterator())
    mails = user.mails.order_by("created_at")
    yield "mails.json", json_list(_mail(one) for one in mails.iterator())


def _profile(user: User) -> dict:
    return {
        "id": str(user.pk),
        "email": user.email,
        "emailVerifiedAt": timestamp(user.email_verified_at),
        "name": user.name,
        "avatar": user.avatar or None,
        "hasPassword": user.has_usable_password(),
        "termsAcceptedAt": timestamp(user.terms_accepted_at),
        "termsAcceptedFrom": user.terms_accepted_ip,
        "createdAt": timestamp(user.created_at),
        "updatedAt": timestamp(user.updated_at),
    }


def _picture(user: User) -> bytes | None:
    if not user.avatar.startswith(avatars.PREFIX):
        return None
    try:
        return avatars.read(user.avatar.removeprefix(avatars.PREFIX))
    except StorageAway as error:
        raise OSError("storage is away") from error  # the export is tried again


def _session(session) -> dict:
    return {
        "device": devices.name(session.user_agent),
        "userAgent": session.user_agent,
        "ipAddress": session.ip_address,
        "rememberMe": session.remember_me,
        "createdAt": timestamp(session.created_at),
        "lastUsedAt": timestamp(session.last_used_at),
        "endedAt": timestamp(session.revoked_at),
        "endedBecause": session.revoked_because or None,
        "expiresAt": timestamp(session.expires_at),
    }


def _identity(identity) -> dict:
    return {
        "provider": identity.provider,
        "subject": identity.subject,
        "email": identity.email or None,
        "createdAt": timestamp(identity.created_at),
        "lastUsedAt": timestamp(identity.last_used_at),
    }


def _mail(mail) -> dict:
    return {
        "kind": mail.kind,
        "to": mail.to,
        "createdAt": timestamp(mail.created_at),
        "sentAt": timestamp(mail.sent_at),
    }
