"""Addresses of live connections."""

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from chatsvg.logs import LiveRequestId
from realtime.consumers import EventConsumer, EventStream
from realtime.keyed import KeyStream
from realtime.origins import OriginCheck
from realtime.socketio.door import face

websockets = LiveRequestId(
    OriginCheck(
        URLRouter(
            [
                path("ws/events/", EventConsumer.as_asgi()),
                re_path(r"", WebsocketDenier.as_asgi()),
            ]
        )
    )
)
event_stream = LiveRequestId(OriginCheck(EventStream.as_asgi()))
key_stream = LiveRequestId(KeyStream.as_asgi())
socket_io = LiveRequestId(face)
