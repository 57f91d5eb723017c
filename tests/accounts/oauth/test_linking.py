"""Which account an identity opens where there is one with the address, and connecting by hand."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts import one_time, tokens
from accounts import services as accounts
from accounts.models import Identity, OAuthState, OneTimeToken, RefreshToken, Session, User
from accounts.oauth import dance as dance_module
from accounts.oauth import errors, services, states
from accounts.oauth.errors import IdentityTaken, NotConnected, OnlyWayIn, ProviderTaken
from accounts.oauth.profiles import Profile
from accounts.sessions import services as sessions
from tests import factories
from tests.conftest import Api
from tests.identity_provider import Dance
from tests.pages import text

FRONTEND = "https://chatsvg.example"
PROVIDERS = ("google", "github")


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND


def profile(provider="google", subject="1", email="ada@example.com", **fields) -> Profile:
    return Profile(provider, subject, email, **{"name": "Ada", "avatar": "", **fields})


def verified(**fields) -> User:
    user = factories.person(**fields)
    User.objects.filter(pk=user.pk).update(email_verified_at=timezone.now())
    return user


# --- somebody else may have signed up with the address ----------------------------------------


@pytest.mark.parametrize("name", PROVIDERS)
def test_unverified_account_is_taken_back_from_whoever_made_it(dance, name):
    squatter = Api()
    user = factories.person(email="ada@example.com")
    squatter.sign_in(user)
    other = "github" if name == "google" else "google"
    services.connect(user, profile(other, "of the squatter", email=""))
    lifetime = timedelta(hours=1)
    link = one_time.make(
        user, OneTimeToken.Purpose.CHANGE_EMAIL, email="evil@example.com", lifetime=lifetime
    )

    dance(name)

    user.refresh_from_db()
    assert dance.client.get("/api/auth/current-user").json()["id"] == str(user.pk)
    assert user.email_verified_at
    assert not user.has_usable_password()
    assert user.identities.get().provider == name
    assert squatter.get("/auth/current-user").status_code == 401
    assert squatter.post("/auth/refresh").status_code == 401
    assert one_time.find(link, OneTimeToken.Purpose.CHANGE_EMAIL) is None
    login = {"email": user.email, "password": factories.PASSWORD}
    assert Api().post("/auth/login", login).status_code == 401
    assert user.sessions.get(revoked_at=None) == Session.objects.live().get()
    assert user.wallet.available == 10


@pytest.mark.parametrize("stored", ["ada@example.com", "ADA@example.COM"])
@pytest.mark.parametrize("there", ["ada@example.com", "ADA@Example.com", " ada@example.com "])
def test_address_means_the_same_account_in_any_case(dance, identity_provider, stored, there):
    user = factories.person(email=stored.lower())
    identity_provider.google.email = there

    dance("google")

    assert User.objects.get() == user
    assert user.identities.exists()


@pytest.mark.parametrize("name", PROVIDERS)
def test_unverified_address_there_links_to_nobody(dance, identity_provider, name):
    owner = verified(email="ada@example.com")
    identity_provider.google.email_verified = False
    identity_provider.github.emails[1]["verified"] = False

    reply = dance(name)

    assert reply["Location"] == f"{FRONTEND}/signin?error=email_unverified"
    assert not owner.identities.exists()
    assert not owner.sessions.exists()


def test_proof_from_there_brings_the_credits_of_a_sign_up(dance, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    user = accounts.register(email="ada@example.com", password=factories.PASSWORD, name="Ada")
    assert user.wallet.available == 0

    dance("google")

    assert dance.client.get("/api/auth/current-user").json()["credits"] == 10


def test_newcomer_has_nothing_to_verify(dance, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True

    dance("github")

    user = User.objects.get()
    assert user.wallet.available == 10
    assert [mail.kind for mail in user.mails.all()] == ["welcome"]


# --- at the same time -------------------------------------------------------------------------


def at_once(*works) -> list:
    """What each of them gives or raises, having begun together."""
    start = threading.Barrier(len(works))
    results: list = [None] * len(works)

    def run(place, work):
        start.wait(5)
        try:
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("providers", [("google", "google"), ("google", "github")], ids=str)
@pytest.mark.parametrize("turn", range(3))
def test_two_callbacks_of_somebody_new_make_one_account(providers, turn):
    works = [
        lambda one=one: services.enter(profile(one, "1", f"ada{turn}@example.com"))
        for one in (*providers, *providers)
    ]

    users = at_once(*works)

    assert {user.pk for user in users} == {User.objects.get().pk}
    assert User.objects.get().identities.count() == len(set(providers))
    assert User.objects.get().wallet.available == 10


@pytest.mark.django_db(transaction=True)
def test_state_is_taken_once_by_callbacks_that_come_at_once():
    begun = states.begin("google", browser="", redirect="/", session=None)
    secrets = {"state": begun.state, "browser": begun.browser}

    taken = at_once(*[lambda: states.take("google", **secrets)] * 6)

    assert [one for one in taken if one] == [begun.row]


@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_connect_one_identity_at_once():
    ada, eve = factories.person(), factories.person()

    results = at_once(*(lambda u=u: services.connect(u, profile()) for u in (ada, eve)))

    assert sorted(type(one).__name__ for one in results) == ["Identity", "IdentityTaken"]
    assert Identity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_both_ways_in_cannot_be_disconnected_at_once():
    user = services.enter(profile("google"))
    services.connect(user, profile("github"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services.providers, "configured", lambda: dict.fromkeys(PROVIDERS))

        results = at_once(*(lambda n=n: services.disconnect(user, n) for n in PROVIDERS))

    assert sorted(type(one).__name__ for one in results) == ["NoneType", "OnlyWayIn"]
    assert user.identities.count() == 1


# --- connecting while signed in ---------------------------------------------------------------


@pytest.fixture
def at_home(dance, signed_in):
    """A browser in which `person` is signed in."""
    dance.client = signed_in.client
    return dance


@pytest.mark.parametrize("name", PROVIDERS)
def test_signed_in_person_connects_an_identity_of_any_address(at_home, person, name):
    reply = at_home(name, "/account?tab=1#connected")

    assert reply["Location"] == f"{FRONTEND}/account?tab=1#connected"
    assert not {"token", "refreshToken"} & set(reply.cookies)
    assert User.objects.get() == person
    identity = person.identities.get()
    assert (identity.provider, identity.email) == (name, "ada@example.com")
    assert person.sessions.count() == 1
    (told,) = person.notifications.filter(type="ACCOUNT_SECURITY")
    assert "was connected" in told.message


def test_connecting_needs_no_verified_address(at_home, identity_provider, person):
    identity_provider.google.email_verified = False

    at_home("google", "/account")

    assert person.identities.get().email == ""


def test_connecting_again_changes_nothing(at_home, person):
    at_home("google", "/account")
    reply = at_home("google", "/account")

    assert reply["Location"] == f"{FRONTEND}/account"
    assert person.identities.count() == 1
    assert person.notifications.filter(type="ACCOUNT_SECURITY").count() == 1


def test_identity_of_somebody_else_is_not_connected(at_home, identity_provider, person):
    Dance(identity_provider)("google")

    reply = at_home("google", "/account?tab=1#connected")

    assert reply["Location"] == f"{FRONTEND}/account?tab=1&error=identity_taken#connected"
    assert not person.identities.exists()


def test_second_identity_of_a_provider_is_not_connected(at_home, identity_provider, person):
    at_home("google", "/account")
    identity_provider.google.sub = "another"

    reply = at_home("google", "/account")

    assert reply["Location"] == f"{FRONTEND}/account?error=provider_taken"
    assert person.identities.count() == 1


def test_failure_while_connecting_is_told_where_it_began(at_home, identity_provider, person):
    identity_provider.denies = "access_denied"

    assert at_home("google", "/account")["Location"] == f"{FRONTEND}/account?error=oauth_failed"


def test_person_is_known_when_the_access_token_ran_out(at_home, person):
    at_home.begin("google")
    del at_home.client.cookies["token"]

    at_home("google", "/account")

    assert User.objects.get() == person
    assert person.identities.exists()


def test_old_refresh_token_connects_nothing(at_home, signed_in, person):
    stolen = signed_in.client.cookies["refreshToken"].value
    signed_in.post("/auth/refresh")
    RefreshToken.objects.filter(successor=None).update(created_at=timezone.now())
    thief = Dance(at_home.provider)
    thief.client.cookies["refreshToken"] = stolen

    thief("google", "/account")

    assert not person.identities.exists()


@pytest.mark.parametrize("change", ["signed out", "somebody else", "revoked"])
def test_connecting_ends_with_the_session_that_began_it(at_home, signed_in, person, change):
    callback = at_home.agree(at_home.begin("google", "/account"))
    if change == "signed out":
        signed_in.post("/auth/logout")
    elif change == "revoked":
        Session.objects.update(revoked_at=timezone.now())
    else:
        signed_in.sign_in(factories.person())

    reply = at_home.finish(callback)

    assert "error=state_invalid" in reply["Location"]
    assert not Identity.objects.exists()


def test_session_that_ends_while_the_provider_is_asked_connects_nothing(
    at_home, person, monkeypatch
):
    """Somebody who proves the mailbox meanwhile has it to themselves."""
    ask = dance_module._exchange

    def slowly(*asked):
        found = ask(*asked)
        sessions.end_all(person, because="linked")
        return found

    monkeypatch.setattr(dance_module, "_exchange", slowly)

    reply = at_home("google", "/account")

    assert reply["Location"] == f"{FRONTEND}/account?error=state_invalid"
    assert not person.identities.exists()


def test_sign_in_that_began_signed_out_connects_to_nobody_who_came_since(dance, signed_in, person):
    """Login CSRF the other way round: what is begun as a sign-in stays one."""
    callback = dance.agree(dance.begin("google"))
    dance.client.cookies.update(signed_in.client.cookies)

    dance.finish(callback)

    assert not person.identities.exists()
    assert User.objects.get(email="ada@example.com").identities.exists()


def test_other_sites_cannot_have_an_identity_connected(at_home, person):
    """An attacker's account may be signed in at the provider: it must not open this one."""
    headers = {"Sec-Fetch-Site": "cross-site"}

    at_home.finish(at_home.agree(at_home.begin("google", "/account", **headers)))

    assert not person.identities.exists()


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_pages_of_ours_and_bookmarks_connect(at_home, person, site):
    at_home.finish(at_home.agree(at_home.begin("google", "/account", **{"Sec-Fetch-Site": site})))

    assert person.identities.exists()


