"""Whether we live, and whether what we need answers."""

import psycopg
import redis
from django.conf import settings
from django.db import connection
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from chatsvg.addresses import redis_urls
from chatsvg.status import beats
from chatsvg.status.registry import parts

_QUEUE = {"ok": "moving", "slow": "slow", "failed": "stuck"}


class Open(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class Health(Open):
    """GET: the process answers."""

    def get(self, request):
        return Response({"ok": True})


class Ready(Open):
    """GET: PostgreSQL answers (else 503), and whether Redis does. With `?details` also whether
    somebody draws, and how the queue moves: neither makes a web process less ready."""

    def get(self, request):
        if not database_answers():
            body = {"ok": False, "database": "disconnected", "error": "Service unavailable"}
            return Response(body, status=503, headers={"Retry-After": "2"})
        state = "connected" if redis_answers() else "disconnected"
        details = _details() if "details" in request.query_params else {}
        return Response({"ok": True, "database": "connected", "redis": state, **details})


def _details() -> dict[str, str]:
    drawing = next((part for part in parts() if part.key == "drawing"), None)
    seen = drawing.look_here() if drawing and drawing.look_here else None
    return {
        "workers": "fresh" if beats.fresh("drawings") else "stale",
        "queue": _QUEUE[seen.state] if seen else "unknown",
    }


def database_answers() -> bool:
    """One SELECT, on a connection that the pool has within three seconds.

    Whoever asks whether we are ready waits less long than a request that needs the database.
    """
    pool = connection.pool  # type: ignore[attr-defined]  # the PostgreSQL backend has one
    try:
        pool.open()
        with pool.connection(timeout=3) as wire:
            wire.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def redis_answers() -> bool:
    """One PING, within a second: of any of the servers."""
    return any(map(_answers, redis_urls(settings.REDIS_URL)))


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=None)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


class NoSuchPath(Open):
    """Any method, any path of `/api` that nothing else answers: 404 in JSON."""

    def dispatch(self, request, *args, **kwargs):
        self.headers = self.default_response_headers
        request = self.initialize_request(request, *args, **kwargs)
        response = Response({"error": "Not found"}, status=404)
        return self.finalize_response(request, response)
