"""Asking PayPal: an access token that is kept while it lives, and a bound on time and answers.

Facts: developer.paypal.com/api/rest, /authentication and /requests, read in 2026.
"""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

import httpx2
from django.conf import settings

from credits.payments.provider import Away

logger = logging.getLogger(__name__)
ANSWER_MAX = 512 * 1024  # bytes
MARGIN = 60  # seconds before its end in which a token is not used any more
TROUBLE = (httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError)
UNAUTHORIZED = 401


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Account:
    """Who we are there."""

    base_url: str
    client_id: str
    secret: str = field(repr=False)


class _Tokens:
    """The access token of each account, for this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Account, tuple[str, float]] = {}

    def get(self, account: Account, deadline: float) -> str:
        with self._lock:
            token, until = self._known.get(account, ("", 0.0))
        if token and monotonic() < until:
            return token
        token, seconds = _ask_for_token(account, deadline)
        with self._lock:
            self._known[account] = token, monotonic() + seconds - min(MARGIN, seconds / 10)
        return token

    def forget(self, account: Account, token: str) -> None:
        """Unless another one has taken its place."""
        with self._lock:
            if self._known.get(account, ("",))[0] == token:
                del self._known[account]


tokens = _Tokens()


def ask(
    account: Account,
    method: str,
    path: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One question within PAYPAL_TIMEOUT_SECONDS. Raises Away, also where PayPal is overworked or
    does not know us; what it otherwise refuses is an answer."""
    deadline = monotonic() + settings.PAYPAL_TIMEOUT_SECONDS
    url = f"{account.base_url}{path}"
    for is_last in (False, True):
        token = tokens.get(account, deadline)
        told = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if content is not None:
            told["Content-Type"] = "application/json"
        told |= headers or {}
        answer = _send(method, url, deadline, content=content, headers=told)
        if answer.status != UNAUTHORIZED:
            break
        tokens.forget(account, token)
        if is_last:
            logger.error("paypal.not_authorized path=%s", path.partition("?")[0])
            raise Away("PayPal does not know us")
    if answer.status >= 500 or answer.status in (403, 408, 429):
        logger.warning("paypal.refused path=%s status=%s", path.partition("?")[0], answer.status)
        raise Away(f"status {answer.status}")
    return answer


def _ask_for_token(account: Account, deadline: float) -> tuple[str, float]:
    """A token, and the seconds for which it is good."""
    answer = _send(
        "POST",
        f"{account.base_url}/v1/oauth2/token",
        deadline,
        content=b"grant_type=client_credentials",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        auth=(account.client_id, account.secret),
    )
    body = answer.body if isinstance(answer.body, dict) else {}
    token, seconds = body.get("access_token"), body.get("expires_in")
    if not answer.is_good or not isinstance(token, str) or not token.isascii() or not token:
        logger.error("paypal.no_token status=%s", answer.status)
        raise Away("PayPal gave no token")
    return token, max(0.0, seconds) if isinstance(seconds, int | float) else 0.0


def _send(method: str, url: str, deadline: float, **options: Any) -> Answer:
    try:
        left = dict.fromkeys(("connect", "read", "write", "pool"), _left(deadline))
        timeout = httpx2.Timeout(**left)
        with _client().stream(method, url, timeout=timeout, **options) as answer:
            return Answer(answer.status_code, _read(answer, deadline))
    except TROUBLE as error:
        logger.warning("paypal.away error=%s", type(error).__name__)
        raise Away(type(error).__name__) from error


def _read(answer: httpx2.Response, deadline: float) -> Any:
    """The JSON of an answer; None for an empty one, and for what a refusal says besides JSON."""
    content = b""
    for piece in answer.iter_bytes():
        _left(deadline)
        content += piece
        if len(content) > ANSWER_MAX:
            raise ValueError("the answer is too long")
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        if answer.is_success:
            raise
        return None


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout("PayPal took too long")
    return left


@cache
def _client() -> httpx2.Client:
    """Made once: reading all certificates takes longer than an answer. Redirects would take our
    secrets along: none is followed."""
    return httpx2.Client(headers={"User-Agent": "ChatSVG"}, follow_redirects=False)