# --- a stolen session is no way to come back for ever ------------------------------------------


@pytest.fixture
def long_ago(at_home, person):
    """The browser has been signed in for longer than a proof lasts."""
    Session.objects.update(created_at=timezone.now() - sessions.FRESH - timedelta(seconds=1))
    return at_home


def test_connecting_takes_a_fresh_sign_in(long_ago, person):
    reply = long_ago.client.get("/api/auth/google", {"redirectUrl": "/account"})

    assert reply["Location"] == f"{FRONTEND}/account?error=proof_needed"
    assert "oauth-browser" not in reply.cookies
    assert not OAuthState.objects.exists()
    long_ago.client.cookies["token"] = ""  # nor by the refresh cookie alone
    reply = long_ago.client.get("/api/auth/google", {"redirectUrl": "/account"})
    assert reply["Location"] == f"{FRONTEND}/account?error=proof_needed"


def test_or_the_password_once_more(long_ago, person):
    token = long_ago.client.get("/api/csrf").json()["csrfToken"]

    def prove(password):
        fields = {"csrf-token": token, "password": password}
        return long_ago.client.post("/account/proof", fields)

    wrong = prove("not the password")
    assert (wrong.status_code, "Current password is incorrect" in text(wrong)) == (400, True)
    assert prove("").status_code == 400
    assert "proof_needed" in long_ago.client.get("/api/auth/google")["Location"]
    assert prove(factories.PASSWORD)["Location"] == "/account?done=proof#signin"

    assert long_ago("google", "/account")["Location"] == f"{FRONTEND}/account"
    assert person.identities.get().provider == "google"


