"""Drawing by any server that speaks OpenAI's chat completions protocol, streamed.

Four clocks run over a call: connecting (the HTTP client's), silence before and after the first
word, and the total. The last two are asyncio's, so no server can beat them by dribbling bytes.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast
from weakref import WeakKeyDictionary

import httpx2
import openai
from django.conf import settings
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionMessage,
    ChatCompletionMessageParam,
)
from openai.types.chat.chat_completion_chunk import Choice as StreamedChoice
from openai.types.chat.chat_completion_chunk import ChoiceDelta

from chatsvg import background
from chatsvg.text import storable
from generations.prompts import conversation
from generations.providers.base import MAX_CHARACTERS, Draft, DrawRequest, Endpoint, OnText
from generations.providers.errors import (
    CutOff,
    Empty,
    ProviderError,
    Refused,
    Stalled,
    TimedOut,
    TooLong,
    Unavailable,
)
from generations.providers.faults import translate

log = logging.getLogger(__name__)

CONNECTIONS = 256  # per endpoint: more than a worker process has threads
PREVIEW_SECONDS = 0.25  # between two calls of on_text
TAIL_SECONDS = 2  # how long the count of tokens may take after the last word
KEYLESS = {"Authorization": openai.Omit()}

Clients = dict[tuple[str, str], openai.AsyncOpenAI]
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Clients] = WeakKeyDictionary()


async def draw(
    request: DrawRequest, endpoint: Endpoint, *, on_text: OnText | None, until: float
) -> Draft:
    """The whole answer of `endpoint`, or a ProviderError. `until` is on the monotonic clock."""
    answer = Answer(endpoint, on_text)
    try:
        async with asyncio.timeout_at(until):
            await _listen(request, endpoint, answer)
    except TimeoutError as error:
        raise TimedOut("total", draft=answer.draft()) from error
    except ProviderError as error:
        error.draft = answer.draft()
        raise
    return answer.draft()


async def _listen(request: DrawRequest, endpoint: Endpoint, answer: "Answer") -> None:
    """Fill `answer` from the stream; what fails after its last word fails no more."""
    streaming = False
    try:
        async with _silence() as heard:
            stream = await _open(request, endpoint)
            streaming = True
            async with stream:
                async for chunk in _chunks(stream):
                    answer.take(chunk)
                    heard(answer.patience())
    except (Stalled, openai.OpenAIError, ValueError) as error:
        if not answer.is_finished:
            raise _ours(error, streaming) from error
    answer.judge()


def _ours(error: Exception, streaming: bool) -> ProviderError:
    return error if isinstance(error, Stalled) else translate(error, streaming=streaming)


@asynccontextmanager
async def _silence() -> AsyncIterator[Callable[[float], None]]:
    """Raise Stalled after a silence; call what is given back with how long the next may be."""
    now = asyncio.get_running_loop().time
    clock = asyncio.timeout(settings.MODEL_FIRST_BYTE_SECONDS)
    try:
        async with clock:
            yield lambda seconds: clock.reschedule(now() + seconds)
    except TimeoutError as error:
        raise Stalled("silence") from error


def _open(
    request: DrawRequest, endpoint: Endpoint
) -> Awaitable[openai.AsyncStream[ChatCompletionChunk]]:
    asked = (request.prompt, request.style)
    return _client(endpoint).chat.completions.create(
        model=endpoint.upstream,
        messages=cast(list[ChatCompletionMessageParam], conversation(*asked)),
        stream=True,
        stream_options={"include_usage": True},
        extra_headers=None if endpoint.api_key else KEYLESS,
    )


async def _chunks(
    stream: openai.AsyncStream[ChatCompletionChunk],
) -> AsyncIterator[ChatCompletionChunk | ChatCompletion]:
    """The stream's chunks, or the one whole completion of a server that does not stream."""
    if stream.response.headers.get("content-type", "").startswith("application/json"):
        body = await _bounded(stream.response)
        yield ChatCompletion.model_validate_json(body)
        return
    async for chunk in stream:
        yield chunk


