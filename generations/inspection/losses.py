"""What of an answer did not get into its drawing, and would have been seen."""

import re
from collections.abc import Iterator
from itertools import islice

from generations import svg
from generations.inspection.faults import Fault
from generations.inspection.places import Places
from generations.svg.losses import Loss
from generations.svg.tables import PREFIX

MOST = 8  # of a kind that are looked for: more is told to nobody
# Elements that leave nothing to be missed.
SILENT = frozenset(
    """script style metadata discard animate animateTransform animateMotion animateColor set
    font font-face glyph missing-glyph hkern vkern view cursor link meta base audio handler
    listener title desc with""".split()
)
NOT_NUMBERS = re.compile(r"NaN|undefined|Infinity|null")
GEOMETRY = frozenset(
    """d points x y x1 y1 x2 y2 cx cy r rx ry width height transform viewBox stroke-width
    offset gradientTransform""".split()
)

_dropped = re.compile(r"element (?P<name>\S+)(?: another name)? dropped")
_attribute = re.compile(r"[\s\"'](?P<name>[A-Za-z][\w-]*)\\?\s*=\s*\\?[\"'](?P<value>[^\"'<>]*)")
_id = re.compile(r' id="([^"]+)"')
_reference = re.compile(r"(?:url\(|\bhref=\")#([^)\"]+)")
# What the faults of losses say that were seen while the drawing was read, with their codes.
SENTENCES = {
    "gap": (
        "lost",
        "An ellipsis stands where shapes or path data belong. Write all of the drawing out.",
    ),
    "number": (
        "bad_number",
        "The place of a shape is not a number. Write the coordinates out.",
    ),
    "size": (
        "view_box",
        'The root says neither viewBox nor width and height. Say viewBox="0 0 256 256".',
    ),
}


def losses(places: Places, drawing: svg.Sanitized, lost: tuple[Loss, ...]) -> Iterator[Fault]:
    """Faults about parts of the answer that are missing in its drawing."""
    if any(loss.code == "cut" for loss in lost):
        yield _unfinished(places)
    numbers = list(islice(_numbers(places), MOST))
    yield from numbers
    for loss in lost:
        if loss.code in SENTENCES and not (numbers and loss.code == "number"):
            yield _told(places, loss)
    yield from _removed(places, drawing.notes)
    yield from _dangling(places, drawing.svg)


def _told(places: Places, loss: Loss) -> Fault:
    code, sentence = SENTENCES[loss.code]
    at = places.answer.find(loss.text)
    if at < 0:
        return Fault(code, sentence, snippet=loss.text)
    return Fault(code, sentence, *places.position(at), places.snippet(at))


def _dangling(places: Places, drawing: str) -> Iterator[Fault]:
    """References to what is not in the drawing, so that nothing is painted there."""
    ids = set(_id.findall(drawing))
    names = dict.fromkeys(_reference.findall(drawing))
    for name in [name for name in names if name not in ids][:MOST]:
        yield _missing(
            "A reference names an id that no element of the drawing has, so that nothing is "
            "painted there. Define it, or use a plain colour.",
            places,
            places.answer.find(f"#{name.removeprefix(PREFIX)}"),
        )


def _unfinished(places: Places) -> Fault:
    """A drawing that ends within a tag."""
    answer = places.answer.rstrip("`~ \n\t\r")
    at = max(len(answer) - 1, 0)
    return Fault(
        "unfinished",
        "The answer ends in the middle of the drawing. Draw it anew with fewer and simpler "
        "shapes, and end with </svg>.",
        *places.position(at),
        places.around(at),
    )


def _numbers(places: Places) -> Iterator[Fault]:
    if not NOT_NUMBERS.search(places.answer, places.start, places.end):
        return
    for found in _attribute.finditer(places.answer, places.start, places.end):
        if found["name"] in GEOMETRY and NOT_NUMBERS.search(found["value"]):
            at = found.start("name")
            yield Fault(
                "bad_number",
                f"The value of {found['name']} is not a number. Write the coordinates out.",
                *places.position(at),
                places.around(at),
            )


def _removed(places: Places, notes: tuple[str, ...]) -> Iterator[Fault]:
    names = [found["name"] for note in notes if (found := _dropped.fullmatch(note))]
    names += ["image"] * ("link of image dropped" in notes)
    for name in names:
        if name in SILENT or (name == "foreignObject" and "<switch" in places.answer):
            continue  # of a switch, another part is shown
        tag = re.compile(rf"<(?:\w{{1,20}}:)?{re.escape(name)}\b", re.IGNORECASE)
        found = tag.search(places.answer, places.start, places.end)
        yield _missing(
            f"The element {name} is not allowed, and what it showed is missing now. Draw it with "
            "shapes.",
            places,
            found.start() if found else -1,
        )


def _missing(sentence: str, places: Places, at: int) -> Fault:
    if at < 0:
        return Fault("lost", sentence)
    return Fault("lost", sentence, *places.position(at), places.around(at))
