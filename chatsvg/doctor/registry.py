"""What the apps want to have looked at."""

from collections.abc import Callable, Iterable

from chatsvg.doctor.findings import Check

Source = Callable[[bool], Iterable[Check]]  # takes whether a check may cost money

_sources: list[Source] = []


def register(source: Source) -> None:
    """Have what `source` names looked at by `manage.py doctor`. For an app's `ready`."""
    _sources.append(source)


def registered(may_cost: bool) -> list[Check]:
    return [check for source in _sources for check in source(may_cost)]
