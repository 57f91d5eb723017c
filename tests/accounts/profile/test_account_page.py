import re

import pytest

from accounts.models import Export, Identity, Session, User
from accounts.profile import exports
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def test_page_asks_visitors_to_sign_in():
    reply = Browser().get("/account")

    assert (reply.status_code, reply["Location"]) == (302, "/signin?next=/account")


@pytest.mark.parametrize(
    "path",
    ["name", "avatar", "avatar/remove", "email", "password", "sessions/end-others", "export"],
)
def test_forms_ask_visitors_to_sign_in(path):
    reply = Browser().post(f"/account/{path}")

    assert (reply.status_code, reply["Location"]) == (302, "/signin?next=/account")


def test_page_shows_all_sections_without_inline_code(browser, person):
    reply = browser.get("/account")

    assert reply.status_code == 200
    assert inline_code(reply) == []
    ids = re.findall(r'<section class="card account-section[^"]*" id="([a-z]+)"', text(reply))
    assert ids == ["profile", "signin", "devices", "apps", "data", "delete"]
    assert person.email in text(reply)
    assert "no-store" in reply["Cache-Control"]


def test_page_is_linked_from_the_menu(browser):
    assert 'href="/account"' in text(browser.get("/app"))


def test_rename_changes_the_name_and_says_so(browser, person):
    reply = browser.post("/account/name", {"name": "  Grace  "})
    page = text(browser.get(reply["Location"].partition("#")[0]))

    person.refresh_from_db()
    assert person.name == "Grace"
    assert reply["Location"] == "/account?done=name#profile"
    assert "Your name was changed." in page


def test_rename_keeps_what_was_typed_beside_the_refusal(browser, person):
    typed = "x" * 101

    reply = browser.post("/account/name", {"name": typed})

    person.refresh_from_db()
    assert (reply.status_code, person.name) == (400, "Ada")
    assert f'value="{typed}"' in text(reply)
    assert "Name is too long (max 100 characters)" in text(reply)


def test_names_are_escaped(browser):
    browser.post("/account/name", {"name": "<b>Eve</b>"})

    assert "<b>Eve" not in text(browser.get("/account"))


def test_change_email_keeps_the_new_address_when_the_password_is_wrong(browser):
    asked = {"email": "new@example.com", "password": "not this one"}

    reply = browser.post("/account/email", asked)

    assert reply.status_code == 400
    assert 'value="new@example.com"' in text(reply)
    assert "not this one" not in text(reply)
    assert "Current password is incorrect" in text(reply)


def test_change_password_signs_other_devices_out(browser, person):
    Browser().sign_in(person)
    wanted = {"currentPassword": factories.PASSWORD, "newPassword": "a fresh long one 7"}

    reply = browser.post("/account/password", wanted)

    assert reply["Location"] == "/account?done=password#signin"
    assert Session.objects.live().filter(user=person).count() == 1
    assert browser.get("/account").status_code == 200


def test_disconnect_refuses_the_only_way_in(browser, person):
    Identity.objects.create(user=person, provider="github", subject="1", email="a@example.com")
    User.objects.filter(pk=person.pk).update(password="!none")

    reply = browser.post("/account/identities/github/disconnect")

    assert reply.status_code == 409
    assert "only way you can sign in" in text(reply)
    assert person.identities.count() == 1


def test_devices_have_names_and_the_current_one_is_marked(person):
    here = Browser()
    here.client.defaults["HTTP_USER_AGENT"] = FIREFOX
    here.sign_in(person)
    there = Browser()
    there.client.defaults["HTTP_USER_AGENT"] = IPHONE
    there.sign_in(person)

    page = text(here.get("/account"))

    devices = re.findall(r"<strong>([^<]+)</strong>( <span class=.badge good.>This)?", page)
    assert ("Firefox on Linux", ' <span class="badge good">This') in devices
    assert ("Safari on iPhone", "") in devices


def test_ending_a_device_signs_it_out_and_no_other(browser, person):
    other = Browser().sign_in(person)
    theirs = Session.objects.filter(user=person).latest("created_at")

    reply = browser.post(f"/account/sessions/{theirs.pk}/end")

    assert reply["Location"] == "/account?done=device#devices"
    assert other.get("/account").status_code == 302
    assert browser.get("/account").status_code == 200


def test_ending_this_device_clears_its_cookies(browser, person):
    mine = Session.objects.get(user=person)

    reply = browser.post(f"/account/sessions/{mine.pk}/end")

    assert reply["Location"] == "/signin"
    assert reply.cookies["token"].value == reply.cookies["refreshToken"].value == ""


def test_ending_somebody_elses_device_changes_nothing(browser):
    stranger = factories.person()
    Browser().sign_in(stranger)
    theirs = Session.objects.get(user=stranger)

    reply = browser.post(f"/account/sessions/{theirs.pk}/end")

    assert reply.status_code == 404
    assert Session.objects.live().filter(pk=theirs.pk).exists()


def test_end_others_keeps_this_device(browser, person):
    Browser().sign_in(person)
    Browser().sign_in(person)

    browser.post("/account/sessions/end-others")

    assert Session.objects.live().filter(user=person).count() == 1
    assert browser.get("/account").status_code == 200


def test_export_is_asked_for_and_shown(browser, person):
    reply = browser.post("/account/export")

    assert reply["Location"] == "/account?done=export#data"
    assert "Being put together" in text(browser.get("/account"))


def test_export_is_downloaded_by_its_owner_alone(browser, person):
    export = exports.ask(person)
    exports.build(export.pk)

    mine = browser.get(f"/account/export/{export.pk}/download")
    theirs = Browser().sign_in(factories.person()).get(f"/account/export/{export.pk}/download")
    nobodys = Browser().get(f"/account/export/{export.pk}/download")

    assert mine.status_code == 200
    assert mine["Content-Disposition"].startswith("attachment; filename=")
    assert b"".join(mine.streaming_content)[:2] == b"PK"
    assert (theirs.status_code, nobodys.status_code) == (404, 302)


def test_failed_export_says_so(browser, person):
    Export.objects.create(user=person, status=Export.Status.FAILED)

    assert exports.FAILED in text(browser.get("/account"))


def test_delete_with_a_wrong_password_keeps_everything(browser, person):
    reply = browser.post("/account/delete", {"password": "not this one"})

    person.refresh_from_db()
    assert (reply.status_code, person.deleted_at) == (400, None)
    assert "Current password is incorrect" in text(reply)


def test_delete_signs_out_and_says_good_bye(browser, person):
    reply = browser.post("/account/delete", {"password": factories.PASSWORD})

    person.refresh_from_db()
    assert reply["Location"] == "/account/deleted"
    assert person.deleted_at is not None
    assert reply.cookies["token"].value == ""
    assert browser.get("/account/deleted").status_code == 200


def test_page_costs_as_many_queries_for_three_devices_as_for_one(
    browser, person, django_assert_num_queries
):
    browser.get("/account")
    with django_assert_num_queries(8):
        browser.get("/account")
    Browser().sign_in(person)
    Browser().sign_in(person)
    with django_assert_num_queries(8):
        browser.get("/account")
