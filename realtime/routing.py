"""Addresses of live connections."""

from channels.routing import URLRouter
from django.urls import path, re_path

from chatsvg.telemetry.live import LiveRequestId
from realtime.consumers import EventConsumer, EventStream
from realtime.keyed import KeyStream
from realtime.origins import OriginCheck, deny
from realtime.socketio.door import face

websockets = LiveRequestId(
    OriginCheck(
        URLRouter(
            [
                path("ws/events/", EventConsumer.as_asgi()),
                re_path(r"", deny),  # type: ignore[arg-type]
            ]
        )
    ),
    "ws/events/",
)
event_stream = LiveRequestId(OriginCheck(EventStream.as_asgi()), "events/")
key_stream = LiveRequestId(KeyStream.as_asgi(), "v1/events")
socket_io = LiveRequestId(face, "socket.io/")
