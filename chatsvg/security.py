"""The edge of what Django answers; and /.well-known/security.txt (RFC 9116): whom to tell of a
hole."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chatsvg import problems

LASTS = timedelta(days=90)  # so that an abandoned installation stops promising answers
KIND = "text/plain; charset=utf-8"
_AS_IT_IS = "identity"


class Edge:
    """415 for a body that is packed: nothing here unpacks one, so that no bomb can be sent.

    What is answered is for our own pages to load; drawings and pictures say otherwise themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        packed = request.META.get("HTTP_CONTENT_ENCODING", _AS_IT_IS).lower() != _AS_IT_IS
        response = _unpacked_alone(request) if packed else self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def _unpacked_alone(request: HttpRequest) -> HttpResponse:
    """With what is taken, as RFC 9110 §15.5.16 asks for: the body as it is, and nothing else."""
    sentence = "Bodies are read as they are; send this one without Content-Encoding"
    response = problems.answer(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence)
    response["Accept-Encoding"] = _AS_IT_IS
    return response


def txt(request: HttpRequest) -> HttpResponse:
    expires = (datetime.now(UTC) + LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": expires.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": "en",
        "Canonical": f"{settings.PUBLIC_URL}/.well-known/security.txt",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, content_type=KIND, headers={"Cache-Control": "public, max-age=3600"})
