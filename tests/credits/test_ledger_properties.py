"""Random stories of two wallets, told by processes that die between any two statements."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, count

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from credits import services
from credits.errors import InsufficientCredits
from credits.models import Entry, Wallet
from tests.deaths import AFTER_COMMIT, Death, dying

PROFILE = settings(
    max_examples=int(os.environ.get("TEST_LEDGER_STORIES", "15")),
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # add Phase.shrink to have a failing story shortened, in minutes
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
_stories = count(1)


@dataclass
class Expected:
    """What a wallet must look like; an entry is (kind, amount, balance_after, reference)."""

    balance: int = 0
    held: int = 0
    entries: list[tuple[str, int, int, str]] = field(default_factory=list)

    def post(self, kind: str, amount: int, reference: str) -> None:
        self.balance += amount
        self.entries.append((kind, amount, self.balance, reference))

    def amount_of(self, kind: str, reference: str) -> int | None:
        amounts = (entry[1] for entry in self.entries if (entry[0], entry[3]) == (kind, reference))
        return next(amounts, None)


owners = st.integers(0, 1)
amounts = st.integers(1, 6)
names = st.sampled_from(["a", "b", "c", "d"])
moments = st.sampled_from([*[None] * 7, *range(1, 7), AFTER_COMMIT])  # a verb says six things


class Ledger(RuleBasedStateMachine):
    """Any verb, on either wallet, for any reference, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.story = next(_stories)
        people = [User.objects.create(email=f"{self.story}{x}@example.com") for x in "ab"]
        self.owners = [services.open_wallet(person).pk for person in people]
        self.expected = [Expected(), Expected()]

    @rule(owner=owners, amount=amounts, name=names, moment=moments)
    def grant(self, owner, amount, name, moment):
        self.post("grant", owner, amount, name, moment, earned=amount)

    @rule(owner=owners, name=names, moment=moments)
    def refund(self, owner, name, moment):
        expected, reference = self.expected[owner], f"{self.story}:{name}"
        charged = expected.amount_of("capture", reference)

        def verb():
            services.refund(self.owners[owner], reference=reference)

        if charged is None:
            refused_or_dead(verb, moment, Entry.DoesNotExist)
        elif happened(verb, moment) and expected.amount_of("refund", reference) is None:
            expected.post("refund", -charged, reference)

    @rule(owner=owners, amount=amounts, name=names, moment=moments)
    def capture(self, owner, amount, name, moment):
        self.post("capture", owner, amount, name, moment, earned=-amount)

    @rule(owner=owners, amount=amounts, moment=moments)
    def hold(self, owner, amount, moment):
        expected = self.expected[owner]

        @transaction.atomic
        def verb():
            services.hold(services.lock(self.owners[owner]), amount)

        if expected.balance - expected.held < amount:
            refused_or_dead(verb, moment, InsufficientCredits)
        elif happened(verb, moment):
            expected.held += amount

    @rule(owner=owners, amount=amounts, moment=moments)
    def release(self, owner, amount, moment):
        expected = self.expected[owner]

        def verb():
            services.release(self.owners[owner], amount)

        if expected.held < amount:
            refused_or_dead(verb, moment, IntegrityError)
        elif happened(verb, moment):
            expected.held -= amount

    def post(self, kind: str, owner: int, amount: int, name: str, moment, *, earned: int) -> None:
        """A verb that leaves an entry: once per kind and reference, whoever asks again."""
        expected, other = self.expected[owner], self.expected[1 - owner]
        reference = f"{self.story}:{name}"
        held = amount if kind == "capture" else 0

        def verb():
            getattr(services, kind)(self.owners[owner], amount, reference=reference)

        if expected.amount_of(kind, reference):
            happened(verb, moment)  # and changes nothing
        elif other.amount_of(kind, reference) or expected.held < held:
            refused_or_dead(verb, moment, IntegrityError)
        elif happened(verb, moment):
            expected.held -= held
            expected.post(kind, earned, reference)

    @invariant()
    def wallets_are_as_expected_and_explained(self):
        wallets = Wallet.objects.in_bulk(self.owners)
        entries = Entry.objects.filter(wallet__in=self.owners).order_by("id")
        for pk, expected in zip(self.owners, self.expected, strict=True):
            wallet, own = wallets[pk], [entry for entry in entries if entry.wallet_id == pk]
            sums = list(accumulate(entry.amount for entry in own))
            assert (wallet.balance, wallet.held) == (expected.balance, expected.held)
            assert [
                (e.kind, e.amount, e.balance_after, e.reference) for e in own
            ] == expected.entries
            assert [entry.balance_after for entry in own] == sums
            assert 0 <= wallet.held <= wallet.balance == (sums[-1] if sums else 0)
        assert len({(e.kind, e.reference) for e in entries}) == len(entries)

    @invariant()
    def audit_finds_nothing(self):
        drifts = [drift for drift in services.audit() if drift.user_id in self.owners]
        assert drifts == []  # another story's drift was reported there


def happened(verb: Callable[[], object], moment: int | None) -> bool:
    """Whether `verb` took effect; where its process died, whether it had committed."""
    try:
        with dying(moment):
            verb()
    except Death as death:
        return death.committed == 1
    return True


def refused_or_dead(verb: Callable[[], object], moment: int | None, refusal: type) -> None:
    with pytest.raises((refusal, Death)) as end, dying(moment):
        verb()
    assert getattr(end.value, "committed", 0) == 0


@pytest.mark.django_db(transaction=True)
def test_ledger_is_right_after_any_story_and_any_death():
    run_state_machine_as_test(Ledger, settings=PROFILE)
