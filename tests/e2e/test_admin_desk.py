"""The support desk in a real browser: with scripts under our strict policy, and without any."""

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import sign_up
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow
OTHER = {"light": "Dark", "dark": "Light"}


def superuser(stack, page) -> str:
    """Somebody new who is one."""
    email = sign_up(page)
    rights = "is_staff = true, is_superuser = true"
    stack.rows(f"UPDATE accounts_user SET {rights} WHERE email = %s RETURNING id", email)
    return email


def sign_in(page, email) -> None:
    page.goto("/admin/")
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/admin/")


def open_sidebar(page) -> None:
    """Where the window is too small for it to be there."""
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()


def test_desk_works_with_scripts_under_the_strict_policy(stack, visit, window):
    someone = sign_up(visit())
    page = visit()
    email = superuser(stack, page)
    sign_in(page, email)
    policy = page.request.get("/admin/").headers["content-security-policy"]
    assert {"script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy

    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially(someone[:12])
    expect(page.locator("#command-results-list li")).to_have_count(1)
    keep(page, "search")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/person/**")
    expect(page.get_by_text("Welcome credits, for signing up")).to_be_visible()

    open_sidebar(page)
    page.get_by_text(email).first.click()
    theme = OTHER[window.theme]
    keep(page, "account")
    page.get_by_text(theme, exact=True).click()
    expect(page.locator("html")).to_have_class(theme.lower())
    page.goto(f"/admin/credits/wallet/?q={someone}")
    expect(page.locator("html")).to_have_class(theme.lower())
    page.locator("tr", has_text=someone).locator("input.action-select").check()
    page.get_by_label("Select action to run").select_option("grant")
    page.get_by_label("Credits", exact=True).fill("3")
    page.get_by_label("Reason").fill("a kind word")
    keep(page, "deed")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Given 3 credits: 1")).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Jobs").click()
    page.wait_for_url("**/generations/job/")


def test_deeds_are_done_without_scripts(stack, visit):
    someone = sign_up(visit())
    page = visit(java_script_enabled=False)
    sign_in(page, superuser(stack, visit()))

    page.get_by_label("Find by e-mail or id").fill(someone)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Give credits").click()
    page.get_by_role("spinbutton", name="Credits").fill("7")
    page.get_by_role("textbox", name="Reason").fill("the outage")
    page.get_by_role("button", name="Give credits").click()

    expect(page.get_by_text("Credits given.")).to_be_visible()
    expect(page.get_by_text("the outage")).to_be_visible()
    expect(page.get_by_role("cell", name="+7")).to_be_visible()
