"""The parts that the apps have."""

from collections.abc import Callable, Iterable

from chatsvg.status.parts import Part

Source = Callable[[], Iterable[Part]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Have the parts that `source` names recorded and shown. For an app's `ready`."""
    if source not in _sources:
        _sources.append(source)


def parts() -> list[Part]:
    """Those there are now, as the page lists them."""
    found = [part for source in _sources for part in source()]
    return sorted(found, key=lambda part: (part.rank, part.name))
