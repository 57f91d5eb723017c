"""HTTP to a provider: Authlib's client, for one dance, with a bound on its time and on answers."""

import ssl
from functools import cache
from time import monotonic
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from django.conf import settings
from joserfc.errors import JoseError

ANSWER_MAX = 512 * 1024  # bytes
TROUBLE = (httpx2.HTTPError, AuthlibBaseError, JoseError, ValueError, RecursionError)
"""What talking to a provider can raise: it is away, slow, or says what makes no sense."""


class Client(OAuth2Client):
    """Gives up when OAUTH_TIMEOUT_SECONDS have passed since it was made, whatever is under way."""

    def __init__(self, **options: Any):
        super().__init__(verify=_trust(), headers={"User-Agent": "ChatSVG"}, **options)
        self._deadline = monotonic() + settings.OAUTH_TIMEOUT_SECONDS

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        left = self._left(request)
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), left)
        answer = super().send(request, **{**options, "stream": True})
        try:
            if answer.status_code != httpx2.codes.OK:  # a redirect would take secrets along
                raise httpx2.HTTPStatusError("refused", request=request, response=answer)
            content = self._content(answer)
        finally:
            answer.close()
        kept = {"Content-Type": answer.headers.get("Content-Type", "")}
        return httpx2.Response(answer.status_code, headers=kept, content=content, request=request)

    def _left(self, request: httpx2.Request) -> float:
        left = self._deadline - monotonic()
        if left <= 0:
            raise httpx2.ReadTimeout("the dance took too long", request=request)
        return left

    def _content(self, answer: httpx2.Response) -> bytes:
        content = b""
        for piece in answer.iter_bytes():
            self._left(answer.request)
            content += piece
            if len(content) > ANSWER_MAX:
                raise ValueError("the answer is too long")
        return content


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading all certificates takes longer than an answer."""
    return httpx2.create_ssl_context()


def read_json(client: Client, url: str, *, anonymous: bool = False) -> Any:
    """What `url` says. Raises one of TROUBLE."""
    accepts = {"Accept": "application/json"}
    return client.request("GET", url, withhold_token=anonymous, headers=accepts).json()
