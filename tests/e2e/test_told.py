"""What people are told without asking: by the bell, live; and by the status page."""

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import sign_up

pytestmark = pytest.mark.slow


def test_bell_rings_live_and_is_read_by_keyboard(stack, visit):
    page = visit()
    sign_up(page, then="/app")
    bell = page.locator("[data-bell-name]")
    expect(bell).to_have_accessible_name("Notifications, 1 new")  # the welcome

    page.get_by_label("Describe it").or_(page.locator("#prompt")).first.fill("a red fox asleep")
    page.keyboard.press("Control+Enter")
    expect(bell).to_have_accessible_name("Notifications, 2 new")

    bell.focus()
    page.keyboard.press("Enter")
    newest = page.locator(".note-line").first
    expect(newest).to_contain_text("SVG ready")
    keep(page, "bell")
    expect(bell).to_have_accessible_name("Notifications")
    page.keyboard.press("Escape")
    expect(newest).to_be_hidden()
    expect(bell).to_be_focused()

    page.reload()
    expect(bell).to_have_accessible_name("Notifications")
    page.goto("/notifications")
    page.get_by_role("link", name="See the drawing").first.click()
    page.wait_for_url("**/d/*")


def test_bell_is_a_link_without_scripts(visit):
    page = visit(java_script_enabled=False)
    sign_up(page, then="/account")

    page.locator("[data-bell-name]").click()
    page.get_by_role("link", name="See all").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Notifications")
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.locator("[data-bell-name]")).to_have_accessible_name("Notifications")


def test_status_page_tells_what_upkeep_found_and_renews_itself(stack, visit):
    page = visit()
    page.clock.install()
    page.goto("/status")
    drawing = page.locator(".status-part", has_text="Jobs are taken up")
    assert stack.wait_for(lambda: page.reload() and "Operational" in drawing.inner_text(), 30)
    before = page.locator(".status-when time").get_attribute("datetime")

    assert stack.wait_for(lambda: _later(page, before), 15)

    page.get_by_role("button", name="Pause updates").click()
    expect(page.get_by_role("button", name="Pause updates")).to_have_attribute(
        "aria-pressed", "true"
    )


def _later(page, before):
    """The page's clock goes on by half a minute; the server's own takes its time."""
    page.clock.run_for(30_000)
    return page.locator(".status-when time").get_attribute("datetime") != before
