"""`manage.py objects save|load FOLDER`: the storage's half of a backup (deploy/backup.sh)."""

from pathlib import Path

from django.core.management.base import BaseCommand

from accounts import stored
from chatsvg import objects
from generations.models import Generation


class Command(BaseCommand):
    help = "Copy pictures of people and exports to a folder, or from it, where they are wanted."

    def add_arguments(self, parser):
        parser.add_argument("deed", choices=["save", "load"])
        parser.add_argument("folder", type=Path)

    def handle(self, *, deed, folder, **options):
        if deed == "save":
            self.stdout.write(f"{objects.save(stored.FOLDERS, folder)} objects copied")
            return
        copied = objects.load(stored.FOLDERS, folder, pick=stored.wanted)
        # whatever the storage has of drawings: the sweep makes the copies from their text
        drawings = Generation.everything.exclude(stored_at=None).update(stored_at=None)
        self.stdout.write(f"{copied} objects copied; {drawings} drawings will be by the sweep")
