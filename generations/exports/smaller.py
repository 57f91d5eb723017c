"""A drawing in fewer bytes than it is stored in, without a pixel changing.

What is stored is small already, and says what it shows. Here it keeps its title and loses its
description, its ids become short, and what all shapes have in common is said once.
"""

from collections.abc import Iterator
from contextlib import suppress
from string import ascii_lowercase

from generations.exports import pictures
from generations.exports.errors import NotDrawn
from generations.svg import Rejected, sanitize, show
from generations.svg.finish_names import MARK, rename_attributes
from generations.svg.finish_tree import round_off, tidy
from generations.svg.read import Reading, read
from generations.svg.serialise import serialise
from generations.svg.tables import PREFIX, SHAPES

LARGEST = 200_000  # characters; of what is larger only the words and ids become fewer
SIDE = 256  # pixels, of which none may change
DECIMALS = (2, 3, 4, 6)  # digits after the point, tried in this order
LIFTED = """fill stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit fill-rule
    fill-opacity stroke-opacity""".split()  # inherited by shapes


def optimized(svg: str, name: str, size: int) -> bytes:
    return optimize(svg).encode()


def optimize(svg: str) -> str:
    """The smallest form found: at worst, the drawing as it is."""
    found = [svg]
    with suppress(Rejected, NotDrawn):
        found.extend(_forms(svg))  # those before a refusal stay
    return min(found, key=len)


def _forms(svg: str) -> Iterator[str]:
    drawing = read(svg)
    _say_less(drawing)
    mild = serialise(drawing.root)
    if _is_safe(mild):
        yield mild
    if len(svg) <= LARGEST and show.is_plain(drawing):
        yield from _strong(mild, pictures.png(svg, "", SIDE))


def _strong(svg: str, shown: bytes) -> Iterator[str]:
    """The first of the shorter forms that looks the same."""
    for decimals in DECIMALS:
        drawing = read(svg)
        tidy(drawing)
        _lift(drawing)
        round_off(drawing, decimals)
        shorter = serialise(drawing.root)
        if _is_safe(shorter) and pictures.png(shorter, "", SIDE) == shown:
            yield shorter
            return


def _is_safe(svg: str) -> bool:
    try:
        return sanitize(svg).svg == svg
    except Rejected:
        return False


def _say_less(drawing: Reading) -> None:
    root = drawing.root
    root.children = [child for child in root.children if child.tag != "desc"]
    used = {target for node in drawing.nodes for target in node.links.values()}
    used |= set(_called(drawing))
    for name, node in drawing.ids.items():
        if name not in used:
            del node.attributes["id"]
    short = dict(zip([name for name in drawing.ids if name in used], _names(), strict=False))
    marks = {name[: len(PREFIX) + MARK] for name in short}
    mark = marks.pop() if len(marks) == 1 else PREFIX
    _rename(drawing, {name: mark + letters for name, letters in short.items()})


def _called(drawing: Reading) -> Iterator[str]:
    """The ids that are referred to in words: by animations, and for those who do not see."""
    for node in drawing.nodes:
        told = {name: value for name, value in node.attributes.items() if name != "id"}
        found: list[str] = []
        rename_attributes(told, lambda name, found=found: found.append(name) or name)  # type: ignore[misc]
        yield from found


def _names() -> Iterator[str]:
    """a, b, … z, aa, ab, …"""
    yield from ascii_lowercase
    for name in _names():
        yield from (name + letter for letter in ascii_lowercase)


def _rename(drawing: Reading, names: dict[str, str]) -> None:
    def rename(name: str) -> str:
        return names.get(name, name)

    for node in drawing.nodes:
        rename_attributes(node.attributes, rename)
        rename_attributes(node.style, rename)
        node.links = {name: rename(target) for name, target in node.links.items()}


def _lift(drawing: Reading) -> None:
    """Say what all shapes of a drawing have in common on its root, if nothing but they inherit."""
    root = drawing.root
    if any(node.tag not in (*SHAPES, "svg", "g", "title") for node in drawing.nodes):
        return
    shapes = [node for node in drawing.nodes if node.tag in SHAPES]
    for name in LIFTED:
        if any(name in node.style or name in node.links for node in drawing.nodes):
            continue
        values = {node.attributes.get(name) for node in shapes}
        said = [node for node in drawing.nodes if name in node.attributes]
        if len(values) == 1 and None not in values and len(said) == len(shapes) > 1:
            root.attributes[name] = shapes[0].attributes[name]
            for node in shapes:
                del node.attributes[name]
