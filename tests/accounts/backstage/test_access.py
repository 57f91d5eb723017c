"""The way to the figures: a link by mail, once, and the cookie that it gives (CONTRACT §3.10)."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import cookies as account_cookies
from accounts.backstage import services
from accounts.errors import LinkSpent
from accounts.models import Mail, User, Visit
from accounts.profile import deletion
from accounts.signals import data_wanted
from tests import factories, mails
from tests.conftest import Api
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
BOSS = "boss@chatsvg.example"
FRONTEND, EVIL = "https://chatsvg.example", "https://evil.example"
PASS, ASKED = "admin-pass", "admin-asked"
SAID = {
    "message": "If that address belongs to an administrator, a link is on its way. It works once."
}
SIGNED_OUT = {"error": "Administrator access required"}
DEVICE = {"ip": "127.0.0.1", "user_agent": "test"}


@pytest.fixture(autouse=True)
def administrators(settings):
    settings.ADMIN_EMAILS = [BOSS, "second@chatsvg.example"]
    settings.FRONTEND_URL = FRONTEND
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]


class React:
    """The client's admin page: on another origin, with cookies and without a CSRF token."""

    def __init__(self, origin=FRONTEND):
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Origin": origin} if origin else {}

    def ask(self, email=BOSS):
        body = {"email": email}
        kind = "application/json"
        path = "/api/admin/request-access"
        return self.client.post(path, body, content_type=kind, headers=self.headers)

    def metrics(self):
        return self.client.get("/api/admin/metrics", headers=self.headers)

    def logout(self):
        return self.client.post("/api/admin/logout", headers=self.headers)

    def open(self, link, **headers):
        """As a click in a mailbox on another site."""
        return self.client.get(link.removeprefix("http://127.0.0.1:8000"), headers=headers)


def link_sent() -> str:
    *_, letter = mails.deliver()
    return mails.link(letter)


def entered() -> React:
    react = React()
    react.ask()
    react.open(link_sent())
    return react


# --- Asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", [BOSS, "Boss@ChatSVG.example", "somebody@example.com"])
def test_asking_is_answered_the_same_whoever_it_is(email):
    reply = React().ask(email)

    assert (reply.status_code, reply.json()) == (200, SAID)
    assert list(reply.cookies) == [ASKED]
    assert Mail.objects.count() == 1
    assert reply["Cache-Control"] == "private, no-store"
    assert reply["Access-Control-Allow-Origin"] == FRONTEND


def test_link_is_sent_to_administrators_alone(person):
    for email in ("somebody@example.com", person.email, "Second@chatsvg.example"):
        React().ask(email)

    letters = mails.deliver()

    assert [letter.to for letter in letters if "figures" in letter.subject] == [
        ["second@chatsvg.example"]
    ]
    assert Visit.objects.count() == 1


def test_link_leads_to_us_and_its_secret_is_stored_nowhere():
    React().ask()
    link = link_sent()
    token = link.rpartition("=")[2]

    assert link.startswith("http://127.0.0.1:8000/api/admin/verify?token=")
    visit = Visit.objects.get()
    assert token not in (visit.link_hash, visit.browser_hash)
    assert token not in str(Mail.objects.values_list("context", "error"))


@pytest.mark.parametrize("origin", [EVIL, "null", None, "https://chatsvg.example.evil.example"])
def test_asking_and_leaving_need_an_allowed_origin(origin):
    inside = entered()
    inside.headers = {"Origin": origin} if origin else {}
    before = Mail.objects.count()

    replies = [React(origin).ask(), inside.logout()]

    assert [reply.status_code for reply in replies] == [403, 403]
    assert replies[0].json() == {"error": "Origin not allowed"}
    assert Mail.objects.count() == before
    assert inside.metrics().status_code == 200


@pytest.mark.parametrize("origin", [FRONTEND, "http://testserver"])
def test_asking_works_from_the_client_and_from_our_own_origin(origin):
    assert React(origin).ask().status_code == 200


