"""News from the apps below becomes notifications, in the transaction that makes the news."""

from django.dispatch import receiver

from accounts.profile.archive import json_list
from accounts.signals import (
    data_wanted,
    security_noticed,
    ticket_answered,
    user_deleted,
    user_registered,
)
from chatsvg.ids import parse_id
from credits.models import Wallet
from credits.signals import given, purchased, refunded
from generations.models import Job
from generations.signals import drawing_unpublished, job_ended, job_stopped
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
    """A reference reads `job:<uuid>`; staff's begins with a word more."""
    job_id = parse_id(reference.rpartition("job:")[2])
    job = Job.objects.filter(pk=job_id, user=user_id).first() if job_id else None
    tell(user_id, notes.credits_refunded(amount, reference, job))


@receiver(purchased)
def tell_purchase(sender, user_id, amount, reference, **kwargs):
    tell(user_id, notes.credits_purchased(amount, reference))


@receiver(given)
def tell_gift(sender, user_id, amount, reference, **kwargs):
    tell(user_id, notes.credits_given(amount, reference))


@receiver(job_stopped)
def tell_stop(sender, job, **kwargs):
    tell(job.user_id, notes.job_stopped(job))


@receiver(drawing_unpublished)
def tell_unpublished(sender, drawing, once, **kwargs):
    tell(drawing.user_id, notes.drawing_unpublished(drawing, once))


@receiver(ticket_answered)
def tell_answer(sender, ticket, reply, **kwargs):
    if ticket.user_id:
        tell(ticket.user_id, notes.ticket_answered(ticket, reply))


@receiver(security_noticed)
def tell_security(sender, user, message, about="", **kwargs):
    tell(user.pk, notes.security(message, about))


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    Notification.objects.filter(user=user).delete()


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    mine = Notification.objects.filter(user=user).order_by("created_at", "id")
    return [("notifications.json", json_list(shown(one) for one in mine.iterator()))]
