"""What `sanitize` promises of any text, held against one text."""

from generations import svg
from tests.generations.svg import judge


def kept(text: str) -> tuple[str, str]:
    """The drawing that came of `text` and "", or "" and the code with which it was refused.

    Fails where what comes out is not inert, not one standalone drawing or not stable, and where
    a text is refused for a fault of the sanitizer's own.
    """
    try:
        drawing = svg.sanitize(text).svg
    except svg.Rejected as refusal:
        assert refusal.code not in ("internal", "unproven"), (refusal.code, text)
        return "", refusal.code
    assert judge.faults(drawing) == [], text
    assert svg.sanitize(drawing).svg == drawing, text
    return drawing, ""