def test_proof_is_of_one_session_and_ends(long_ago, person):
    session = Session.objects.get()
    sessions.note_proof(session)
    session.refresh_from_db()
    assert sessions.is_fresh(session)

    Session.objects.update(proved_at=timezone.now() - sessions.FRESH - timedelta(seconds=1))

    session.refresh_from_db()
    assert not sessions.is_fresh(session)
    assert sessions.is_fresh(tokens.issue(person).session)


def test_wrong_proofs_are_limited(long_ago, limited):
    token = long_ago.client.get("/api/csrf").json()["csrfToken"]
    fields = {"csrf-token": token, "password": "not the password"}

    statuses = [long_ago.client.post("/account/proof", fields).status_code for _ in range(6)]

    assert statuses == [400] * 5 + [429]


def test_account_page_asks_for_the_proof_first(long_ago, person):
    page = text(long_ago.client.get("/account"))

    assert 'action="/account/proof#signin"' in page
    assert 'href="/api/auth/google' not in page
    sessions.note_proof(Session.objects.get())
    page = text(long_ago.client.get("/account?done=proof"))
    assert 'action="/account/proof#signin"' not in page
    assert 'href="/api/auth/google?redirectUrl=/account"' in page
    assert "for 10 minutes" in page


def test_account_page_tells_who_has_no_password_to_sign_in_again(long_ago, person):
    person.set_unusable_password()
    person.save()

    page = text(long_ago.client.get("/account?error=proof_needed"))

    assert "sign out and in again first" in page
    assert errors.sentence("proof_needed") in page
    assert 'action="/account/proof#signin"' not in page


