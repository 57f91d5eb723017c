import base64
import json
from datetime import timedelta
from time import time
from uuid import uuid4

import jwt
import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts import jwt as access
from accounts import tokens
from accounts.errors import RefreshRefused
from accounts.models import RefreshToken, Session, User
from accounts.signals import session_ended
from tests import factories
from tests.accounts.test_auth_api import in_parallel
from tests.conftest import Api

DAY = 86400
REFUSED = {"error": "Invalid or expired refresh token"}


def refresh(api, raw: str):
    """The reply to a refresh token from the browser of `api`."""
    api.client.cookies["refreshToken"] = raw
    return api.post("/auth/refresh")


def raw_of(api) -> str:
    return api.client.cookies["refreshToken"].value


def pass_grace(settings) -> None:
    """All rotations so far were longer ago than the grace time."""
    ago = timedelta(seconds=settings.REFRESH_GRACE_SECONDS + 1)
    RefreshToken.objects.exclude(rotated_at=None).update(rotated_at=F("rotated_at") - ago)


@pytest.fixture
def ended():
    """The sessions whose end was announced."""
    seen = []

    def hear(session_id, **kwargs):
        seen.append(session_id)

    session_ended.connect(hear)
    yield seen
    session_ended.disconnect(hear)


# --- Refresh ----------------------------------------------------------------------------------


def test_refresh_rotates_both_cookies(signed_in):
    first = raw_of(signed_in)

    reply = signed_in.post("/auth/refresh")

    assert (reply.status_code, reply.json()) == (200, {"message": "Token refreshed successfully"})
    assert reply["Cache-Control"] == "private, no-store"
    successor = reply.cookies["refreshToken"].value
    assert len(successor) == 64
    assert successor != first
    assert reply.cookies["token"]["max-age"] == 900
    assert signed_in.get("/auth/current-user").status_code == 200


def test_refresh_needs_no_access_token(signed_in):
    del signed_in.client.cookies["token"]

    assert signed_in.post("/auth/refresh").status_code == 200
    assert signed_in.get("/auth/current-user").status_code == 200


def test_refresh_chain_goes_on(signed_in):
    seen = {raw_of(signed_in)}
    for _ in range(3):
        seen.add(signed_in.post("/auth/refresh").cookies["refreshToken"].value)

    assert len(seen) == 4
    assert Session.objects.count() == 1
    assert RefreshToken.objects.filter(rotated_at=None).count() == 1


def test_refresh_keeps_only_hashes(signed_in):
    raw = signed_in.post("/auth/refresh").cookies["refreshToken"].value

    hashes = RefreshToken.objects.values_list("token_hash", flat=True)
    assert raw not in hashes
    assert tokens._hash(raw) in hashes


def test_refresh_without_a_cookie(api):
    reply = api.post("/auth/refresh")

    assert (reply.status_code, reply.json()) == (401, {"error": "No refresh token provided"})
    assert set(reply.cookies) == {"csrf-token"}


@pytest.mark.parametrize("raw", ["f" * 64, "x", "\xfc", "'; --", "1" * 3000])
def test_unknown_refresh_token_leaves_the_cookies(api, raw):
    reply = refresh(api, raw)

    assert (reply.status_code, reply.json()) == (401, REFUSED)
    assert set(reply.cookies) == {"csrf-token"}


def test_expired_refresh_token_leaves_the_cookies(signed_in):
    RefreshToken.objects.update(expires_at=timezone.now())

    reply = signed_in.post("/auth/refresh")

    assert (reply.status_code, reply.json()) == (401, REFUSED)
    assert set(reply.cookies) == {"csrf-token"}


def test_expired_comes_before_reused(signed_in):
    first = raw_of(signed_in)
    signed_in.post("/auth/refresh")
    signed_in.post("/auth/refresh")
    RefreshToken.objects.update(expires_at=timezone.now())

    assert set(refresh(signed_in, first).cookies) == {"csrf-token"}
    assert Session.objects.get().revoked_at is None


