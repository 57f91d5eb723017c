"""Bring the drawings of an older sanitizer up to date."""

import sys

from django.core.management.base import BaseCommand, CommandError

from generations import resanitize
from generations.resanitize import Tally
from generations.svg import SANITIZER_VERSION

INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Sanitize anew every drawing of an older sanitizer, with web and workers running. Stop it "
        "at any time: the next run goes on. A drawing that is now refused is withdrawn: a "
        "stand-in is served, and the original is kept, unserved, for a later sanitizer."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only count; write nothing")
        parser.add_argument(
            "--batch",
            type=int,
            default=resanitize.BATCH,
            help=f"drawings written at once ({resanitize.BATCH})",
        )

    def handle(self, *args, dry_run, batch, **options):
        if batch < 1:
            raise CommandError("--batch must be 1 or more.")
        bar = Bar(resanitize.stale().count())
        tally = Tally()
        try:
            for tally in resanitize.run(batch=batch, dry_run=dry_run):
                bar.show(tally.seen)
        except KeyboardInterrupt:
            bar.end()
            self.tell(tally)
            self.stderr.write("interrupted: the next run goes on from here")
            sys.exit(INTERRUPTED)
        bar.end()
        self.tell(tally)
        if dry_run:
            self.stdout.write("nothing was written")
        elif left := resanitize.stale().count():
            self.stdout.write(f"{left} more came meanwhile: run it again")

    def tell(self, tally: Tally) -> None:
        self.stdout.write(
            f"sanitizer {SANITIZER_VERSION}: {tally.unchanged} unchanged, "
            f"{tally.changed} changed, {tally.rejected} rejected (withdrawn)"
        )
        if tally.missed:
            self.stdout.write(f"{tally.missed} changed or deleted by others meanwhile")


class Bar:
    """How far it is, on standard error, if that is a terminal."""

    WIDTH = 30

    def __init__(self, total: int) -> None:
        self.total = total
        self.is_shown = sys.stderr.isatty() and total > 0
        self.show(0)

    def show(self, seen: int) -> None:
        if not self.is_shown:
            return
        share = min(seen / self.total, 1)
        done = int(self.WIDTH * share)
        line = f"[{'#' * done}{'.' * (self.WIDTH - done)}] {share:4.0%}  {seen} of {self.total}"
        print(f"\r{line}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.is_shown:
            print(file=sys.stderr)
