"""`manage.py doctor`: what ChatSVG needs, whether it works, and how it is mended if not."""

import json
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.core.management.base import BaseCommand

from chatsvg.celery import app
from chatsvg.doctor.configuration import configuration
from chatsvg.doctor.examine import CALL_SECONDS, SECONDS, examine
from chatsvg.doctor.findings import Check, described
from chatsvg.doctor.mail import mail
from chatsvg.doctor.registry import registered
from chatsvg.doctor.servers import broker, postgres
from chatsvg.doctor.storage import storage
from chatsvg.doctor.table import summary, table
from chatsvg.doctor.workers import workers

OURS = (
    Check("Configuration", configuration),
    Check("PostgreSQL", postgres),
    Check("Redis", broker),
    Check("Storage", storage),
    Check("Mail", mail),
    Check("Workers", partial(workers, app)),
)


class Command(BaseCommand):
    help = "Look at everything that ChatSVG needs; exit 1 where something needed is broken."
    requires_system_checks = ()  # they are part of what is looked at

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--call",
            action="store_true",
            help="have every model endpoint say one word, which may cost a little",
        )

    def handle(self, *, call, **options):
        with _quiet():
            found = examine([*OURS, *registered(call)], CALL_SECONDS if call else SECONDS)
        is_well = all(finding.state != "broken" for _, finding in found)
        if options["json"]:
            rows = [described(check.subject, finding) for check, finding in found]
            self.stdout.write(json.dumps({"ok": is_well, "checks": rows}, indent=2))
        else:
            self._print(found)
        if not is_well:
            sys.exit(1)

    def _print(self, found):
        styles = {
            "ok": self.style.SUCCESS,
            "note": self.style.WARNING,
            "broken": self.style.ERROR,
            "off": self.style.HTTP_INFO,
        }
        width = min(shutil.get_terminal_size((110, 24)).columns, 130)
        for line in table(found, width, lambda state, text: styles[state](text)):
            self.stdout.write(line)
        self.stdout.write(f"\n{summary(found)}")


@contextmanager
def _quiet() -> Iterator[None]:
    """What libraries log about servers that are away stands in the table already."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
