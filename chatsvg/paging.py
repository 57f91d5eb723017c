"""Pages of a list, as CONTRACT §1.7 has them."""

import math
from uuid import UUID

from chatsvg.errors import Invalid
from chatsvg.ids import parse_id

MOST = 100  # items on a page


class InvalidCursor(Invalid):
    code = "INVALID_CURSOR"
    title = "Invalid cursor"


def read_cursor(text: str) -> UUID | None:
    """The last item of the page before; None for the first page, which only an empty text is.

    Raises InvalidCursor for what is no id: it is the cursor of nobody.
    """
    cursor = parse_id(text)
    if text and cursor is None:
        raise InvalidCursor()
    return cursor


def page_size(text: str | None, *, usual: int) -> int:
    """How many were asked for, from 1 to MOST; `usual` where no number was. Empty counts as 0."""
    if text is None:
        return usual
    try:
        asked = float(text.strip() or 0)
    except ValueError:
        return usual
    return usual if math.isnan(asked) else int(min(max(asked, 1), MOST))
