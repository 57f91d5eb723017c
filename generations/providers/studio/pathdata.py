"""SVG path data: reading it into paths, and writing paths as short data."""

import math
import re
from collections.abc import Iterable

from pathops import Path, PathVerb

_TOKEN = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_ARC = re.compile(r"[Aa][^A-Za-z]*")
_ARC_NUMBERS = re.compile(
    r"\s*,?\s*([-+]?(?:\d+\.?\d*|\.\d+))"
    r"\s*,?\s*([-+]?(?:\d+\.?\d*|\.\d+))"
    r"\s*,?\s*([-+]?(?:\d+\.?\d*|\.\d+))"
    r"\s*,?\s*([01])\s*,?\s*([01])"
    r"\s*,?\s*([-+]?(?:\d+\.?\d*|\.\d+))"
    r"\s*,?\s*([-+]?(?:\d+\.?\d*|\.\d+))"
)

_LETTERS = {
    PathVerb.MOVE: "M",
    PathVerb.LINE: "L",
    PathVerb.QUAD: "Q",
    PathVerb.CUBIC: "C",
    PathVerb.CLOSE: "Z",
}

Point = tuple[float, float]


# reading


def parse(data: str) -> Path:
    """The path that an SVG `d` attribute describes."""
    path = Path()
    pen = _Pen(path)
    for letter, numbers in _commands(data):
        pen.draw(letter, numbers)
    return path


def _commands(data: str) -> Iterable[tuple[str, list[float]]]:
    """Each command with its numbers, repeated commands spelt out."""
    tokens = _TOKEN.findall(_ARC.sub(_spread_flags, data))
    letter, at = "M", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            letter = tokens[at]
            at += 1
        count = _ARGUMENTS[letter.upper()]
        yield letter, [float(token) for token in tokens[at : at + count]]
        at += count
        letter = {"M": "L", "m": "l"}.get(letter, letter)


def _spread_flags(match: re.Match) -> str:
    """An arc's flags may be written without spaces; write the numbers apart."""
    text = match.group()
    return text[0] + " ".join(" ".join(found) for found in _ARC_NUMBERS.findall(text[1:]))


class _Pen:
    """Follows SVG path commands, relative or absolute, on a path."""

    def __init__(self, path: Path):
        self.path = path
        self.at = self.start = self.control = (0.0, 0.0)
        self.last = ""

    def draw(self, letter: str, numbers: list[float]) -> None:
        kind = letter.upper()
        base = self.at if letter.islower() else (0.0, 0.0)
        getattr(self, f"_{kind.lower()}")(numbers, base)
        self.last = kind

    def _points(self, numbers: list[float], base: Point) -> list[Point]:
        return [
            (numbers[i] + base[0], numbers[i + 1] + base[1]) for i in range(0, len(numbers) - 1, 2)
        ]

    def _m(self, numbers, base):
        self.at = self.start = self._points(numbers, base)[0]
        self.path.moveTo(*self.at)

    def _l(self, numbers, base):
        self._line(self._points(numbers, base)[0])

    def _h(self, numbers, base):
        self._line((numbers[0] + base[0], self.at[1]))

    def _v(self, numbers, base):
        self._line((self.at[0], numbers[0] + base[1]))

    def _line(self, end: Point) -> None:
        self.path.lineTo(*end)
        self.at = end

    def _c(self, numbers, base):
        self._cubic(*self._points(numbers, base))

    def _s(self, numbers, base):
        first = self._reflected("CS")
        self._cubic(first, *self._points(numbers, base))

    def _cubic(self, first: Point, second: Point, end: Point) -> None:
        self.path.cubicTo(*first, *second, *end)
        self.control, self.at = second, end

    def _q(self, numbers, base):
        self._quad(*self._points(numbers, base))

    def _t(self, numbers, base):
        first = self._reflected("QT")
        self._quad(first, *self._points(numbers, base))

    def _quad(self, control: Point, end: Point) -> None:
        self.path.quadTo(*control, *end)
        self.control, self.at = control, end

    def _reflected(self, kinds: str) -> Point:
        if not self.last or self.last not in kinds:
            return self.at
        return (2 * self.at[0] - self.control[0], 2 * self.at[1] - self.control[1])

    def _a(self, numbers, base):
        rx, ry, turn, large, sweep, x, y = numbers
        end = (x + base[0], y + base[1])
        if not rx or not ry or end == self.at:
            self._line(end)
            return
        for first, second, point in _arc(
            self.at, end, (abs(rx), abs(ry)), turn, large > 0, sweep > 0
        ):
            self._cubic(first, second, point)

    def _z(self, numbers, base):
        self.path.close()
        self.at = self.start


