"""The tokens and the icons, read from the files that pages use."""

import re
from pathlib import Path

from django.conf import settings

_TOKEN = re.compile(r"^  --([\w-]+):\s*([^;]+);", re.MULTILINE)
_COLOUR = re.compile(r"#|light-dark\((?!rgb)")
_SYMBOL = re.compile(r'<symbol id="([\w-]+)"')

Tokens = list[tuple[str, str]]


def colours() -> Tokens:
    """Names and values, in the order of the file."""
    return [(name, value) for name, value in _all() if _COLOUR.match(value)]


def measures(kind: str) -> Tokens:
    """Those of one kind: `text`, `radius`, `shadow`, or `s` for space."""
    pattern = re.compile(r"s\d" if kind == "s" else rf"{kind}-")
    return [(name, value) for name, value in _all() if pattern.match(name)]


def icons() -> list[str]:
    return _SYMBOL.findall(_read("img/icons.svg"))


def stylesheet() -> str:
    """A class for each token, since pages may carry no style of their own."""
    rules = [f".token-{name} {{ background: var(--{name}); }}" for name, _ in colours()]
    rules += [f".token-{name} {{ font-size: var(--{name}); }}" for name, _ in measures("text")]
    rules += [f".token-{name} {{ width: var(--{name}); }}" for name, _ in measures("s")]
    rules += [f".token-{n} {{ border-radius: var(--{n}); }}" for n, _ in measures("radius")]
    rules += [f".token-{n} {{ box-shadow: var(--{n}); }}" for n, _ in measures("shadow")]
    return "\n".join(rules)


def _all() -> Tokens:
    root = _read("css/tokens.css").partition(":root {")[2].partition("\n}")[0]
    return [(name, " ".join(value.split())) for name, value in _TOKEN.findall(root)]


def _read(name: str) -> str:
    return Path(settings.BASE_DIR, "static", name).read_text()
