"""What happens to connected apps because of what happens to people."""

from django.dispatch import receiver

from accounts.oauth_server import grants
from accounts.profile.archive import json_list
from accounts.signals import data_wanted, user_deleted, user_suspended
from chatsvg.text import timestamp


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    grants.forget(user)


@receiver(user_suspended)
def revoke(sender, user, **kwargs):
    grants.end_all(user, because="suspended")


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    mine = user.oauth_grants.select_related("client").order_by("created_at", "id")
    return [("connected_apps.json", json_list(_told(one) for one in mine.iterator()))]


def _told(grant):
    return {
        "id": str(grant.pk),
        "name": grant.client.name,
        "sentBackTo": grant.client.redirect_uris,
        "scopes": grant.scopes,
        "createdAt": timestamp(grant.created_at),
        "lastUsedAt": timestamp(grant.last_used_at),
        "expiresAt": timestamp(grant.expires_at),
        "endedAt": timestamp(grant.revoked_at),
        "endedBecause": grant.revoked_because or None,
    }
