"""Telling that the gallery has changed: this process at once, the others through Redis."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from chatsvg import brief_redis
from chatsvg.publishing import publish
from generations.gallery import shared, shelf
from generations.gallery.asked import Filters

TASK = "generations.refresh_gallery"


def changed(kinds: Iterable[tuple[str, str]]) -> None:
    """On commit, tell that public drawings of these (style, model) came or went."""
    pages = {filters for style, model in set(kinds) for filters in shelf.having(style, model)}
    if pages:
        transaction.on_commit(partial(tell, pages))


def tell(pages: Iterable[Filters]) -> None:
    """Nobody serves these pages any more as they were; a task makes them anew, soon."""
    pages = list(pages)
    shelf.drop(pages)
    try:
        is_due = shared.change(pages)
    except brief_redis.AWAY:
        return  # the others make theirs themselves, or see it after shared.BOUND_SECONDS
    if is_due:
        publish(TASK, "")
