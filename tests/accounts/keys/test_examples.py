"""Keys that the docs make."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.keys import asked, examples, services
from accounts.keys.errors import EmailUnproved
from accounts.models import Mail
from accounts.tasks import retire_example_keys

pytestmark = pytest.mark.django_db


def prefixes(user) -> list[str]:
    return [key.prefix for key in services.keys_of(user)]


def test_example_is_a_test_key_of_an_hour(person):
    made = examples.make(person)

    assert made.raw.startswith("sk_test_")
    assert services.recognise(made.raw).pk == made.key.pk
    assert made.key.expires_at - timezone.now() <= timedelta(hours=1)
    assert made.key.name == "Docs example"
    assert not Mail.objects.filter(user=person, kind="security").exists()


def test_examples_are_few_and_the_oldest_makes_room(person):
    made = [examples.make(person) for _ in range(examples.MOST + 2)]

    newest = [one.key.prefix for one in reversed(made)][: examples.MOST]
    assert prefixes(person) == newest


def test_examples_take_no_room_of_other_keys(person):
    for _ in range(examples.MOST):
        examples.make(person)

    for number in range(services.TEST_KEYS):
        services.create(person, asked.key({"name": f"Key {number}", "environment": "test"}))

    assert len(prefixes(person)) == examples.MOST + services.TEST_KEYS


def test_upkeep_ends_what_has_expired_and_nothing_else(person):
    old, fresh = examples.make(person).key, examples.make(person).key
    own = services.create(person, asked.key({"name": "Own", "environment": "test"})).key
    past = timezone.now() - timedelta(minutes=1)
    type(old).objects.filter(pk__in=[old.pk, own.pk]).update(expires_at=past)

    retire_example_keys()

    assert prefixes(person) == [own.prefix, fresh.prefix]
    old.refresh_from_db()
    assert old.revoked_because == "expired"


def test_example_needs_a_proved_mailbox(person, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    person.email_verified_at = None
    person.save()

    with pytest.raises(EmailUnproved):
        examples.make(person)
