"""What a shape is painted with: nothing, a colour, or a run of colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tinycss2.color4 import parse_color

from generations.svg.facts import property_of
from generations.svg.node import Node

GRADIENTS = frozenset(("linearGradient", "radialGradient"))
FAINTEST = 0.02  # less of a colour is taken for none
DARK = 0.35  # of the brightness of white
MAX_CHAIN = 20  # gradients that take their stops from each other


@dataclass(frozen=True, slots=True)
class Paint:
    """`text` tells paints apart; `colour` is red, green and blue from 0 to 1 where it is one."""

    text: str
    colour: tuple[float, float, float] | None = None
    alpha: float = 1.0
    is_gradient: bool = False

    @property
    def is_dark(self) -> bool:
        if self.colour is None or self.alpha < 0.5:
            return False
        red, green, blue = self.colour
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK


UNKNOWN = Paint("?")  # something, nobody knows what
BLACK = Paint("black", (0.0, 0.0, 0.0))


def of(value: str, current: str, ids: Mapping[str, Node]) -> Paint | None:
    """The paint that a computed `fill` or `stroke` names, None where it paints nothing."""
    value = value.strip()
    if value.startswith("url(#"):
        name, _, fallback = value[5:].partition(")")
        return _resource(ids[name], ids) if name in ids else of(fallback or "none", current, ids)
    lower = value.lower()
    if lower in ("none", "transparent"):
        return None
    if lower == "currentcolor":
        return _colour(current)
    return _colour(value)


@lru_cache(maxsize=1024)
def _colour(value: str) -> Paint | None:
    found = parse_color(value)
    if found is None or isinstance(found, str):
        return UNKNOWN
    alpha = 1.0 if found.alpha is None else found.alpha
    if alpha < FAINTEST:
        return None
    try:
        red, green, blue = found.to("srgb").coordinates
    except (NotImplementedError, TypeError, ValueError):
        return UNKNOWN
    colour = (red or 0.0, green or 0.0, blue or 0.0)
    return Paint(",".join(f"{round(255 * part)}" for part in colour), colour, alpha)


def _resource(node: Node, ids: Mapping[str, Node]) -> Paint | None:
    if node.tag not in GRADIENTS:
        return UNKNOWN if node.tag == "pattern" else None
    stops = _stops(node, ids)
    shown = {(paint.text, round(paint.alpha, 2)) if paint else None for paint in stops}
    if shown <= {None}:
        return None
    if len(shown) == 1:
        return stops[0]
    return Paint(node.attributes.get("id", ""), is_gradient=True)


def _stops(node: Node, ids: Mapping[str, Node]) -> list[Paint | None]:
    for _ in range(MAX_CHAIN):
        stops = [child for child in node.children if child.tag == "stop"]
        if stops or "href" not in node.links or node.links["href"] not in ids:
            return [_stop(stop) for stop in stops]
        node = ids[node.links["href"]]
    return []


def _stop(stop: Node) -> Paint | None:
    colour = _colour(property_of(stop, "stop-color") or "black")
    alpha = number(property_of(stop, "stop-opacity"), 1.0)
    if colour is None or alpha < FAINTEST:
        return None
    return Paint(colour.text, colour.colour, colour.alpha * alpha)


def number(value: str, usual: float) -> float:
    """A plain number or percentage, or the usual one."""
    try:
        return float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        return usual
