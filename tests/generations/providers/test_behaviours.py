"""Every named behaviour of a model server, met by one call: its exact end, price and number."""

import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from generations.inspection import Fault
from generations.providers import addresses, errors, refusals
from generations.providers.base import Abilities, Correction, DrawRequest, Limits
from tests.generations.providers.calls import FOX, KEY, draw, fail, start
from tests.model_behaviours import ANSWER, BEHAVIOURS, Behaviour

COUNTED, UNCOUNTED = (120, 240), (None, None)
PRICES = {"price_in": Decimal("1.25"), "price_out": Decimal(10)}
COST = Decimal("0.00255")
PARTS = Abilities(streaming=True, vision=True, json=True)
MENDED = DrawRequest(
    "a red fox asleep", "flat", "gpt-4o", Correction(ANSWER, (Fault("style", "No gradients."),))
)
LONGEST = 3  # seconds; the clocks of these tests are tenths


@dataclass(frozen=True)
class Drawn:
    """A draft: the behaviour's answer, unless said otherwise."""

    tokens: tuple[int | None, int | None] = COUNTED
    cost: Decimal | None = COST
    calls: int = 1
    text: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """An error, with what was known of its price. `text` is how the draft begins."""

    kind: type[errors.ProviderError]
    retry_after: float | None = None
    tokens: tuple[int | None, int | None] = UNCOUNTED
    text: str = ""
    is_left: bool = False  # the connection, by us, before the server came to its end
    fields: dict[str, Any] = field(default_factory=dict)


ENDS: dict[str, Drawn | Failed] = {
    # how it arrives
    "well": Drawn(),
    "whole": Drawn(),
    "dribble": Failed(errors.TimedOut, text=ANSWER[:8], is_left=True),
    "crlf": Drawn(),
    "comments-first": Drawn(),
    "silent": Failed(errors.Stalled, is_left=True),
    "comments-only": Failed(errors.Stalled, is_left=True),
    "stall": Failed(errors.Stalled, text=ANSWER[:120], is_left=True),
    "cut": Failed(errors.CutOff, text=ANSWER[:240]),
    "cut-in-event": Failed(errors.CutOff, text=ANSWER[:120]),
    "ends-early": Failed(errors.CutOff, text=ANSWER[:300], tokens=COUNTED),
    "lingers": Drawn(),
    "endless": Failed(errors.TooLong, text="xxx"),
    "endless-line": Failed(errors.TooLong),
    # what it costs
    "no-usage": Drawn(UNCOUNTED, None),
    "usage-every-chunk": Drawn(),
    "usage-unasked": Drawn(),
    "usage-with-cost": Drawn(COUNTED, Decimal("0.0042")),
    "usage-nonsense": Drawn(UNCOUNTED, None),
    # statuses
    "rate-limit": Failed(errors.RateLimited),
    "rate-limit-after": Failed(errors.RateLimited, 1),
    "rate-limit-after-ms": Failed(errors.RateLimited, 0.25),
    "rate-limit-reset": Failed(errors.RateLimited, 1.5),
    "no-quota": Failed(errors.OutOfQuota),
    "server-error": Failed(errors.Unavailable),
    "overloaded": Failed(errors.Unavailable),
    "bad-gateway": Failed(errors.Unavailable),
    "bad-request": Failed(errors.BadRequest),
    "bad-key": Failed(errors.BadKey),
    "unknown-model": Failed(errors.UnknownUpstreamModel),
    "redirect": Failed(errors.UnknownUpstreamModel),
    "huge-error": Failed(errors.Unavailable),
    # errors in a reply that began well
    "error-in-stream": Failed(errors.Unavailable, text=ANSWER[:240]),
    "rate-limit-in-stream": Failed(errors.RateLimited),
    "error-in-200": Failed(errors.Unavailable),
    "page": Failed(errors.UnknownUpstreamModel),
    "gzip-garbage": Failed(errors.CutOff),
    "no-json": Failed(errors.CutOff),
    "nothing": Failed(errors.CutOff),
    # how it ends
    "length": Failed(errors.TooLong, text=ANSWER[:500], tokens=COUNTED),
    "refused": Failed(errors.Refused, tokens=COUNTED),
    "filtered": Failed(errors.Refused, text=ANSWER[:200], tokens=COUNTED),
    "filtered-before": Failed(errors.Refused),
    "empty": Failed(errors.Empty, tokens=COUNTED),
    "thoughts-first": Drawn(),
    "thoughts-only": Failed(errors.Empty, tokens=COUNTED),
    "tool-call": Failed(errors.Empty, tokens=COUNTED),
    "no-reason": Drawn(),
    # what is drawn: not this layer's to judge
    **dict.fromkeys(
        ("fenced", "prose", "unclosed", "wrong-namespace", "nan", "entity-bomb", "scripts"), Drawn()
    ),
    "no-drawing": Drawn(),
    # whom it serves, and what it refuses
    "keyless": Drawn(fields={"api_key": ""}),
    "no-v1": Drawn(),
    "azure": Drawn(fields={"auth": "api-key", "query": (("api-version", "2024-10-21"),)}),
    "no-vision": Drawn(calls=2),
    "refuses-format": Drawn(calls=3),
    "refuses-schema": Drawn(calls=2),
    "refuses-usage": Drawn(UNCOUNTED, None, calls=2),
    "refuses-stream": Drawn(calls=2),
    "refuses-limit": Drawn(calls=2),
    "refuses-all": Drawn(calls=8),
}
ABLE = {"abilities": PARTS, "limits": Limits(max_output_tokens=9_000)}
REFUSING = [name for name, behaviour in BEHAVIOURS.items() if behaviour.refuses]


