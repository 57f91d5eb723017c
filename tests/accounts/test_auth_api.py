import threading

import pytest
from django.db import connection
from django.test import Client

from accounts import services
from accounts.hashers import Argon2id
from accounts.models import Session, User
from credits.models import Wallet
from tests import factories
from tests.conftest import Api

NEW = {
    "email": "ada@example.com",
    "password": factories.PASSWORD,
    "name": "Ada",
    "agreedToTerms": True,
}
EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT"
DAY = 86400


def attributes(cookie) -> dict:
    """What a browser is told about a cookie, without its value and its clock time."""
    return {name: value for name, value in cookie.items() if value and name != "expires"}


def kept(seconds: int) -> dict:
    return {"path": "/", "httponly": True, "samesite": "Lax", "max-age": seconds}


# --- Register ---------------------------------------------------------------------------------


def test_register_answers_201_with_the_person_and_both_cookies(api):
    reply = api.post("/auth/register", NEW)

    user = User.objects.get()
    assert reply.status_code == 201
    assert reply.json() == {
        "user": {
            "id": str(user.pk),
            "email": "ada@example.com",
            "name": "Ada",
            "avatar": None,
            "credits": 10,
        }
    }
    assert reply["Cache-Control"] == "private, no-store"
    assert set(reply.cookies) == {"token", "refreshToken", "csrf-token"}
    assert attributes(reply.cookies["token"]) == kept(900)
    assert attributes(reply.cookies["refreshToken"]) == kept(7 * DAY)
    assert len(reply.cookies["refreshToken"].value) == 64


def test_cookies_are_secure_in_production(api, settings):
    settings.COOKIE_SECURE, settings.COOKIE_SAMESITE = True, "None"

    reply = api.post("/auth/register", NEW)

    for name in ("token", "refreshToken", "csrf-token"):
        cookie = reply.cookies[name]
        assert (cookie["secure"], cookie["samesite"], cookie["path"]) == (True, "None", "/")
    assert not reply.cookies["csrf-token"]["httponly"]


def test_register_signs_in(api):
    api.post("/auth/register", NEW)

    assert api.get("/auth/current-user").json()["email"] == "ada@example.com"


def test_register_stores_what_was_agreed_to_and_opens_a_free_wallet(real_hashes, api):
    api.post("/auth/register", NEW)

    user = User.objects.get()
    assert user.terms_accepted_at is not None
    assert user.terms_accepted_ip == "127.0.0.1"
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert Wallet.objects.values_list("balance", "held", "plan").get() == (10, 0, "FREE")


def test_register_normalises_what_it_stores(api):
    body = {**NEW, "email": "  ADA@Exam\0ple.COM ", "name": " A\0da \ud800"}

    assert api.post("/auth/register", body).json()["user"]["email"] == "ada@example.com"
    assert User.objects.values_list("email", "name").get() == ("ada@example.com", "Ada")


TOO_SHORT = "Password must be at least 8 characters"
TERMS = "You must accept the Terms of Service and Privacy Policy to create an account"
# one fault more in every row: of all that is wrong, the first is said
FAULTS = [
    ({"agreedToTerms": "true"}, TERMS),
    ({"name": "n" * 101}, "Name is too long (max 100 characters)"),
    ({"name": " \0 "}, "Name is required"),
    ({"password": "p" * 129}, "Password is too long (max 128 characters)"),
    ({"password": "p" * 7}, TOO_SHORT),
    ({"password": ""}, "Password is required"),
    ({"email": "ada.example.com"}, "Invalid email format"),
    ({"email": f"{'a' * 243}@example.com"}, "Email is too long (max 254 characters)"),
    ({"email": " "}, "Email is required"),
]


@pytest.mark.parametrize("wrong", range(1, len(FAULTS) + 1))
def test_register_says_the_first_of_all_faults(api, wrong):
    body = dict(NEW)
    for change, _ in FAULTS[:wrong]:
        body |= change

    reply = api.post("/auth/register", body)

    assert (reply.status_code, reply.json()) == (400, {"error": FAULTS[wrong - 1][1]})
    assert not User.objects.exists()
    assert set(reply.cookies) == {"csrf-token"}


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ("email", "Email is required"),
        ("password", "Password is required"),
        ("name", "Name is required"),
        ("agreedToTerms", TERMS),
    ],
)
def test_register_misses_a_field(api, field, error):
    body = {name: value for name, value in NEW.items() if name != field}

    for sent in (body, {**body, field: None}):
        assert api.post("/auth/register", sent).json() == {"error": error}


