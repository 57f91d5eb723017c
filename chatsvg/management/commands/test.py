"""`manage.py test`: every test, in one command. Arguments are pytest's own."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from chatsvg.embedded.home import PROJECT

# one more than processors: many tests wait for real processes
PROCESSES = min((os.cpu_count() or 1) + 1, 4)
IN_PARALLEL = ("-n", str(PROCESSES), "--dist", "loadscope", "--no-loadscope-reorder")


class Command(BaseCommand):
    help = "Run pytest with its own PostgreSQL, Valkey and browser. Arguments are passed through."
    requires_system_checks = ()

    def run_from_argv(self, argv):
        try:
            self.execute(pytest_arguments=argv[2:])
        except CommandError as error:
            sys.exit(f"CommandError: {error}")

    def execute(self, *, pytest_arguments=(), **options):
        """Become pytest: a process that has not loaded Django yet."""
        if find_spec("pytest") is None or find_spec("pytest_django") is None:
            raise CommandError(
                "pytest is not installed here; run: pip install -r deploy/requirements-dev.txt"
            )
        if is_whole_suite(pytest_arguments):
            get_what_is_missing()
            pytest_arguments = [*IN_PARALLEL, *pytest_arguments]
        env = dict(os.environ)
        env.pop("DJANGO_SETTINGS_MODULE", None)  # pyproject.toml says which, for pytest
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes import the same modules
        env.setdefault("PYTHONHASHSEED", "0")  # sets of cases are in the same order everywhere
        os.chdir(PROJECT)
        sys.stdout.flush()
        argv = [sys.executable, "-m", "pytest", *pytest_arguments]
        os.execve(sys.executable, argv, env)  # noqa: S606


def is_whole_suite(arguments) -> bool:
    """Whether no argument names a part of the tests."""
    return not any(Path(PROJECT, word.split("::")[0]).exists() for word in arguments)


def get_what_is_missing() -> None:
    """Get a browser and the packages of npm before the tests begin; where that does not work, the
    tests that need them say so themselves."""
    from tests import browser, nodejs  # the tests are not there in production

    for get in (browser.executable, nodejs.packages):
        try:
            get()
        except (browser.NoBrowser, nodejs.NoNode) as error:
            print(error, file=sys.stderr)
