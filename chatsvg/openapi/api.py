"""`/api/openapi.json`."""

from functools import cache

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from chatsvg.problems import JSON


class Description(APIView):
    """GET the description of this API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        return HttpResponse(described(), content_type=JSON)


@cache
def described() -> bytes:
    """The description as JSON: made once, when somebody asks for the first time.

    Only then is what makes it loaded: no other request pays for it, in time or in memory.
    """
    from chatsvg.openapi.generator import describe  # 2 MB and 40 ms, once

    return describe()
