"""`manage.py openapi v1`: what an API says of itself, on paper."""

from pathlib import Path

from django.core.management.base import BaseCommand

from chatsvg.openapi.generator import DESCRIPTIONS, printed


class Command(BaseCommand):
    help = (
        "Print the OpenAPI description of /v1 or /api. A change of either is accepted by"
        " `manage.py openapi --into tests/contract/schemas`."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("face", nargs="?", choices=sorted(DESCRIPTIONS), default="v1")
        parser.add_argument("--into", type=Path, help="write all of them into this folder instead")

    def handle(self, *args, face, into, **options):
        if into is None:
            self.stdout.write(printed(face), ending="")
            return
        into.mkdir(parents=True, exist_ok=True)
        for name in DESCRIPTIONS:
            (into / f"{name}.json").write_text(printed(name))
            self.stdout.write(f"written {into / name}.json")
