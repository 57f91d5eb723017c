"""What goes where under ASGI: long connections to `realtime` and `/mcp`, all the rest to pages."""

from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path, re_path

from generations.mcp import door
from realtime.routing import event_stream, key_stream, socket_io, websockets

LONG = ("ws/", "events/", "socket.io/", "v1/events", "api/v1/events", "mcp")
"""How the addresses of long connections begin; some others do too: the routes tell them apart."""


def application(pages: Any) -> Any:
    """The whole ASGI application, where short requests are for `pages`."""
    routes: Any = [
        path("events/", event_stream),  # type: ignore[arg-type]
        re_path(r"^(?:api/)?v1/events$", key_stream),  # type: ignore[arg-type]
        path("socket.io/", socket_io),  # type: ignore[arg-type]
        re_path(r"^mcp/?$", door.face),  # type: ignore[arg-type]
        path("mcp/health", door.health),  # type: ignore[arg-type]
        re_path(r"", pages),
    ]
    sockets: Any = [path("socket.io/", socket_io), re_path(r"", websockets)]  # type: ignore[arg-type]
    return ProtocolTypeRouter({"http": URLRouter(routes), "websocket": URLRouter(sockets)})


def may_be_long(scope: dict) -> bool:
    """Whether the routes have to be asked; else it is a short request. It costs next to nothing."""
    return scope["type"] != "http" or scope["path"].lstrip("/").startswith(LONG)
