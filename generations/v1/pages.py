"""Pages of a list, by the query."""

from chatsvg.paging import page_size, read_cursor
from generations.lists import Page

USUAL = 50


def page(query):
    """`limit` and `cursor`, as everywhere (CONTRACT §1.7). Raises InvalidCursor."""
    return Page(
        page_size(query.get("limit"), usual=USUAL), read_cursor(query.get("cursor", "").strip())
    )
