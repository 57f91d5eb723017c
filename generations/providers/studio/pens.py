"""Which lines a pen draws: none twice, none behind what is in front, none too near another.

Lines are followed in steps. Each step looks how far the nearest line is that is drawn already,
so that both sides of something thin become one line, as they would in a drawing by hand.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable

from pathops import Path

from . import geometry
from .geometry import Point
from .pieces import Sample, pieces_of, sampled, spine, written

_NEAR, _CLOSE = 1.0, 1.6  # in widths of the pen: one line with it, and too near to be told apart
_OWN = 6.0  # so far along, in widths, a line does not mind itself
_STEP = 0.45
Hidden = Callable[[Point], bool]


def _nothing(point: Point) -> bool:
    """Hides nothing."""
    return False


class _Trail:
    """What has been drawn, as points in cells that are as wide as one looks around."""

    def __init__(self, reach: float):
        self.reach = reach
        self._cells: dict[tuple[int, int], list[tuple[float, float, int, float]]] = defaultdict(
            list
        )

    def add(self, sample: Sample, line: int) -> None:
        x, y = sample.point
        self._cells[self._cell(x, y)].append((x, y, line, sample.along))

    def distance(self, sample: Sample, line: int, own: float, length: float) -> float:
        """How far away the nearest line is; `own` is how much of the same line does not count."""
        x, y = sample.point
        column, row = self._cell(x, y)
        nearest = self.reach
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                for px, py, drawn, along in self._cells.get((i, j), ()):
                    if drawn == line:
                        apart = abs(along - sample.along)
                        if min(apart, length - apart) < own:
                            continue
                    nearest = min(nearest, math.hypot(px - x, py - y))
        return nearest

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return int(x // self.reach), int(y // self.reach)


class Pen:
    """A pen of one width; what it has drawn is in `lines`."""

    def __init__(self, width: float):
        self.width = width
        self.lines: list[Path] = []
        self._trail = _Trail(_CLOSE * width)
        self._count = 0

    def keep(self, path: Path, hidden: Hidden = _nothing) -> None:
        """Draw lines as they are, wherever they can be seen."""
        for contour in geometry.contours(path):
            self._follow(contour, hidden, is_kept=True)

    def draw(self, path: Path, hidden: Hidden = _nothing) -> None:
        """Draw the contours of the path where they can be seen and told apart."""
        for contour in geometry.contours(path):
            if (middle := spine(contour, self.width)) is not None:
                self._follow(middle, hidden, is_kept=not self._is_near(middle))
            else:
                self._follow(contour, hidden)

    def _is_near(self, line: Path) -> bool:
        """Whether all of a short line is too near to others."""
        samples = sampled(pieces_of(line)[0], _STEP * self.width)
        return all(
            self._trail.distance(sample, -1, 0, math.inf) < self._trail.reach for sample in samples
        )

    def dot(self, at: Point, hidden: Hidden = _nothing) -> None:
        """Draw a point, unless it would run into a line."""
        sample = Sample(0, 0.0, at, 0.0)
        if hidden(at) or self._trail.distance(sample, -1, 0, math.inf) < 1.15 * self.width:
            return
        self._count += 1
        self._trail.add(sample, self._count)
        self.lines.append(geometry.parse(f"M{at[0]} {at[1]}h.1"))

    def _follow(self, contour: Path, hidden: Hidden, *, is_kept: bool = False) -> None:
        pieces, closed = pieces_of(contour)
        samples = sampled(pieces, _STEP * self.width)
        self._look_around(samples, hidden, closed=closed, is_kept=is_kept)
        for run in self._runs(samples, closed):
            self.lines.append(written(pieces, run, whole=closed and len(run) == len(samples)))

    def _look_around(
        self, samples: list[Sample], hidden: Hidden, *, closed: bool, is_kept: bool
    ) -> None:
        """Note how far each sample is from what is drawn, and that it is drawn itself."""
        self._count += 1
        length = samples[-1].along if samples else 0.0
        own = length if length < 2 * _OWN * self.width else min(_OWN * self.width, 0.3 * length)
        around = length if closed else math.inf
        for sample in samples:
            if hidden(sample.point):
                sample.distance = 0.0
            elif not is_kept:
                sample.distance = self._trail.distance(sample, self._count, own, around)
            if sample.distance >= _NEAR * self.width:
                self._trail.add(sample, self._count)

    def _runs(self, samples: list[Sample], closed: bool) -> Iterable[list[Sample]]:
        """The stretches worth drawing."""
        near = _NEAR * self.width
        gaps = [index for index, sample in enumerate(samples) if sample.distance < near]
        if not gaps:
            if any(self._is_clear(sample) for sample in samples):
                yield samples
            return
        if closed:
            samples = samples[gaps[0] :] + samples[: gaps[0] + 1]
        run: list[Sample] = []
        for sample in [*samples, Sample(0, 0, (0, 0), 0, 0.0)]:
            if sample.distance >= near:
                run.append(sample)
                continue
            if run and self._is_worth_it(trimmed := self._trimmed(run)):
                yield trimmed
            run = []

    def _trimmed(self, run: list[Sample]) -> list[Sample]:
        """Without a long end that runs along another line; a short one meets it and stays."""
        clear = [index for index, sample in enumerate(run) if self._is_clear(sample)]
        if not clear:
            return []
        most = round(2.5 / _STEP)
        start = clear[0] if clear[0] > most else 0
        end = clear[-1] + 1 if len(run) - clear[-1] > most else len(run)
        return run[start:end]

    def _is_clear(self, sample: Sample) -> bool:
        return sample.distance >= self._trail.reach

    def _is_worth_it(self, run: list[Sample]) -> bool:
        return (len(run) - 1) * _STEP > 2.0
