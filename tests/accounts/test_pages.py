import pytest

from accounts.models import Session, User
from tests.factories import PASSWORD
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
ADA = {
    "name": "Ada <b>",
    "email": "Ada@Example.com",
    "password": PASSWORD,
    "agreedToTerms": "on",
}


@pytest.fixture
def browser():
    return Browser()


def test_signup_makes_a_person_and_signs_in(browser):
    reply = browser.post("/signup", ADA)

    user = User.objects.get(email="ada@example.com")
    assert (reply.status_code, reply["Location"]) == (302, "/app")
    assert (user.name, user.wallet.available) == ("Ada <b>", 10)
    page = text(browser.get("/app"))
    assert "Ada &lt;b&gt;" in page
    assert "Ada <b>" not in page
    assert "10</strong> credits" in page


def test_signup_without_terms_keeps_what_was_typed_but_the_password(browser):
    fields = {name: value for name, value in ADA.items() if name != "agreedToTerms"}

    reply = browser.post("/signup", fields | {"email": "eve@example.com"})

    assert reply.status_code == 400
    assert "You must accept the Terms of Service" in text(reply)
    assert 'value="eve@example.com"' in text(reply)
    assert PASSWORD not in text(reply)
    assert not User.objects.filter(email="eve@example.com").exists()


def test_signup_with_a_taken_address_is_refused(browser, person):
    reply = browser.post("/signup", {**ADA, "email": person.email})

    assert reply.status_code == 400
    assert "Email is invalid or already taken" in text(reply)


def test_signin_goes_where_the_visitor_wanted(browser, person):
    fields = {"email": person.email, "password": PASSWORD}

    reply = browser.post("/signin?next=/app%3Fjob%3D1", fields)

    assert (reply.status_code, reply["Location"]) == (302, "/app?job=1")
    assert browser.client.cookies["token"]["httponly"]
    assert Session.objects.get(user=person).remember_me is False


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", r"/\evil.example", "/%09/evil.example", "evil"],
)
def test_signin_never_leads_elsewhere(browser, person, wanted):
    fields = {"email": person.email, "password": PASSWORD}

    reply = browser.post(f"/signin?next={wanted}", fields)

    assert reply["Location"] == "/app"


def test_signin_remembers_when_asked(browser, person):
    browser.post("/signin", {"email": person.email, "password": PASSWORD, "rememberMe": "on"})

    assert Session.objects.get(user=person).remember_me is True
    assert browser.client.cookies["refreshToken"]["max-age"] == 30 * 86400


def test_signin_with_a_wrong_password_keeps_the_address(browser, person):
    reply = browser.post("/signin", {"email": person.email, "password": "not the password"})

    assert reply.status_code == 401
    assert "Invalid credentials" in text(reply)
    assert f'value="{person.email}"' in text(reply)
    assert "not the password" not in text(reply)
    assert "token" not in browser.client.cookies


def test_signed_in_visitors_are_led_past_the_forms(browser, person):
    browser.sign_in(person)

    assert browser.get("/signin")["Location"] == "/app"
    assert browser.get("/signup?next=/")["Location"] == "/"


def test_signout_ends_the_session(browser, person):
    browser.sign_in(person)

    reply = browser.post("/signout")

    assert (reply.status_code, reply["Location"]) == (302, "/")
    assert browser.client.cookies["token"].value == ""
    assert Session.objects.get(user=person).revoked_because == "logout"
    assert "Sign in" in text(browser.get("/"))


def test_signout_is_a_post(browser, person):
    browser.sign_in(person)

    assert browser.get("/signout").status_code == 405
    assert Session.objects.get(user=person).revoked_at is None


@pytest.mark.parametrize("path", ["/signin", "/signup", "/signout", "/app"])
def test_forms_from_elsewhere_are_refused(browser, person, path):
    browser.sign_in(person)

    reply = browser.client.post(path, {"csrf-token": "0" * 64})

    assert reply.status_code == 403
    assert "did not come through" in text(reply)
    assert Session.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize("path", ["/", "/signin", "/signup", "/app", "/nothing-here"])
def test_pages_carry_no_inline_code(browser, person, path):
    assert inline_code(browser.get(path)) == []

    assert inline_code(browser.sign_in(person).get(path)) == []


def test_missing_page_is_a_page(browser):
    reply = browser.get("/nothing-here")

    assert reply.status_code == 404
    assert "There is nothing at this address" in text(reply)
