"""What every page may show of the reader's drawings."""

from functools import cached_property

from django.http import HttpRequest

from generations import backlog, cards, dismissals
from generations.cards import Card

POLL_SECONDS = 3
CLOSED = "tray"  # the cookie by which js/tray.js remembers that it was closed


class Tray:
    """The drawings under way, and those that ended just now. Nothing is read until it is shown."""

    def __init__(self, request: HttpRequest):
        self._request = request

    @property
    def is_closed(self) -> bool:
        return self._request.COOKIES.get(CLOSED) == "closed"

    @property
    def is_elsewhere(self) -> bool:
        """The page where drawings are made has their cards."""
        match = self._request.resolver_match
        return match is not None and match.view_name == "generations:app"

    @cached_property
    def cards(self) -> list[Card]:
        """A drawing that the page itself shows is not told of beside it."""
        found = cards.in_tray(self._request.user, dismissals.read(self._request))
        match = self._request.resolver_match
        shown = match.kwargs.get("drawing_id") if match else None
        return [card for card in found if shown is None or card.job.generation_id != shown]

    @property
    def poll_seconds(self) -> int:
        """When js/tray.js looks again."""
        return backlog.pause(POLL_SECONDS)

    @property
    def under_way(self) -> int:
        return sum(not card.job.has_ended for card in self.cards)


def tray(request: HttpRequest) -> dict:
    return {"tray": Tray(request)}
