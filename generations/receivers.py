"""What happens to drawings because of what happens to people; and to keys because of drawings."""

from functools import partial

from django.db import transaction
from django.dispatch import receiver

from accounts.keys import usage
from accounts.signals import data_wanted, user_deleted
from generations import belongings, deletion, figures
from generations.gallery import news
from generations.models import Job
from generations.signals import job_ended


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    deletion.forget(user)


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    return belongings.of(user)


@receiver(job_ended)
def take_off_usage(sender, job, **kwargs):
    """A program's drawing that came to nothing gave back what its request was noted with."""
    if job.key_id and job.price and job.status != Job.Status.SUCCEEDED:
        usage.give_back(job.key_id, job.price)


@receiver(job_ended)
def count(sender, job, **kwargs):
    transaction.on_commit(partial(figures.note_end, job), robust=True)


@receiver(job_ended)
def show(sender, job, **kwargs):
    if job.status == Job.Status.SUCCEEDED and not job.is_private:
        news.changed([(job.style, job.model)])
