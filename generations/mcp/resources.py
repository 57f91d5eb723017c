"""Drawings as resources: `chatsvg://drawings/<id>`, each to its person alone."""

from typing import Any

from chatsvg.ids import parse_id
from generations.errors import DrawingMissing
from generations.mcp import shown
from generations.mcp.callers import Caller
from generations.models import Generation
from generations.models.drawings import GenerationQuerySet

MOST = 50  # in the list: the newest
TEMPLATE = {
    "uriTemplate": shown.SCHEME + "{id}",
    "name": "drawing",
    "title": "A drawing",
    "description": "The SVG text of one of your drawings.",
    "mimeType": shown.SVG,
}


def newest(caller: Caller) -> list[dict[str, Any]]:
    drawings = _of(caller).defer("svg").order_by("-created_at", "-id")
    return [shown.resource(drawing) for drawing in drawings[:MOST]]


def read(caller: Caller, uri: str) -> dict[str, Any]:
    """The text of a drawing. Raises DrawingMissing."""
    named = parse_id(uri.removeprefix(shown.SCHEME)) if uri.startswith(shown.SCHEME) else None
    drawing = _of(caller).filter(pk=named).first() if named else None
    if drawing is None:
        raise DrawingMissing()
    return {"uri": uri, "mimeType": shown.SVG, "text": drawing.svg}


def _of(caller: Caller) -> GenerationQuerySet:
    """What a test key drew is seen with test keys alone, and the rest with the others."""
    mine = Generation.objects.owned_by(caller.user)
    return mine.of_tests() if caller.is_test else mine.for_real()
