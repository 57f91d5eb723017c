"""Scenario: what the studio model draws, as a contact sheet to look at, and what a drawing costs.

It needs no server: the drawings are made in this process.
"""

import io
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resvg_py
from PIL import Image, ImageDraw

from chatsvg.bench.errors import BenchError
from chatsvg.bench.report import say, summary_ms
from generations.inspection import inspect
from generations.providers.studio import STYLES, draw

HELP = "forty everyday prompts in nine styles: a contact sheet, milliseconds and bytes"
IS_STRICT = False  # what is wrong with a drawing is for eyes to weigh
MOST_BYTES = 40_000
SMOKE = 3  # prompts
PROMPTS = tuple(
    """
a red fox asleep|rocket ship|shopping cart|cat on a chair|sun above mountains|coffee cup|bicycle
house with a tree|envelope|heart|three stars|umbrella in the rain|guitar|pizza slice
birthday cake|camera|lighthouse at night|blue whale|green dragon|robot holding a flower
sailboat on the sea|hot air balloon|snowflake|calendar|settings gear|padlock|wifi|bar chart
owl on a branch|pink unicorn|burger and fries|airplane|castle on a hill|ghost|snowman
cactus in a pot|sunflower|cloud|astronaut in space|quixotic zeugma
""".strip()
    .replace("\n", "|")
    .split("|")
)
_EDGE, _GAP = 22, 6  # of the sheet, in pixels: room for names, and between pictures


@dataclass(frozen=True, slots=True)
class Made:
    """One drawing and what it cost."""

    prompt: str
    style: str
    svg: str
    seconds: float  # of this thread's processor time


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--sheet", type=Path, help="write the contact sheet to this PNG")
    parser.add_argument("--side", type=int, default=128, help="pixels of one picture on it (128)")
    parser.add_argument("--prompt", action="append", help="another prompt; may come repeatedly")
    parser.add_argument("--style", action="append", choices=STYLES, help="only this style")


def run(options: dict[str, Any]) -> dict[str, Any]:
    prompts = options["prompt"] or (PROMPTS[:SMOKE] if options["smoke"] else PROMPTS)
    styles = options["style"] or list(STYLES)
    say(f"{len(prompts)} prompts in {len(styles)} styles")
    first = make("first", styles[0])  # which reads the vocabulary
    drawings = [make(prompt, style) for prompt in prompts for style in styles]
    if options["sheet"]:
        _save(sheet(drawings, options["side"]), options["sheet"])
    return {
        "parameters": {"prompts": len(prompts), "styles": styles},
        "first_ms": round(1000 * first.seconds, 2),
        **_figures(drawings),
        "by_style": {style: _figures(_of(style, drawings)) for style in styles},
        "faults": [fault for one in drawings for fault in faults(one)],
    }


def make(prompt: str, style: str) -> Made:
    start = time.thread_time()
    svg = draw(prompt, style).svg
    return Made(prompt, style, svg, time.thread_time() - start)


def faults(made: Made) -> Iterable[str]:
    """What is wrong with a drawing, as sentences."""
    if len(made.svg) > MOST_BYTES:
        yield f"{made.prompt}, {made.style}: {len(made.svg)} bytes"
    for fault in inspect(made.svg, made.style).faults:
        yield f"{made.prompt}, {made.style}: {fault.sentence}"


def sheet(drawings: list[Made], side: int) -> Image.Image:
    """Prompts down, styles across, with their names, on white."""
    prompts = list(dict.fromkeys(made.prompt for made in drawings))
    styles = list(dict.fromkeys(made.style for made in drawings))
    across, down = side + _GAP, side + _EDGE
    page = Image.new("RGB", (across * len(styles), _EDGE + down * len(prompts)), "white")
    pen = ImageDraw.Draw(page)
    for made in drawings:
        column, row = styles.index(made.style), prompts.index(made.prompt)
        picture = rendered(made.svg, side)
        page.paste(picture, (column * across, _EDGE + row * down), picture)
    for column, style in enumerate(styles):
        pen.text((column * across + 4, 5), style, fill="black")
    for row, prompt in enumerate(prompts):
        pen.text((4, _EDGE + row * down + side + 4), prompt[:120], fill="#555555")
    return page


def rendered(svg: str, side: int = 256) -> Image.Image:
    """The drawing as pixels."""
    data = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, dpi=96)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def _of(style: str, drawings: list[Made]) -> list[Made]:
    return [made for made in drawings if made.style == style]


def _figures(drawings: list[Made]) -> dict[str, Any]:
    sizes = [len(made.svg.encode()) for made in drawings]
    return {
        **summary_ms([made.seconds for made in drawings]),
        "median_bytes": round(statistics.median(sizes)),
        "most_bytes": max(sizes),
    }


def _save(page: Image.Image, path: Path) -> None:
    try:
        page.save(path, "PNG")
    except OSError as error:
        raise BenchError(f"{path} could not be written: {error}") from error
