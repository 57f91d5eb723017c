"""Pages of a list, as CONTRACT §1.7 has them."""

import math

MOST = 100  # items on a page


def page_size(text: str | None, *, usual: int) -> int:
    """How many were asked for, from 1 to MOST; `usual` where no number was. Empty counts as 0."""
    if text is None:
        return usual
    try:
        asked = float(text.strip() or 0)
    except ValueError:
        return usual
    return usual if math.isnan(asked) else int(min(max(asked, 1), MOST))
