"""Prove that no credit and no job was lost, charged twice or forgotten."""

import sys

from django.core.management.base import BaseCommand

from generations.audit import findings


class Command(BaseCommand):
    help = "Check every invariant of ledger and jobs; exit 1 where one is broken."
    shown = 10

    def handle(self, *args, **options):
        broken = 0
        for name, faults in findings():
            self.stdout.write(f"{'ok   ' if not faults else 'DRIFT'} {name}")
            for fault in faults[: self.shown]:
                self.stdout.write(f"      {fault}")
            if len(faults) > self.shown:
                self.stdout.write(f"      … and {len(faults) - self.shown} more")
            broken += bool(faults)
        if broken:
            sys.exit(1)
