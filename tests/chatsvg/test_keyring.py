"""Changing SECRET_KEY and JWT_SECRET: with the old one as a fallback nobody notices."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.http import HttpResponse

from accounts import csrf, jwt, shown_once, tokens
from accounts.errors import RefreshRefused
from accounts.keys import asked
from accounts.keys import services as api_keys
from accounts.keys.errors import KeyRefused
from accounts.models import ApiKey, OAuthClient
from accounts.oauth_server import tokens as oauth
from accounts.oauth_server.errors import Spent
from chatsvg import env, keyring
from chatsvg.errors import SignedOut
from credits import mailboxes
from generations import files
from generations.mcp import sessions
from tests import factories

NEW = "a-new-key-made-of-letters-0123456789-and-more"


@pytest.fixture
def change(settings):
    """Changes SECRET_KEY, and says whether the old one is still believed."""
    old = settings.SECRET_KEY

    def to_new(*, keep: bool):
        settings.SECRET_KEY = NEW
        settings.SECRET_KEY_FALLBACKS = [old] if keep else []

    return to_new


def test_marks_are_made_with_the_key_in_force_and_known_by_all(change):
    old = keyring.mac(b"what: it is")

    change(keep=True)
    assert keyring.mac(b"what: it is") != old
    assert keyring.is_mac(old, b"what: it is")
    assert keyring.is_mac(old[:16], b"what: it is")
    assert not keyring.is_mac(old[:15], b"what: it is")  # too short to prove anything
    assert not keyring.is_mac(old, b"what: it was")

    change(keep=False)
    assert not keyring.is_mac(old, b"what: it is")


def test_tokens_of_forms_are_taken_while_the_old_key_is_kept(change):
    token = csrf.make()

    change(keep=True)
    assert csrf.is_ours(token)
    assert csrf.is_ours(csrf.make())

    change(keep=False)
    assert not csrf.is_ours(token)


def test_addresses_of_private_drawings_stay_open_while_the_old_key_is_kept(change):
    drawing = SimpleNamespace(is_private=True, storage_key="users/x.svg")
    expires = "99999999999"
    signature = files._sign(drawing.storage_key, int(expires))

    change(keep=True)
    assert files.may_read(drawing, expires=expires, signature=signature)

    change(keep=False)
    assert not files.may_read(drawing, expires=expires, signature=signature)


def test_sessions_of_mcp_stay_open_while_the_old_key_is_kept(change):
    owner = uuid4()
    name = sessions.begin(owner)

    change(keep=True)
    assert sessions._is_theirs(name, owner)
    assert not sessions._is_theirs(name, uuid4())

    change(keep=False)
    assert not sessions._is_theirs(name, owner)


@pytest.mark.django_db
def test_api_key_is_hashed_anew_when_it_is_used(change):
    raw = api_keys.create(factories.person(), asked.key({"name": "x", "environment": "test"})).raw
    before = ApiKey.objects.get().key_hash

    change(keep=True)
    key = api_keys.recognise(raw)
    assert key.key_hash == ApiKey.objects.get().key_hash != before

    change(keep=False)
    assert api_keys.recognise(raw) == key  # it needs the old one no more

    ApiKey.objects.update(key_hash=before)
    with pytest.raises(KeyRefused):
        api_keys.recognise(raw)


@pytest.mark.django_db
def test_mailbox_that_had_its_credits_is_remembered_while_the_old_key_is_kept(change):
    assert mailboxes.claim("ada@example.com")

    change(keep=True)
    assert not mailboxes.claim("Ada+news@example.com")

    change(keep=False)
    assert mailboxes.claim("ada@example.com")


@pytest.mark.django_db
def test_refresh_token_rotated_before_the_change_has_the_same_successor_after_it(change):
    first = tokens.issue(factories.person()).refresh
    second = tokens.rotate(first).refresh

    change(keep=True)
    assert tokens.rotate(first).refresh == second
    third = tokens.rotate(second).refresh
    assert tokens.rotate(third).refresh

    with pytest.raises(RefreshRefused):
        tokens.rotate(first)  # by now a copy


@pytest.mark.django_db
def test_refresh_token_of_an_app_survives_the_change(change):
    client = OAuthClient.objects.create(name="App", redirect_uris=["https://app.example/back"])
    grant = factories.person().oauth_grants.create(
        client=client,
        scopes=["generate"],
        resource="https://chatsvg.example/mcp",
        expires_at=oauth.timezone.now() + oauth.GRANT_LIFETIME,
    )
    oauth._add(grant, "ort_first", at=oauth.timezone.now())
    second = oauth.rotate("ort_first").refresh

    change(keep=True)
    assert oauth.rotate("ort_first").refresh == second
    assert oauth.rotate(second).refresh != second

    with pytest.raises(Spent):
        oauth.rotate("ort_first")


@pytest.mark.django_db
def test_process_that_does_not_know_the_new_key_yet_ends_nothing(change, settings):
    old, client = settings.SECRET_KEY, OAuthClient.objects.create(name="App")
    grant = factories.person().oauth_grants.create(
        client=client, resource="r", expires_at=oauth.timezone.now() + oauth.GRANT_LIFETIME
    )
    oauth._add(grant, "ort_first", at=oauth.timezone.now())
    first = tokens.issue(factories.person()).refresh
    change(keep=True)
    second, next_ = tokens.rotate(first).refresh, oauth.rotate("ort_first").refresh

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, []
    with pytest.raises(RefreshRefused) as refusal:
        tokens.rotate(first)
    with pytest.raises(Spent):
        oauth.rotate("ort_first")

    assert not refusal.value.clear
    assert tokens.rotate(second).refresh
    assert oauth.rotate(next_).refresh


@pytest.mark.django_db
def test_secret_that_a_page_shows_once_is_shown_after_the_change(change, rf):
    person, response = factories.person(), HttpResponse()
    shown_once.keep(response, {"key": "sk_test_x"}, user_id=person.pk, path="/api-keys")
    request = rf.get("/api-keys")
    request.user = person
    request.COOKIES[shown_once.COOKIE] = response.cookies[shown_once.COOKIE].value

    change(keep=True)
    assert shown_once.kept(request, path="/api-keys") == {"key": "sk_test_x"}

    change(keep=False)
    assert shown_once.kept(request, path="/api-keys") is None


@pytest.mark.django_db
def test_access_token_is_taken_while_the_old_secret_is_kept(settings):
    session = tokens.issue(factories.person()).session
    raw, old = jwt.sign(session), settings.JWT_SECRET

    settings.JWT_SECRET, settings.JWT_SECRET_FALLBACKS = NEW, [old]
    assert jwt.read(raw).session_id == session.pk
    assert jwt.read(jwt.sign(session)).session_id == session.pk

    settings.JWT_SECRET_FALLBACKS = []
    with pytest.raises(SignedOut):
        jwt.read(raw)


@pytest.mark.parametrize(
    "secret", ["", "short", "x" * 64, "changeme" * 8, "0123456789" * 3, "ab" * 40]
)
def test_secret_that_can_be_guessed_is_weak(secret):
    assert env.is_weak(secret)


def test_long_and_varied_secret_is_not_weak():
    assert not env.is_weak(NEW)
