"""What every page shows of what the reader was told."""

from functools import cached_property

from django.http import HttpRequest

from realtime.notifications import services

MOST = 99  # that are counted in the header


class Bell:
    """Nothing is read until it is shown."""

    def __init__(self, request: HttpRequest):
        self._request = request

    @cached_property
    def unseen(self) -> int:
        return services.unread(self._request.user, most=MOST + 1)

    @property
    def shown(self) -> str:
        return f"{MOST}+" if self.unseen > MOST else str(self.unseen)


def bell(request: HttpRequest) -> dict:
    return {"bell": Bell(request)}
