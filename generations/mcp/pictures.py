"""What an assistant is shown of a drawing: a small PNG. Pure."""

from generations import exports

MOST_BYTES = 100_000
_SIDES = (512, 256, 128)  # pixels of the longer side


def preview(svg: str) -> bytes | None:
    """A PNG of a sanitized drawing: the largest of MOST_BYTES at most. None where there is none, or
    none can be made in time."""
    for side in _SIDES:
        try:
            made = exports.make(svg, "png", size=side)
        except exports.NotDrawn:
            return None
        if len(made) <= MOST_BYTES:
            return made
    return None
