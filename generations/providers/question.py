"""What is asked of an endpoint: the body of a call, with the optional parts that it takes."""

import asyncio
import base64
import logging
from dataclasses import dataclass, replace
from typing import Any

from generations import inspection
from generations.prompts import conversation
from generations.providers import envelope, refusals
from generations.providers.base import DrawRequest, Endpoint

log = logging.getLogger(__name__)

LIMITS = ("max_completion_tokens", "max_tokens")  # OpenAI's name, and the one from before


@dataclass(frozen=True, slots=True)
class Question:
    """One request to one endpoint. `refused` names parts that are not to be asked for.

    `picture` is a PNG of the draft that is to be mended, for models that see.
    """

    request: DrawRequest
    endpoint: Endpoint
    picture: bytes | None = None
    refused: frozenset[str] = frozenset()

    def without(self, part: str) -> "Question":
        return replace(self, refused=self.refused | {part})

    @property
    def parts(self) -> frozenset[str]:
        """The optional parts in it, by the names that `refusals` knows."""
        able, limits = self.endpoint.abilities, self.endpoint.limits
        wanted = [
            *(("stream", "stream_options") if able.streaming else ()),
            self._first(envelope.FORMATS) if able.json else None,
            self._first(LIMITS) if limits.max_output_tokens else None,
            "image_url" if self.picture else None,
        ]
        found = frozenset(part for part in wanted if part) - self.refused
        return found if "stream" in found else found - {"stream_options"}

    def body(self) -> dict[str, Any]:
        parts = self.parts
        body: dict[str, Any] = {"model": self.endpoint.upstream, "messages": self._messages(parts)}
        if "stream" in parts:
            body["stream"] = True
        if "stream_options" in parts:
            body["stream_options"] = {"include_usage": True}
        for form in parts & envelope.FORMATS.keys():
            body["response_format"] = envelope.FORMATS[form]
        for limit in parts.intersection(LIMITS):
            body[limit] = self.endpoint.limits.max_output_tokens
        return body

    def _first(self, names: Any) -> str | None:
        return next((name for name in names if name not in self.refused), None)

    def _messages(self, parts: frozenset[str]) -> envelope.Messages:
        request = self.request
        messages: envelope.Messages = list(
            conversation(request.prompt, request.style, request.correction)
        )
        if parts & envelope.FORMATS.keys():
            messages = envelope.wrap(messages)
        if "image_url" in parts and self.picture:
            messages[-1] = _illustrated(messages[-1], self.picture)
        return messages


async def ask(request: DrawRequest, endpoint: Endpoint) -> Question:
    """The first question, without what the endpoint is known to refuse."""
    refused = refusals.known(endpoint)
    sees = endpoint.abilities.vision and "image_url" not in refused
    picture = await asyncio.to_thread(_picture, request) if sees and request.correction else None
    return Question(request, endpoint, picture, refused)


def _picture(request: DrawRequest) -> bytes | None:
    """How the draft looks; None where there is nothing to be seen of it."""
    answer = request.correction.answer if request.correction else ""
    drawing = inspection.inspect(answer, request.style).drawing
    try:
        return inspection.picture(drawing.svg) if drawing else None
    except Exception:
        log.exception("picture.failed style=%s", request.style)
        return None


def _illustrated(message: dict[str, Any], picture: bytes) -> dict[str, Any]:
    url = "data:image/png;base64," + base64.b64encode(picture).decode()
    parts = [
        {"type": "text", "text": message["content"]},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    return {**message, "content": parts}
