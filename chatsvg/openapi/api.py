"""`/api/openapi.json` and `/v1/openapi.json`: public, and the same for everybody."""

import hashlib
from functools import cache
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from chatsvg.problems import JSON

HEADERS = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


class Description(APIView):
    """GET the description of this API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    face = "api"

    def get(self, request):
        return answer(request._request, described(self.face), JSON)


class DescriptionForPrograms(Description):
    """GET the description of `/v1`."""

    face = "v1"
    throttle_classes = ()

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.double_submit_exempt = True  # it changes nothing
        return view


class Document(NamedTuple):
    content: bytes
    etag: str


def document(content: bytes) -> Document:
    return Document(content, quote_etag(hashlib.sha256(content).hexdigest()[:32]))


@cache
def described(face: str) -> Document:
    """The description of a face: made once, when somebody asks for the first time.

    Only then is what makes it loaded: no other request pays for it, in time or in memory.
    """
    from chatsvg.openapi.generator import describe  # 2 MB and 40 ms, once

    return document(describe(face))


def answer(request, found: Document, kind: str):
    """The document, or 304 where whoever asks has it."""
    known = get_conditional_response(request, etag=found.etag)
    response = known or HttpResponse(found.content, content_type=kind)
    for name, value in HEADERS.items():
        response[name] = value
    response["ETag"] = found.etag
    return response
