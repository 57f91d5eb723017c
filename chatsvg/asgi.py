"""HTTP, Server-Sent Events, WebSocket and Socket.IO, for an ASGI server."""

import os

from django.core.asgi import get_asgi_application

from chatsvg.connection import bound_answers
from chatsvg.memory import NEEDLESS, settle, without

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
with without(*NEEDLESS):
    pages = get_asgi_application()  # loads the apps, which the import below needs

    from chatsvg import routing

bound_answers()

_router = routing.application(pages)
settle()


async def application(scope, receive, send):
    """We live at the root, whatever a client's Daphne-Root-Path header made daphne believe."""
    await _router({**scope, "root_path": ""}, receive, send)
