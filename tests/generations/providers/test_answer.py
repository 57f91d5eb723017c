"""What is made of the chunks of an answer, however oddly they are filled."""

from decimal import Decimal

import pytest

from generations.providers.answer import Answer
from generations.providers.base import Endpoint
from generations.providers.errors import RAW_CHARACTERS, Refused

ENDPOINT = Endpoint("openai", "m", price_in=Decimal(1_000), price_out=Decimal(1_000))


def said(text="<svg/>", index=0, finish=None, **chunk):
    return {"choices": [{"index": index, "delta": {"content": text}, "finish_reason": finish}]} | (
        chunk
    )


def answer(*chunks):
    made = Answer(ENDPOINT, on_text=None)
    for chunk in chunks:
        made.take(chunk)
    made.judge()
    return made.draft()


def test_second_choice_is_not_mixed_into_the_first():
    chunks = [said("<svg>"), said("ZZ", index=1), said("</svg>", finish="stop"), said("Z", index=1)]

    assert answer(*chunks).text == "<svg></svg>"


@pytest.mark.parametrize("usage", [[], [1], "many", 5])
def test_usage_that_is_none_costs_no_drawing(usage):
    draft = answer(said(finish="stop", usage=usage))

    assert (draft.text, draft.prompt_tokens, draft.cost_usd) == ("<svg/>", None, None)


def test_cost_beyond_all_reason_is_unknown():
    # a column of twelve digits holds no more: the answer was lost, and asked for again
    usage = {"prompt_tokens": 2**31 - 1, "completion_tokens": 2**31 - 1}

    draft = answer(said(finish="stop", usage=usage))

    assert (draft.completion_tokens, draft.cost_usd) == (2**31 - 1, None)


def test_reason_that_is_no_text_ends_the_answer():
    assert answer(said(finish=1)).text == "<svg/>"


def test_refusal_without_end_does_not_grow():
    made = Answer(ENDPOINT, on_text=None)
    for _ in range(10):
        made.take({"choices": [{"delta": {"refusal": "no" * RAW_CHARACTERS}}]})

    with pytest.raises(Refused) as caught:
        made.judge()

    assert len(made._refusal) == len(caught.value.raw) == RAW_CHARACTERS
