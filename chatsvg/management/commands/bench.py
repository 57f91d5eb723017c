"""`manage.py bench SCENARIO`: put load on ChatSVG and print what it took, as JSON."""

import json
import signal
import sys

from django.core.management.base import BaseCommand, CommandError

from chatsvg.bench.errors import BenchError
from chatsvg.bench.registry import SCENARIOS
from chatsvg.bench.report import surroundings

TERMINATED = 128 + signal.SIGTERM


class Command(BaseCommand):
    help = "Measure ChatSVG under load. Prints one JSON object; progress goes to stderr."
    requires_system_checks = ()

    def add_arguments(self, parser):
        scenarios = parser.add_subparsers(dest="scenario", metavar="SCENARIO", required=True)
        for name, scenario in SCENARIOS.items():
            one = scenarios.add_parser(name, help=scenario.HELP, description=scenario.HELP)
            one.add_argument(
                "--smoke",
                action="store_true",
                help="small numbers, only to see that it works; exit code 1 if anything went wrong",
            )
            scenario.add_arguments(one)

    def handle(self, *, scenario, smoke, **options):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that all is undone
        chosen = SCENARIOS[scenario]
        try:
            result = chosen.run({**options, "smoke": smoke})
        except BenchError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("interrupted") from None
        head = {"scenario": scenario, "smoke": smoke, **surroundings()}
        self.stdout.write(json.dumps({**head, **result}, indent=2))
        if (smoke or chosen.IS_STRICT) and result["faults"]:
            sys.exit(1)
