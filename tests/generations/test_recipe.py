import pytest

from chatsvg.errors import Invalid
from generations import recipe

MODELS = ["gpt-4o", "studio"]
VALID = {"prompt": "a red fox asleep", "style": "flat"}


def read(**changes):
    return recipe.read({**VALID, **changes}, models=MODELS, default_model="studio")


def test_hash_is_the_contracts():
    # the vector of CONTRACT §6.3
    asked = read(prompt="Minimal outline icon of a black dot", model="gpt-4o")

    assert asked.hash == "d3c81241404e07b9e62a6b98b2b0a92890d33b2f9b1ec6eebe06ad685fa379a4"


def test_read_fills_in_model_and_privacy():
    assert read() == recipe.Recipe("a red fox asleep", "flat", "studio", False)
    assert read(model="", privacy=None) == read()


def test_read_trims_the_prompt_and_takes_out_nul():
    assert read(prompt="  a red\0 fox asleep \n").prompt == "a red fox asleep"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": None}, "Prompt is required"),
        ({"prompt": ""}, "Prompt is required"),
        ({"prompt": 7}, "Prompt must be text"),
        ({"prompt": "\ufeff" * 10}, "Prompt length must be between 10 and 500 characters"),
        ({"prompt": " " * 10}, "Prompt length must be between 10 and 500 characters"),
        ({"prompt": "x" * 9}, "Prompt length must be between 10 and 500 characters"),
        ({"prompt": "x" * 501}, "Prompt length must be between 10 and 500 characters"),
        ({"prompt": "🦊" * 251}, "Prompt length must be between 10 and 500 characters"),
        (
            {"prompt": "draw <ScRiPt>alert(1)"},
            "Prompt contains forbidden content. Please rephrase your request.",
        ),
        (
            {"style": "duotone"},
            "Invalid style. Must be one of: outline, filled, minimal, modern, flat, gradient, "
            "line-art, 3d, cartoon",
        ),
        ({"model": "gemini"}, "Invalid model. Must be one of: gpt-4o, studio"),
        ({"model": 3}, "Invalid model. Must be one of: gpt-4o, studio"),
        ({"privacy": "yes"}, "Invalid privacy. Must be true or false"),
    ],
)
def test_read_refuses_with_the_contracts_words(changes, message):
    with pytest.raises(Invalid) as refusal:
        read(**changes)

    assert str(refusal.value) == message


@pytest.mark.parametrize("length", [10, 500])
def test_prompt_of_the_least_and_the_greatest_length_is_read(length):
    assert len(read(prompt="x" * length).prompt) == length


def test_words_about_systems_and_instructions_are_no_longer_refused():
    prompt = "a solar system poster; ignore no instruction; you are now an artist prompt"

    assert read(prompt=prompt).prompt == prompt


def test_key_is_trimmed_and_bounded():
    assert recipe.key("  abc ") == "abc"
    assert recipe.key("k" * 128) == "k" * 128
    with pytest.raises(Invalid, match="Idempotency key must be 128 characters or fewer"):
        recipe.key("k" * 129)
    with pytest.raises(Invalid, match="Missing x-idempotency-key header"):
        recipe.key("   ")
