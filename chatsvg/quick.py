"""Views for what is asked for all the time, past REST framework, whose own way takes longer than
what they do."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.views import APIView

from chatsvg import ratelimits
from chatsvg.errors import DomainError, SignedOut
from chatsvg.parsing import encode
from chatsvg.problems import JSON
from chatsvg.ratelimits.throttles import PerPerson


class Quick(APIView):
    """GET and HEAD by `answer`. What it refuses is told in the usual way, by `get`."""

    is_counted = False

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            try:
                return self.answer(request, **kwargs)
            except DomainError as refusal:
                self.refusal = refusal
        return super().dispatch(request, *args, **kwargs)

    def answer(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotImplementedError

    def get(self, request: Any, **kwargs: Any) -> HttpResponse:
        raise self.refusal

    def session(self, request: HttpRequest) -> Any:
        """That of the person who asks, whose request is counted. Raises SignedOut, TooMany."""
        session = request.session_of_person  # type: ignore[attr-defined]
        if not session:
            raise SignedOut()
        ratelimits.take(PerPerson.rule, session.user_id)
        self.is_counted = True
        return session

    def check_throttles(self, request: Any) -> None:
        """Nobody is counted twice for one request."""
        if not self.is_counted:
            super().check_throttles(request)


def told(body: Mapping[str, Any], headers: Mapping[str, str]) -> HttpResponse:
    """200 and JSON, as the renderer of REST framework's views writes it."""
    return HttpResponse(encode(body), content_type=JSON, headers=dict(headers))
