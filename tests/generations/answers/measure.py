"""How far an answer comes: like its drawing at once, after a repair, or never.

A repair is played as badly as a real model does it: the first one repeats the answer, mistakes and
all; the second is the drawing that is meant, in a fence with a sentence around it.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce

import resvg_py
from PIL import Image, ImageChops, ImageStat

from generations.inspection import inspect
from tests.generations.answers.cases import Case

WIDTH = 128
STYLE = "modern"  # the style that asks for nothing which could be checked
# Pictures are alike where at most this share of pixels differs by more than so many of 255.
SHARE, FAR = 0.015, 40
REPAIRS = 2

_shape = re.compile(r"<(?:path|rect|circle|ellipse|polygon|polyline|line|use)[^<>]*/>")


@dataclass(frozen=True)
class Outcome:
    """What came of a case. `repairs` is None where no try gave the drawing that is meant.

    `is_noticed` says whether the inspection found something to mend in the first answer.
    """

    case: Case
    repairs: int | None
    is_noticed: bool


def measure(case: Case) -> Outcome:
    """The answer and its repairs as the pipeline takes them: the best draft is the drawing."""
    drafts = []
    for answer in (case.answer, case.answer, repaired(case)):
        drafts.append(inspect(answer, STYLE))
        if drafts[-1].is_clean:
            break
    best = max(reversed(drafts), key=lambda draft: draft.rank)
    is_like = best.drawing is not None and best.is_usable and alike(best.drawing.svg, case.meant)
    return Outcome(case, len(drafts) - 1 if is_like else None, not drafts[0].is_clean)


def repaired(case: Case) -> str:
    return f"You are right, here is the corrected drawing:\n\n```svg\n{case.meant}\n```\n"


def alike(drawing: str, meant: str) -> bool:
    """Whether two drawings look the same to a person who looks at them side by side."""
    one, other = _picture(drawing), _picture(meant)
    if one is None or other is None or one.size != other.size:
        return False
    channels = ImageChops.difference(one, other).split()
    counts = reduce(ImageChops.lighter, channels).histogram()
    return sum(counts[FAR:]) <= SHARE * sum(counts)


def hidden(drawing: str) -> str:
    """`drawing` without the shape that makes the largest difference."""
    tags = [found for found in _shape.finditer(drawing) if found.end() > drawing.find("</defs>")]
    without = [drawing[: one.start()] + drawing[one.end() :] for one in tags]
    return max(without, key=lambda other: _distance(drawing, other))


def _distance(one: str, other: str) -> float:
    first, second = _picture(one), _picture(other)
    if first is None or second is None:
        return 0
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).sum)


@lru_cache(maxsize=64)
def _picture(drawing: str) -> Image.Image | None:
    """The drawing on white, with its opacity as a fourth channel; None where resvg shows none."""
    try:
        png = bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=WIDTH, dpi=96))
    except ValueError:
        return None
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    page.putalpha(picture.getchannel("A"))
    return page


def table(outcomes: Iterable[Outcome]) -> str:
    """Class by class: answers, those like their drawing at once, after repairs, and never."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.case.kind, []).append(outcome)
    rows = [(kind, *_counts(found)) for kind, found in kinds.items()]
    rows.append(("all", *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True))))
    lines = [f"{'class':<14}{'answers':>8}{'at once':>8}{'repaired':>9}{'never':>6}{'share':>7}"]
    for kind, count, direct, mended, never in rows:
        lines.append(f"{kind:<14}{count:>8}{direct:>8}{mended:>9}{never:>6}{direct / count:>7.0%}")
    return "\n".join(lines)


def _counts(outcomes: list[Outcome]) -> tuple[int, int, int, int]:
    repairs = [outcome.repairs for outcome in outcomes]
    direct, never = repairs.count(0), repairs.count(None)
    return len(repairs), direct, len(repairs) - direct - never, never
