"""Drawing by any server that speaks OpenAI's chat completions protocol, streamed where it can.

Four clocks run over a call: connecting (the HTTP client's), silence before and after the first
word, and the total. The last three are asyncio's, so no server can beat them by dribbling bytes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import cast

import httpx2
from django.conf import settings

from generations.providers import clients, faults, question, refusals, replies
from generations.providers.answer import Answer
from generations.providers.base import Draft, DrawRequest, Endpoint, OnText
from generations.providers.errors import NoTurn, ProviderError, Refused, Stalled, TimedOut
from generations.providers.question import Question
from generations.providers.sdk import openai

FAILURES = (ProviderError, openai.OpenAIError, httpx2.HTTPError, ValueError)

Heard = Callable[[float], None]


async def draw(
    request: DrawRequest, endpoint: Endpoint, *, on_text: OnText | None, until: float
) -> Draft:
    """The whole answer of `endpoint`, or a ProviderError. `until` is on the monotonic clock."""
    answer = Answer(endpoint, on_text)
    try:
        await _ask(request, endpoint, answer, until)
        answer.judge()
    except ProviderError as error:
        error.draft = answer.draft()
        raise
    return answer.draft()


async def _ask(request: DrawRequest, endpoint: Endpoint, answer: Answer, until: float) -> None:
    """Fill `answer` before the total clock rings, after which only its tail may be missing."""
    late: type[TimedOut] = NoTurn
    try:
        async with asyncio.timeout_at(until), clients.turn(endpoint):
            late = TimedOut
            async with asyncio.timeout(endpoint.limits.seconds):
                await _listen(await question.ask(request, endpoint), answer)
    except TimeoutError as error:
        if not answer.is_finished:
            raise late("total") from error


async def _listen(asked: Question, answer: Answer) -> None:
    """Fill `answer` from the reply; what fails after its last word fails no more."""
    response: httpx2.Response | None = None
    try:
        async with _silence() as heard:
            response = await _open(asked, heard)
            async with aclosing(replies.chunks(response)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    answer.take(chunk)
                    heard(answer.patience())
    except FAILURES as error:
        if not answer.is_finished:
            raise faults.translate(error, streaming=response is not None) from error
    finally:
        if response is not None:
            await response.aclose()


@asynccontextmanager
async def _silence() -> AsyncIterator[Heard]:
    """Raise Stalled after a silence; call what is given back with how long the next may be."""
    now = asyncio.get_running_loop().time
    clock = asyncio.timeout(settings.MODEL_FIRST_BYTE_SECONDS)
    try:
        async with clock:
            yield lambda seconds: clock.reschedule(now() + seconds)
    except TimeoutError as error:
        raise Stalled("silence") from error


async def _open(asked: Question, heard: Heard) -> httpx2.Response:
    """A reply of status 200. What the endpoint refuses to be asked for is left out, one by one.

    It is remembered only where the endpoint took the rest, since a complaint may mean another
    thing than it says.
    """
    known = asked.refused
    while True:
        try:
            response = await _post(asked)
        except openai.APIStatusError as error:
            asked = _without_refused(asked, error)
            heard(settings.MODEL_FIRST_BYTE_SECONDS)
        else:
            refusals.remember(asked.endpoint, asked.refused - known)
            return response


def _without_refused(asked: Question, error: openai.APIStatusError) -> Question:
    """The question without the part that the error is about; raises the error if it is not."""
    ours = faults.translate(error, streaming=False)
    part = refusals.part_of(faults.complaint_of(error), asked.parts)
    if part is None or isinstance(ours, Refused):
        raise ours from error
    return asked.without(part)


async def _post(asked: Question) -> httpx2.Response:
    """The reply as soon as its headers are here; its body has yet to come."""
    endpoint = asked.endpoint
    reply: object = await clients.client_of(endpoint).post(
        "/chat/completions",
        cast_to=httpx2.Response,
        body=asked.body(),
        options={"headers": clients.headers_for(endpoint)},
        stream=True,
        stream_cls=openai.AsyncStream[object],
    )
    return cast(httpx2.Response, reply)  # which `stream` leaves unread