def test_refresh_of_somebody_deactivated_is_refused(signed_in):
    User.objects.update(is_active=False)

    assert signed_in.post("/auth/refresh").status_code == 401


def test_refresh_after_logout_clears_the_cookies(signed_in):
    raw = raw_of(signed_in)
    signed_in.post("/auth/logout")

    reply = refresh(signed_in, raw)

    assert (reply.status_code, reply.json()) == (401, REFUSED)
    assert (reply.cookies["token"].value, reply.cookies["refreshToken"].value) == ("", "")


# --- Twice the same token ---------------------------------------------------------------------


def test_predecessor_gets_the_same_successor_in_the_grace_time(signed_in):
    first = raw_of(signed_in)
    successor = signed_in.post("/auth/refresh").cookies["refreshToken"].value

    again = refresh(signed_in, first)

    assert again.status_code == 200
    assert again.cookies["refreshToken"].value == successor
    assert RefreshToken.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tabs", [2, 6])
def test_tabs_that_refresh_at_once_all_stay_signed_in(signed_in, tabs):
    first = raw_of(signed_in)
    browsers = [Api() for _ in range(tabs)]
    for browser in browsers:
        browser.csrf()

    replies = in_parallel(refresh, [(browser, first) for browser in browsers])

    assert [reply.status_code for reply in replies] == [200] * tabs
    assert len({reply.cookies["refreshToken"].value for reply in replies}) == 1
    assert RefreshToken.objects.count() == 2
    assert Session.objects.get().revoked_at is None
    for browser in browsers:
        assert browser.get("/auth/current-user").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_tabs_keep_refreshing_at_once(signed_in):
    raw = raw_of(signed_in)
    for _ in range(5):
        browsers = [Api() for _ in range(3)]
        for browser in browsers:
            browser.csrf()
        replies = in_parallel(refresh, [(browser, raw) for browser in browsers])
        assert [reply.status_code for reply in replies] == [200] * 3
        raw = replies[0].cookies["refreshToken"].value

    assert RefreshToken.objects.count() == 6


@pytest.mark.parametrize("why", ["grace is over", "successor was used"])
def test_reuse_ends_the_family_and_clears_the_cookies(
    signed_in, settings, ended, django_capture_on_commit_callbacks, why
):
    first, access = raw_of(signed_in), signed_in.client.cookies["token"].value
    signed_in.post("/auth/refresh")
    if why == "successor was used":
        signed_in.post("/auth/refresh")
    else:
        pass_grace(settings)
    latest = raw_of(signed_in)

    with django_capture_on_commit_callbacks(execute=True):
        reply = refresh(signed_in, first)

    assert (reply.status_code, reply.json()) == (401, REFUSED)
    assert (reply.cookies["token"].value, reply.cookies["refreshToken"].value) == ("", "")
    session = Session.objects.get()
    assert session.revoked_because == "reuse"
    assert ended == [session.pk]
    assert refresh(signed_in, latest).status_code == 401
    assert current_user(access).json() == {"error": "Invalid token"}


def test_reuse_leaves_other_devices_alone(signed_in, person, settings):
    phone = Api().sign_in(person)
    first = raw_of(signed_in)
    signed_in.post("/auth/refresh")
    pass_grace(settings)

    refresh(signed_in, first)

    assert phone.post("/auth/refresh").status_code == 200
    assert phone.get("/auth/current-user").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_logout_and_refresh_at_once_end_signed_out(signed_in):
    """Whoever comes first, no token of an ended session lives on."""
    raw = raw_of(signed_in)
    leaving, staying = Api(), Api()
    for browser in (leaving, staying):
        browser.csrf()
        browser.client.cookies["refreshToken"] = raw

    in_parallel(
        lambda browser, path: browser.post(path),
        [(leaving, "/auth/logout"), (staying, "/auth/refresh")],
    )

    assert staying.get("/auth/current-user").status_code == 401
    assert staying.post("/auth/refresh").status_code == 401


# --- How long ---------------------------------------------------------------------------------


