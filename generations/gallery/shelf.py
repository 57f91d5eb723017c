"""The gallery's first pages, made once for many readers: in this process, in Redis, else anew.

A process asks for a page's stamp at most every FRESH_SECONDS; as long as it is the same, its own
copy is right. While Redis is away a process makes pages itself and keeps them for ALONE_SECONDS. A
change that was committed and never told of (its process died in between, or Redis was away for it
alone) is seen after shared.BOUND_SECONDS. No page ever holds a private drawing.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b

from django.conf import settings

from chatsvg import brief_redis
from generations.choices import STYLES
from generations.gallery import rows, shared, text
from generations.gallery.asked import Asked, Filters, model_names
from generations.gallery.shared import Made

FRESH_SECONDS = 0.05
ALONE_SECONDS = 1.0
MOST_ORIGINS = 8  # whose bytes are kept; somebody may ask under any name

_held: dict[tuple[str, Filters], "Page"] = {}


@dataclass
class Page:
    """A page as it is served."""

    made: Made
    good_until: float  # by the monotonic clock: no need to ask anybody before
    etag: str
    _bodies: dict[str, bytes] = field(default_factory=dict)

    def body(self, origin: str) -> bytes:
        """The bytes for who came to a server such as `https://host`."""
        if origin in self._bodies:
            return self._bodies[origin]
        found = text.at(origin, self.made.text)
        if len(self._bodies) < MOST_ORIGINS:
            self._bodies[origin] = found
        return found


def first(filters: Filters) -> Page:
    """The first page, of the usual size."""
    key = (settings.GALLERY_PREFIX, filters)
    page = _held.get(key)
    if page is None or time.monotonic() >= page.good_until:
        page = _held[key] = _look(filters, page)
    return page


def drop(pages: Iterable[Filters]) -> None:
    """Forget them in this process, at once."""
    for filters in pages:
        _held.pop((settings.GALLERY_PREFIX, filters), None)


def refresh() -> None:
    """Have every first page in Redis, as it is now. Redis being away is nobody's surprise."""
    with suppress(*brief_redis.AWAY):
        for filters in every():
            _made(filters, shared.stamp(filters), is_due=_is_due)


def every() -> list[Filters]:
    """The filters that have a page here."""
    return [Filters(style, model) for style in ("", *STYLES) for model in ("", *model_names())]


def having(style: str, model: str) -> list[Filters]:
    """Those that show a drawing of this style and model."""
    return [Filters(one, other) for one in ("", style) for other in ("", model)]


def tag(body: str | bytes) -> str:
    data = body if isinstance(body, bytes) else body.encode()
    return f'"{blake2b(data, digest_size=16).hexdigest()}"'


def _look(filters: Filters, held: Page | None) -> Page:
    """The page as it is now, and good for a while."""
    try:
        stamp = shared.stamp(filters)
    except brief_redis.AWAY:
        return _page(_make(filters, "made alone"), ALONE_SECONDS)
    if held and held.made.stamp == stamp and held.made.is_young:
        held.good_until = time.monotonic() + FRESH_SECONDS
        return held
    return _page(_made(filters, stamp), FRESH_SECONDS)


def _page(made: Made, seconds: float) -> Page:
    return Page(made, time.monotonic() + seconds, tag(made.text))


def _made(filters: Filters, stamp: str, *, is_due=lambda made: False) -> Made:
    """The others' page where it has this stamp, else a new one for them and us."""
    with suppress(*brief_redis.AWAY):
        found = shared.get(filters)
        if found and found.stamp == stamp and not is_due(found):
            return found
    made = _make(filters, stamp)
    with suppress(*brief_redis.AWAY):
        shared.put(filters, made)
    return made


def _is_due(made: Made) -> bool:
    """Whether it would be too old before the next round."""
    return time.time() > made.at + shared.BOUND_SECONDS / 3


def _make(filters: Filters, stamp: str) -> Made:
    at = time.time()
    return Made(stamp, at, text.public(rows.public(Asked(filters))))
