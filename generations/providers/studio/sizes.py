"""How large things are beside each other."""

from functools import lru_cache
from importlib.resources import files

_LEAST, _MOST = 0.45, 2.4


@lru_cache(maxsize=1)
def known() -> dict[str, float]:
    text = files(__package__).joinpath("sizes.txt").read_text("utf-8")
    rows = (line.partition(" : ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(size) for size, _, names in rows for name in names.split()}


def natural(picture: str) -> float:
    """The size that a thing has in a picture with others; 1 where nothing is known."""
    return known().get(picture, 1.0)


def beside(size: float, other: float) -> float:
    """How many times as large one thing is to be drawn as another, within reason."""
    return min(_MOST, max(_LEAST, size / other))
