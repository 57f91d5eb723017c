"""The hostile drawings under hostile/, one file a class of attack.

`=== name` begins a whole document, `--- name` a fragment that stands inside a drawing, and
`{{U+0001}}` is that character.
"""

import re
from dataclasses import dataclass
from pathlib import Path

HOSTILE = Path(__file__).parent / "hostile"
OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' viewBox="0 0 100 100" width="100" height="100">'
)

_heading = re.compile(r"^(===|---) (.+)\n", re.MULTILINE)
_character = re.compile(r"\{\{U\+([0-9A-F]{4,6})\}\}")


@dataclass(frozen=True)
class Payload:
    """One attack: its class, its name and the text that is handed to the sanitizer."""

    kind: str
    name: str
    text: str

    def __str__(self):
        return f"{self.kind}: {self.name}"


def payloads() -> list[Payload]:
    """All hostile drawings."""
    return [payload for file in sorted(HOSTILE.glob("*.txt")) for payload in _read(file)]


def _read(file: Path) -> list[Payload]:
    parts = _heading.split(file.read_text(encoding="utf-8"))
    bodies = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return [Payload(file.stem, name, _text(mark, body)) for mark, name, body in bodies]


def _text(mark: str, body: str) -> str:
    body = _character.sub(lambda found: chr(int(found[1], 16)), body.rstrip("\n"))
    return f"{OPENING}{body}</svg>" if mark == "---" else body
