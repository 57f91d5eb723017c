"""What happens to drawings because of what happens to people."""

from django.dispatch import receiver

from accounts.signals import data_wanted, user_deleted
from generations import belongings, deletion


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    deletion.forget(user)


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    return belongings.of(user)