@pytest.mark.parametrize("agreed", [False, None, 1, "true", [True], {"yes": True}])
def test_register_takes_nothing_but_true_for_agreement(api, agreed):
    reply = api.post("/auth/register", {**NEW, "agreedToTerms": agreed})

    assert (reply.status_code, reply.json()) == (400, {"error": TERMS})


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.com", " ada@example.com\0"])
def test_register_refuses_an_address_that_is_taken_in_any_case(api, email):
    api.post("/auth/register", NEW)

    reply = Api().post("/auth/register", {**NEW, "email": email})

    assert reply.status_code == 400
    assert reply.json() == {"error": "Email is invalid or already taken"}
    assert User.objects.count() == Wallet.objects.count() == Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_register_race_has_one_winner():
    browsers = [Api() for _ in range(4)]
    for browser in browsers:
        browser.csrf()
    replies = in_parallel(
        lambda browser, email: browser.post("/auth/register", {**NEW, "email": email}),
        zip(browsers, ["ada@example.com", "ADA@example.com"] * 2, strict=True),
    )

    assert sorted(reply.status_code for reply in replies) == [201, 400, 400, 400]
    assert {reply.json()["error"] for reply in replies if reply.status_code == 400} == {
        "Email is invalid or already taken"
    }
    assert User.objects.count() == Wallet.objects.count() == 1


def in_parallel(call, arguments) -> list:
    """`call` with each of the arguments at once, from threads that meet first."""
    calls = list(arguments)
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = call(*calls[number])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# --- Login ------------------------------------------------------------------------------------


def test_login_answers_the_person_with_plan_and_credits(api, person):
    reply = api.post("/auth/login", {"email": person.email, "password": factories.PASSWORD})

    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    assert reply.json() == {
        "user": {
            "id": str(person.pk),
            "email": person.email,
            "name": "Ada",
            "avatar": None,
            "plan": "FREE",
            "credits": 10,
        }
    }


@pytest.mark.parametrize(
    ("remember", "days"),
    [({}, 7), ({"rememberMe": False}, 7), ({"rememberMe": None}, 7), ({"rememberMe": True}, 30)],
)
def test_login_is_remembered_for_as_long_as_asked(api, person, remember, days):
    body = {"email": person.email, "password": factories.PASSWORD, **remember}

    reply = api.post("/auth/login", body)

    assert attributes(reply.cookies["token"]) == kept(900)
    assert attributes(reply.cookies["refreshToken"]) == kept(days * DAY)
    session = Session.objects.get()
    lasts = session.tokens.get().expires_at - session.created_at
    assert round(lasts.total_seconds() / DAY) == days


def test_login_takes_the_address_in_any_case(api, person):
    body = {"email": f" {person.email.upper()} ", "password": factories.PASSWORD}

    assert api.post("/auth/login", body).status_code == 200


@pytest.fixture
def verified(monkeypatch, real_hashes):
    """The hashes that were compared with a password, in full: the costly part of a login."""
    seen = []
    verify = Argon2id.verify

    def watched(self, password, encoded):
        seen.append(encoded)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2id, "verify", watched)
    return seen


@pytest.mark.parametrize("who", ["wrong password", "unknown", "no password", "deactivated"])
def test_login_refuses_alike_and_at_the_same_cost(api, person, verified, who):
    body = {"email": person.email, "password": factories.PASSWORD}
    if who == "wrong password":
        body["password"] = "wrong horse battery"
    elif who == "unknown":
        body["email"] = "nobody@example.com"
    elif who == "no password":
        person.set_unusable_password()
        person.save()
    else:
        User.objects.update(is_active=False)

    reply = api.post("/auth/login", body)

    assert (reply.status_code, reply.json()) == (401, {"error": "Invalid credentials"})
    assert set(reply.cookies) == {"csrf-token"}
    assert not Session.objects.exists()
    (hashed,) = verified
    cost = "argon2$argon2id$v=19$m=19456,t=2,p=1$"
    assert hashed.startswith(cost)
    assert (hashed == person.password) == (who == "wrong password")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": ""}, "Email is required"),
        ({"email": f"{'a' * 243}@example.com"}, "Email is too long (max 254 characters)"),
        ({"email": "ada"}, "Invalid email format"),
        ({"password": ""}, "Password is required"),
        ({"password": "short"}, TOO_SHORT),
        ({"password": "p" * 129}, "Password is too long (max 128 characters)"),
    ],
)
def test_login_checks_the_shape_first(api, change, error):
    reply = api.post("/auth/login", {"email": "a@b.c", "password": "p" * 8, **change})

    assert (reply.status_code, reply.json()) == (400, {"error": error})


def test_password_of_any_characters_works_on_page_and_api(api):
    """A lone surrogate is no UTF-8: browsers send U+FFFD for it, and so it is kept."""
    odd = "half \ud83d of\0 a pair"
    assert api.post("/auth/register", {**NEW, "password": odd}).status_code == 201

    assert services.check(email="ada@example.com", password="half \ufffd of\0 a pair")
    body = {"email": "ada@example.com", "password": odd}
    assert Api().post("/auth/login", body).status_code == 200


