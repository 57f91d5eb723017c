"""Give credits to one person, or to many at once."""

from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from accounts.directory import matching
from credits import services

AT_ONCE = 1_000_000


class Command(BaseCommand):
    help = "Grant credits. % in EMAIL stands for anything: many people at once."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("credits", type=int)
        parser.add_argument("--reason", required=True)

    def handle(self, *args, email, credits, reason, **options):
        if credits <= 0:
            raise CommandError("CREDITS must be more than 0.")
        if credits > AT_ONCE:
            raise CommandError(f"CREDITS must be {AT_ONCE} or fewer.")
        people = matching(email)
        for user in people:
            reference = f"support:{uuid4()}"
            entry = services.grant(user.pk, credits, reference=reference, reason=reason[:200])
            self.stdout.write(f"{user.email}: +{credits}, now {entry.balance_after}")
