"""A drawing in pixels, on nothing: the background is transparent. And on paper, in its own lines.

resvg holds up every thread of its process, and a hostile drawing may take it long, or end it. So
what is certainly quick is drawn here, and everything else in a process of its own, with limits.
"""

import os
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

from generations.exports.errors import NotDrawn
from generations.svg import costs, show
from generations.svg.errors import Rejected
from generations.svg.read import Reading, read

QUICK = 1_500_000_000  # weight (`generations.svg.costs`) × pixels: a tenth of a second, at worst
QUICK_PIXELS = 512 * 512
SECONDS = 10  # for one picture in a process of its own
PATIENCE_SECONDS = 5  # for a place to have one made
_PAINTER = Path(__file__).with_name("painter.py")
# a thread for each core, with memory of its own, is more than one picture takes
_ALONE = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_NEEDED = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
_places = threading.BoundedSemaphore(2)  # of this process


def png(svg: str, name: str, size: int) -> bytes:
    drawn = show.png(svg, size) if _is_quick(svg, size) else None
    return drawn or _painted(svg, "png", size)


def webp(svg: str, name: str, size: int) -> bytes:
    """Without loss."""
    drawn = show.png(svg, size) if _is_quick(svg, size) else None
    return _as_webp(drawn) if drawn else _painted(svg, "webp", size)


def pdf(svg: str, name: str, size: int) -> bytes:
    """One page as large as the drawing."""
    return _painted(svg, "pdf", size)


def _as_webp(png: bytes) -> bytes:
    from PIL import Image  # not every process makes pictures

    made = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        picture.save(made, "WEBP", lossless=True, method=2)
    return made.getvalue()


def _is_quick(svg: str, size: int) -> bool:
    if size * size > QUICK_PIXELS:
        return False
    try:
        drawing = read(svg)
        return show.is_plain(drawing) and _weight(drawing) * size * size <= QUICK
    except Rejected:
        return False


def _weight(drawing: Reading) -> int:
    return int(costs.weigh(drawing.nodes, drawing.ids).weight)


def _environment() -> dict[str, str]:
    """What Python and fonts need: our keys and passwords are nothing to a drawing's painter."""
    return {name: os.environ[name] for name in _NEEDED if name in os.environ} | _ALONE


def _painted(svg: str, kind: str, size: int) -> bytes:
    """By `painter`. Raises NotDrawn."""
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise NotDrawn(is_busy=True)
    try:
        done = subprocess.run(  # noqa: S603  # our own file; the drawing comes by its input
            [sys.executable, "-P", str(_PAINTER), kind, str(size)],
            input=svg.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as late:
        raise NotDrawn() from late
    finally:
        _places.release()
    if done.returncode or not done.stdout:
        raise NotDrawn()
    return done.stdout
