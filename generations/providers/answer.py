"""What a model has said so far: text, tokens, cost, and how it ended."""

import io
import logging
import time
from decimal import Decimal
from typing import Any

from django.conf import settings

from chatsvg.text import storable
from generations.providers import faults
from generations.providers.base import MAX_CHARACTERS, Draft, Endpoint, OnText
from generations.providers.envelope import opened
from generations.providers.errors import (
    RAW_CHARACTERS,
    CutOff,
    Empty,
    Refused,
    TooLong,
    Unavailable,
)
from generations.providers.replies import DONE, Chunk

log = logging.getLogger(__name__)

PREVIEW_SECONDS = 0.25  # between two calls of on_text
TAIL_SECONDS = 2  # how long the count of tokens may take after the last word
DRAIN_SECONDS = 0.2  # and the end of the body after the stream's last event
MOST_TOKENS = 2**31
MOST_DOLLARS = 1e5  # a cost beyond that is none

_REFUSED = {"content_filter", "safety", "refusal", "prohibited_content"}
_TOO_LONG = {"length", "max_tokens", "model_length"}


class Answer:
    """Fills chunk by chunk; `draft` is what there is of it at any time."""

    def __init__(self, endpoint: Endpoint, on_text: OnText | None):
        self._endpoint = endpoint
        self._on_text = on_text
        self._shown_at = 0.0
        self._text = io.StringIO()  # a fifth of the memory that a list of pieces takes
        self._length = 0
        self._refusal = ""
        self._finish = ""
        self._is_done = False
        self._last: Chunk = {}
        self._choice: object = None
        self._tokens: tuple[int | None, int | None] = (None, None)
        self._told_cost: Decimal | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the model said that it ended; only the count of tokens may still come."""
        return bool(self._finish)

    def patience(self) -> float:
        """Seconds of silence to bear now: longest while the model thinks."""
        if self._is_done:
            return DRAIN_SECONDS
        if self.is_finished:
            return TAIL_SECONDS
        spoke = self._length > 0
        return settings.MODEL_STALL_SECONDS if spoke else settings.MODEL_FIRST_BYTE_SECONDS

    def take(self, chunk: Chunk | str) -> None:
        """Add a chunk. Raises what is wrong with it, and TooLong for more than any drawing."""
        if isinstance(chunk, str):
            self._is_done = chunk == DONE
            return
        if error := faults.within(chunk):
            raise error
        self._last = chunk
        try:
            self._take(chunk)
        except (AttributeError, TypeError) as error:
            raise CutOff(f"not a chunk: {chunk!r}") from error

    def judge(self) -> None:
        """Raise what is wrong with an answer that came to its end."""
        finish = self._finish.lower()
        if self._refusal or finish in _REFUSED:
            raise Refused(self._refusal or finish)
        if finish in _TOO_LONG:
            raise TooLong(f"finish_reason {finish}")
        if finish == "error":  # OpenRouter's word for an upstream that failed midway
            raise Unavailable("finish_reason error")
        if not self._has_ended() or finish == "abort":  # vLLM's word for a canceled call
            raise CutOff(f"finish_reason {finish or None}; last said: {self._last!r}")
        if not self._length:
            raise Empty(f"finish_reason {finish}")

    def draft(self) -> Draft:
        return Draft(
            text=self._so_far(),
            provider=self._endpoint.provider,
            upstream=self._endpoint.upstream,
            prompt_tokens=self._tokens[0],
            completion_tokens=self._tokens[1],
            cost_usd=self._cost(),
        )

    def _has_ended(self) -> bool:
        """Some servers give no reason: then the stream's end must come, and the drawing's."""
        return self.is_finished or (self._is_done and "</svg>" in self._so_far()[-200:])

    def _cost(self) -> Decimal | None:
        """What the server says that it took, else by the prices; None where nobody knows."""
        told = self._told_cost
        cost = told if told is not None else self._endpoint.cost(*self._tokens)
        return cost if cost is not None and cost < MOST_DOLLARS else None

    def _so_far(self) -> str:
        return storable(opened(self._text.getvalue()))

    def _take(self, chunk: Chunk) -> None:
        if isinstance(usage := chunk.get("usage"), dict):
            self._tokens = (
                _count(usage.get("prompt_tokens")),
                _count(usage.get("completion_tokens")),
            )
            self._told_cost = _dollars(usage)
        for choice in chunk.get("choices") or ():
            if not self._is_ours(choice.get("index")):
                continue
            self._finish = str(choice.get("finish_reason") or self._finish)
            self._add(choice["delta"] if "delta" in choice else choice.get("message"))

    def _is_ours(self, index: object) -> bool:
        """One answer was asked for: of several that come at once, the first counts."""
        if self._choice is None:
            self._choice = index
        return index is None or index == self._choice

    def _add(self, said: dict[str, Any] | None) -> None:
        """Thoughts and calls of tools are signs of life, but no part of the answer."""
        if said is None:
            return
        self._refusal = (self._refusal + (said.get("refusal") or ""))[:RAW_CHARACTERS]
        if piece := _plain(said.get("content")):
            self._text.write(piece)
            self._length += len(piece)
            if self._length > MAX_CHARACTERS:
                raise TooLong("our limit")
            self._show()

    def _show(self) -> None:
        """Pass the text on now and then. A preview that fails costs the preview alone."""
        now = time.monotonic()
        if self._on_text is None or now - self._shown_at < PREVIEW_SECONDS:
            return
        self._shown_at = now
        try:
            text = self._so_far()
            if "<" in text or not text.startswith("{"):  # else an envelope, not yet to be opened
                self._on_text(text)
        except Exception:
            self._on_text = None
            log.exception("preview.failed upstream=%s", self._endpoint.upstream)


def _plain(content: Any) -> str:
    """The text of a message; some servers cut it into typed parts."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if part.get("type") == "text")
    return content or ""


def _count(value: object) -> int | None:
    """A number of tokens, where it is one: some servers say -1 or null."""
    return value if type(value) is int and 0 <= value < MOST_TOKENS else None


def _dollars(usage: dict[str, Any]) -> Decimal | None:
    """OpenRouter's cost of a call; with a key of one's own, what the model's maker takes too."""
    cost = _amount(usage.get("cost"))
    if cost is None or not usage.get("is_byok"):
        return cost
    details = usage.get("cost_details") or {}
    upstream = _amount(details.get("upstream_inference_cost"))
    return None if upstream is None else cost + upstream


def _amount(value: object) -> Decimal | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return Decimal(str(value)) if 0 <= value < MOST_DOLLARS else None  # neither is NaN
