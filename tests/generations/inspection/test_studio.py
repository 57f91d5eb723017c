"""Studio's own drawings keep the rules that the other models are held to."""

import pytest

from generations import svg
from generations.choices import STYLES
from generations.inspection import inspect
from generations.providers import studio
from generations.svg.finish import finish
from tests.generations.svg import draw

PROMPTS = (
    "a red fox on a chair",
    "three stars above mountains",
    "twelve yellow ducks",
    "shopping cart with a percent sign",
    "a white ghost",
    "xyzzy quux blorf",
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_studio_draws_without_a_fault(prompt, style):
    assert inspect(studio.draw(prompt, style).svg, style).faults == ()


@pytest.mark.parametrize("style", STYLES)
def test_studios_drawings_are_finished_without_a_change_of_pixels(style):
    before = svg.sanitize(studio.draw(PROMPTS[0], style).svg).svg

    after = finish(before, prompt=PROMPTS[0], style=style, key="job")

    assert svg.sanitize(after).svg == after
    assert draw.difference(before, after, 256) == 0
    assert inspect(after, style).faults == ()
    assert "CC BY 4.0" in after
