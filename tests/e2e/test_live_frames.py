"""The drawing that grows on the page while a model dribbles."""

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.test_main_path import DRAWN, draw, seen_width
from tests.e2e.visitors import sign_up
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.slow
# What a person sees, looked at before each paint: how many shapes, and whether ever nothing again.
LOOK = """() => {
  window.seen = new Set();
  window.gaps = 0;
  const look = () => {
    const images = [...document.querySelectorAll(".job-picture img")];
    const frame = images.find((image) => image.complete && image.naturalWidth);
    if (frame) window.seen.add(frame.dataset.elements ?? "whole");
    else if (window.seen.size) window.gaps++;
    requestAnimationFrame(look);
  };
  look();
}"""


def test_drawing_grows_on_its_card_until_it_is_whole(visit, stack):
    page = visit()
    sign_up(page)
    page.evaluate(LOOK)
    stack.model.script(Behaviour(answer=ANSWER, piece=20, piece_delay=0.09))

    draw(page)
    growing = page.locator(".job [data-sketch] img")
    expect(growing).to_have_attribute("alt", "The drawing so far: a red fox asleep")
    box = page.locator(".job-picture").bounding_box()
    expect(page.locator("[data-shapes]")).to_contain_text("shapes")
    keep(page, "growing")
    page.evaluate("htmx.trigger(document.querySelector('.job'), 'refresh')")
    picture = page.locator(f"{DRAWN} img:not([data-elements])")
    expect(picture).to_have_attribute("alt", "a red fox asleep")

    assert seen_width(picture) > 0
    expect(page.locator(".job-picture img")).to_have_count(1)
    assert page.locator(".job-picture").bounding_box() == box
    seen = page.evaluate("[...window.seen]")
    assert len(seen) >= 3  # two frames and the drawing
    assert seen[-1] == "whole"
    assert seen[:-1] == sorted(seen[:-1], key=int)
    assert page.evaluate("window.gaps") == 0