async def _bounded(response: httpx2.Response) -> bytes:
    body = b""
    async for part in response.aiter_bytes():
        body += part
        if len(body) > 8 * MAX_CHARACTERS:
            raise TooLong("body")
    return body


# --- One client, with its pool, per endpoint and loop ---


def _client(endpoint: Endpoint) -> openai.AsyncOpenAI:
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    key = (endpoint.base_url, endpoint.api_key)
    if key not in clients:
        background.at_stop(close_clients)
        clients[key] = _connect(endpoint)
    return clients[key]


def _connect(endpoint: Endpoint) -> openai.AsyncOpenAI:
    """Retries are the job engine's alone, so the SDK makes none."""
    patience = httpx2.Timeout(None, connect=settings.MODEL_CONNECT_SECONDS)
    room = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=32)
    return openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        max_retries=0,
        timeout=patience,
        http_client=openai.DefaultAsyncHttpxClient(limits=room, timeout=patience),
    )


async def close_clients() -> None:
    """Close the pools of the running loop."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


class Answer:
    """What a model has said so far."""

    def __init__(self, endpoint: Endpoint, on_text: OnText | None):
        self._endpoint = endpoint
        self._on_text = on_text
        self._shown_at = 0.0
        self._pieces: list[str] = []
        self._length = 0
        self._refusal = ""
        self._finish: str | None = None
        self._tokens: tuple[int | None, int | None] = (None, None)

    @property
    def is_finished(self) -> bool:
        """Whether the model said that it ended; only the count of tokens may still come."""
        return self._finish is not None

    def patience(self) -> float:
        """Seconds of silence to bear now: longest while the model thinks."""
        if self.is_finished:
            return TAIL_SECONDS
        spoke = self._length > 0
        return settings.MODEL_STALL_SECONDS if spoke else settings.MODEL_FIRST_BYTE_SECONDS

    def take(self, chunk: ChatCompletionChunk | ChatCompletion) -> None:
        """Add a chunk. Raises TooLong as soon as the answer is larger than any drawing.

        The SDK does not check what it parses: a chunk of another shape is CutOff.
        """
        try:
            self._take(chunk)
        except (AttributeError, TypeError) as error:
            raise CutOff(f"not a chunk: {chunk!r}") from error

    def judge(self) -> None:
        """Raise what is wrong with an answer that came to its end."""
        if self._refusal or self._finish == "content_filter":
            raise Refused(self._refusal or "content_filter")
        if self._finish == "length":
            raise TooLong("finish_reason length")
        if self._finish == "error":  # OpenRouter's word for an upstream that failed midway
            raise Unavailable("finish_reason error")
        if not self.is_finished:
            raise CutOff("no finish_reason")
        if not self._length:
            raise Empty(f"finish_reason {self._finish}")

    def draft(self) -> Draft:
        return Draft(
            text=storable("".join(self._pieces)),
            provider=self._endpoint.provider,
            upstream=self._endpoint.upstream,
            prompt_tokens=self._tokens[0],
            completion_tokens=self._tokens[1],
            cost_usd=self._endpoint.cost(*self._tokens),
        )

    def _take(self, chunk: ChatCompletionChunk | ChatCompletion) -> None:
        if chunk.usage is not None:
            self._tokens = (
                _count(chunk.usage.prompt_tokens),
                _count(chunk.usage.completion_tokens),
            )
        for choice in chunk.choices or ():
            self._finish = choice.finish_reason or self._finish
            self._add(choice.delta if isinstance(choice, StreamedChoice) else choice.message)

    def _add(self, said: ChoiceDelta | ChatCompletionMessage | None) -> None:
        if said is None:
            return
        self._refusal += getattr(said, "refusal", None) or ""
        if piece := said.content:
            self._pieces.append(piece)
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
            self._on_text("".join(self._pieces))
        except Exception:
            self._on_text = None
            log.exception("preview.failed upstream=%s", self._endpoint.upstream)


def _count(value: object) -> int | None:
    """A number of tokens, where it is one: some servers say -1, and the SDK checks nothing."""
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
