"""HTTP, Server-Sent Events, WebSocket and Socket.IO, for an ASGI server."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
pages = get_asgi_application()  # loads the apps, which the imports below need

from chatsvg.connection import bound_answers  # noqa: E402
from generations.mcp import door  # noqa: E402
from realtime.routing import event_stream, key_stream, socket_io, websockets  # noqa: E402

bound_answers()

_router = ProtocolTypeRouter(
    {
        "http": URLRouter(
            [
                path("events/", event_stream),  # type: ignore[arg-type]
                re_path(r"^(?:api/)?v1/events$", key_stream),  # type: ignore[arg-type]
                path("socket.io/", socket_io),  # type: ignore[arg-type]
                re_path(r"^mcp/?$", door.face),  # type: ignore[arg-type]
                path("mcp/health", door.health),  # type: ignore[arg-type]
                re_path(r"", pages),  # type: ignore[arg-type]
            ]
        ),
        "websocket": URLRouter([path("socket.io/", socket_io), re_path(r"", websockets)]),  # type: ignore[arg-type]
    }
)


async def application(scope, receive, send):
    """We live at the root, whatever a client's Daphne-Root-Path header made daphne believe."""
    await _router({**scope, "root_path": ""}, receive, send)