def test_remember_me_survives_rotation(api, person):
    body = {"email": person.email, "password": factories.PASSWORD, "rememberMe": True}
    api.post("/auth/login", body)

    for _ in range(2):
        cookie = api.post("/auth/refresh").cookies["refreshToken"]
        assert cookie["max-age"] == 30 * DAY
    latest = RefreshToken.objects.get(rotated_at=None)
    assert latest.expires_at - timezone.now() > timedelta(days=29)


def test_no_rotation_outlives_the_session(signed_in):
    soon = timezone.now() + timedelta(minutes=5)
    Session.objects.update(expires_at=soon)

    signed_in.post("/auth/refresh")

    assert RefreshToken.objects.get(rotated_at=None).expires_at == soon


def test_session_starts_with_ninety_days_at_most(signed_in):
    session = Session.objects.get()

    assert round((session.expires_at - session.created_at).total_seconds() / DAY) == 90


def test_session_past_its_end_is_signed_out(signed_in):
    Session.objects.update(expires_at=timezone.now())

    assert signed_in.get("/auth/current-user").json() == {"error": "Invalid token"}


def test_session_remembers_its_device(api, person):
    body = {"email": person.email, "password": factories.PASSWORD}

    api.post("/auth/login", body, **{"User-Agent": "Fire\0fox " + "x" * 600})

    session = Session.objects.get()
    assert session.user_agent == "Firefox " + "x" * 504
    assert session.ip_address == "127.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "10.0.0.1", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "unknown", "10.0.0.1", None),
        (1, "fe80::1%eth0", "10.0.0.1", "fe80::1"),
        (1, "6.6.6.6, 1.2.3.4:5678", "10.0.0.1", "1.2.3.4"),
        (1, "[2001:db8::1]:80", "10.0.0.1", "2001:db8::1"),
        (1, '"[2001:db8::1]"', "10.0.0.1", "2001:db8::1"),
        (1, "[fe80::1%eth0]:443", "10.0.0.1", "fe80::1"),
        (1, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2:5678", "10.0.0.1", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4, unix:", "", "1.2.3.4"),
        (1, "unix:", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "1.2.3.4:5:6", "10.0.0.1", None),
        (0, "6.6.6.6", "1.2.3.4:5678", "1.2.3.4"),
        (0, "6.6.6.6", "", None),
        (0, "", "fe80::2%eth0", "fe80::2"),
        (0, "", "", None),
    ],
)
def test_session_believes_only_its_own_proxies(
    person, settings, proxies, forwarded, remote, expected
):
    settings.TRUSTED_PROXIES = proxies
    api = Api()
    api.csrf()
    api.client.defaults["REMOTE_ADDR"] = remote

    body = {"email": person.email, "password": factories.PASSWORD}
    reply = api.post("/auth/login", body, **{"X-Forwarded-For": forwarded})

    assert reply.status_code == 200
    assert Session.objects.get().ip_address == expected


def test_rotate_refuses_with_one_text(db):
    with pytest.raises(RefreshRefused, match="Invalid or expired refresh token"):
        tokens.rotate("x")


def test_a_session_costs_one_query(signed_in, django_assert_num_queries):
    with django_assert_num_queries(1):
        signed_in.get("/auth/current-user")


# --- Access tokens ----------------------------------------------------------------------------


def current_user(access: str):
    client = Client(raise_request_exception=False)
    return client.get("/api/auth/current-user", headers={"Authorization": f"Bearer {access}"})


def claims(session, **changes) -> dict:
    now = int(time())
    known = {
        "userId": str(session.user_id),
        "sid": str(session.pk),
        "iat": now,
        "exp": now + 900,
    }
    return {name: value for name, value in (known | changes).items() if value is not None}


@pytest.fixture
def session(signed_in):
    return Session.objects.get()


