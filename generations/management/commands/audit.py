"""Prove that no credit and no job was lost, charged twice or forgotten."""

import sys

from django.core.management.base import BaseCommand

from generations.audit import SHOWN, findings


class Command(BaseCommand):
    help = "Check every invariant of ledger and jobs; exit 1 where one is broken."

    def handle(self, *args, **options):
        broken = 0
        for name, faults in findings():
            self.stdout.write(f"{'ok   ' if not faults else 'DRIFT'} {name}")
            for fault in faults[:SHOWN]:
                self.stdout.write(f"      {fault}")
            if len(faults) > SHOWN:
                self.stdout.write(f"      … and {len(faults) - SHOWN} more")
            broken += bool(faults)
        if broken:
            sys.exit(1)
