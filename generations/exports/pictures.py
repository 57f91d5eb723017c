"""A drawing in pixels, on nothing: the background is transparent. And on paper, in its own lines.

resvg holds up every thread of its process, and a hostile drawing may take it long, or end it. So
what is certainly quick is drawn here, and everything else in a process of its own, with limits.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path

from generations.exports import figures
from generations.exports.errors import NotDrawn
from generations.svg import costs, show
from generations.svg.errors import Rejected
from generations.svg.read import Reading, read

QUICK = 1_500_000_000  # weight (`generations.svg.costs`) × pixels: a tenth of a second, at worst
QUICK_PIXELS = 512 * 512
SECONDS = 10  # for one picture in a process of its own
PATIENCE_SECONDS = 5  # for a place to have one made
GUEST_SECONDS = 4  # for one that a guest asks for, who waits for no place
_PAINTER = Path(__file__).with_name("painter.py")
# a thread for each core, with memory of its own, is more than one picture takes
_ALONE = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_NEEDED = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
_places = threading.BoundedSemaphore(2)  # of this process
_guest_places = threading.BoundedSemaphore(1)  # of those: one is always left for people we know
_is_for_guest: ContextVar[bool] = ContextVar("is_for_guest", default=False)


@contextmanager
def for_guest(is_guest: bool = True) -> Iterator[None]:
    """Whether the pictures made meanwhile are for somebody whom we do not know."""
    known = _is_for_guest.set(is_guest)
    try:
        yield
    finally:
        _is_for_guest.reset(known)


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
    with _place() as seconds, figures.painting():
        try:
            done = subprocess.run(  # noqa: S603  # our own file; the drawing comes by its input
                [sys.executable, "-P", str(_PAINTER), kind, str(size)],
                input=svg.encode(),
                capture_output=True,
                timeout=seconds,
                check=False,
                env=_environment(),
            )
        except subprocess.TimeoutExpired as late:
            raise NotDrawn() from late
    if done.returncode or not done.stdout:
        raise NotDrawn()
    return done.stdout


@contextmanager
def _place() -> Iterator[float]:
    """A place to have a picture made, and the seconds for it. Raises NotDrawn."""
    is_guest = _is_for_guest.get()
    with ExitStack() as held:
        for places in (_guest_places, _places) if is_guest else (_places,):
            if not places.acquire(timeout=0 if is_guest else PATIENCE_SECONDS):
                figures.note("busy")
                raise NotDrawn(is_busy=True)
            held.callback(places.release)
        yield GUEST_SECONDS if is_guest else SECONDS