# --- Who is signed in -------------------------------------------------------------------------


def test_current_user_is_the_person_not_wrapped(signed_in, person):
    reply = signed_in.get("/auth/current-user")

    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    assert reply.json() == {
        "id": str(person.pk),
        "email": person.email,
        "name": "Ada",
        "avatar": None,
        "plan": "FREE",
        "credits": 10,
    }


def test_current_user_is_never_without_a_name(signed_in, person):
    User.objects.update(name="", email="grace@example.com", avatar="https://example.com/a.png")

    body = signed_in.get("/auth/current-user").json()

    assert (body["name"], body["avatar"]) == ("grace", "https://example.com/a.png")


def test_current_user_by_bearer_token(signed_in, person):
    access = signed_in.client.cookies["token"].value

    reply = Client().get("/api/auth/current-user", headers={"Authorization": f"Bearer {access}"})

    assert reply.json()["id"] == str(person.pk)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Basic YTpi", "x"])
def test_current_user_without_a_token(db, header):
    headers = {"Authorization": header} if header else {}

    reply = Client().get("/api/auth/current-user", headers=headers)

    assert (reply.status_code, reply.json()) == (401, {"error": "No token provided"})


@pytest.mark.parametrize("gone", ["deleted", "deactivated"])
def test_account_that_is_gone_is_signed_out_with_its_cookies(signed_in, person, gone):
    if gone == "deleted":
        Session.objects.all().delete()
    else:
        User.objects.update(is_active=False)

    reply = signed_in.get("/auth/current-user")

    assert (reply.status_code, reply.json()) == (401, {"error": "Invalid token"})
    assert {name: cookie.value for name, cookie in reply.cookies.items()} == {
        "token": "",
        "refreshToken": "",
    }


# --- Logout -----------------------------------------------------------------------------------


def test_logout_ends_the_session_and_clears_both_cookies(signed_in):
    access = signed_in.client.cookies["token"].value

    reply = signed_in.post("/auth/logout")

    assert reply.status_code == 200
    assert reply.json() == {"message": "Logged out successfully", "success": True}
    for name in ("token", "refreshToken"):
        cookie = reply.cookies[name]
        assert cookie.value == ""
        assert cookie["expires"] == EPOCH
        assert attributes(cookie) == {"path": "/", "httponly": True, "samesite": "Lax"}
    assert reply.cookies["csrf-token"].value == signed_in.token
    assert Session.objects.values_list("revoked_because", flat=True).get() == "logout"
    late = Client().get("/api/auth/current-user", headers={"Authorization": f"Bearer {access}"})
    assert (late.status_code, late.json()) == (401, {"error": "Invalid token"})


def test_logout_clears_secure_cookies_as_secure(signed_in, settings):
    settings.COOKIE_SECURE, settings.COOKIE_SAMESITE = True, "None"

    cookie = signed_in.post("/auth/logout").cookies["refreshToken"]

    assert (cookie["secure"], cookie["samesite"], cookie["expires"]) == (True, "None", EPOCH)


def test_logout_needs_no_access_token(signed_in):
    del signed_in.client.cookies["token"]

    assert signed_in.post("/auth/logout").status_code == 200
    assert Session.objects.get().revoked_at is not None


def test_logout_with_nothing_but_an_access_token_ends_its_session(signed_in):
    del signed_in.client.cookies["refreshToken"]

    assert signed_in.post("/auth/logout").status_code == 200
    assert Session.objects.get().revoked_at is not None


@pytest.mark.parametrize("refresh", [None, "", "f" * 64, "\ud800", "ü\0"])
def test_logout_of_nobody_succeeds_and_clears(api, refresh):
    if refresh is not None:
        api.client.cookies["refreshToken"] = refresh.encode("utf-8", "replace").decode()

    reply = api.post("/auth/logout")

    assert reply.status_code == 200
    assert {"token", "refreshToken"} <= set(reply.cookies)


def test_logout_leaves_other_devices_alone(signed_in, person):
    phone = Api().sign_in(person)

    signed_in.post("/auth/logout")

    assert phone.get("/auth/current-user").status_code == 200
    assert phone.post("/auth/refresh").status_code == 200


def test_logout_without_csrf_ends_nothing(signed_in):
    assert signed_in.client.post("/api/auth/logout").status_code == 403
    assert signed_in.get("/auth/current-user").status_code == 200


def test_sign_in_ways_are_those_that_work(db):
    reply = Client().get("/api/auth/options")

    assert reply.json() == {"emailAuthEnabled": True, "oauthProviders": []}


def test_person_of_createsuperuser_can_sign_in(api):
    boss = User.objects.create_superuser("boss@example.com", factories.PASSWORD, name="Boss")

    api.sign_in(boss)

    assert api.get("/auth/current-user").json()["credits"] == 10