@pytest.fixture(autouse=True)
def tenths(request, endpoint, settings):
    """Short clocks where one should go off; and nothing is known of any server."""
    refusals.forget()
    silent = getattr(ENDS.get(name_in(request)), "kind", None) is errors.Stalled
    seconds = 0.4 if silent else 2
    settings.MODEL_FIRST_BYTE_SECONDS = settings.MODEL_STALL_SECONDS = seconds


def name_in(request):
    spec = getattr(request.node, "callspec", None)
    return spec.params.get("name") if spec else None


def fields_for(name, endpoint):
    fields = {**PRICES, **ENDS[name].fields}
    if BEHAVIOURS[name].refuses:
        fields |= ABLE
    if BEHAVIOURS[name].azure:
        fields["base_url"] = endpoint.url.removesuffix("/v1") + "/openai/deployments/gpt-4o"
    if name == "no-v1":
        fields["base_url"] = addresses.read(endpoint.url.removesuffix("/v1")).base_url
    return fields


def call(name, endpoint):
    request = MENDED if BEHAVIOURS[name].refuses else FOX
    seconds = 0.6 if name == "dribble" else 2.5
    return start(endpoint, request, seconds=seconds, **fields_for(name, endpoint))


def test_every_behaviour_has_its_end():
    assert list(ENDS) == list(BEHAVIOURS)


@pytest.mark.parametrize("name", [name for name, end in ENDS.items() if isinstance(end, Drawn)])
def test_call_ends_in_a_draft(endpoint, name):
    endpoint.default = BEHAVIOURS[name]
    end = ENDS[name]

    draft = call(name, endpoint).result(LONGEST)

    assert draft.text == BEHAVIOURS[name].answer
    assert (draft.prompt_tokens, draft.completion_tokens) == end.tokens
    assert draft.cost_usd == end.cost
    assert endpoint.calls == end.calls
    assert endpoint.wait_for(lambda server: not server.open_calls, 1)


@pytest.mark.parametrize("name", [name for name, end in ENDS.items() if isinstance(end, Failed)])
def test_call_ends_in_an_error(endpoint, name):
    endpoint.default = BEHAVIOURS[name]
    end = ENDS[name]

    began = time.monotonic()
    with pytest.raises(errors.ProviderError) as caught:
        call(name, endpoint).result(LONGEST)
    took = time.monotonic() - began

    error = caught.value
    assert (type(error), error.retry_after) == (end.kind, end.retry_after)
    assert str(error) == end.kind.sentence
    assert error.draft.text.startswith(end.text) and bool(error.draft.text) == bool(end.text)
    assert (error.draft.prompt_tokens, error.draft.completion_tokens) == end.tokens
    assert error.draft.cost_usd == (COST if end.tokens == COUNTED else None)
    assert endpoint.calls == 1
    assert took < LONGEST / 2  # well before the total
    assert endpoint.wait_for(lambda server: not server.open_calls, 1)
    assert not end.is_left or endpoint.log[0].closed_at


