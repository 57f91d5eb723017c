"""Visits know an address, a browser and where it was: they go along with the person, or go."""

from django.dispatch import receiver

from accounts.backstage import services
from accounts.profile.archive import json_list
from accounts.signals import data_wanted, user_deleted
from chatsvg.text import timestamp


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    services.visits_of(user).delete()


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    theirs = services.visits_of(user).order_by("created_at")
    return [("visits.json", json_list(_told(one) for one in theirs.iterator()))]


def _told(visit):
    return {
        "email": visit.email,
        "ipAddress": visit.ip_address,
        "userAgent": visit.user_agent or None,
        "createdAt": timestamp(visit.created_at),
        "begunAt": timestamp(visit.begun_at),
        "endedAt": timestamp(visit.ended_at),
    }
