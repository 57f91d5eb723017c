"""The rows of CONTRACT §12.1 that are about accounts: each would catch its defect."""

import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import jwt, one_time, services, tokens
from accounts.models import Identity, OAuthState, OneTimeToken, Session, User
from chatsvg.asgi import application
from tests import factories, mails
from tests.accounts.test_auth_api import in_parallel
from tests.conftest import Api
from tests.contract.test_idor_live import listened
from tests.identity_provider import TOKEN, Dance, Fault

MONTH, WEEK = 30 * 86400, 7 * 86400
FRONTEND = "https://chatsvg.example"
PASSWORD = factories.PASSWORD


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND


def with_cookies(**cookies) -> Client:
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def whoever(client: Client) -> int:
    return client.get("/api/auth/current-user").status_code


# --- Sessions -------------------------------------------------------------------------------------


def test_s01_nobody_lists_the_people(signed_in):
    assert signed_in.get("/user").status_code == 404
    assert signed_in.get("/users").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_s02_two_tabs_that_refresh_at_once_both_stay_signed_in(signed_in, person):
    jar = {name: one.value for name, one in signed_in.client.cookies.items()}

    def refresh(number):
        client = with_cookies(**jar)
        headers = {"X-CSRF-Token": signed_in.token}
        return client, client.post("/api/auth/refresh", headers=headers)

    answers = in_parallel(refresh, [(number,) for number in range(6)])

    assert {reply.status_code for _, reply in answers} == {200}
    assert len({client.cookies["refreshToken"].value for client, _ in answers}) == 1
    assert {whoever(client) for client, _ in answers} == {200}
    assert Session.objects.get(user=person).revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_s02_refresh_in_the_middle_of_another_gives_the_same_successor(person):
    raw, has_begun = tokens.issue(person).refresh, threading.Event()

    def slowly():
        with transaction.atomic():
            issued = tokens.rotate(raw)
            has_begun.set()
            time.sleep(0.4)  # rotated, and not committed
        return issued.refresh

    def meanwhile():
        assert has_begun.wait(5)
        return tokens.rotate(raw).refresh

    first, second = in_parallel(lambda call: call(), [(slowly,), (meanwhile,)])

    assert first == second is not None


@pytest.mark.parametrize(("remember", "seconds"), [(True, MONTH), (False, WEEK)])
def test_s03_remember_me_outlives_every_refresh(api, person, remember, seconds):
    body = {"email": person.email, "password": PASSWORD, "rememberMe": remember}
    api.post("/auth/login", body)

    for _ in range(3):
        reply = api.post("/auth/refresh")
        assert reply.cookies["refreshToken"]["max-age"] == seconds


@pytest.mark.parametrize("access", ["", "expired.and.forged"])
def test_s04_logout_needs_no_access_token(signed_in, person, access):
    signed_in.client.cookies["token"] = access
    refresh = signed_in.client.cookies["refreshToken"].value

    reply = signed_in.post("/auth/logout")

    assert reply.status_code == 200
    for name in ("token", "refreshToken"):
        assert (reply.cookies[name].value, reply.cookies[name]["max-age"]) == ("", 0)
    assert not Session.objects.live().filter(user=person).exists()
    signed_in.client.cookies["refreshToken"] = refresh
    assert signed_in.post("/auth/refresh").status_code == 401


def end_by_logout(api, person):
    api.post("/auth/logout")


def end_by_list(api, person):
    session = Session.objects.live().get(user=person)
    headers = {"X-CSRF-Token": api.token}
    api.client.delete(f"/api/auth/sessions/{session.pk}", headers=headers)


def end_by_reset(api, person):
    purpose, hour = OneTimeToken.Purpose.RESET_PASSWORD, timedelta(hours=1)
    link = one_time.make(person, purpose, email=person.email, lifetime=hour)
    api.post("/auth/reset-password", {"token": link, "newPassword": "another horse battery"})


def end_by_deletion(api, person):
    headers = {"X-CSRF-Token": api.token}
    body = {"password": PASSWORD}
    kind = "application/json"
    api.client.delete("/api/account", body, content_type=kind, headers=headers)


ENDINGS = [end_by_logout, end_by_list, end_by_reset, end_by_deletion]


@pytest.mark.parametrize("end", ENDINGS)
def test_s05_access_token_dies_with_its_session(signed_in, person, end):
    thief = with_cookies(token=signed_in.client.cookies["token"].value)
    assert whoever(thief) == 200

    end(signed_in, person)

    assert whoever(thief) == 401
    bearer = {"Authorization": f"Bearer {thief.cookies['token'].value}"}
    assert Client().get("/api/auth/current-user", headers=bearer).status_code == 401