@pytest.mark.parametrize("name", REFUSING)
def test_what_was_refused_is_asked_for_no_more(endpoint, name):
    endpoint.default = BEHAVIOURS[name]
    call(name, endpoint).result(LONGEST)
    before = endpoint.calls

    call(name, endpoint).result(LONGEST)

    assert endpoint.calls == before + 1
    other = start(endpoint, MENDED, upstream="another", **ABLE)
    other.result(LONGEST)
    assert endpoint.calls > before + 2  # of another model nothing is known


def test_what_was_refused_may_be_asked_for_an_hour_later(endpoint, monkeypatch):
    endpoint.default = BEHAVIOURS["refuses-usage"]
    draw(endpoint)
    monkeypatch.setattr(refusals, "REMEMBERED_SECONDS", -1)
    refusals.forget()

    for _ in range(2):
        draw(endpoint)

    assert endpoint.calls == 6


def test_a_complaint_that_means_something_else_is_not_remembered(endpoint):
    complaint = {"message": "Unsupported parameter: 'stream_options'", "param": "stream_options"}
    bad = Behaviour(status=400, error=complaint)
    endpoint.script(bad, "bad-request")

    error = fail(endpoint)
    draw(endpoint)

    assert type(error) is errors.BadRequest
    assert endpoint.calls == 3
    assert "stream_options" in endpoint.log[2].body


def test_a_refusal_that_names_a_part_is_a_refusal(endpoint):
    flagged = {"message": "no response_format for this", "code": "content_filter"}
    endpoint.script(Behaviour(status=400, error=flagged))

    error = fail(endpoint, abilities=Abilities(json=True))

    assert (type(error), endpoint.calls) == (errors.Refused, 1)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": "model_decommissioned", "message": "gone"}, errors.UnknownUpstreamModel),
        (403, {"code": 403, "metadata": {"reasons": ["violence"]}}, errors.Refused),
        (400, [{"error": {"status": "INVALID_ARGUMENT", "code": 400}}], errors.BadRequest),
        (429, {"status": "RESOURCE_EXHAUSTED", "code": 429}, errors.RateLimited),
        (402, {"message": "Insufficient credits", "code": 402}, errors.BadKey),
        (503, "a text", errors.Unavailable),
        (413, {"code": "rate_limit_exceeded", "type": "tokens"}, errors.BadRequest),
        (405, {"message": "Method Not Allowed"}, errors.UnknownUpstreamModel),
    ],
)
def test_status_and_code_decide(endpoint, status, error, kind):
    endpoint.script(Behaviour(status=status, error=error))

    assert type(fail(endpoint)) is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"object": "error", "message": "no", "code": 404}', errors.UnknownUpstreamModel),
        ('{"detail": "Not Found"}', errors.Unavailable),
        ('{"error": "model is loading"}', errors.Unavailable),
        ('[{"error": {"code": 429, "message": "slow down"}}]', errors.RateLimited),
        ('{"choices": [{"error": {"code": 502, "message": "upstream"}}]}', errors.Unavailable),
        ('{"choices": [{"error": {"code": "x"}, "finish_reason": "error"}]}', errors.Unavailable),
        ('{"choices": []}', errors.CutOff),
        ("[]", errors.CutOff),
        ("[" * 100_000, errors.CutOff),
        ("<html>", errors.UnknownUpstreamModel),
        ('data: {"choices": [{"delta": 5}]}\n\n', errors.CutOff),
        ('data: {"usage": "much", "choices": []}\n\n', errors.CutOff),
        ('error: {"code": 500, "message": "out of memory"}\n\n', errors.Unavailable),
        (
            'event: error\ndata: {"message": "", "type": "rate_limit_error"}\n\n',
            errors.RateLimited,
        ),
        (": only a comment\n\n", errors.CutOff),
    ],
)
def test_reply_of_status_200_may_be_an_error_all_the_same(endpoint, body, kind):
    endpoint.script(Behaviour(body=body, content_type="application/octet-stream"))

    assert type(fail(endpoint)) is kind


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": [{"type": "thinking"}, {"type": "text", "text": ANSWER}]}, ANSWER),
        ({"content": ANSWER, "reasoning_content": "hm"}, ANSWER),
    ],
)
def test_content_in_parts_is_read(endpoint, message, text):
    import json

    whole = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]})
    endpoint.script(Behaviour(body="\n " + whole, content_type="text/plain"))

    assert draw(endpoint).text == text


