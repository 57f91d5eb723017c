"""What staff did to somebody is theirs to read; why, is not kept longer than they are."""

from collections import defaultdict

from django.dispatch import receiver

from accounts.models import StaffAction
from accounts.profile.archive import json_list
from accounts.signals import data_wanted, user_deleted
from accounts.staff import history
from chatsvg.text import timestamp


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    """The admin's history has the reasons too, and names things of theirs."""
    told = StaffAction.objects.filter(person=user)
    theirs = defaultdict(set)
    for about in told.exclude(about="").values_list("about", flat=True):
        model_name, _, pk = about.partition(":")
        theirs[model_name].add(pk)
    for model_name, ids in theirs.items():
        history.erase(model_name, ids)
    told.exclude(reason="").update(reason="")


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    theirs = StaffAction.objects.filter(person=user).order_by("at", "id")
    return [("staff.json", json_list(_told(one) for one in theirs.iterator()))]


def _told(action):
    return {
        "kind": str(action.kind),
        "about": action.about or None,
        "reason": action.reason or None,
        "at": timestamp(action.at),
    }
