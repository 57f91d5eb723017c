"""A person's own drawings in a real browser: found, chosen, taken along, thrown away and back."""

import zipfile

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import sign_up

pytestmark = pytest.mark.slow
FOX, BOAT = "a red fox asleep", "a green boat at sea"


@pytest.fixture
def page(visit):
    """Somebody at their history, with two drawings."""
    page = visit()
    sign_up(page)
    for prompt in (FOX, BOAT):
        page.get_by_label("Prompt").fill(prompt)
        page.get_by_role("button", name="Generate").click()
        expect(page.locator("#recent .shelf-item").first).to_contain_text(prompt)
    page.goto("/history")
    expect(items(page)).to_have_count(2)
    return page


def items(page):
    return page.locator("#shelf .shelf-item")


def press(page, locator, key: str = "Enter") -> None:
    """By the keyboard alone."""
    locator.focus()
    page.keyboard.press(key)


def test_deleting_by_the_keyboard_and_taking_it_back(page):
    for prompt in (FOX, BOAT):
        press(page, page.get_by_label(f"Choose: {prompt}"), "Space")
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")
    keep(page, "chosen")

    press(page, page.get_by_role("button", name="Delete chosen"))
    expect(items(page)).to_have_count(0)
    expect(page.get_by_text("Nothing here any more")).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    keep(page, "deleted")

    press(page, page.get_by_role("button", name="Undo"))
    expect(items(page)).to_have_count(2)
    expect(page.get_by_role("link", name=BOAT)).to_be_focused()

    press(page, page.get_by_label(f"Actions: {BOAT}"))
    delete = items(page).first.get_by_role("button", name="Delete")
    expect(delete).to_be_visible()
    keep(page, "menu")
    press(page, delete)
    expect(items(page)).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("Drawing deleted")
    expect(page.get_by_role("link", name=FOX)).to_be_focused()
    page.reload()
    expect(items(page)).to_have_count(1)


def test_search_keeps_its_place_and_its_address(page, tmp_path):
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/history?" in one.url else None)
    page.get_by_label("Search in prompts").fill("BOAT")
    expect(items(page)).to_have_count(1)
    expect(page.get_by_label("Search in prompts")).to_be_focused()
    expect(page.locator("#found")).to_have_text("1 shown")
    assert page.url.endswith("/history?q=BOAT")
    page.keyboard.press("Tab")  # who leaves the field has not searched anew
    if (toggle := page.locator("#filters-toggle")).is_visible():  # where there is little room
        toggle.click()
    page.get_by_label("Style").select_option("cartoon")
    expect(page.get_by_text("No drawing of yours matches all of that.")).to_be_visible()
    page.get_by_label("Style").select_option("")
    expect(items(page)).to_have_count(1)
    assert len(asked) == 3

    with page.expect_download() as asked:
        page.get_by_role("button", name="Download all as ZIP").click()
    asked.value.save_as(tmp_path / "all.zip")

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = archive.namelist()
    assert [name.rsplit("-", 1)[0] for name in names] == ["a-green-boat-at-sea", "manifest.json"]