def _arc(
    start: Point, end: Point, radii: Point, turn: float, large: bool, sweep: bool
) -> Iterable[tuple[Point, Point, Point]]:
    """Cubic curves along an elliptical arc (SVG 1.1, appendix F.6)."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x1, y1 = cos * dx + sin * dy, cos * dy - sin * dx
    grow = math.sqrt(max(1.0, (x1 / radii[0]) ** 2 + (y1 / radii[1]) ** 2))
    rx, ry = radii[0] * grow, radii[1] * grow
    below = (rx * y1) ** 2 + (ry * x1) ** 2
    factor = math.sqrt(max(0.0, ((rx * ry) ** 2 - below) / below)) * (-1 if large == sweep else 1)
    cx1, cy1 = factor * rx * y1 / ry, -factor * ry * x1 / rx
    cx = cos * cx1 - sin * cy1 + (start[0] + end[0]) / 2
    cy = sin * cx1 + cos * cy1 + (start[1] + end[1]) / 2
    first = math.atan2((y1 - cy1) / ry, (x1 - cx1) / rx)
    span = math.atan2((-y1 - cy1) / ry, (-x1 - cx1) / rx) - first
    if sweep and span < 0:
        span += 2 * math.pi
    elif not sweep and span > 0:
        span -= 2 * math.pi
    pieces = max(1, math.ceil(abs(span) / (math.pi / 2) - 1e-6))
    step = span / pieces
    reach = 4 / 3 * math.tan(step / 4)

    def at(x: float, y: float) -> Point:
        return (cx + cos * rx * x - sin * ry * y, cy + sin * rx * x + cos * ry * y)

    for piece in range(pieces):
        a, b = first + piece * step, first + (piece + 1) * step
        yield (
            at(math.cos(a) - reach * math.sin(a), math.sin(a) + reach * math.cos(a)),
            at(math.cos(b) + reach * math.sin(b), math.sin(b) - reach * math.cos(b)),
            at(math.cos(b), math.sin(b)),
        )


# writing


def segments(path: Path) -> list[tuple[str, tuple[Point, ...]]]:
    """The path's pieces as SVG letters, each with the points that follow it."""
    plain = Path(path)
    plain.convertConicsToQuads(0.05)
    return [(_LETTERS[verb], points) for verb, points in plain]


def write(path: Path) -> str:
    """SVG path data, in relative steps of a tenth, which is short and exact enough."""
    parts: list[str] = []
    here = start = (0, 0)
    for letter, points in segments(path):
        tenths = [(round(10 * x), round(10 * y)) for x, y in points]
        if letter == "Z":
            parts.append("z")
            here = start
        elif letter == "M":
            parts.append("M" + _joined(tenths[0]))
            here = start = tenths[0]
        else:
            parts.append(_step(letter, tenths, here))
            here = tenths[-1]
    return "".join(parts)


def _step(letter: str, tenths: list[tuple[int, int]], here: tuple[int, int]) -> str:
    moves = [value for x, y in tenths for value in (x - here[0], y - here[1])]
    if letter == "L" and 0 in moves:
        return "h" + _tenth(moves[0]) if moves[1] == 0 else "v" + _tenth(moves[1])
    return letter.lower() + _joined(moves)


def _joined(tenths: Iterable[int]) -> str:
    text = ""
    for value in tenths:
        written = _tenth(value)
        text += written if not text or written[0] == "-" else " " + written
    return text


def _tenth(value: int) -> str:
    whole, rest = divmod(abs(value), 10)
    text = f"{whole or ''}.{rest}" if rest else str(whole)
    return "-" + text if value < 0 else text


def number(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