def test_access_token_says_exactly_four_things(signed_in, session, settings):
    raw = signed_in.client.cookies["token"].value

    said = jwt.decode(raw, settings.JWT_SECRET, algorithms=["HS256"])

    assert set(said) == {"userId", "sid", "iat", "exp"}
    assert (said["userId"], said["sid"]) == (str(session.user_id), str(session.pk))
    assert said["exp"] - said["iat"] == 900
    assert abs(said["iat"] - time()) < 5
    assert jwt.get_unverified_header(raw)["alg"] == "HS256"


def test_access_token_of_ours_is_read_as_the_library_reads_it(session, settings):
    raw = access.sign(session)
    head, body, mark = raw.split(".")

    said = access._as_we_write(raw, settings.JWT_SECRET)

    assert said == jwt.decode(raw, settings.JWT_SECRET, algorithms=["HS256"])
    for bent in (
        f"{raw}=",
        raw[:-1],
        raw.swapcase(),
        f"{head}.{body}",
        f"{body}.{mark}",
        "",
        "ä.ö",
    ):
        assert access._as_we_write(bent, settings.JWT_SECRET) is None
    assert access._as_we_write(raw, "another secret of at least 32 bytes") is None


def test_access_token_of_another_form_is_read_by_the_library(session, settings):
    said = {**claims(session), "nbf": 1}
    raw = jwt.encode(said, settings.JWT_SECRET, algorithm="HS256", headers={"kid": "1"})

    assert access._as_we_write(raw, settings.JWT_SECRET) is None
    assert current_user(raw).status_code == 200


def test_access_token_of_the_tests_own_making_works(session, settings):
    """Else the refusals below would prove nothing."""
    raw = jwt.encode(claims(session), settings.JWT_SECRET, algorithm="HS256")

    assert current_user(raw).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": "never"},
        {"exp": 1},
        {"iat": 2**40},
        {"nbf": 2**40},
        {"sid": None},
        {"sid": "x"},
        {"sid": 7},
        {"sid": "0198c0de-0000-7000-8000-000000000000"},
        {"userId": None},
        {"userId": "0198c0de-0000-7000-8000-000000000000"},
        {"userId": ["x"]},
    ],
    ids=str,
)
def test_access_token_that_says_something_else_is_refused(session, settings, changes):
    raw = jwt.encode(claims(session, **changes), settings.JWT_SECRET, algorithm="HS256")

    reply = current_user(raw)

    assert (reply.status_code, reply.json()) == (401, {"error": "Invalid token"})


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def test_forged_access_tokens_are_refused(session, settings):
    said = claims(session)
    real = jwt.encode(said, settings.JWT_SECRET, algorithm="HS256")
    head, body, signature = real.split(".")
    none = b64(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    deep = b64(b"[" * 8000)
    forged = [
        jwt.encode(said, "another secret of at least 32 bytes", algorithm="HS256"),
        jwt.encode(said, settings.JWT_SECRET, algorithm="HS512"),
        jwt.encode(said, None, algorithm="none"),
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{b64(json.dumps(said | {'userId': str(uuid4())}).encode())}.{signature}",
        f"{deep}.{body}.{signature}",
        f"{head}.{deep}.{signature}",
        f"{b64(b'7')}.{body}.{signature}",
        f"{b64(b'9' * 5000)}.{body}.{signature}",
        f"{b64(bytes(range(128, 256)))}.{body}.{signature}",
        "x",
        "..",
        "ü.ü.ü",
        real + "\x00",
        "a" * 8000,
    ]

    for raw in forged:
        reply = current_user(raw)
        assert (reply.status_code, reply.json()) == (401, {"error": "Invalid token"}), raw


@pytest.mark.parametrize("path", ["/app", "/signin"])
def test_forged_access_cookie_is_no_fault_on_pages(db, path):
    client = Client()
    client.cookies["token"] = f"{b64(b'[' * 2000)}.e30.x"
    client.cookies["refreshToken"] = "x"

    assert client.get(path).status_code in (200, 302)


def test_access_token_cookie_goes_before_the_header(signed_in):
    reply = signed_in.get("/auth/current-user", Authorization="Bearer nonsense")

    assert reply.status_code == 200