@pytest.mark.parametrize("email", ["", None, "x", 5])
def test_asking_without_an_address_is_refused(email):
    reply = React().ask(email)

    assert reply.status_code == 400
    assert not Mail.objects.exists()


def test_fourth_request_in_a_quarter_of_an_hour_is_refused(limited):
    statuses = [React().ask("somebody@example.com").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_one_mailbox_gets_few_links_whoever_asks(settings):
    for _ in range(9):
        React().ask()

    assert len(mails.deliver()) == 6


# --- Entering -------------------------------------------------------------------------------------


def test_link_opens_the_figures_in_the_browser_that_asked():
    react = React()
    react.ask()

    reply = react.open(link_sent())

    assert (reply.status_code, reply["Location"]) == (302, f"{FRONTEND}/admin")
    assert reply["Cache-Control"] == "private, no-store"
    assert reply["Referrer-Policy"] == "no-referrer"
    cookie = reply.cookies[PASS]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        "Strict",
        "/api/admin",
    )
    assert cookie["max-age"] == 3600
    assert cookie.value not in Visit.objects.get().pass_hash
    assert react.metrics().status_code == 200


def test_cookies_are_as_the_deployment_needs_them(settings):
    settings.COOKIE_SECURE, settings.COOKIE_SAMESITE = True, "None"
    react = React()

    asked = react.ask().cookies[ASKED]
    settings.COOKIE_SECURE = False  # so that the test's client, which speaks HTTP, sends it back
    react.ask()
    *_, letter = mails.deliver()
    settings.COOKIE_SECURE = True
    given = react.open(mails.link(letter)).cookies[PASS]

    assert (asked["secure"], asked["samesite"]) == (True, "None")
    assert (given["secure"], given["samesite"]) == (True, "None")


def test_link_works_once():
    react = React()
    react.ask()
    link = link_sent()
    react.open(link)
    again = React()
    again.client.cookies = react.client.cookies.copy()
    del again.client.cookies[PASS]

    reply = again.open(link)

    assert reply["Location"].startswith("/backstage")
    assert PASS not in reply.cookies
    assert "does not work" in text(Browser().get(reply["Location"]))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": f"{ASKED}=" + "0" * 64},
        {"User-Agent": "ScannerBot/1", "Accept": "*/*"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"},
    ],
)
def test_scanner_of_mails_does_not_use_the_link_up(headers):
    react = React()
    react.ask()
    link = link_sent()

    for method in ("get", "head", "get"):
        scanner = Client(headers=headers)
        reply = getattr(scanner, method)(link, follow=True)
        assert PASS not in scanner.cookies
        assert reply.status_code == 200

    assert Visit.objects.get().begun_at is None
    assert react.open(link)["Location"] == f"{FRONTEND}/admin"


def test_browser_that_looks_ahead_does_not_use_the_link_up():
    react = React()
    react.ask()
    link = link_sent()

    assert PASS not in react.open(link, **{"Sec-Purpose": "prefetch;prerender"}).cookies
    assert PASS not in react.client.head(link).cookies
    assert PASS in react.open(link).cookies


def test_page_asks_in_another_browser_and_its_button_opens_the_figures():
    React().ask()
    link, browser = link_sent(), Browser()
    path = browser.client.get(link)["Location"]

    page = browser.get(path)
    assert "Open the figures?" in text(page)
    assert not inline_code(page)
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "private, no-store"
    assert FRONTEND in page["Content-Security-Policy"].partition("form-action")[2].split(";")[0]

    reply = browser.post("/backstage", {"token": link.rpartition("=")[2]})

    assert (reply.status_code, reply["Location"]) == (302, f"{FRONTEND}/admin")
    assert browser.client.get("/api/admin/metrics").status_code == 200


def test_page_needs_a_token_of_a_form():
    React().ask()
    token = link_sent().rpartition("=")[2]

    reply = Client(enforce_csrf_checks=True).post("/backstage", {"token": token})

    assert reply.status_code == 403
    assert Visit.objects.get().begun_at is None


