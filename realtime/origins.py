"""Which pages may open a socket: our own and the React client's. Cookies alone would let any."""

import re
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings


def allowed(scope: dict) -> bool:
    """Whether the handshake comes from an allowed origin, or from no browser (no Origin)."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin or origin in (settings.FRONTEND_URL, settings.PUBLIC_URL):
        return True
    pattern = settings.FRONTEND_PREVIEW_REGEX
    if pattern and re.fullmatch(pattern, origin):
        return True
    return urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")


class OriginCheck:
    """Denies a handshake from a foreign page (HTTP 403)."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        application = self.application if allowed(scope) else WebsocketDenier()
        return await application(scope, receive, send)
