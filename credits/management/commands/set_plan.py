"""Move one person, or many at once, to another plan."""

from django.core.management.base import BaseCommand

from accounts.directory import matching
from credits import services
from credits.models import Plan


class Command(BaseCommand):
    help = "Set the plan. % in EMAIL stands for anything: many people at once."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("plan", type=str.upper, choices=Plan.values)
        parser.add_argument("--reason", required=True)

    def handle(self, *args, email, plan, reason, **options):
        for user in matching(email):
            services.set_plan(user.pk, Plan(plan), reason=reason[:200])
            self.stdout.write(f"{user.email}: {plan}")