# --- the list, and disconnecting --------------------------------------------------------------


def test_identities_are_listed_for_their_owner_alone(signed_in, person, identity_provider):
    services.connect(person, profile("github", "7", email=""))
    services.enter(profile("google", "of somebody else"))
    identity = person.identities.get()

    reply = signed_in.get("/account/identities")

    stamp = f"{identity.created_at:%Y-%m-%dT%H:%M:%S.}{identity.created_at.microsecond // 1000:03}Z"
    assert reply.json() == {
        "identities": [
            {
                "provider": "github",
                "email": None,
                "createdAt": stamp,
                "lastUsedAt": reply.json()["identities"][0]["lastUsedAt"],
            }
        ],
        "providers": ["google", "github"],
    }
    assert reply["Cache-Control"] == "private, no-store"


def test_identity_is_disconnected(signed_in, person, identity_provider):
    services.connect(person, profile())

    reply = signed_in.client.delete(
        "/api/account/identities/google", headers={"X-CSRF-Token": signed_in.csrf()}
    )

    assert (reply.status_code, reply.json()) == (200, {"message": "Account disconnected"})
    assert not person.identities.exists()
    assert person.notifications.filter(type="ACCOUNT_SECURITY").count() == 2


@pytest.mark.parametrize("provider", ["google", "nowhere", "GOOGLE", "x" * 500])
def test_what_is_not_connected_cannot_be_disconnected(signed_in, person, provider):
    services.enter(profile("google", "of somebody else"))

    reply = signed_in.client.delete(
        f"/api/account/identities/{provider}", headers={"X-CSRF-Token": signed_in.csrf()}
    )

    assert (reply.status_code, reply.json()) == (404, {"error": "No such account is connected"})
    assert Identity.objects.count() == 1


@pytest.mark.parametrize("name", ["google", "nowhere", "GOOGLE", "%00", "g%C3%B6ogle", "x" * 500])
def test_page_of_an_odd_name_is_404_and_changes_nothing(signed_in, person, name):
    services.connect(person, profile("github", "7", email=""))
    fields = {"csrf-token": signed_in.csrf()}

    reply = signed_in.client.post(f"/account/identities/{name}/disconnect", fields)
    by_api = signed_in.client.delete(
        f"/api/account/identities/{name}", headers={"X-CSRF-Token": fields["csrf-token"]}
    )

    assert (reply.status_code, by_api.status_code) == (404, 404)
    assert errors.NotConnected.title in text(reply)
    assert by_api.json() == {"error": errors.NotConnected.title}
    assert person.identities.exists()


def test_only_way_in_stays(dance):
    dance("google")
    user = User.objects.get()
    token = dance.client.get("/api/csrf").json()["csrfToken"]

    reply = dance.client.delete("/api/account/identities/google", headers={"X-CSRF-Token": token})

    assert (reply.status_code, reply.json()["errorCode"]) == (409, "ONLY_WAY_IN")
    assert user.identities.exists()


def test_disconnecting_counts_only_ways_that_work(identity_provider, person, settings):
    services.connect(person, profile("google"))
    services.connect(person, profile("github"))
    settings.EMAIL_AUTH_ENABLED = False
    settings.GITHUB_CLIENT_ID = ""

    with pytest.raises(OnlyWayIn):
        services.disconnect(person, "google")
    services.disconnect(person, "github")
    with pytest.raises(NotConnected):
        services.disconnect(person, "github")


def test_identities_need_a_person_and_a_token(db, signed_in):
    assert Api().get("/account/identities").status_code == 401
    assert signed_in.client.delete("/api/account/identities/google").status_code == 403


def test_connect_says_why_not(person):
    services.connect(person, profile())

    with pytest.raises(ProviderTaken):
        services.connect(person, profile(subject="2"))
    with pytest.raises(IdentityTaken):
        services.connect(factories.person(), profile())
