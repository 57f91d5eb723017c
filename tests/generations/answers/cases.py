"""The malformed answers under written/, one file a class, and the drawings that they mean.

`=== house: name` begins an answer that means drawings/house.svg. First may come edits, one a line:

    ! old => new       of the drawing that is meant
    ~ old => new       of the drawing in the answer, which is the one that is meant with mistakes
    ~~ regex => new    the same, by a regular expression

Then the answer itself: `{{it}}` is the edited drawing, `{{fox}}` another one, `{{it|json}}` is it
through a filter of `filters`, `{{U+200B}}` is that character. Without a text it is `{{it}}` alone.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.generations.answers.filters import FILTERS

HERE = Path(__file__).parent
DRAWINGS = {file.stem: file.read_text().strip() for file in sorted(HERE.glob("drawings/*.svg"))}

_heading = re.compile(r"^=== (\w+): (.+)\n", re.MULTILINE)
_edit = re.compile(r"(!|~~|~) (.+?) => (.*)\n?")
_slot = re.compile(r"\{\{(?:U\+(?P<code>[0-9A-F]{4,6})|(?P<name>\w+)(?P<filters>(?:\|\w+)*))\}\}")


@dataclass(frozen=True)
class Case:
    """One answer of a model: its class, its name, its text, and the drawing that it means."""

    kind: str
    name: str
    answer: str
    meant: str

    def __str__(self):
        return f"{self.kind}: {self.name}"


def cases() -> list[Case]:
    """All malformed answers, class by class."""
    return [case for file in sorted(HERE.glob("written/*.txt")) for case in _read(file)]


def hopeless() -> list[str]:
    """Answers of which no drawing can come."""
    text = (HERE / "hopeless.txt").read_text()
    return [body.strip("\n") for body in re.split(r"^=== .+\n", text, flags=re.MULTILINE)[1:]]


def _read(file: Path) -> list[Case]:
    parts = _heading.split(file.read_text())
    bodies = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return [_case(file.stem, drawing, name, body) for drawing, name, body in bodies]


def _case(kind: str, drawing: str, name: str, body: str) -> Case:
    meant = it = DRAWINGS[drawing]
    while found := _edit.match(body):
        mark, old, new = found.groups()
        body = body[found.end() :]
        old, new = _filled(old, ""), _filled(new, "")
        it = _edited(it, old, new, mark == "~~")
        if mark == "!":
            meant = _edited(meant, old, new, False)
    return Case(kind, name, _filled(body.strip("\n") or "{{it}}", it), meant)


def _edited(text: str, old: str, new: str, by_pattern: bool) -> str:
    """`text` with every `old` replaced; an edit that changes nothing is a mistake of the corpus."""
    edited = re.sub(old, new, text) if by_pattern else text.replace(old, new)
    assert edited != text, old
    return edited


def _filled(text: str, it: str) -> str:
    def fill(found: re.Match[str]) -> str:
        if found["code"]:
            return chr(int(found["code"], 16))
        filled = it if found["name"] == "it" else DRAWINGS[found["name"]]
        for name in found["filters"].split("|")[1:]:
            filled = FILTERS[name](filled)
        return filled

    return _slot.sub(fill, text)
