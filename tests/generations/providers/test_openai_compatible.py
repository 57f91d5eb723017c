import socket
import threading
import time
from concurrent.futures import CancelledError
from decimal import Decimal
from email.utils import formatdate
from itertools import pairwise

import pytest

from generations.prompts import conversation
from generations.providers import answer, errors
from generations.providers.base import MAX_CHARACTERS, Draft
from tests.generations.providers.calls import draw, fail, start
from tests.model_server import ANSWER, Behaviour

OTHERWISE = 5  # seconds: where the clock under test did not go off, others would by then


def test_draw_returns_the_streamed_answer_and_its_tokens(endpoint):
    draft = draw(endpoint)

    assert draft == Draft(
        text=ANSWER,
        provider="openai",
        upstream="gpt-4o",
        prompt_tokens=120,
        completion_tokens=240,
        cost_usd=None,
    )


def test_draw_asks_for_a_stream_with_usage_and_nothing_more(endpoint):
    draw(endpoint)

    call = endpoint.log[0]
    assert call.headers["authorization"] == "Bearer key-of-the-test"
    assert call.body == {
        "model": "gpt-4o",
        "messages": conversation("a red fox asleep", "flat"),
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_draw_without_a_key_sends_no_authorization(endpoint):
    draw(endpoint, api_key="")

    assert "authorization" not in endpoint.log[0].headers


def test_draw_knows_the_cost_where_prices_are_known(endpoint):
    draft = draw(endpoint, price_in=Decimal("1.25"), price_out=Decimal(10))

    assert draft.cost_usd == Decimal("0.00255")


def test_draw_without_usage_leaves_tokens_unknown(endpoint):
    endpoint.script(Behaviour(usage=None))

    draft = draw(endpoint)

    assert (draft.text, draft.prompt_tokens, draft.completion_tokens) == (ANSWER, None, None)


def test_draw_reads_a_server_that_does_not_stream(endpoint):
    endpoint.script(Behaviour(whole=True))

    draft = draw(endpoint)

    assert (draft.text, draft.completion_tokens) == (ANSWER, 240)


def test_draw_reuses_one_connection(endpoint):
    for _ in range(3):
        draw(endpoint)

    assert endpoint.connections == 1


def test_error_keeps_the_upstream_text_for_staff_alone(endpoint):
    endpoint.script(Behaviour(status=500, error={"message": "secret-detail " * 400}))

    error = fail(endpoint)

    assert "secret-detail" in error.raw and len(error.raw) == errors.RAW_CHARACTERS
    assert "secret-detail" not in str(error)


def test_error_carries_what_had_arrived(endpoint):
    endpoint.script(Behaviour(finish="length"))

    error = fail(endpoint)

    assert (error.draft.text, error.draft.completion_tokens) == (ANSWER, 240)


def test_rate_limit_gives_the_delay_in_seconds(endpoint):
    endpoint.script(Behaviour(status=429, headers={"retry-after": "7"}))

    assert fail(endpoint).retry_after == 7


def test_rate_limit_gives_the_delay_of_a_date(endpoint):
    date = formatdate(time.time() + 30, usegmt=True)
    endpoint.script(Behaviour(status=429, headers={"retry-after": date}))

    assert 28 <= fail(endpoint).retry_after <= 30


@pytest.mark.parametrize("value", ["soon", "nan", "-5", ""])
def test_rate_limit_ignores_a_delay_that_is_none(endpoint, value):
    endpoint.script(Behaviour(status=429, headers={"retry-after": value}))

    assert fail(endpoint).retry_after is None


def test_refused_connection_is_unavailable(endpoint):
    assert type(fail(endpoint, base_url="http://127.0.0.1:1")) is errors.Unavailable


def test_connecting_has_a_clock_of_its_own(endpoint, settings):
    settings.MODEL_CONNECT_SECONDS = 0.2
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # nobody takes them: whoever comes next does not get through
            one.setblocking(False)
            one.connect_ex(address)

        began = time.monotonic()
        error = fail(endpoint, base_url=f"http://127.0.0.1:{address[1]}/v1")

        for one in waiting:
            one.close()
    assert type(error) is errors.Unavailable
    assert 0.2 <= time.monotonic() - began < OTHERWISE


def test_first_word_that_does_not_come_is_a_stall(endpoint, settings):
    settings.MODEL_FIRST_BYTE_SECONDS = 0.3
    endpoint.script(Behaviour(delay=5))

    began = time.monotonic()
    error = fail(endpoint)

    assert type(error) is errors.Stalled and error.code == "TIMEOUT"
    assert 0.3 <= time.monotonic() - began < OTHERWISE


def test_keep_alive_comments_do_not_hide_a_stall(endpoint, settings):
    settings.MODEL_STALL_SECONDS = 0.3
    endpoint.script(Behaviour(hold_after=3, comments=True))

    began = time.monotonic()
    error = fail(endpoint)

    assert type(error) is errors.Stalled
    assert error.draft.text == ANSWER[:240]
    assert time.monotonic() - began < OTHERWISE


def test_thinking_may_take_longer_than_a_stall(endpoint, settings):
    settings.MODEL_STALL_SECONDS = 0.1
    endpoint.script(Behaviour(first_delay=0.5))

    assert draw(endpoint).text == ANSWER


def test_total_deadline_beats_a_dribble(endpoint, settings):
    endpoint.script(Behaviour(piece=1, piece_delay=0.05))

    began = time.monotonic()
    error = fail(endpoint, seconds=0.6)

    assert type(error) is errors.TimedOut and error.code == "TIMEOUT"
    assert 0.6 <= time.monotonic() - began < OTHERWISE
    assert endpoint.wait_for(lambda server: server.log[0].closed_at)


def test_answer_without_end_is_given_up(endpoint):
    endpoint.script(Behaviour(answer="x" * (2 * MAX_CHARACTERS), piece=16384, hold_after=30))

    error = fail(endpoint)

    assert type(error) is errors.TooLong
    assert endpoint.wait_for(lambda server: server.log[0].closed_at)


def test_finished_answer_survives_a_lost_tail(endpoint, monkeypatch):
    monkeypatch.setattr(answer, "TAIL_SECONDS", 0.2)
    finished = 3 + len(ANSWER) // 120
    endpoint.script(Behaviour(cut_after=finished), Behaviour(hold_after=finished))

    cut, held = draw(endpoint), draw(endpoint)

    assert (cut.text, cut.prompt_tokens) == (ANSWER, None)
    assert (held.text, held.prompt_tokens) == (ANSWER, None)


def test_finished_answer_survives_the_total_clock(endpoint):
    endpoint.script(Behaviour(hold_after=3 + len(ANSWER) // 120))

    draft = draw(endpoint, seconds=0.4)

    assert (draft.text, draft.prompt_tokens) == (ANSWER, None)


@pytest.mark.parametrize("behaviour", [Behaviour(delay=30), Behaviour(hold_after=2)])
def test_cancel_closes_the_connection_at_once(endpoint, behaviour):
    endpoint.script(behaviour)
    drawing = start(endpoint)
    assert endpoint.wait_for(lambda server: server.log and _reached(server.log[0], behaviour))

    canceled_at = time.time()
    drawing.cancel()

    assert endpoint.wait_for(lambda server: server.log[0].closed_at)
    assert endpoint.log[0].closed_at - canceled_at < 0.25
    with pytest.raises(CancelledError):
        drawing.result()


def _reached(call, behaviour):
    return call.chunks == (behaviour.hold_after or 0)


def test_thirty_streams_run_at_once(endpoint):
    endpoint.default = Behaviour(hold_after=3)
    drawings = [start(endpoint) for _ in range(30)]

    assert endpoint.wait_for(lambda server: [call.chunks for call in server.log] == [3] * 30)
    endpoint.release()

    assert {drawing.result(10).text for drawing in drawings} == {ANSWER}


def test_preview_is_the_text_so_far_at_most_four_times_a_second(endpoint):
    endpoint.script(Behaviour(piece=10, piece_delay=0.01))
    seen = []

    draft = draw(endpoint, on_text=lambda text: seen.append((time.monotonic(), text)))

    times, texts = zip(*seen, strict=True)
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert len(texts) >= 3 and min(gaps) >= 0.25
    assert all(draft.text.startswith(text) for text in texts)
    assert list(texts) == sorted(texts, key=len)


def test_preview_that_fails_costs_nothing(endpoint):
    def broken(text):
        raise ValueError("no preview today")

    assert draw(endpoint, on_text=broken).text == ANSWER


def test_preview_runs_on_the_loops_thread(endpoint):
    names = []

    draw(endpoint, on_text=lambda text: names.append(threading.current_thread().name))

    assert names == ["background-loop"]
