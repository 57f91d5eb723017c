"""`manage.py migrate`, as Django's own, beside people who work and after a try that broke off."""

from django.core.management.commands import migrate
from django.db import connections

from chatsvg import indexes


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if not (options["plan"] or options["check_unapplied"]):
            for name in indexes.drop_broken(connection):
                self.stdout.write(f"Dropped an index that was half built: {name}")
        with indexes.concurrently(connection):
            super().handle(*args, **options)