def test_own_key_at_openrouter_costs_both(endpoint):
    usage = {"cost": 0.001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.02}}
    half = {"cost": 0.001, "is_byok": True}
    endpoint.script(Behaviour(usage=usage), Behaviour(usage=half), Behaviour(usage={"cost": 0}))

    costs = [draw(endpoint).cost_usd for _ in range(3)]

    assert costs == [Decimal("0.021"), None, 0]


def test_everything_that_an_endpoint_can_do_is_asked_of_it(endpoint):
    draft = draw(endpoint, MENDED, **ABLE)

    body = endpoint.log[0].body
    text, image = body["messages"][-1]["content"]
    assert body["max_completion_tokens"] == 9_000
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["svg"]
    assert image["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert text["type"] == "text" and "No gradients." in text["text"]
    assert draft.text == ANSWER


def test_preview_of_a_drawing_in_json_is_the_drawing(endpoint):
    seen = []
    endpoint.script(Behaviour(piece=7, piece_delay=0.004))

    draw(endpoint, on_text=seen.append, abilities=Abilities(json=True))

    assert seen and all(ANSWER.startswith(text) for text in seen)


def test_server_without_streaming_is_asked_once_and_waited_for(endpoint, settings):
    settings.MODEL_STALL_SECONDS = 0.1
    endpoint.script(Behaviour(delay=0.25))

    draft = draw(endpoint, abilities=Abilities(streaming=False))

    assert (draft.text, draft.completion_tokens) == (ANSWER, 240)
    assert endpoint.log[0].body.keys() == {"model", "messages"}


def test_endpoints_own_time_ends_a_call(endpoint):
    endpoint.script("dribble")

    assert type(fail(endpoint, limits=Limits(seconds=0.3))) is errors.TimedOut


def test_only_so_many_calls_at_once(endpoint):
    endpoint.default = Behaviour(hold_after=1)
    limits = Limits(concurrent=2)
    drawings = [start(endpoint, limits=limits) for _ in range(5)]
    assert endpoint.wait_for(lambda server: server.calls == 2)

    drawings[-1].cancel()
    assert not endpoint.wait_for(lambda server: server.calls > 2, 0.15)
    for most in (4, 4):
        endpoint.release()
        assert endpoint.wait_for(lambda server, most=most: server.calls == most)

    assert [drawing.result(LONGEST).text for drawing in drawings[:4]] == [ANSWER] * 4


def test_waiting_for_a_turn_counts_to_the_total(endpoint):
    endpoint.default = Behaviour(hold_after=1)
    limits = Limits(concurrent=1)
    first = start(endpoint, limits=limits)
    assert endpoint.wait_for(lambda server: server.calls == 1)

    assert type(fail(endpoint, limits=limits, seconds=0.2)) is errors.NoTurn
    assert endpoint.calls == 1
    first.cancel()


def test_key_is_sent_as_the_endpoint_wants_it(endpoint):
    for auth in ("bearer", "api-key", "none"):
        draw(endpoint, auth=auth)

    names = [{"authorization", "api-key"} & call.headers.keys() for call in endpoint.log]
    assert names == [{"authorization"}, {"api-key"}, set()]
    assert endpoint.log[1].headers["api-key"] == KEY
