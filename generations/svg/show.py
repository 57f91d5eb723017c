"""A drawing as resvg shows it, where that is certain to be quick.

resvg runs in this process and holds up every thread of it; a tile of a pattern as large as a
drawing may ask for ends the process, and strokes of the width of a continent take for ever. So
only what is plain is shown, not much of it, and nothing far beyond its page.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from generations.svg import costs, scales
from generations.svg.errors import Rejected
from generations.svg.facts import property_of
from generations.svg.node import Node
from generations.svg.read import Reading
from generations.svg.tables import SHAPES, TITLES
from generations.svg.view import view_box

MOST = 200_000  # of a drawing's weight (`tables`): 0.2 s at 72 pixels, 0.6 s at 256, at worst
MOST_STROKED = 60_000  # the same times where lines are drawn: their outlines cross each other
DEEPEST = 120  # elements inside each other, through references
LARGEST = 20  # times that something is enlarged
SIDES = (1, 100_000)  # of a viewBox
SLIMMEST = 50  # times as long as wide
# What the machine's fonts or time decide about, pictures, and what is dear beyond its weight, is
# not here.
PLAIN = SHAPES | TITLES
PLAIN |= frozenset("svg g defs symbol use linearGradient radialGradient stop clipPath mask".split())
PLAIN |= frozenset("marker filter feGaussianBlur feOffset feMerge feMergeNode feFlood".split())
PLAIN |= frozenset("feColorMatrix feComponentTransfer feFuncR feFuncG feFuncB feFuncA".split())
PLAIN |= frozenset("feBlend feComposite feDropShadow".split())
NAMES = frozenset("id href fill stroke stop-color flood-color color".split())
PAINTS = ("fill", "stroke", "color", "stop-color", "flood-color")
PAINTED = ("url(", "rgb", "hsl")  # what paints may begin with if they call something


def is_plain(drawing: Reading) -> bool:
    """Whether resvg shows all of this drawing, in little time and memory."""
    if not all(node.tag in PLAIN and _is_plainly_painted(node) for node in drawing.nodes):
        return False
    return _is_near(drawing) and _is_cheap(drawing)


def _is_near(drawing: Reading) -> bool:
    """Whether no number in it is a hundred times as large as its page."""
    box = view_box(drawing.root.attributes["viewBox"])
    if box is None or not SIDES[0] <= min(box[2:]) <= max(box[2:]) <= SIDES[1]:
        return False
    if max(box[2:]) > SLIMMEST * min(box[2:]):
        return False
    is_far = _far(len(str(int(max(box[2:])))) + 1)
    values = (value for node in drawing.nodes for value in _values(node))
    return not any(map(is_far, values))


def _values(node: Node) -> Iterator[str]:
    """All that may hold numbers that matter: names and colours may look like some."""
    for said in (node.attributes, node.style):
        for name, value in said.items():
            if name not in NAMES and not value.startswith("url("):
                yield value


@lru_cache(maxsize=16)
def _far(digits: int) -> Callable[[str], object]:
    """Finds numbers of more digits before the point, and those with an exponent."""
    return re.compile(rf"(?<![0-9.])[0-9]{{{digits + 1},}}|[0-9.][eE]\+?[0-9]").search


def _is_cheap(drawing: Reading) -> bool:
    try:
        cost = costs.weigh(drawing.nodes, drawing.ids)
    except Rejected:
        return False
    is_stroked = any(property_of(node, "stroke") not in ("", "none") for node in drawing.nodes)
    if cost.weight > (MOST_STROKED if is_stroked else MOST) or cost.depth > DEEPEST:
        return False
    return scales.of_tree(drawing.root) ** (cost.links + 1) <= LARGEST


def _is_plainly_painted(node: Node) -> bool:
    """Whether resvg knows the colours: it has those of CSS 3, and takes others for none."""
    values = [property_of(node, name) for name in PAINTS]
    return not any("(" in value and not value.startswith(PAINTED) for value in values)


def png(svg: str, side: int) -> bytes | None:
    """A PNG of a plain drawing, its longer side so many pixels; None where resvg cannot."""
    import resvg_py  # slow to load, and not every process draws

    try:
        made = resvg_py.svg_to_bytes(
            svg_string=svg, width=side, height=side, dpi=96, skip_system_fonts=True
        )
        return bytes(made)
    except BaseException as error:
        # A panic in Rust arrives as no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return None
        raise
