"""The page of one drawing in a real browser: its size, its ground, its formats, who sees it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import copied, sign_up

pytestmark = pytest.mark.slow


@pytest.fixture
def page(visit):
    """Somebody at their drawing."""
    page = visit()
    sign_up(page)
    page.get_by_label("Prompt").fill("a red fox asleep")
    page.get_by_role("button", name="Generate").click()
    page.locator("#recent .shelf-item .shelf-prompt").first.click()
    page.wait_for_url("**/d/*")
    return page


def test_drawing_is_looked_at_by_the_keyboard(page):
    view, now = page.locator("[data-view]"), page.locator("[data-zoom-now]")
    view.focus()

    page.keyboard.press("1")
    expect(now).to_have_text("100 %")
    side = view.locator("img").evaluate("image => image.getBoundingClientRect().width")
    assert side - 48 == pytest.approx(256, abs=1)  # and its margins
    for _ in range(6):
        page.keyboard.press("+")
    expect(now).to_have_text("800 %")
    keep(page, "large")
    middle = view.evaluate("view => (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth")
    assert middle == pytest.approx(0.5, abs=0.01)
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Fit", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )

    page.get_by_role("radio", name="Dark").focus()
    page.keyboard.press("ArrowRight")
    page.reload()
    expect(page.get_by_label("Checks")).to_be_checked()


def test_drawing_is_taken_along(page):
    page.get_by_role("button", name="Copy TypeScript").click()
    expect(page.locator("#toasts")).to_contain_text("TypeScript component copied")
    assert "SVGProps" in copied(page)

    page.get_by_text("Other").click()
    page.get_by_label("Longer side").fill("99")
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert Path(saved.value.path()).read_bytes()[16:24] == bytes([0, 0, 0, 99] * 2)
    assert saved.value.suggested_filename.endswith(f"-{page.url[-12:]}.png")


def test_drawing_is_made_private_and_public_again(page, visit):
    stranger = visit()
    assert stranger.goto(page.url).status == 200

    page.get_by_role("button", name="Make private").click()
    expect(page.locator(".drawing-labels")).to_contain_text("Private")
    keep(page, "private")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".drawing-labels")).to_contain_text("Public")

    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("a red fox asleep")
    expect(stranger.get_by_text("How it was made")).to_have_count(0)
