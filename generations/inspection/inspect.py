"""The steps from an answer to all that is wrong with it."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from generations import svg
from generations.inspection import refusals, view
from generations.inspection.faults import Fault, Inspection
from generations.inspection.losses import losses
from generations.inspection.middle import share_outside
from generations.inspection.places import Places, plain
from generations.inspection.seen import seen
from generations.inspection.style import Breach, breaches
from generations.svg.extract import Extracted, extracted
from generations.svg.node import Node
from generations.svg.read import Reading, read

SAME, MOST = 4, 12  # faults of one code, and of all, that are worth telling

logger = logging.getLogger(__name__)


def inspect(answer: str, style: str) -> Inspection:
    """What is drawn in `answer`, and what is wrong with it for a style. Raises nothing."""
    found = Extracted("")
    try:
        found = _extracted(answer)
        drawing = svg.sanitize(found.svg)
    except svg.Rejected as rejected:
        text = answer if isinstance(answer, str) else ""
        return Inspection(None, (refusals.fault(rejected, text, found.svg),))
    try:
        faults = tuple(_few(_faults(drawing, Places(answer, found.svg), style, found)))
    except Exception:  # a mistake of ours must not cost anybody a drawing that is safe
        logger.exception("inspection.broken")
        faults = ()
    return Inspection(drawing, faults)


def _extracted(answer: str) -> Extracted:
    try:
        return extracted(answer)
    except svg.Rejected:
        raise
    except Exception as error:  # a mistake of ours: the model may write what we can read
        logger.exception("inspection.unread")
        raise svg.Rejected("internal") from error


def _faults(
    drawing: svg.Sanitized, places: Places, style: str, found: Extracted
) -> Iterator[Fault]:
    reading = read(drawing.svg)
    shapes = seen(reading)
    if not shapes:
        yield _nothing("empty", "The drawing has no shapes that draw anything.", places)
    else:
        yield from _sight(drawing.svg, reading, places)
    yield from losses(places, drawing, found.losses)
    for breach in _some(breaches(shapes, style)):
        yield _placed(breach, places, reading)


def _sight(text: str, reading: Reading, places: Places) -> Iterator[Fault]:
    """What can be said only by looking at it."""
    sight = view.view(text, reading)
    if sight is None:
        return
    if sight.is_one_colour:
        yield _nothing("invisible", "All that can be seen is one colour from edge to edge.", places)
    elif not sight.inside:
        yield _nothing("invisible", "Nothing of the drawing can be seen.", places)
    elif sight.is_elsewhere and share_outside(reading) > 0.5:
        yield Fault(
            "outside",
            "Most of the drawing lies outside its viewBox. Keep every coordinate between 0 and "
            '256, and say viewBox="0 0 256 256".',
            *places.position(places.start),
            places.snippet(places.start),
        )


def _nothing(code: str, sentence: str, places: Places) -> Fault:
    wanted = (
        "Draw the motif with visible shapes, filled or stroked with opaque colours, between 0 "
        "and 256 in both directions."
    )
    at = places.position(places.start)
    return Fault(code, f"{sentence} {wanted}", *at, places.snippet(places.start), is_fatal=True)


def _some(found: Iterable[Breach]) -> Iterator[Breach]:
    """No more of a kind than are told, each element once: looking for its place takes a while."""
    told: dict[str, set[int]] = defaultdict(set)
    for breach in found:
        nodes = told[breach.code]
        if len(nodes) < SAME and id(breach.node) not in nodes:
            nodes.add(id(breach.node))
            yield breach


def _placed(breach: Breach, places: Places, reading: Reading) -> Fault:
    at = places.of(breach.node, reading) if breach.node else None
    if at is not None:
        return Fault(breach.code, breach.sentence, *places.position(at), places.snippet(at))
    return Fault(breach.code, breach.sentence, snippet=_tag(breach.node))


def _tag(node: Node | None) -> str:
    """An element whose place in the answer is not known, by what it says."""
    if node is None:
        return ""
    said = "".join(f' {name}="{value}"' for name, value in node.attributes.items())
    return plain(f"<{node.tag}{said}>")


def _few(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Each fault once, and no more of a kind than a model needs to understand."""
    told: Counter[str] = Counter()
    for fault in dict.fromkeys(faults):
        told[fault.code] += 1
        if told[fault.code] <= SAME and told.total() <= MOST:
            yield fault