def test_s06_a_device_is_one_entry_and_ends_as_one(signed_in, person):
    first = signed_in.client.cookies["refreshToken"].value
    for _ in range(3):
        signed_in.post("/auth/refresh")

    entries = signed_in.get("/auth/sessions").json()["sessions"]
    assert [entry["current"] for entry in entries] == [True]
    headers = {"X-CSRF-Token": signed_in.token}
    path = f"/api/auth/sessions/{entries[0]['id']}"
    newest = signed_in.client.cookies["refreshToken"].value
    assert Api().sign_in(factories.person()).client.delete(path).status_code == 403
    stranger = Api().sign_in(factories.person())
    theirs = {"X-CSRF-Token": stranger.token}
    assert stranger.client.delete(path, headers=theirs).status_code == 404
    assert signed_in.client.delete(path, headers=headers).status_code == 200
    assert not Session.objects.live().filter(user=person).exists()
    for token in (first, newest):  # evidence is kept: whoever has a copy is found out, not unknown
        with pytest.raises(tokens.RefreshRefused) as refusal:
            tokens.rotate(token)
        assert refusal.value.clear


@database_sync_to_async
def two_devices():
    user = factories.person()
    return user, [tokens.issue(user) for _ in range(2)]


async def connected(session):
    headers = [(b"host", b"localhost"), (b"cookie", f"token={jwt.sign(session)}".encode())]
    one = WebsocketCommunicator(application, "/ws/events/", headers=headers)
    assert (await one.connect())[0]
    return one


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_s07_s32_socket_ends_with_its_own_session_and_no_other():
    user, (mine, other) = await two_devices()
    here, there = await connected(mine.session), await connected(other.session)

    await database_sync_to_async(services.logout)(mine.refresh)

    assert (await here.receive_output(timeout=15))["code"] == 4401
    assert await there.receive_nothing(timeout=0.3)
    await database_sync_to_async(end_by_reset)(Api(), user)
    assert (await there.receive_output(timeout=15))["code"] == 4401


# --- Sign-in elsewhere ----------------------------------------------------------------------------

PROVIDERS = ("google", "github")


def verified(**fields) -> User:
    user = factories.person(**fields)
    User.objects.filter(pk=user.pk).update(email_verified_at=timezone.now())
    return user


@pytest.mark.parametrize("name", PROVIDERS)
def test_s08_state_is_of_one_browser_and_one_time(dance, identity_provider, name):
    callback = dance.agree(dance.begin(name))
    for thief in (Client(), with_cookies(**{"oauth-browser": "x" * 43})):
        reply = thief.get(callback)
        assert reply["Location"] == f"{FRONTEND}/signin?error=state_invalid"
        assert whoever(thief) == 401

    dance.finish(callback)
    assert dance.is_signed_in()
    again = Dance(identity_provider, with_cookies(**{"oauth-browser": "x" * 43}))
    assert "state_invalid" in again.finish(callback)["Location"]
    assert not OAuthState.objects.exists()


