import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from credits import services
from credits.errors import InsufficientCredits
from credits.models import Entry, Wallet
from tests import factories


def wallet_of(user):
    return Wallet.objects.get(pk=user.pk)


def test_sign_up_credits_are_explained_by_an_entry(person):
    entries = Entry.objects.filter(wallet=person.pk)

    assert wallet_of(person).balance == 10
    assert [(e.kind, e.amount, e.reference) for e in entries] == [
        ("grant", 10, f"signup:{person.pk}")
    ]


def test_story_of_a_drawing_that_failed_leaves_the_balance_where_it_was(person):
    services.hold(services.lock(person.pk), 1)
    assert wallet_of(person).available == 9
    services.capture(person.pk, 1, reference="job:a")
    assert (wallet_of(person).balance, wallet_of(person).held) == (9, 0)

    services.refund(person.pk, reference="job:a")

    assert wallet_of(person).available == 10
    assert list(services.audit()) == []


def test_what_staff_gave_back_is_not_given_back_again(person):
    services.hold(services.lock(person.pk), 1)
    charge = services.capture(person.pk, 1, reference="job:a")
    given = services.refund_by_staff(charge, staff=factories.person(), reason="it was slow")

    again = services.refund(person.pk, reference="job:a")

    assert again == given
    assert wallet_of(person).balance == 10
    assert list(services.audit()) == []


def test_refund_of_what_was_never_charged_is_refused(person):
    services.hold(services.lock(person.pk), 1)

    with pytest.raises(Entry.DoesNotExist):
        services.refund(person.pk, reference="job:a")

    assert (wallet_of(person).balance, wallet_of(person).held) == (10, 1)


def test_hold_beyond_what_is_available_is_refused_and_changes_nothing(person):
    services.hold(services.lock(person.pk), 10)

    with pytest.raises(InsufficientCredits):
        services.hold(services.lock(person.pk), 1)

    assert wallet_of(person).held == 10


def test_release_gives_a_hold_back(person):
    services.hold(services.lock(person.pk), 3)

    services.release(person.pk, 3)

    assert wallet_of(person).available == 10


@pytest.mark.parametrize(
    "verb",
    [
        lambda pk: services.grant(pk, 1, reference="job:b"),
        lambda pk: services.capture(pk, 1, reference="job:b"),
        lambda pk: services.refund(pk, reference="job:a"),
    ],
    ids=["grant", "capture", "refund"],
)
def test_verb_counts_once_per_reference(person, verb):
    services.hold(services.lock(person.pk), 2)
    services.capture(person.pk, 1, reference="job:a")
    first = verb(person.pk)
    after_first = wallet_of(person)

    second = verb(person.pk)

    again = wallet_of(person)
    assert second == first
    assert (again.balance, again.held) == (after_first.balance, after_first.held)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE credits_entry SET amount = 99", "DELETE FROM credits_entry", "TRUNCATE credits_entry"],
)
def test_entries_cannot_be_changed_in_the_database_itself(person, statement):
    connection.check_constraints()  # so that nothing deferred stands in the way of TRUNCATE

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Entry.objects.filter(wallet=person.pk, amount=10).exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"balance": -1, "held": 0}, "wallet_balance_not_negative"),
        ({"held": 11}, "wallet_held_within_balance"),
        ({"held": -1}, "wallet_held_within_balance"),
    ],
)
def test_impossible_wallets_are_refused_by_a_named_constraint(person, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Wallet.objects.filter(pk=person.pk).update(**change)


def test_entry_whose_sign_does_not_fit_is_refused(person):
    with pytest.raises(IntegrityError, match="entry_sign_matches_kind"), transaction.atomic():
        wallet_of(person).entries.create(
            kind="capture", amount=1, balance_after=11, reference="job:c"
        )


def test_audit_names_a_wallet_that_drifted(person):
    Wallet.objects.filter(pk=person.pk).update(balance=7)

    drifts = list(services.audit())

    assert {(d.user_id, d.stored, d.expected) for d in drifts} == {(person.pk, 7, 10)}


@pytest.mark.django_db(transaction=True)
def test_eight_holds_on_three_credits_succeed_three_times():
    user = factories.person(credits_left=3)
    outcomes = []

    def hold():
        try:
            with transaction.atomic():
                services.hold(services.lock(user.pk), 1)
            outcomes.append("held")
        except InsufficientCredits:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["held"] * 3 + ["refused"] * 5
    assert wallet_of(user).held == 3
