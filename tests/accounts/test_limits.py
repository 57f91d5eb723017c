"""Failed sign-ins and sign-ups, on every face, by address and by account."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings as project
from django.db import connection
from django.test import Client

from accounts import limits, services, tokens
from accounts.errors import WrongCredentials
from accounts.models import User
from chatsvg.errors import TooMany
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.rules import Rate
from tests import factories
from tests.conftest import Api
from tests.pages import Browser, text

pytestmark = pytest.mark.usefixtures("limited")
SENTENCE = "Too many authentication attempts. Please try again later."
HERE, THERE = "203.0.113.1", "203.0.113.2"
WRONG = "not the password"
ADMIN_FORM = {"next": "/admin/"}


class Visitor(Api):
    """Somebody at an address."""

    def __init__(self, address=HERE) -> None:
        super().__init__()
        self.client.defaults["REMOTE_ADDR"] = address

    def login(self, email="ada@example.com", password=factories.PASSWORD):
        return self.post("/auth/login", {"email": email, "password": password})

    def register(self, email, **fields):
        asked = {"email": email, "password": factories.PASSWORD, "name": "A", "agreedToTerms": True}
        return self.post("/auth/register", asked | fields)


@pytest.fixture
def ada(db):
    return factories.person(email="ada@example.com")


def fail(times: int, visitor: Visitor, email="ada@example.com") -> list[int]:
    return [visitor.login(email, WRONG).status_code for _ in range(times)]


# --- By address -------------------------------------------------------------------------------


def test_sixth_failed_login_is_429_with_the_time_to_wait(ada):
    visitor = Visitor()
    began = time.time()

    assert fail(5, visitor) == [401] * 5
    reply = visitor.login(password=WRONG)

    assert (reply.status_code, reply.json()) == (429, {"error": SENTENCE})
    assert 890 < int(reply["Retry-After"]) <= 901
    assert (reply["X-RateLimit-Limit"], reply["X-RateLimit-Remaining"]) == ("5", "0")
    ends = int(reply["X-RateLimit-Reset"]) / 1000
    assert began + 900 <= ends <= time.time() + int(reply["Retry-After"])


def test_blocked_address_is_refused_with_the_right_password_which_nobody_looks_at(ada):
    visitor = Visitor()
    fail(5, visitor)
    User.objects.update(password="argon2$broken")  # to look at it would be an error

    assert visitor.login().status_code == 429
    assert "token" not in visitor.client.cookies


def test_blocked_address_is_refused_before_the_form_is_read(ada):
    visitor = Visitor()
    fail(5, visitor)

    assert visitor.login(email="").status_code == 429
    assert visitor.register("").status_code == 429


def test_successes_never_count(ada):
    visitor = Visitor()

    assert [visitor.login().status_code for _ in range(8)] == [200] * 8
    assert fail(4, visitor) == [401] * 4
    assert [visitor.login().status_code for _ in range(3)] == [200] * 3
    assert fail(2, visitor) == [401, 429]


def test_answers_say_how_many_failures_are_left(ada):
    visitor = Visitor()

    replies = [visitor.login(), visitor.login(password=WRONG), visitor.login()]

    told = [(reply["X-RateLimit-Limit"], reply["X-RateLimit-Remaining"]) for reply in replies]
    assert told == [("5", "5"), ("5", "4"), ("5", "4")]


def test_addresses_do_not_meet_but_those_of_one_ipv6_network_do(ada):
    assert fail(5, Visitor(HERE)) == [401] * 5
    assert Visitor(THERE).login().status_code == 200

    assert fail(5, Visitor("2001:db8:7::1")) == [401] * 5
    assert Visitor("2001:db8:7::ffff").login().status_code == 429
    assert Visitor("2001:db8:7:1::1").login().status_code == 200


def test_what_a_client_says_about_its_address_is_not_believed(ada, settings):
    settings.TRUSTED_PROXIES = 1
    visitor = Visitor("10.0.0.1")

    def login(number, password=WRONG):
        visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}, {HERE}"
        return visitor.login(password=password).status_code

    assert [login(number) for number in range(5)] == [401] * 5
    assert login(99, factories.PASSWORD) == 429
    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = THERE
    assert visitor.login().status_code == 200


def test_forwarded_addresses_are_nothing_without_a_trusted_proxy(ada):
    visitor = Visitor()
    for number in range(5):
        visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        assert visitor.login(password=WRONG).status_code == 401

    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.77"
    assert visitor.login().status_code == 429


def test_failed_sign_ups_count_with_failed_logins(ada):
    visitor = Visitor()

    taken = [visitor.register("ada@example.com").status_code for _ in range(3)]
    assert taken == [400] * 3
    assert fail(2, visitor) == [401] * 2

    reply = visitor.register("new@example.com")
    assert (reply.status_code, reply.json()) == (429, {"error": SENTENCE})
    assert User.objects.count() == 1


def test_forms_that_are_wrong_in_themselves_do_not_count(ada):
    visitor = Visitor()

    for _ in range(6):
        assert visitor.register("new@example.com", password="short").status_code == 400
        assert visitor.login(password="short").status_code == 400

    assert visitor.register("new@example.com").status_code == 201


def test_sign_ups_that_succeed_have_a_limit_of_their_own(db, monkeypatch):
    assert rules.SIGN_UPS.rates == (Rate(100, 3600),)
    few = rules.Rule("rl:auth:signup", (Rate(3, 3600),), SENTENCE, quiet=True)
    monkeypatch.setattr(rules, "SIGN_UPS", few)

    replies = [Visitor().register(f"{number}@example.com") for number in range(4)]

    assert [reply.status_code for reply in replies] == [201, 201, 201, 429]
    assert replies[0]["X-RateLimit-Limit"] == "5"
    assert replies[3].json() == {"error": SENTENCE}
    assert replies[3]["X-RateLimit-Limit"] == "3"
    assert 3590 < int(replies[3]["Retry-After"]) <= 3601
    assert Visitor(THERE).register("there@example.com").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_learn_anything_than_one_by_one():
    factories.person(email="ada@example.com")

    def guess(number):
        try:
            services.login(email="ada@example.com", password=f"guess number {number}", ip=HERE)
        except (WrongCredentials, TooMany) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(guess, range(30)))

    assert (told.count(WrongCredentials), told.count(TooMany)) == (5, 25)


def test_right_guess_among_many_learns_nothing_once_the_others_have_failed(ada):
    with pytest.raises(TooMany), limits.attempt("ada@example.com", HERE):
        fail(5, Visitor())  # while this password is looked at


# --- By account -------------------------------------------------------------------------------


def fail_from_everywhere(times=20, email="ada@example.com") -> list[int]:
    """Failures that no limit by address meets."""
    addresses = (f"198.51.100.{number // 4 + 1}" for number in range(times))
    return [fail(1, Visitor(address), email)[0] for address in addresses]


def test_account_is_shut_to_strangers_after_twenty_failures_from_anywhere(ada):
    other = factories.person(email="other@example.com")
    assert fail_from_everywhere() == [401] * 20

    reply = Visitor(HERE).login()

    assert (reply.status_code, reply.json()) == (429, {"error": SENTENCE})
    assert 0 < int(reply["Retry-After"]) <= 901
    assert reply["X-RateLimit-Remaining"] == "0"
    assert Visitor(HERE).login(other.email).status_code == 200


@pytest.mark.parametrize(
    ("signed_in_at", "comes_from"),
    [
        (HERE, HERE),
        ("2001:db8:7::1", "2001:db8:7::ffff"),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.1"),
    ],
)
def test_owner_is_never_shut_out_where_they_signed_in_before(ada, signed_in_at, comes_from):
    tokens.issue(ada, ip=signed_in_at)
    fail_from_everywhere()

    assert fail(1, Visitor(comes_from)) == [401]
    reply = Visitor(comes_from).login()
    assert (reply.status_code, reply["X-RateLimit-Limit"]) == (200, "5")
    assert Visitor(THERE).login().status_code == 429


def test_home_of_one_account_is_no_home_of_another(ada):
    tokens.issue(factories.person(), ip=HERE)
    fail_from_everywhere()

    assert Visitor(HERE).login().status_code == 429


def test_home_has_the_limit_of_every_address(ada):
    tokens.issue(ada, ip=HERE)

    assert fail(6, Visitor(HERE)) == [401] * 5 + [429]


def test_blocked_address_does_not_fill_the_account(ada):
    fail(30, Visitor(THERE))

    assert Visitor(HERE).login().status_code == 200


def test_accounts_that_do_not_exist_are_shut_as_well(db):
    assert fail_from_everywhere(21, "nobody@example.com") == [401] * 20 + [429]


def test_keys_name_nobody(ada, settings):
    fail(1, Visitor())

    keys = redis.Redis.from_url(project.REDIS_URL).keys(f"*{settings.RATELIMIT_PREFIX}*")

    assert any(b"rl:auth:account" in key for key in keys)
    assert not [key for key in keys if b"@" in key or b"example" in key]


# --- Pages ------------------------------------------------------------------------------------


def test_signin_page_shows_the_sentence_and_keeps_what_was_typed(ada):
    browser = Browser()
    typed = {"email": "ada@example.com", "password": WRONG}
    replies = [browser.post("/signin", typed) for _ in range(6)]

    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert SENTENCE in text(replies[5])
    assert 'value="ada@example.com"' in text(replies[5])
    assert 890 < int(replies[5]["Retry-After"]) <= 901
    assert replies[5]["X-RateLimit-Limit"] == "5"
    right = browser.post("/signin", {**typed, "password": factories.PASSWORD})
    assert (right.status_code, "token" in right.cookies) == (429, False)


def test_signup_page_shows_the_sentence(ada):
    browser = Browser()
    typed = {
        "email": "ada@example.com",
        "password": factories.PASSWORD,
        "name": "Ada",
        "agreedToTerms": "on",
    }
    replies = [browser.post("/signup", typed) for _ in range(6)]

    assert [reply.status_code for reply in replies] == [400] * 5 + [429]
    assert SENTENCE in text(replies[5])


def test_pages_and_api_count_together(ada):
    browser, visitor = Browser(), Visitor("127.0.0.1")
    typed = {"email": "ada@example.com", "password": WRONG}

    assert [browser.post("/signin", typed).status_code for _ in range(3)] == [401] * 3
    assert fail(3, visitor) == [401, 401, 429]


# --- The Django admin -------------------------------------------------------------------------


@pytest.fixture
def staff(db):
    User.objects.create_superuser("staff@example.com", factories.PASSWORD, name="S")


def admin_login(address=HERE, email="staff@example.com", password=factories.PASSWORD):
    client = Client(headers={"Accept": "text/html"}, REMOTE_ADDR=address)
    return client.post(
        "/admin/login/", {"username": email, "password": password, "next": "/admin/"}
    )


def test_admin_lets_staff_in_and_counts_nothing(staff):
    replies = [admin_login() for _ in range(7)]

    assert {(reply.status_code, reply["Location"]) for reply in replies} == {(302, "/admin/")}


def test_admin_refuses_the_sixth_attempt_even_with_the_right_password(staff):
    failed = [admin_login(password=WRONG) for _ in range(5)]

    refused = admin_login()

    assert [reply.status_code for reply in failed] == [200] * 5
    assert all("Please enter the correct email" in text(reply) for reply in failed)
    assert refused.status_code == 429
    assert SENTENCE in text(refused)
    assert 890 < int(refused["Retry-After"]) <= 901
    assert admin_login(THERE).status_code == 302


def test_admin_counts_with_the_other_faces_by_address_and_by_account(staff):
    assert [admin_login(password=WRONG).status_code for _ in range(5)] == [200] * 5
    assert Visitor(HERE).login("staff@example.com").status_code == 429

    for number in range(15):
        admin_login(f"198.51.100.{number // 4 + 1}", " Staff@Example.com ", WRONG)
    assert admin_login(THERE).status_code == 429
    assert Visitor(THERE).login("staff@example.com").status_code == 429


# --- Elsewhere --------------------------------------------------------------------------------


def test_nothing_is_counted_where_limits_are_off(ada, settings):
    settings.RATELIMIT_ENABLED = False

    assert fail(7, Visitor()) == [401] * 7
    assert "X-RateLimit-Limit" not in Visitor().login()


def test_failures_count_while_redis_is_away(ada, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"

    assert fail(6, Visitor()) == [401] * 5 + [429]
