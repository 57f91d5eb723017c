"""The account page in a real browser without scripts; workers, storage and mails are real."""

import zipfile

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import browser
from tests.accounts.profile.pictures import with_exif
from tests.factories import PASSWORD
from tests.faults.harness import running_stack

pytestmark = pytest.mark.slow
EMAIL = "ada.lovelace@example.com"


@pytest.fixture(scope="module")
def stack():
    with running_stack() as stack:
        yield stack


@pytest.fixture
def page(stack):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        page = chromium.new_page(base_url=stack.url, java_script_enabled=False)
        page.set_default_timeout(15_000)
        yield page
        chromium.close()


def sign_up(page) -> None:
    page.goto("/signup?next=/account")
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/account")


def test_a_whole_life_on_the_account_page(stack, page, tmp_path):
    sign_up(page)

    page.get_by_label("Picture").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": with_exif()}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Your picture was changed.")).to_be_visible()
    picture = page.locator(".account-picture img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 256

    page.get_by_label("Name").fill("Countess of Lovelace")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Countess of Lovelace")

    page.get_by_role("button", name="Ask for my data").click()
    download = page.get_by_role("link", name="Download")
    assert stack.wait_for(lambda: page.reload() and download.count(), 20)
    with page.expect_download() as downloading:
        download.click()
    downloading.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.read("avatar.webp")[:4] == b"RIFF"
        assert b"Countess of Lovelace" in archive.read("profile.json")
    assert stack.wait_for(lambda: "Your ChatSVG data is ready" in stack.logs("upkeep"), 15)

    address = picture.get_attribute("src")
    page.get_by_text("Delete my account", exact=True).click()
    page.locator("#delete-password").fill("not this one")
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("Current password is incorrect")).to_be_visible()
    page.locator("#delete-password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is deleted")

    assert page.request.get(address).status == 404
    assert stack.wait_for(lambda: "Your ChatSVG account is deleted" in stack.logs("upkeep"), 15)
    page.goto("/account")
    page.wait_for_url("**/signin?next=/account")
    for secret in (EMAIL, "Lovelace"):
        for process in ("web", "worker-1"):
            assert secret not in stack.logs(process)
