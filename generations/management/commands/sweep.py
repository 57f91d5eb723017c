"""Put right, now, what was left behind by dead workers and lost messages."""

from django.core.management.base import BaseCommand

from generations import upkeep, wakeups


class Command(BaseCommand):
    help = "Requeue lost jobs, end overdue ones, wake forgotten ones, store missing copies."

    def handle(self, *args, **options):
        upkeep.sweep(wake=wakeups.wake)
