"""The account page in a real browser without scripts; workers, storage and mails are real."""

import zipfile

import pytest
from playwright.sync_api import expect

from tests.accounts.profile.pictures import with_exif
from tests.e2e.keeping import keep
from tests.e2e.visitors import sign_up
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow


def test_a_whole_life_on_the_account_page(stack, visit, tmp_path):
    page = visit(java_script_enabled=False)
    email = sign_up(page, then="/account")

    page.get_by_label("Picture").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": with_exif()}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Your picture was changed.")).to_be_visible()
    picture = page.locator(".account-picture img")
    expect(picture).to_have_js_property("naturalWidth", 256)

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
    keep(page, "refused")
    assert "400 (Bad Request)" in visit.complaints.pop()  # the browser tells of every 400
    page.locator("#delete-password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is deleted")

    assert page.request.get(address).status == 404
    assert stack.wait_for(lambda: "Your ChatSVG account is deleted" in stack.logs("upkeep"), 15)
    page.goto("/account")
    page.wait_for_url("**/signin?next=/account")
    for secret in (email, "Lovelace"):
        for process in ("web", *stack.workers):
            assert secret not in stack.logs(process)
