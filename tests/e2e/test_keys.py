"""Keys in a browser: made, copied, tried on the page of the docs."""

import re

from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import copied, sign_up

KEY = re.compile(r"sk_test_\w{40}")


def test_key_is_made_copied_and_revoked_by_keyboard(visit):
    page = visit()
    sign_up(page, "/api-keys")

    page.get_by_role("link", name="Create a key").first.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("My blog")
    usual = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 600})
    for name in ("Create key", "Cancel", "Close"):  # however little room there is
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    page.set_viewport_size(usual)
    keep(page, "asked")
    page.keyboard.press("Enter")
    expect(page.locator("#made-key")).to_have_text(KEY)
    key = page.locator("#made-key").inner_text()
    keep(page, "made")
    page.get_by_role("button", name="Copy key").press("Enter")
    expect(page.get_by_text("Key copied", exact=True)).to_be_visible()
    assert copied(page) == key
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("#made-key")).to_have_count(0)

    page.get_by_role("link", name="View stats of My blog").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Total requests")
    keep(page, "figures")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Revoke My blog").press("Enter")
    page.get_by_role("button", name="Revoke key").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Key revoked.")
    expect(page.get_by_text("No keys yet")).to_be_visible()


def test_docs_make_a_key_and_send_the_first_request(visit):
    page = visit()
    sign_up(page, "/docs")

    page.get_by_role("button", name="Make me a test key").click()
    key = page.locator("#docs-key").inner_text()
    page.get_by_role("button", name="Send it").click()

    expect(page.get_by_role("img", name="a red fox asleep")).to_be_visible()
    expect(page.locator("[data-answer]")).to_contain_text("200")
    keep(page, "answered")
    page.locator("#draw").get_by_role("button", name="Python").first.click()
    page.locator("#draw .sample-py").get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("Sample copied")
    assert f'"X-API-Key": "{key}"' in copied(page)
    assert key not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.reload()
    expect(page.locator("#docs-key")).to_have_count(0)
    expect(page.locator("#draw .sample-py")).to_be_visible()