@pytest.mark.parametrize("name", PROVIDERS)
def test_s08_pkce_is_asked_for_and_the_verifier_stays_here(dance, name):
    asked = parse_qs(urlsplit(dance.begin(name)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert OAuthState.objects.get().verifier not in str(asked)


@pytest.mark.parametrize(
    "evil", ["@evil.example", ".evil.example", "//evil.example", "/\\evil.example", "https://e.x"]
)
def test_s09_nobody_is_sent_anywhere_else(dance, evil):
    reply = dance("google", evil)

    assert urlsplit(reply["Location"]).netloc == urlsplit(FRONTEND).netloc
    assert reply["Location"].startswith(f"{FRONTEND}/")


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("fault", ["denied", "broken", "out of nowhere"])
def test_s10_failure_is_a_page_that_says_why(dance, identity_provider, name, fault, settings):
    if fault == "denied":
        identity_provider.denies = "access_denied"
    if fault == "broken":
        identity_provider.faults[TOKEN[name]] = Fault(status=500)
    path = f"/api/auth/{name}/callback?code=x"

    reply = dance.finish(path) if fault == "out of nowhere" else dance(name)

    code = "state_invalid" if fault == "out of nowhere" else "oauth_failed"
    assert (reply.status_code, reply["Location"]) == (302, f"{FRONTEND}/signin?error={code}")
    page = Client().get(f"/signin?error={code}", headers={"Accept": "text/html"})
    assert 'role="alert"' in page.content.decode()
    assert 'role="alert"' not in Client().get("/signin").content.decode()


def test_s11_squatter_loses_the_account_with_the_mailbox(dance):
    squatter = Api()
    user = factories.person(email="ada@example.com")
    squatter.sign_in(user)

    dance("google")

    assert dance.client.get("/api/auth/current-user").json()["id"] == str(user.pk)
    assert whoever(squatter.client) == 401
    assert squatter.post("/auth/refresh").status_code == 401
    body = {"email": "ada@example.com", "password": PASSWORD}
    assert squatter.post("/auth/login", body).status_code == 401


def test_s12_github_links_by_its_verified_primary_address_only(dance, identity_provider):
    user = verified(email="ada@example.com")
    dance("github")
    assert dance.client.get("/api/auth/current-user").json()["id"] == str(user.pk)

    identity_provider.github.id, identity_provider.github.emails = (
        7,
        [{"email": "eve@example.com", "primary": True, "verified": False}],
    )
    other = Dance(identity_provider)
    assert other("github")["Location"] == f"{FRONTEND}/signin?error=email_unverified"
    assert not User.objects.filter(email="eve@example.com").exists()


def test_s13_a_person_has_both_providers_and_keeps_name_and_picture(dance, identity_provider):
    user = verified(email="ada@example.com", name="My own name")
    for _ in range(2):
        for name in PROVIDERS:
            Dance(identity_provider)(name)

    user.refresh_from_db()
    assert set(user.identities.values_list("provider", flat=True)) == set(PROVIDERS)
    assert (user.name, Identity.objects.count(), User.objects.count()) == ("My own name", 2, 1)


@pytest.mark.parametrize("name", PROVIDERS)
def test_s14_addresses_are_the_same_in_any_case(dance, identity_provider, name):
    user = verified(email="ada@example.com")
    assert identity_provider.google.email == "Ada@Example.com"

    dance(name)

    assert User.objects.get() == user


def test_s15_account_without_a_password_is_401_like_any_other(dance):
    dance("google")
    body = {"email": "ada@example.com", "password": "anything at all"}

    known = Api().post("/auth/login", body)
    unknown = Api().post("/auth/login", {**body, "email": "nobody@example.com"})

    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json() == {"error": "Invalid credentials"}


# --- Accounts -------------------------------------------------------------------------------------


def test_s16_forgotten_password_is_the_same_work_for_everybody(person, api):
    api.csrf()
    replies, work = [], []
    for email in (person.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as done:
            replies.append(api.post("/auth/forgot-password", {"email": email}))
        work.append([query["sql"].partition("VALUES")[0] for query in done.captured_queries])

    known, unknown = replies
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert work[0] == work[1] != []
    assert mail.outbox == []  # a task sends: no answer waits for a mail server


def test_s17_no_credits_before_the_address_is_proved(settings, api):
    settings.REQUIRE_VERIFIED_EMAIL = True
    body = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada", "agreedToTerms": True}

    assert api.post("/auth/register", body).json()["user"]["credits"] == 0

    user = User.objects.get()
    purpose, day = OneTimeToken.Purpose.VERIFY_EMAIL, timedelta(days=1)
    link = one_time.make(user, purpose, email=user.email, lifetime=day)
    assert api.submit().status_code == 402
    api.client.post("/verify-email", {"token": link, "csrf-token": api.token})
    assert api.get("/auth/current-user").json()["credits"] == 10


# --- CSRF -----------------------------------------------------------------------------------------


def test_s18_only_csrf_itself_sets_the_cookie_of_a_first_visit(db):
    for path in ("health", "ready", "auth/options", "auth/current-user", "svg/x/source"):
        assert "csrf-token" not in Client().get(f"/api/{path}").cookies
    first = Client().get("/api/csrf")
    assert first.cookies["csrf-token"].value == first.json()["csrfToken"]


def test_s19_cookie_lives_as_long_as_a_session_and_slides(api, person):
    body = {"email": person.email, "password": PASSWORD, "rememberMe": True}
    token = api.csrf()
    for path, sent in (("/auth/login", body), ("/auth/refresh", None)):
        cookie = api.post(path, sent).cookies["csrf-token"]
        assert (cookie.value, cookie["max-age"]) == (token, MONTH)


def test_s20_tossed_cookie_and_foreign_origin_are_refused(signed_in):
    real, tossed = signed_in.token, "a" * 64
    assert signed_in.post("/auth/refresh", None, Origin="https://evil.example").status_code == 403
    signed_in.client.cookies["csrf-token"] = signed_in.token = tossed
    assert signed_in.post("/auth/refresh").status_code == 403
    signed_in.client.cookies["csrf-token"] = signed_in.token = real
    assert signed_in.post("/auth/refresh").status_code == 200


@pytest.mark.parametrize("path", ["auth/sessions/webhook", "svg/generation-jobs/webhook/cancel"])
def test_s21_no_word_in_a_path_lifts_the_check(signed_in, path):
    reply = signed_in.client.delete(f"/api/{path}")

    assert (reply.status_code, reply.json()["error"]) == (403, "Invalid CSRF token")


# --- Support --------------------------------------------------------------------------------------

MARKUP = '<a href="https://evil.example">Your prize</a>\r\nBcc: all@example.com'
WORDS = {"type": "bug", "subject": MARKUP, "message": f"Please read: {MARKUP}"}


@pytest.fixture
def inbox(settings):
    settings.SUPPORT_EMAIL = "support@chatsvg.example"
    return settings.SUPPORT_EMAIL


def test_s26_strangers_are_sent_nothing_by_the_support_form(api, person, inbox):
    """Whoever types an address in, signed out or in an account that never proved it."""
    signed_in = Api().sign_in(person)
    mails.deliver()

    for sender in (api, signed_in):
        body = {**WORDS, "email": "victim@example.com"}
        assert sender.post("/support/contact", body).status_code == 200

    assert {address for letter in mails.deliver() for address in letter.to} == {inbox}


def test_s26_owner_of_the_mailbox_gets_no_markup(signed_in, person, inbox):
    User.objects.filter(pk=person.pk).update(email_verified_at=timezone.now())
    mails.deliver()

    assert signed_in.post("/support/contact", WORDS).status_code == 200

    to_us, to_them = sorted(mails.deliver(), key=lambda letter: letter.to != [inbox])
    assert (to_us.to, to_us.reply_to, to_them.to) == ([inbox], [person.email], [person.email])
    for letter in (to_us, to_them):
        assert "\n" not in letter.subject
        assert "bcc" not in {name.lower() for name, _ in letter.message().items()}
        html = "".join(part.content for part in letter.alternatives)
        assert '<a href="https://evil.example"' not in html
    assert to_us.subject.startswith("[BUG]")


# --- Where a request comes from -------------------------------------------------------------------


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.7")])
def test_s27_address_is_what_trusted_proxies_say(api, person, settings, proxies, address):
    settings.TRUSTED_PROXIES = proxies
    spoofed = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}

    api.post("/auth/login", {"email": person.email, "password": PASSWORD}, **spoofed)

    assert Session.objects.get().ip_address == address


def test_s28_nothing_is_echoed_unread_and_no_server_named(client):
    reply = client.get("/api/health", headers={"x-request-id": "<script>"})

    assert "<" not in reply["x-request-id"]
    told = {name.lower() for name in reply.headers}
    assert not told & {"x-instance-id", "server", "x-powered-by", "via"}


# --- Passwords ------------------------------------------------------------------------------------


def test_s31_passwords_count_whole_and_are_argon2id(db, settings):
    long, other = "x" * 127 + "a", "x" * 127 + "b"
    user = User.objects.create_user("ada@example.com", long, name="Ada")

    assert user.password.startswith("argon2")
    assert "argon2id" in user.password
    assert user.check_password(long)
    assert not user.check_password(other)


def test_s31_breached_password_is_refused(api, settings):
    settings.BREACHED_PASSWORD_CHECK = True
    body = {"email": "a@example.com", "name": "Ada", "agreedToTerms": True}

    refused = api.post("/auth/register", {**body, "password": "password123"})

    assert (refused.status_code, "breaches" in refused.json()["error"]) == (400, True)
    good = "violet harbour 71 trombones"
    assert api.post("/auth/register", {**body, "password": good}).status_code == 201


def test_s32_every_live_route_looks_for_ended_sessions(db):
    """Whatever is added to the live routes, for people or for keys, stands under the watch that
    closes sockets."""
    from realtime.socketio.connection import Connection
    from realtime.socketio.door import face
    from realtime.viewer import Viewer

    others = {face: Connection}  # Socket.IO, which is no consumer of Channels
    for address, _protocol, app in listened():
        while hasattr(app, "application"):
            app = app.application
        assert issubclass(others.get(app) or app.consumer_class, Viewer), address


def test_s32_expired_access_token_opens_nothing_new(person, settings):
    issued = tokens.issue(person)
    settings.ACCESS_TOKEN_SECONDS = -1
    client = with_cookies(token=jwt.sign(issued.session))

    assert whoever(client) == 401
    assert issued.session.expires_at.timestamp() > time.time()
