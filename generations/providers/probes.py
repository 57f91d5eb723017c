"""Small questions to a model server, for `manage.py doctor`: none costs anything but `speak`."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from django.conf import settings

from generations.providers.base import Endpoint

READ_SECONDS = 8  # of silence
BODY_MAX = 8_000_000  # bytes: the longest lists of models are under 2 MB
EVENTS_MAX = 1000  # without a word
GREETING = "Answer with the single word: ready"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `json` is None where it was no JSON."""

    status: int
    json: Any
    text: str
    location: str
    ms: float

    @property
    def models(self) -> list[str] | None:
        """The names of a list of models, or None where it is none."""
        rows = self.json
        if isinstance(rows, dict):
            rows = rows.get("data", rows.get("models"))
        if self.status != 200 or not isinstance(rows, list):
            return None
        found = [row.get("id") or row.get("name") for row in rows if isinstance(row, dict)]
        return [name for name in found if isinstance(name, str)]

    @property
    def fault(self) -> str:
        """What the server says is wrong, or nothing."""
        said = self.json.get("error", self.json.get("detail")) if self._is_object else None
        if isinstance(said, dict):
            said = said.get("message") or said.get("code")
        return " ".join(said.split())[:300] if isinstance(said, str) else ""

    @property
    def understood(self) -> bool:
        """Whether a call without content came to somebody who expects calls."""
        if self.status in (400, 409, 415, 422):
            return self._is_object
        return self.status in (402, 429) or self.speaks

    @property
    def speaks(self) -> bool:
        """Whether this is the answer of a model, or its beginning."""
        return self.status == 200 and self._is_object and bool(self.json.get("choices"))

    @property
    def _is_object(self) -> bool:
        return isinstance(self.json, dict)


class Probe:
    """Questions to one endpoint, each bounded in time. Network errors are httpx2's."""

    def __init__(self, endpoint: Endpoint):
        self._endpoint = endpoint
        self._client = httpx2.Client(
            headers=_headers(endpoint),
            timeout=httpx2.Timeout(READ_SECONDS, connect=settings.MODEL_CONNECT_SECONDS),
        )

    def close(self) -> None:
        self._client.close()

    def models(self, base_url: str = "") -> Answer:
        """The list of models, here or at another address of the same server."""
        return self._ask("GET", f"{base_url or self._endpoint.base_url}/models")

    def empty_call(self) -> Answer:
        """A call without model and words: a server that knows calls refuses it as incomplete."""
        return self._ask("POST", self._call_url, {})

    def speak(self) -> Answer:
        """The beginning of a real answer, or what came instead."""
        began = time.monotonic()
        patience = httpx2.Timeout(
            settings.MODEL_FIRST_BYTE_SECONDS, connect=settings.MODEL_CONNECT_SECONDS
        )
        body = {
            "model": self._endpoint.upstream,
            "messages": [{"role": "user", "content": GREETING}],
            "stream": self._endpoint.abilities.streaming,
        }
        with self._open("POST", self._call_url, body, patience) as response:
            text = _beginning(response)
            return _answer(response, text, began)

    @property
    def _call_url(self) -> str:
        return f"{self._endpoint.base_url}/chat/completions"

    def _ask(self, method: str, url: str, body: Any = None) -> Answer:
        began = time.monotonic()
        with self._open(method, url, body) as response:
            return _answer(response, _bounded(response), began)

    @contextmanager
    def _open(
        self, method: str, url: str, body: Any, timeout: httpx2.Timeout | None = None
    ) -> Iterator[httpx2.Response]:
        request = self._client.build_request(
            method, url, params=dict(self._endpoint.query) or None, json=body
        )
        if timeout is not None:
            request.extensions["timeout"] = timeout.as_dict()
        response = self._client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()


def _headers(endpoint: Endpoint) -> dict[str, str]:
    if not endpoint.api_key or endpoint.auth == "none":
        return {}
    if endpoint.auth == "api-key":
        return {"api-key": endpoint.api_key}
    return {"Authorization": f"Bearer {endpoint.api_key}"}


def _bounded(response: httpx2.Response) -> str:
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > BODY_MAX:
            break
    return body.decode(errors="replace")


def _beginning(response: httpx2.Response) -> str:
    """The first event that has an answer in it, or the whole of what is no stream."""
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        return _bounded(response)
    for number, line in enumerate(response.iter_lines()):
        event = line.removeprefix("data:").strip()
        content = _json(event) if line.startswith("data:") else None
        if isinstance(content, dict) and (content.get("choices") or content.get("error")):
            return event  # Azure's first event has no choice in it yet
        if number > EVENTS_MAX:
            break
    return ""


def _answer(response: httpx2.Response, text: str, began: float) -> Answer:
    return Answer(
        status=response.status_code,
        json=_json(text),
        text=text[:1000],
        location=response.headers.get("location", ""),
        ms=(time.monotonic() - began) * 1000,
    )


def _json(text: str) -> Any:
    """What the text says as JSON, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
