"""What a request for a page asks for, in the contract's words (CONTRACT §3.3, §3.4)."""

from typing import NamedTuple
from uuid import UUID

from django.http import QueryDict

from chatsvg.errors import Invalid
from chatsvg.paging import page_size, read_cursor
from chatsvg.text import clean
from generations import providers
from generations.choices import STYLES
from generations.gallery.errors import InvalidPrivacy

USUAL = 50  # drawings on a page
LONGEST, MOST_WORDS = 200, 10  # of a search: characters, and the words that count
_PRIVACY = {
    "": None,
    "all": None,
    "public": False,
    "false": False,
    "private": True,
    "true": True,
}


class Filters(NamedTuple):
    """Which drawings; an empty text is any."""

    style: str = ""
    model: str = ""


class Asked(NamedTuple):
    """One page of a list: the `limit` drawings after `cursor`."""

    filters: Filters = Filters()
    limit: int = USUAL
    cursor: UUID | None = None
    is_private: bool | None = None
    words: tuple[str, ...] = ()  # each somewhere in the prompt, in capitals or not


def read(query: QueryDict, *, with_privacy: bool = False) -> Asked:
    """What the query string says. Raises Invalid with the first fault."""
    style = query.get("style", "").strip()
    if style and style not in STYLES:
        raise Invalid(f"Invalid style. Must be one of: {', '.join(STYLES)}")
    model = query.get("model", "").strip()
    if model and model not in (names := model_names()):
        raise Invalid(f"Invalid model. Must be one of: {', '.join(names)}")
    return Asked(
        is_private=_privacy(query.get("privacy", "")) if with_privacy else None,
        filters=Filters(style, model),
        limit=page_size(query.get("limit"), usual=USUAL),
        cursor=read_cursor(query.get("cursor", "").strip()),
    )


def words(text: str) -> tuple[str, ...]:
    """What a search looks for: a person's text word by word, of which the first few count."""
    return tuple(clean(text[:LONGEST]).split()[:MOST_WORDS])


def model_names() -> list[str]:
    """Every model that may be asked for here, the contract's among them."""
    return [model.name for model in providers.models()]


def _privacy(text: str) -> bool | None:
    word = text.strip().lower()
    if word not in _PRIVACY:
        raise InvalidPrivacy()
    return _PRIVACY[word]