@pytest.mark.parametrize("token", ["", "0" * 64, "x", "\ud83e", "<script>"])
def test_unknown_link_opens_nothing(token):
    for reply in (
        Browser().get(f"/backstage?token={token}".encode("utf-8", "replace").decode()),
        Browser().post("/backstage", {"token": token.encode("utf-8", "replace").decode()}),
    ):
        assert reply.status_code == 400
        assert "does not work" in text(reply)
        assert PASS not in reply.cookies


def test_link_ends_after_a_quarter_of_an_hour():
    React().ask()
    token = link_sent().rpartition("=")[2]
    Visit.objects.update(link_expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(LinkSpent):
        services.begin(token, **DEVICE)

    visit = Visit.objects.get()
    assert timedelta(minutes=14) < services.LINK_LIFETIME <= timedelta(minutes=15)
    assert visit.begun_at is None


def test_link_ends_when_somebody_is_administrator_no_more(settings):
    React().ask()
    token = link_sent().rpartition("=")[2]
    settings.ADMIN_EMAILS = []

    with pytest.raises(LinkSpent):
        services.begin(token, **DEVICE)


def test_link_that_is_tried_too_often_is_refused(limited):
    replies = [Client().get("/api/admin/verify?token=x") for _ in range(21)]

    assert [reply.status_code for reply in replies] == [302] * 20 + [429]


# --- Inside, and out again ------------------------------------------------------------------------


def test_figures_are_401_for_everybody_else(signed_in):
    for api in (Api(), signed_in):
        reply = api.get("/admin/metrics")
        assert (reply.status_code, reply.json()) == (401, SIGNED_OUT)

    assert signed_in.get("/auth/current-user").status_code == 200


@pytest.mark.parametrize("value", ["", "x", "0" * 64])
def test_made_up_pass_opens_nothing(value):
    assert (
        Client(headers={"Cookie": f"{PASS}={value}"}).get("/api/admin/metrics").status_code == 401
    )


def test_link_itself_is_no_pass():
    React().ask()
    token = link_sent().rpartition("=")[2]

    for value in (token, services.digest(token)):
        reply = Client(headers={"Cookie": f"{PASS}={value}"}).get("/api/admin/metrics")
        assert reply.status_code == 401


def test_visit_ends_after_an_hour():
    inside = entered()
    Visit.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert inside.metrics().status_code == 401
    assert timedelta(hours=1) == services.VISIT_LIFETIME


def test_visit_ends_when_somebody_is_administrator_no_more(settings):
    inside = entered()
    settings.ADMIN_EMAILS = ["second@chatsvg.example"]

    assert inside.metrics().status_code == 401


def test_leaving_ends_the_visit_wherever_a_copy_of_its_cookie_is():
    inside = entered()
    thief = React()
    thief.client.cookies = inside.client.cookies.copy()

    reply = inside.logout()

    assert (reply.status_code, reply.json()) == (200, {"message": "Logged out successfully"})
    cookie = reply.cookies[PASS]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/api/admin")
    assert "1970" in cookie["expires"]
    assert thief.metrics().status_code == 401


def test_leaving_ends_no_other_visit_and_may_be_repeated():
    inside, other = entered(), entered()

    assert [inside.logout().status_code for _ in range(2)] == [200, 200]
    assert other.metrics().status_code == 200


def test_leaving_leaves_the_persons_own_session_alone(signed_in):
    signed_in.client.post("/api/admin/logout", headers={"Origin": FRONTEND})

    assert signed_in.get("/auth/current-user").status_code == 200
    assert {account_cookies.ACCESS, account_cookies.REFRESH} <= set(signed_in.client.cookies)


@pytest.mark.parametrize(
    ("role", "staff", "status"),
    [
        ("operations", True, 200),
        ("support", True, 401),
        ("billing", True, 401),
        ("operations", False, 401),
    ],
)
def test_staff_look_with_their_own_session(person, api, role, staff, status):
    """U9: the client does not let somebody who is signed in ask for a link."""
    person.is_staff = staff
    person.save()
    person.groups.add(Group.objects.get(name=role))

    assert api.sign_in(person).get("/admin/metrics").status_code == status


def test_superuser_looks_until_suspended(person, api):
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    api.sign_in(person)
    assert api.get("/admin/metrics").status_code == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert api.get("/admin/metrics").status_code == 401


def test_old_visits_are_forgotten():
    entered()
    Visit.objects.update(created_at=timezone.now() - timedelta(days=31))
    React().ask()
    link_sent()

    assert services.purge() == 1
    assert Visit.objects.count() == 1


def test_visits_go_along_in_an_export_and_go_with_the_person():
    """Of an address that somebody has proved: nobody else's."""
    claimed, theirs = factories.person(email="second@chatsvg.example"), factories.person(email=BOSS)
    User.objects.filter(pk=theirs.pk).update(email_verified_at=timezone.now())
    theirs.refresh_from_db()
    for email in (BOSS, "second@chatsvg.example"):
        raw = services.make_link(email, browser_hash="0" * 64)
        services.begin(raw, ip="203.0.113.7", user_agent="Firefox")

    files = {name: list(pieces) for name, pieces in exported(theirs)}
    (told,) = json.loads("".join(files["visits.json"]))
    assert (told["ipAddress"], told["userAgent"]) == ("203.0.113.7", "Firefox")
    for person in (theirs, claimed):
        with transaction.atomic():
            deletion._delete(person)

    assert [visit.email for visit in Visit.objects.all()] == ["second@chatsvg.example"]


def exported(user):
    answers = [found for _, found in data_wanted.send(User, user=user)]
    return [one for found in answers for one in found]


def test_operations_see_who_looked_and_no_secret():
    entered()
    helper = factories.person()
    User.objects.filter(pk=helper.pk).update(is_staff=True)
    client, visit = Client(), Visit.objects.get()
    client.force_login(helper)
    assert client.get("/admin/accounts/visit/").status_code == 403

    helper.groups.add(Group.objects.get(name="operations"))

    for path in ("", f"{visit.pk}/change/"):
        page = client.get(f"/admin/accounts/visit/{path}").content.decode()
        assert BOSS in page
        assert visit.pass_hash not in page
        assert visit.link_hash not in page


def test_mail_arrives(mailbox):
    React().ask()
    mails.deliver()

    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == (BOSS, "Your link to the figures of ChatSVG")
    assert "/api/admin/verify?token=" in letter.get_body(("plain",)).get_content()
    assert "/api/admin/verify?token=" in letter.get_body(("html",)).get_content()


# --- Our own pages --------------------------------------------------------------------------------


def test_page_sends_a_link_to_an_administrator_and_the_same_words_to_others():
    replies = [Browser().post("/backstage", {"email": email}) for email in (BOSS, "eve@x.example")]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert all("If that address belongs to an administrator" in text(one) for one in replies)
    assert [letter.to for letter in mails.deliver()] == [[BOSS]]


def test_who_is_signed_in_can_ask_as_well(person):
    browser = Browser().sign_in(person)

    assert "Administrator e-mail" in text(browser.get("/backstage"))
    assert browser.post("/backstage", {"email": BOSS}).status_code == 200


def test_link_leads_to_our_own_figures_where_there_is_no_client(settings):
    settings.FRONTEND_URL = settings.PUBLIC_URL
    browser = Browser()
    browser.post("/backstage", {"email": BOSS})
    link = link_sent().removeprefix("http://127.0.0.1:8000")

    assert browser.get(link)["Location"] == "/backstage/figures"
    page = browser.get("/backstage/figures")
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    assert "People, last 30 days" in text(page)
    assert not inline_code(page)

    assert browser.post("/backstage/leave")["Location"] == "/backstage"
    assert browser.get("/backstage/figures")["Location"] == "/backstage"
    assert browser.client.get("/api/admin/metrics").status_code == 401


def test_figures_are_for_nobody_else(person):
    assert Browser().sign_in(person).get("/backstage/figures")["Location"] == "/backstage"


def test_page_is_limited(limited):
    replies = [Browser().post("/backstage", {"email": BOSS}) for _ in range(4)]

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
