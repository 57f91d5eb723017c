"""Which pages may open a live connection: our own and the React client's. Cookies alone let any."""

from chatsvg.origins import is_ours


def origin_of(scope: dict) -> str:
    return dict(scope["headers"]).get(b"origin", b"").decode("latin-1")


def allowed(scope: dict) -> bool:
    """Whether the handshake comes from an allowed origin, or from no browser (no Origin)."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    origin = origin_of(scope)
    return not origin or is_ours(origin, host=host)


async def deny(scope: dict, receive, send) -> None:
    """Refuse a WebSocket (403)."""
    await receive()  # the wish to connect
    await send({"type": "websocket.close"})


class OriginCheck:
    """Denies a connection from a foreign page (403), and lets an allowed one read the answer."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        if allowed(scope):
            return await self.application(scope, receive, with_cors(scope, send))
        if scope["type"] == "websocket":
            return await deny(scope, receive, send)
        await send({"type": "http.response.start", "status": 403, "headers": _JSON})
        return await send({"type": "http.response.body", "body": b'{"error": "Forbidden"}'})


_JSON = [(b"content-type", b"application/json; charset=utf-8")]


def with_cors(scope: dict, send):
    """`send`, for an allowed page: it may read the answer, which came for its cookies."""
    origin = origin_of(scope)
    if scope["type"] != "http" or not origin:
        return send

    async def with_headers(message):
        if message["type"] == "http.response.start":
            cors = [
                (b"access-control-allow-origin", origin.encode("latin-1")),
                (b"access-control-allow-credentials", b"true"),
                (b"vary", b"Origin"),
            ]
            message = {**message, "headers": [*message.get("headers", []), *cors]}
        await send(message)

    return with_headers
