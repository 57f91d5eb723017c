"""The whole of ChatSVG with the keyboard alone: nobody touches a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import copied, new_email
from tests.e2e.walk.keyboard import Keyboard
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow
DRAWN = ".job[data-status=SUCCEEDED]"
FOX, OWL = "a red fox asleep under a birch tree", "a grey owl awake on a birch tree"


@pytest.fixture
def page(visit):
    return visit(reduced_motion="reduce")


@pytest.fixture
def keys(page):
    keys = Keyboard(page)
    yield keys
    assert not keys.faults, "\n".join(dict.fromkeys(keys.faults))


def test_everything_is_done_by_keyboard(page, keys):
    signs_up(page, keys)
    draws_and_copies(page, keys)
    remixes(page, keys)
    searches_deletes_and_takes_it_back(page, keys)
    makes_a_key_and_revokes_it(page, keys)
    writes_to_us(page, keys)
    signs_out(page, keys)


def test_lost_and_unseen_focus_is_noticed(page):
    keys = Keyboard(page)
    page.goto("/signin")
    hide = "document.querySelectorAll('a').forEach(link => link.style.outline = 'none')"
    page.evaluate(hide)
    keys.go(page.get_by_role("contentinfo").get_by_role("link", name="Contact"))
    assert "unseen: <a" in keys.faults[0]

    keys.faults.clear()
    page.evaluate("document.activeElement.remove()")
    keys.is_somewhere()
    assert "the focus is lost" in keys.faults[0]


def signs_up(page, keys):
    page.goto("/")
    keys.push(page.get_by_role("link", name="Sign up").first)
    page.wait_for_url("**/signup**")
    keys.fill(page.get_by_label("Full name"), "Ada Lovelace")
    keys.fill(page.get_by_label("E-mail"), new_email())
    keys.fill(page.get_by_label("Password", exact=True), PASSWORD)
    keys.push(page.get_by_role("checkbox"), "Space")
    keys.push(page.get_by_role("button", name="Create account"))
    page.wait_for_url("**/app")


def draws_and_copies(page, keys):
    keys.fill(page.get_by_label("Prompt"), FOX)
    keys.push(page.get_by_role("radio", name="Public"), "ArrowRight")
    expect(page.get_by_role("radio", name="Private")).to_be_checked()
    keys.push(page.get_by_role("button", name="Generate"))
    card = page.locator(DRAWN)
    expect(card.locator("img")).to_be_visible()
    keys.is_somewhere()
    keys.push(card.get_by_role("button", name="Copy SVG"))
    expect(page.locator("#toasts")).to_contain_text("SVG copied")
    assert copied(page).startswith("<svg")


def remixes(page, keys):
    keys.push(page.locator(DRAWN).get_by_role("link", name="Remix"))
    page.wait_for_url("**/app?remix=*")
    expect(page.get_by_label("Prompt")).to_have_value(FOX)
    keys.fill(page.get_by_label("Prompt"), OWL)
    keys.press("ControlOrMeta+Enter")
    expect(page.locator(DRAWN).filter(has_text=OWL).locator("img")).to_be_visible()
    keys.is_somewhere()


def searches_deletes_and_takes_it_back(page, keys):
    from_menu(page, keys, page.get_by_role("link", name="My History"))
    page.wait_for_url("**/history")
    expect(page.locator("[data-drawing]")).to_have_count(2)
    keys.fill(page.get_by_role("searchbox"), "owl")
    page.wait_for_url("**/history?q=owl")  # what is typed is looked for as it is typed
    owl = page.locator("[data-drawing]")
    expect(owl).to_have_count(1)
    keys.push(owl.locator(".menu summary"))
    keys.push(owl.get_by_role("button", name="Delete"))
    expect(owl).to_have_count(0)
    keys.is_somewhere()
    keep(page, "deleted")
    keys.push(page.get_by_role("button", name="Undo"))
    expect(owl).to_have_count(1)
    keys.is_somewhere()


def makes_a_key_and_revokes_it(page, keys):
    from_menu(page, keys, page.get_by_role("link", name="API Keys"))
    page.wait_for_url("**/api-keys")
    keys.push(page.get_by_role("link", name="Create a key").first)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_be_focused()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Create a key").first).to_be_focused()
    keys.press("Enter")
    keys.fill(dialog.get_by_label("Name"), "Website")
    keys.push(dialog.get_by_role("button", name="Create key"))
    expect(dialog).to_contain_text(re.compile("sk_test_"))
    keys.push(dialog.get_by_role("button", name="Copy key"))
    expect(page.get_by_text("Key copied", exact=True)).to_be_visible()
    assert copied(page).startswith("sk_test_")
    keys.push(dialog.get_by_role("button", name="I have it"))
    expect(dialog).to_have_count(0)

    keys.push(page.get_by_role("link", name="Revoke Website"))
    keep(page, "revokes")
    keys.push(dialog.get_by_role("button", name="Revoke key"))
    expect(page.get_by_role("cell", name="Website")).to_have_count(0)


def writes_to_us(page, keys):
    keys.push(page.get_by_role("contentinfo").get_by_role("link", name="Contact"))
    page.wait_for_url("**/contact")
    keys.go(page.get_by_role("radio").first)
    keys.press("ArrowRight")
    keys.fill(page.get_by_label("Subject"), "The owl looks like a fox")
    keys.fill(page.get_by_label("Message"), "I asked for an owl, and its ears are pointed.")
    keys.push(page.get_by_role("button", name="Send"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Write to us")


def signs_out(page, keys):
    from_menu(page, keys, page.get_by_role("button", name="Sign out"))
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Sign up").first).to_be_visible()


def from_menu(page, keys, item):
    """Open the account's menu, see that Escape closes it, and go where an item leads."""
    menu = page.locator(".menu", has=page.get_by_text("Account of")).locator("summary")
    keys.push(menu)
    expect(item).to_be_visible()
    keys.press("Escape")
    expect(item).to_be_hidden()
    expect(menu).to_be_focused()
    keys.press("Enter")
    keep(page, "account-menu")
    keys.push(item)
