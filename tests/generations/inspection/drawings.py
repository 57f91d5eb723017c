"""Drawings for the tests, written short."""

OPENING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256">'
RUN = '<linearGradient id="run"><stop stop-color="red"/><stop offset="1"/></linearGradient>'
SHADOW = '<filter id="soft"><feGaussianBlur stdDeviation="4"/></filter>'


def drawing(inside: str) -> str:
    return f"{OPENING}{inside}</svg>"


def lines(inside: str, width: float = 10) -> str:
    """A drawing of lines, as an outline is."""
    return drawing(f'<g fill="none" stroke="#234" stroke-width="{width}">{inside}</g>')
