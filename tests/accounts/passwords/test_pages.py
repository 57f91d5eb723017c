"""The pages of a forgotten password, without scripts."""

import pytest

from accounts import services
from accounts.passwords import services as passwords
from tests import mails
from tests.factories import PASSWORD
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
NEW = "another horse battery"
FIELDS = {"password": NEW, "confirm": NEW}


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def raw(person):
    passwords.ask_reset(person.email)
    return mails.token(mails.deliver()[-1])


def test_sign_in_leads_to_it(browser):
    assert 'href="/forgot-password"' in text(browser.get("/signin"))


@pytest.mark.parametrize("email", ["someone@example.com", "nobody@example.com"])
def test_forgot_answers_everybody_alike(browser, email):
    reply = browser.post("/forgot-password", {"email": email})

    assert reply.status_code == 200
    assert "Check your e-mail" in text(reply)
    assert "If that email is registered, a reset link has been sent." in text(reply)
    assert email not in text(reply)
    assert mails.kinds() == ["reset"]


def test_forgot_keeps_what_was_typed(browser):
    reply = browser.post("/forgot-password", {"email": "ada.example"})

    assert reply.status_code == 400
    assert "Invalid email format" in text(reply)
    assert 'value="ada.example"' in text(reply)


def test_whole_way_by_the_pages(browser, person):
    browser.post("/forgot-password", {"email": person.email})
    link = mails.link(mails.deliver()[-1])
    page = browser.get(link.removeprefix("http://127.0.0.1:8000"))
    assert person.email in text(page)

    reply = browser.post("/reset-password", {"token": link[-64:], **FIELDS})

    assert (reply.status_code, reply["Location"]) == (302, "/reset-password?done")
    assert "You have a new password" in text(browser.get(reply["Location"]))
    entered = browser.post("/signin", {"email": person.email, "password": NEW})
    assert entered["Location"] == "/app"


def test_opening_the_link_uses_nothing_up(browser, raw):
    for _ in range(3):
        reply = browser.get(f"/reset-password?token={raw}")
        assert reply.status_code == 200
        assert "Choose a new password" in text(reply)

    assert browser.post("/reset-password", {"token": raw, **FIELDS}).status_code == 302


def test_page_with_the_token_is_kept_nowhere_and_tells_no_other_site(browser, raw):
    reply = browser.get(f"/reset-password?token={raw}")

    assert reply["Cache-Control"] == "private, no-store"
    assert reply["Referrer-Policy"] == "same-origin"
    assert "https://" not in text(reply)
    assert inline_code(reply) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"confirm": "something else"}, "The two passwords are not the same."),
        ({"password": "short", "confirm": "short"}, "Password must be at least 8 characters"),
        ({"password": "", "confirm": ""}, "Missing required fields"),
    ],
)
def test_refused_password_leaves_the_link_as_it_is(browser, person, raw, fields, sentence):
    reply = browser.post("/reset-password", {"token": raw, **FIELDS, **fields})

    assert reply.status_code == 400
    assert sentence in text(reply)
    assert f'value="{raw}"' in text(reply)
    assert services.check(email=person.email, password=PASSWORD)
    assert browser.post("/reset-password", {"token": raw, **FIELDS}).status_code == 302


@pytest.mark.parametrize("token", ["", "0" * 64, "<script>", "\x00", "ä"])
def test_useless_link_leads_to_a_new_one(browser, token):
    asked = browser.get(f"/reset-password?token={token}")
    done = browser.post("/reset-password", {"token": token, **FIELDS})

    for reply in (asked, done):
        assert reply.status_code == 400
        assert 'href="/forgot-password"' in text(reply)
        assert "<script>" not in text(reply)


def test_pages_are_limited(browser, raw, limited):
    for _ in range(3):
        browser.post("/forgot-password", {"email": "nobody@example.com"})

    forgot = browser.post("/forgot-password", {"email": "nobody@example.com"})
    reset = browser.post("/reset-password", {"token": raw, **FIELDS})

    for reply in (forgot, reset):
        assert reply.status_code == 429
        assert "Too many password reset requests." in text(reply)
        assert reply["Retry-After"]


@pytest.mark.parametrize(
    "path",
    "/forgot-password /reset-password /verify-email /verify-email/resend /confirm-email".split(),
)
def test_forms_from_elsewhere_are_refused(browser, path):
    assert browser.client.post(path, {"csrf-token": "0" * 64}).status_code == 403
