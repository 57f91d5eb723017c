"""What is kept of a key, what its use leaves, and how it ends with its person."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import tokens
from accounts.keys import services, usage
from accounts.keys.asked import Period
from accounts.keys.errors import KeyExpired, KeyRefused, KeyRevoked
from accounts.models import ApiKey, KeyDay, KeyUse
from accounts.oauth.profiles import Profile
from accounts.oauth.services import enter
from accounts.profile import deletion
from accounts.signals import data_wanted
from tests import factories

pytestmark = pytest.mark.django_db


def everything_stored() -> str:
    """Every row of every table of this app, as text."""
    tables = [one for one in connection.introspection.table_names() if one.startswith("accounts_")]
    said = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT row::text FROM "{table}" row')
            said += [row for (row,) in cursor]
    return "\n".join(said)


def test_key_is_stored_as_a_keyed_hash_alone(supporter, make, settings):
    key, raw = make(supporter)

    assert raw not in everything_stored()
    assert raw[services.PREFIX_LENGTH :] not in everything_stored()
    assert key.key_hash != hashlib.sha256(raw.encode()).hexdigest()
    assert services.recognise(raw) == key
    settings.SECRET_KEY = "x" * 50
    with pytest.raises(KeyRefused):  # without the server's key, the table proves nothing
        services.recognise(raw)


def test_keys_are_long_and_never_alike(supporter, make):
    raws = [make(supporter).raw for _ in range(5)]

    assert len({raw[:16] for raw in raws}) == 5
    assert {len(raw) for raw in raws} == {48}


def test_same_beginning_is_not_the_same_key(supporter, make):
    key, raw = make(supporter)
    other = make(supporter).key
    ApiKey.objects.filter(pk=other.pk).update(prefix=key.prefix)

    assert services.recognise(raw) == key
    for wrong in (raw[:-1] + ("A" if raw[-1] != "A" else "B"), raw[:-1], raw + "A", "", "sk_live_"):
        with pytest.raises(KeyRefused):
            services.recognise(wrong)


def test_key_works_until_it_expires(supporter, make):
    key, raw = make(supporter, expiresAt=(timezone.now() + timedelta(hours=1)).isoformat())
    assert services.recognise(raw) == key

    ApiKey.objects.update(expires_at=timezone.now())

    with pytest.raises(KeyExpired):
        services.recognise(raw)


def test_revoking_again_changes_nothing(supporter, make):
    key, raw = make(supporter)

    assert [services.revoke(key), services.revoke(key, because="support")] == [True, False]

    with pytest.raises(KeyRevoked):
        services.recognise(raw)
    assert ApiKey.objects.get().revoked_because == "revoked"


def test_suspended_person_has_no_keys_meanwhile(supporter, make):
    raw = make(supporter).raw
    supporter.is_active = False
    supporter.save()

    with pytest.raises(KeyRefused):
        services.recognise(raw)


def test_last_use_is_written_once_a_minute(supporter, make, django_assert_num_queries):
    key = make(supporter).key
    usage.record(key, status=200, latency_ms=1, credits=0)
    key.refresh_from_db()
    first = key.last_used_at
    assert first

    with django_assert_num_queries(1):
        usage.record(key, status=200, latency_ms=1, credits=0)
    key.last_used_at = first - timedelta(seconds=61)
    key.save()
    usage.record(key, status=200, latency_ms=1, credits=0)

    key.refresh_from_db()
    assert key.last_used_at > first


def test_refusals_at_the_door_are_noted_for_a_while_only(supporter, make, limited):
    key = make(supporter).key

    for _ in range(70):
        usage.record(key, status=429, latency_ms=1, credits=0)

    assert usage.totals([key.pk])[key.pk].failed == 60
    key.refresh_from_db()
    assert key.last_used_at is None


def test_sums_by_day_say_the_same_as_the_rows(supporter, make):
    key, other = make(supporter).key, make(supporter).key
    now = timezone.now()
    for days in (0, 3, 8, 8, 9, 40):
        for one, status, cost in ((key, 202, 1), (key, 500, 0), (other, 200, 0)):
            KeyUse.objects.create(
                key=one, at=now - timedelta(days=days), status=status, latency_ms=10, credits=cost
            )
    before = usage.totals([key.pk, other.pk])
    assert before[key.pk] == usage.Totals(requests=12, succeeded=6, latency_ms=120, credits=6)

    assert usage.roll_up() == 12
    assert usage.roll_up() == 0

    assert usage.totals([key.pk, other.pk]) == before
    assert KeyUse.objects.count() == 6
    assert KeyDay.objects.filter(key=key).count() == 3
    late = KeyUse.objects.create(key=key, at=now - timedelta(days=8), status=200, latency_ms=5)
    assert usage.roll_up() == 1
    assert usage.totals([key.pk])[key.pk].requests == 13
    assert not KeyUse.objects.filter(pk=late.pk).exists()


def test_period_counts_rows_and_days_alike(supporter, make):
    key = make(supporter).key
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    days = [noon - timedelta(days=number) for number in (1, 2, 10, 11)]
    for at in days:
        KeyUse.objects.create(key=key, at=at, status=200, latency_ms=1)
    usage.roll_up()

    def counted(since, until) -> int:
        midnight = {"hour": 0, "minute": 0}
        period = Period(since and since.replace(**midnight), until and until.replace(**midnight))
        return usage.summary(supporter, period).requests

    assert counted(None, None) == 4
    assert counted(days[0], None) == 1
    assert counted(days[2], None) == 3
    assert counted(days[3], days[2]) == 1
    assert counted(None, days[1]) == 2


def test_credits_that_come_back_are_taken_off(supporter, make):
    key = make(supporter).key
    for _ in range(2):
        usage.record(key, status=202, latency_ms=1, credits=1)

    usage.give_back(key.pk, 1)

    assert usage.totals([key.pk])[key.pk] == usage.Totals(2, 2, 2, 1)
    assert usage.summary(supporter, Period()).credits == 1


def test_deleted_person_leaves_dead_and_nameless_keys(supporter, make):
    key, raw = make(supporter, description="of Zephyrine", ipWhitelist=["203.0.113.7"])
    session = tokens.issue(supporter).session

    deletion.delete(supporter, session, password=factories.PASSWORD)

    with pytest.raises(KeyRefused):
        services.recognise(raw)
    key.refresh_from_db()
    assert (key.name, key.description, key.ip_list) == ("", "", [])
    assert key.revoked_because == "deleted"


def test_account_that_is_taken_back_takes_no_keys_along(supporter, make):
    raw = make(supporter).raw
    profile = Profile("github", "77", supporter.email, "Real Owner", "")

    enter(profile)

    with pytest.raises(KeyRevoked):
        services.recognise(raw)


def test_export_tells_of_keys_and_not_the_keys(supporter, make):
    key, raw = make(supporter, description="nightly")
    services.revoke(key)

    files = [one for _, many in data_wanted.send(type(supporter), user=supporter) for one in many]
    [told] = json.loads("".join(dict(files)["api_keys.json"]))

    assert (told["keyPrefix"], told["description"]) == (key.prefix, "nightly")
    assert told["revokedAt"]
    assert raw not in json.dumps(told)
    assert key.key_hash not in json.dumps(told)
