import pytest
from django.core.management import CommandError, call_command

from credits.models import Entry, Wallet
from tests import factories


def test_grant_credits_to_everybody_that_matches(db, capsys):
    first = factories.person(email="bench_1@example.com")
    second = factories.person(email="bench_2@example.com")
    other = factories.person(email="benchx3@example.org")

    call_command("grant_credits", "bench_%@example.com", "25", reason="load test")

    balances = [Wallet.objects.get(pk=user.pk).balance for user in (first, second, other)]
    assert balances == [35, 35, 10]
    assert set(Entry.objects.filter(amount=25).values_list("reason", flat=True)) == {"load test"}


def test_grant_credits_to_nobody_is_an_error(db):
    with pytest.raises(CommandError, match="Nobody has an e-mail like missing"):
        call_command("grant_credits", "missing@example.com", "5", reason="x")


def test_grant_credits_of_less_than_one_is_an_error(person):
    with pytest.raises(CommandError, match="more than 0"):
        call_command("grant_credits", person.email, "0", reason="x")


def test_set_plan_moves_people(person):
    call_command("set_plan", person.email.upper(), "supporter", reason="gift")

    assert Wallet.objects.get(pk=person.pk).plan == "SUPPORTER"


def test_grant_credits_beyond_any_wallet_is_an_error(person):
    with pytest.raises(CommandError, match="or fewer"):
        call_command("grant_credits", person.email, "99999999999", reason="x")
