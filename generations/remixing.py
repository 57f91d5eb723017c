"""Remixes: drawings whose recipe was made of another drawing's."""

from uuid import UUID

from generations.errors import RemixMissing
from generations.models import Generation


def parent(user, drawing_id: UUID) -> Generation:
    """The drawing to be remixed, without its text: their own, or a public one.

    Raises RemixMissing, whichever way it is not there for them.
    """
    seen = Generation.objects.seen_by(user).defer("svg")
    drawing = seen.filter(pk=drawing_id).first()
    if drawing is None:
        raise RemixMissing()
    return drawing


def typed(drawing: Generation) -> dict[str, str]:
    """Its recipe as the prompt form has it. What is made of a public drawing need not be public;
    what is made of a private one is private unless somebody says otherwise."""
    return {
        "prompt": drawing.prompt,
        "style": drawing.style,
        "model": drawing.model,
        "privacy": "private" if drawing.is_private else "public",
        "remix": str(drawing.pk),
    }
