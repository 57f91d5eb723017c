"""News from the apps below becomes notifications, in the transaction that makes the news."""

from django.dispatch import receiver

from accounts.profile.archive import json_list
from accounts.signals import data_wanted, security_noticed, user_deleted, user_registered
from credits.models import Wallet
from credits.signals import purchased, refunded
from generations.models import Job
from generations.signals import job_ended
from realtime.models import Notification
from realtime.notifications import notes
from realtime.notifications.serializers import shown
from realtime.notifications.services import tell


@receiver(user_registered)
def greet(sender, user, **kwargs):
    """Whichever way they signed up. No page of theirs is open that could hear of it."""
    tell(user.pk, notes.welcome(user), is_live=False)


@receiver(job_ended)
def tell_end(sender, job, **kwargs):
    """Who cancels a drawing need not be told that it was; and a test is no drawing to tell of."""
    if job.is_test:
        return
    if job.status == Job.Status.SUCCEEDED:
        tell(job.user_id, notes.job_succeeded(job))
        if job.balance_left == 0 and Wallet.objects.filter(pk=job.user_id, balance=0).exists():
            tell(job.user_id, notes.out_of_credits(job.reference))
    elif job.status == Job.Status.FAILED:
        tell(job.user_id, notes.job_failed(job))


@receiver(refunded)
def tell_refund(sender, user_id, amount, reference, **kwargs):
    tell(user_id, notes.credits_refunded(amount, reference))


@receiver(purchased)
def tell_purchase(sender, user_id, amount, reference, **kwargs):
    tell(user_id, notes.credits_purchased(amount, reference))


@receiver(security_noticed)
def tell_security(sender, user, message, **kwargs):
    tell(user.pk, notes.security(message))


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    Notification.objects.filter(user=user).delete()


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    mine = Notification.objects.filter(user=user).order_by("created_at", "id")
    return [("notifications.json", json_list(shown(one) for one in mine.iterator()))]
