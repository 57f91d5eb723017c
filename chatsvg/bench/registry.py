"""Which scenarios there are. A new one is a module with these four names, and a line here."""

from argparse import ArgumentParser
from typing import Any, Protocol

from chatsvg.bench import (
    chaos,
    driver,
    growth,
    inflight,
    lists,
    sanitizer,
    signin,
    sockets,
    studio,
    submit,
)


class Scenario(Protocol):
    """What a scenario's module has.

    `run` gives back what JSON can carry; `faults` in it is a list of sentences about what went
    wrong, empty if nothing did. Any of them is exit code 1 in the small run, and where IS_STRICT
    in every run. It raises BenchError where nothing could be measured.
    """

    HELP: str
    IS_STRICT: bool

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: dict[str, Any]) -> dict[str, Any]: ...


SCENARIOS: dict[str, Scenario] = {
    "submit": submit,
    "chaos": chaos,
    "lists": lists,
    "growth": growth,
    "inflight": inflight,
    "sockets": sockets,
    "sanitizer": sanitizer,
    "signin": signin,
    "driver": driver,
    "studio": studio,
}
