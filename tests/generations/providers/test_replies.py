"""What is read from the bytes of a reply, and from its headers."""

import asyncio
import gzip
import time
from email.utils import formatdate

import brotli
import httpx2
import pytest

from generations.providers import clients, delays, envelope
from generations.providers.errors import TooLong
from generations.providers.replies import MAX_BYTES, MAX_UNPACKED, Events, chunks

STREAM = "data: a\n\n: a comment\n\nevent: x\ndata:b\ndata: ü\n\nid: 5\n\ndata: c"
DATA = ["a\n", "b\nü\n", "c\n"]


def told(stream, size):
    events = Events()
    parts = [stream[at : at + size] for at in range(0, len(stream), size)]
    return [data.decode() for part in (*parts, b"\n\n") for data in events.feed(part)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_the_same_however_they_are_cut(line_end, size):
    assert told(STREAM.replace("\n", line_end).encode(), size) == DATA


def feed_for_ever(part):
    events = Events()
    for _ in range(2 * MAX_BYTES // len(part)):
        list(events.feed(part))


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_event_without_end_is_given_up(end):
    with pytest.raises(TooLong):
        feed_for_ever(b"data: " + b"x" * 1000 + end)


class Body(httpx2.AsyncByteStream):
    """A body that comes in parts of `size` bytes."""

    def __init__(self, body, size):
        self.parts = [body[at : at + size] for at in range(0, len(body), size)]

    async def __aiter__(self):
        for part in self.parts:
            yield part


def read(body, size=65_536, **headers):
    async def all_of_it():
        packing = {name.replace("_", "-"): value for name, value in headers.items()}
        response = httpx2.Response(200, headers=packing, stream=Body(body, size))
        return [chunk async for chunk in chunks(response)]

    return asyncio.run(all_of_it())


@pytest.mark.parametrize("size", [1, 2, 3, 4, 1000])
@pytest.mark.parametrize("body", [b'data: {"a": 1}\n\n', b'{"a": 1}', b' \n\n{"a": 1}'])
def test_byte_order_mark_is_passed_over_however_it_is_cut(body, size):
    assert read(b"\xef\xbb\xbf" + body, size) == read(body, size) == [{"a": 1}]


PACKERS = {"gzip": gzip.compress, "br": lambda body: brotli.compress(body, quality=1)}


@pytest.mark.parametrize("packing", PACKERS)
def test_packed_reply_is_read(packing):
    assert read(PACKERS[packing](b'{"a": 1}'), content_encoding=packing) == [{"a": 1}]


@pytest.mark.parametrize("packing", PACKERS)
def test_reply_that_unpacks_without_end_is_given_up(packing):
    bomb = PACKERS[packing](b": still here\n" * (MAX_UNPACKED // 10))

    with pytest.raises(TooLong):
        read(bomb, content_encoding=packing)


@pytest.mark.parametrize("packing", PACKERS)
def test_error_that_unpacks_without_end_is_shortened(packing):
    async def shortened():
        bomb = Body(PACKERS[packing](b"x" * 50_000_000), 65_536)
        response = httpx2.Response(400, headers={"content-encoding": packing}, stream=bomb)
        await clients._shorten_error(response)
        return await response.aread()

    assert asyncio.run(shortened()) == b"x" * clients.ERROR_BYTES


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "9" * 400}, delays.LONGEST_WAIT),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "7", "retry-after-ms": "6500"}, 6.5),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s"}, 1),
        ({"x-ratelimit-reset-tokens": "1h2m3.5s", "x-ratelimit-remaining-tokens": "0"}, 3723.5),
        (
            {
                "x-ratelimit-reset-requests": "20ms",
                "x-ratelimit-remaining-requests": "5",
                "x-ratelimit-reset-tokens": "4.2s",
                "x-ratelimit-remaining-tokens": "0",
            },
            4.2,
        ),
        ({"x-ratelimit-reset": "1.2.3s"}, None),
        ({"retry-after": "3", "x-ratelimit-reset": "90"}, 3),
    ],
)
def test_delay_is_what_the_headers_ask_for(headers, seconds):
    assert delays.asked_for(headers, is_limited=True) == pytest.approx(seconds)


@pytest.mark.parametrize("write", [lambda at: formatdate(at, usegmt=True), "{:.0f}".format])
def test_delay_until_a_time_of_the_day(write):
    assert 28 <= delays.parse(write(time.time() + 30)) <= 31
    assert delays.parse(write(time.time() - 30)) == 0
    assert 28 <= delays.parse(f"{(time.time() + 30) * 1000:.0f}") <= 31


def test_full_budget_delays_nobody_who_is_not_limited():
    assert delays.asked_for({"x-ratelimit-reset-tokens": "6m0s"}, is_limited=False) is None


DRAWING = '<svg a="1">\n"ü" \U0001f98a\\</svg>'


@pytest.mark.parametrize(
    "text",
    [
        '{"svg": "<svg a=\\"1\\">\\n\\"\\u00fc\\" \\ud83e\\udd8a\\\\</svg>"}',
        ' {\n "svg" :"<svg a=\\"1\\">\\n\\"ü\\" \U0001f98a\\\\</svg>" } ',
    ],
)
def test_envelope_is_opened_as_far_as_it_has_come(text):
    assert envelope.opened(text) == DRAWING
    so_far = [envelope.opened(text[:end]) for end in range(20, len(text))]
    whole = [one.encode("utf-8", "ignore").decode() for one in so_far]
    assert all(DRAWING.startswith(one) for one in whole)


@pytest.mark.parametrize("text", ["", "<svg/>", "{}", '{"svg": 5}', 'Here: {"svg": "<svg/>"}'])
def test_other_texts_stay_what_they_are(text):
    assert envelope.opened(text) == text
