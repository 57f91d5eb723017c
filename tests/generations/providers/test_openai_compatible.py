import json
import threading
import time
from concurrent.futures import CancelledError
from decimal import Decimal
from email.utils import formatdate
from itertools import pairwise

import pytest

from generations import providers
from generations.prompts import conversation
from generations.providers import errors
from generations.providers.base import MAX_CHARACTERS
from tests.model_server import ANSWER, Behaviour

FOX = providers.DrawRequest(prompt="a red fox asleep", style="flat", model="gpt-4o")
OTHERWISE = 5  # seconds: where the clock under test did not go off, others would by then


def draw(request=FOX, **kwargs):
    return providers.start(request, **kwargs).result(15)


def fail(**kwargs):
    with pytest.raises(providers.ProviderError) as caught:
        draw(**kwargs)
    return caught.value


def test_draw_returns_the_streamed_answer_and_its_tokens(endpoint):
    draft = draw()

    assert draft == providers.Draft(
        text=ANSWER,
        provider="openai",
        upstream="gpt-4o",
        prompt_tokens=120,
        completion_tokens=240,
        cost_usd=None,
    )


def test_draw_asks_for_a_stream_with_usage_and_nothing_more(endpoint):
    draw()

    call = endpoint.log[0]
    assert call.headers["authorization"] == "Bearer key-of-the-test"
    assert call.body == {
        "model": "gpt-4o",
        "messages": conversation("a red fox asleep", "flat"),
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_draw_without_a_key_sends_no_authorization(endpoint, settings):
    settings.OPENAI_API_KEY = ""

    draw()

    assert "authorization" not in endpoint.log[0].headers


def test_draw_knows_the_cost_where_prices_are_known(endpoint, settings, tmp_path):
    models = tmp_path / "models.json"
    entry = {"name": "ours", "baseUrl": endpoint.url, "priceIn": 1.25, "priceOut": 10}
    models.write_text(json.dumps({"models": [entry]}))
    settings.CHATSVG_MODELS = str(models)

    draft = draw(providers.DrawRequest("a fox", "flat", "ours"))

    assert draft.cost_usd == Decimal("0.00255")


def test_draw_without_usage_leaves_tokens_unknown(endpoint):
    endpoint.script(Behaviour(usage=None))

    draft = draw()

    assert (draft.text, draft.prompt_tokens, draft.completion_tokens) == (ANSWER, None, None)


def test_draw_reads_a_server_that_does_not_stream(endpoint):
    endpoint.script(Behaviour(whole=True))

    draft = draw()

    assert (draft.text, draft.completion_tokens) == (ANSWER, 240)


def test_draw_reuses_one_connection(endpoint):
    for _ in range(3):
        draw()

    assert endpoint.connections == 1


@pytest.mark.parametrize(
    ("behaviour", "kind", "code", "retryable"),
    [
        (Behaviour(status=400), errors.BadRequest, "VALIDATION_ERROR", False),
        (Behaviour(status=401), errors.BadKey, "OPENAI_PERMISSION", False),
        (Behaviour(status=403), errors.BadKey, "OPENAI_PERMISSION", False),
        (Behaviour(status=404), errors.UnknownUpstreamModel, "OPENAI_MODEL_NOT_FOUND", False),
        (Behaviour(status=429), errors.RateLimited, "OPENAI_RATE_LIMIT", True),
        (Behaviour(status=500), errors.Unavailable, "GENERATION_FAILED", True),
        (Behaviour(status=529), errors.Unavailable, "GENERATION_FAILED", True),
        (
            Behaviour(status=429, error={"code": "insufficient_quota", "message": "no"}),
            errors.OutOfQuota,
            "OPENAI_RATE_LIMIT",
            False,
        ),
        (
            Behaviour(status=400, error={"code": "content_filter", "message": "no"}),
            errors.Refused,
            "CONTENT_REJECTED",
            False,
        ),
        (Behaviour(status=503, body="<h1>Oops"), errors.Unavailable, "GENERATION_FAILED", True),
        (Behaviour(refusal="I cannot."), errors.Refused, "CONTENT_REJECTED", False),
        (Behaviour(finish="content_filter"), errors.Refused, "CONTENT_REJECTED", False),
        (Behaviour(finish="length"), errors.TooLong, "GENERATION_FAILED", False),
        (Behaviour(finish=None), errors.CutOff, "GENERATION_FAILED", True),
        (Behaviour(cut_after=3), errors.CutOff, "GENERATION_FAILED", True),
        (Behaviour(body="garbage"), errors.CutOff, "GENERATION_FAILED", True),
        (Behaviour(body="data: {not json\n\n"), errors.CutOff, "GENERATION_FAILED", True),
        (Behaviour(body='data: "a string"\n\n'), errors.CutOff, "GENERATION_FAILED", True),
        (Behaviour(body='data: {"choices": [1]}\n\n'), errors.CutOff, "GENERATION_FAILED", True),
        (
            Behaviour(body='{"a": 1}', content_type="application/json"),
            errors.CutOff,
            "GENERATION_FAILED",
            True,
        ),
        (Behaviour(answer=""), errors.Empty, "GENERATION_FAILED", True),
        (Behaviour(error_after=2), errors.Unavailable, "GENERATION_FAILED", True),
        (
            Behaviour(error_after=2, error={"code": 429, "message": "slow down"}),
            errors.RateLimited,
            "OPENAI_RATE_LIMIT",
            True,
        ),
        (
            Behaviour(error_after=0, error={"code": "invalid_api_key", "message": "no"}),
            errors.BadKey,
            "OPENAI_PERMISSION",
            False,
        ),
        (
            Behaviour(error_after=0, error="a text", body=None),
            errors.Unavailable,
            "GENERATION_FAILED",
            True,
        ),
    ],
)
def test_draw_turns_a_fault_into_its_error(endpoint, behaviour, kind, code, retryable):
    endpoint.script(behaviour)

    error = fail()

    assert (type(error), error.code, error.retryable) == (kind, code, retryable)
    assert str(error) == kind.sentence
    assert endpoint.calls == 1


def test_error_keeps_the_upstream_text_for_staff_alone(endpoint):
    endpoint.script(Behaviour(status=500, error={"message": "secret-detail " * 400}))

    error = fail()

    assert "secret-detail" in error.raw and len(error.raw) == errors.RAW_CHARACTERS
    assert "secret-detail" not in str(error)


def test_error_carries_what_had_arrived(endpoint):
    endpoint.script(Behaviour(finish="length"))

    error = fail()

    assert (error.draft.text, error.draft.completion_tokens) == (ANSWER, 240)


def test_rate_limit_gives_the_delay_in_seconds(endpoint):
    endpoint.script(Behaviour(status=429, headers={"retry-after": "7"}))

    assert fail().retry_after == 7


def test_rate_limit_gives_the_delay_of_a_date(endpoint):
    date = formatdate(time.time() + 30, usegmt=True)
    endpoint.script(Behaviour(status=429, headers={"retry-after": date}))

    assert 28 <= fail().retry_after <= 30


@pytest.mark.parametrize("value", ["soon", "nan", "-5", ""])
def test_rate_limit_ignores_a_delay_that_is_none(endpoint, value):
    endpoint.script(Behaviour(status=429, headers={"retry-after": value}))

    assert fail().retry_after is None


def test_refused_connection_is_unavailable(endpoint, settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:1"

    assert type(fail()) is errors.Unavailable


def test_first_word_that_does_not_come_is_a_stall(endpoint, settings):
    settings.MODEL_FIRST_BYTE_SECONDS = 0.3
    endpoint.script(Behaviour(delay=5))

    began = time.monotonic()
    error = fail()

    assert type(error) is errors.Stalled and error.code == "TIMEOUT"
    assert 0.3 <= time.monotonic() - began < OTHERWISE


def test_keep_alive_comments_do_not_hide_a_stall(endpoint, settings):
    settings.MODEL_STALL_SECONDS = 0.3
    endpoint.script(Behaviour(hold_after=3, comments=True))

    began = time.monotonic()
    error = fail()

    assert type(error) is errors.Stalled
    assert error.draft.text == ANSWER[:240]
    assert time.monotonic() - began < OTHERWISE


def test_thinking_may_take_longer_than_a_stall(endpoint, settings):
    settings.MODEL_STALL_SECONDS = 0.1
    endpoint.script(Behaviour(first_delay=0.5))

    assert draw().text == ANSWER


def test_total_deadline_beats_a_dribble(endpoint, settings):
    endpoint.script(Behaviour(piece=1, piece_delay=0.05))

    began = time.monotonic()
    error = fail(deadline=0.6)

    assert type(error) is errors.TimedOut and error.code == "TIMEOUT"
    assert 0.6 <= time.monotonic() - began < OTHERWISE
    assert endpoint.wait_for(lambda server: server.log[0].closed_at)


def test_answer_without_end_is_given_up(endpoint):
    endpoint.script(Behaviour(answer="x" * (2 * MAX_CHARACTERS), piece=16384, hold_after=30))

    error = fail()

    assert type(error) is errors.TooLong
    assert endpoint.wait_for(lambda server: server.log[0].closed_at)


def test_finished_answer_survives_a_lost_tail(endpoint):
    finished = 3 + len(ANSWER) // 120
    endpoint.script(Behaviour(cut_after=finished), Behaviour(hold_after=finished))

    cut, held = draw(), draw()

    assert (cut.text, cut.prompt_tokens) == (ANSWER, None)
    assert (held.text, held.prompt_tokens) == (ANSWER, None)


@pytest.mark.parametrize("behaviour", [Behaviour(delay=30), Behaviour(hold_after=2)])
def test_cancel_closes_the_connection_at_once(endpoint, behaviour):
    endpoint.script(behaviour)
    drawing = providers.start(FOX)
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
    drawings = [providers.start(FOX) for _ in range(30)]

    assert endpoint.wait_for(lambda server: [call.chunks for call in server.log] == [3] * 30)
    endpoint.release()

    assert {drawing.result(10).text for drawing in drawings} == {ANSWER}


def test_preview_is_the_text_so_far_at_most_four_times_a_second(endpoint):
    endpoint.script(Behaviour(piece=10, piece_delay=0.01))
    seen = []

    draft = draw(on_text=lambda text: seen.append((time.monotonic(), text)))

    times, texts = zip(*seen, strict=True)
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert len(texts) >= 3 and min(gaps) >= 0.25
    assert all(draft.text.startswith(text) for text in texts)
    assert list(texts) == sorted(texts, key=len)


def test_preview_that_fails_costs_nothing(endpoint):
    def broken(text):
        raise ValueError("no preview today")

    assert draw(on_text=broken).text == ANSWER


def test_preview_runs_on_the_loops_thread(endpoint):
    names = []

    draw(on_text=lambda text: names.append(threading.current_thread().name))

    assert names == ["background-loop"]


def test_unknown_model_is_refused_before_any_call(endpoint):
    with pytest.raises(providers.UnknownModel):
        providers.start(providers.DrawRequest("a fox", "flat", "gemini"))

    assert endpoint.calls == 0
