"""Untrusted SVG text in, safe and standalone SVG text out. Pure functions, no Django.

`sanitize` is the whole sanitizer (SVG_SAFETY §2); `extract.extract` cuts a drawing out of a
model's answer and never replaces it.
"""

from dataclasses import dataclass

from generations.svg import costs, parse, prove, references, serialise, view
from generations.svg.errors import Rejected
from generations.svg.measure import Measure, measure
from generations.svg.notes import Notes
from generations.svg.rebuild import Builder
from generations.svg.text import decode, prepare

SANITIZER_VERSION: int = 2

__all__ = ["SANITIZER_VERSION", "Measure", "Rejected", "Sanitized", "decode", "measure", "sanitize"]


@dataclass(frozen=True, slots=True)
class Sanitized:
    """A safe drawing, and what was left out of it, in plain sentences."""

    svg: str
    notes: tuple[str, ...]


def sanitize(text: str) -> Sanitized:
    """`text` as a drawing that can only draw: no script, request, link or effect on its page.

    The output is well-formed, one root, one xmlns, with a usable viewBox, every id prefixed;
    sanitizing it again gives it back unchanged. Raises Rejected and nothing else.
    """
    try:
        return _sanitize(text)
    except (Rejected, MemoryError):
        raise
    except Exception as error:  # fail closed: a fault of ours must not let a drawing through
        raise Rejected("internal") from error


def _sanitize(text: str) -> Sanitized:
    notes = Notes()
    root = Builder(notes).build(parse.parse(prepare(text)))
    view.settle(root)
    costs.check(*references.settle(root, notes))
    svg = serialise.serialise(root)
    prove.prove(svg)
    return Sanitized(svg, notes.all())
