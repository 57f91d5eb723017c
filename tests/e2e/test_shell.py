"""What every page stands in, by keyboard, on a small screen, and without scripts."""

import re

from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import in_header

NARROW = {"width": 390, "height": 844}
MENUS = {1280: ("Ideas and bugs", "Submit an idea"), 390: ("Menu", "Create")}  # its first item
THEMES = re.compile("light (and|or) dark", re.IGNORECASE)
OTHER_GROUND = {"light": "rgb(18, 22, 29)", "dark": "rgb(250, 247, 242)"}


def has_focus(locator) -> bool:
    return locator.evaluate("element => element === document.activeElement")


def test_small_screen_reaches_every_page_without_scripts(visit):
    page = visit(viewport=NARROW, java_script_enabled=False)
    page.goto("/")

    page.get_by_title("Menu", exact=True).click()
    page.get_by_role("link", name="Plans", exact=True).click()

    page.wait_for_url("**/pricing")
    page.get_by_title("Menu", exact=True).click()
    assert page.get_by_role("link", name="Plans", exact=True).get_attribute("aria-current")


def test_menu_by_keyboard_closes_and_gives_the_focus_back(visit, window):
    page = visit()
    page.goto("/terms")
    menu, first = MENUS[window.width]
    summary = page.get_by_role("banner").get_by_title(menu, exact=True)
    item = page.get_by_role("banner").get_by_role("link", name=first)

    summary.press("Enter")
    page.keyboard.press("Tab")
    assert has_focus(item)
    keep(page, "menu")
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    assert has_focus(summary)

    summary.press("Enter")
    page.mouse.click(5, 400)
    expect(item).to_be_hidden()


def test_theme_is_kept_from_page_to_page(visit, window):
    page = visit()
    page.goto("/terms")

    in_header(page, "button", THEMES).click()
    page.goto("/privacy")

    ground = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert ground == OTHER_GROUND[window.theme]


def test_sentences_of_the_landing_page_change_the_drawings(visit):
    page = visit()
    page.goto("/")
    shown = page.locator(".styles:visible img").first

    page.get_by_role("radio", name="a red fox asleep").press("ArrowRight")

    expect(shown).to_have_attribute("src", "/samples/rocket/outline.svg")
    expect(shown).to_have_js_property("complete", True)


def test_toast_offers_to_take_back_what_was_done(visit):
    page = visit()
    page.goto("/terms")
    asked = []
    page.route("**/undo-it", lambda route: (asked.append(route.request), route.fulfill(body="")))

    said = """document.dispatchEvent(new CustomEvent("toast",
        {detail: {text: "Drawing deleted", undo: "/undo-it"}}))"""
    page.evaluate(said)
    keep(page, "toast")
    with page.expect_navigation():
        page.get_by_role("status").get_by_role("button", name="Undo").click()

    assert [one.method for one in asked] == ["POST"]
    assert "csrf-token=" in asked[0].post_data
