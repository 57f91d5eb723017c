"""Random stories of a person's jobs: workers come late, and die between any two statements."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from django.test import override_settings
from django.utils import timezone
from hypothesis import settings as Profile
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from credits.models import Entry, Wallet
from credits.plans import ALLOWANCES
from generations import pipeline, services, svg, upkeep
from generations.audit import findings
from generations.errors import CannotPay, JobEnded, JobMissing, KeyReused, TooManyUnderWay
from generations.leases import renewer
from generations.models import Attempt, Generation, Job, JobEvent
from generations.providers import ProviderError
from tests import factories
from tests.credits.test_ledger_properties import PROFILE
from tests.deaths import AFTER_COMMIT, Death, dying
from tests.model_server import ANSWER, Behaviour

STORIES = int(os.environ.get("TEST_JOB_STORIES", "6"))
CREDITS, UNDER_WAY_MOST, TRIES_MOST = 7, 5, 3
ENDED = {"SUCCEEDED", "FAILED", "CANCELED"}
MOVES = {
    "QUEUED": {"RUNNING", "FAILED", "CANCELED"},
    "RUNNING": {"RUNNING", "QUEUED", *ENDED},
}
PAST = datetime(2020, 1, 1, tzinfo=UTC)
MODELS = [Behaviour(), Behaviour(), Behaviour(status=500), Behaviour(answer="No drawing.")]
_stories = count(1)

workers = st.integers(0, 1)
which = st.integers(0, 5)
moments = st.sampled_from([*[None] * 28, *range(1, 14), *[AFTER_COMMIT] * 5])
long_moments = st.sampled_from([*[None] * 40, *range(1, 40)])  # for several transactions


class Jobs(RuleBasedStateMachine):
    """What a person, two workers, the sweep and time itself may do, in any order.

    A worker keeps its copy of every job that it claimed, however old, and goes on working at it;
    when it dies they are gone.
    """

    server = None

    def __init__(self) -> None:
        super().__init__()
        self.user = factories.person(credits_left=CREDITS)
        self.stranger = User.objects.create(email=f"stranger{next(_stories)}@example.com")
        self.workers: tuple[list[Job], list[Job]] = ([], [])
        self.audited: tuple = ()
        self.ended: dict = {}
        self.fences: Counter = Counter()

    # --- what is there ---

    def jobs(self) -> list[Job]:
        return list(Job.objects.owned_by(self.user).order_by("id"))

    def pick(self, which: int) -> Job:
        """A job; twice as often as not, one that is under way, if any is."""
        jobs = self.jobs()
        under_way = [job for job in jobs if not job.has_ended]
        return (under_way or jobs)[which % len(under_way or jobs)] if which < 4 else jobs[which - 4]

    def any_copy(self) -> bool:
        return any(self.workers)

    def copy(self, worker: int, which: int) -> tuple[int, Job]:
        """A worker, that one if it has any work, and a job as it remembers it."""
        worker = worker if self.workers[worker] else 1 - worker
        return worker, self.workers[worker][which % len(self.workers[worker])]

    def rows(self) -> list[list]:
        """All that is stored of this person's work."""
        return [
            list(Job.objects.owned_by(self.user).order_by("pk").values_list()),
            list(JobEvent.objects.filter(user=self.user).order_by("pk").values_list()),
            list(Generation.objects.owned_by(self.user).order_by("pk").values_list()),
            list(Entry.objects.filter(wallet=self.user.pk).order_by("pk").values_list()),
            list(Wallet.objects.filter(pk=self.user.pk).values_list()),
        ]

    @contextmanager
    def process(self, moment: int | None, worker: int | None = None) -> Iterator[None]:
        """One transaction of a process that may die, and leaves all of it or nothing."""
        before = self.rows()
        with self.mortal(moment, worker) as death:
            yield
        if death and not death[0].committed:
            assert self.rows() == before

    @contextmanager
    def mortal(self, moment: int | None, worker: int | None = None) -> Iterator[list[Death]]:
        deaths: list[Death] = []
        try:
            with dying(moment):
                yield deaths
        except Death as death:
            deaths.append(death)
            if worker is not None:
                self.workers[worker].clear()

    @contextmanager
    def late(self) -> Iterator[None]:
        """A write that comes too late changes nothing."""
        before = self.rows()
        yield
        assert self.rows() == before

    # --- the person ---

    @initialize(
        pasts=st.lists(st.tuples(st.integers(0, TRIES_MOST), st.booleans()), min_size=3, max_size=5)
    )
    def begin(self, pasts):
        """Some jobs, claimed that often; each worker but the last was too slow, answer or none."""
        for key, (claims, is_answered) in enumerate(pasts):
            recipe = factories.recipe(model="gpt-4o")
            job = services.submit(self.user, recipe, idempotency_key=str(key)).job
            for number in range(claims):
                Job.objects.filter(pk=job.pk).update(lease_expires_at=PAST)
                sweep()
                self.workers[number % 2].append(pipeline.claim(job.pk))
                if is_answered and number == 0:
                    self.answer(0, -1, is_busy=False, at=None)

    @rule(
        key=st.sampled_from("012345678"), style=st.sampled_from(["flat", "flat", "3d"]), at=moments
    )
    def submit(self, key, style, at):
        jobs = self.jobs()
        known = [j for j in jobs if j.idempotency_key == key and j.charge in ("HELD", "CAPTURED")]
        refusals = set() if known else self.refusals(jobs)
        if known and known[0].style != style:
            refusals = {KeyReused}
        with self.process(at):
            try:
                recipe = factories.recipe(style=style, model="gpt-4o")
                job, is_duplicate = services.submit(self.user, recipe, idempotency_key=key)
            except (KeyReused, TooManyUnderWay, CannotPay) as refusal:
                assert type(refusal) in refusals
            else:
                assert not refusals
                assert is_duplicate == bool(known)
                assert not known or job == known[0]

    def refusals(self, jobs: list[Job]) -> set[type]:
        paid = [job for job in jobs if job.charge in ("HELD", "CAPTURED")]
        under_way = [job for job in jobs if not job.has_ended]
        reasons = {
            CannotPay: len(paid) >= CREDITS,
            TooManyUnderWay: len(under_way) >= UNDER_WAY_MOST,
        }
        return {reason for reason, is_so in reasons.items() if is_so}

    @rule(which=which, who=st.sampled_from(["owner", "stranger", "stranger"]), at=moments)
    def cancel(self, which, who, at):
        job = self.pick(which)
        if who == "stranger":
            with self.late(), pytest.raises(JobMissing):
                services.cancel(self.stranger, job.pk)
            return
        with self.process(at):
            if job.status in ("SUCCEEDED", "FAILED"):
                with self.late(), pytest.raises(JobEnded):
                    services.cancel(self.user, job.pk)
            else:
                assert services.cancel(self.user, job.pk).status == "CANCELED"

    # --- the workers ---

    @rule(worker=workers, which=which, at=moments)
    def claim(self, worker, which, at):
        job, now = self.pick(which), timezone.now()
        is_there = job.status == "QUEUED" and job.deadline_at > now
        with self.process(at, worker):
            claimed = pipeline.claim(job.pk)
            if claimed:
                assert is_there
                assert claimed.available_at <= timezone.now()
                assert (claimed.status, claimed.attempt) == ("RUNNING", job.attempt + 1)
                self.workers[worker].append(claimed)
            else:
                assert not is_there or job.available_at > now

    @precondition(any_copy)
    @rule(worker=workers, which=which, is_busy=st.booleans(), at=moments)
    def answer(self, worker, which, is_busy, at):
        worker, copy = self.copy(worker, which)
        answered = self.answers(copy).exists()
        self.server.default = Behaviour(status=500) if is_busy else Behaviour(answer=ANSWER)
        calls = self.server.calls
        with self.mortal(at, worker), renewer.hold(copy) as lease:
            try:
                pipeline.answers(copy, lease)
            except ProviderError:
                assert is_busy
            except pipeline.LeaseLost:
                assert not self.is_current(copy)
        assert self.server.calls - calls <= (0 if answered else 1)

    @precondition(any_copy)
    @rule(worker=workers, which=which, at=moments)
    def finish(self, worker, which, at):
        worker, copy = self.copy(worker, which)
        drawing = svg.sanitize(ANSWER)
        answered = self.answers(copy).first() or Attempt(job=copy, provider="openai")
        with self.process(at, worker):
            if self.is_current(copy):
                pipeline.finish(copy, answered, drawing)
                assert not self.is_current(copy)
            else:
                with self.late(), pytest.raises(pipeline.LeaseLost):
                    pipeline.finish(copy, answered, drawing)

    @precondition(any_copy)
    @rule(
        worker=workers,
        which=which,
        is_retryable=st.booleans(),
        retry_after=st.sampled_from([None, 0, 1000]),
        at=moments,
    )
    def give_up(self, worker, which, is_retryable, retry_after, at):
        worker, copy = self.copy(worker, which)
        fault = pipeline.Fault("GENERATION_FAILED", is_retryable, retry_after)
        with self.process(at, worker):
            if self.is_current(copy):
                pipeline.give_up(copy, fault)
                assert not self.is_current(copy)
            else:
                with self.late():
                    pipeline.give_up(copy, fault)

    @precondition(any_copy)
    @rule(worker=workers, which=which)
    def renew(self, worker, which):
        _, copy = self.copy(worker, which)
        is_current = self.is_current(copy)
        with renewer.hold(copy) as lease:
            renewer.renew()
            assert lease.lost.is_set() != is_current
        if is_current:
            assert Job.objects.get(pk=copy.pk).lease_expires_at > timezone.now()

    @rule(which=which, how=st.sampled_from(MODELS), at=long_moments)
    def run(self, which, how, at):
        """A whole try, as a third worker makes it; with repairs, where the model draws badly."""
        job, before = self.pick(which), self.rows()
        self.server.default = how
        with self.mortal(at) as death:
            pipeline.run(job.pk)
        if job.status != "QUEUED":
            assert self.rows() == before
        elif not death:
            assert Job.objects.get(pk=job.pk).status != "RUNNING"

    def is_current(self, copy: Job) -> bool:
        return Job.objects.filter(pk=copy.pk, status="RUNNING", attempt=copy.attempt).exists()

    def answers(self, copy: Job):
        return Attempt.objects.filter(job=copy.pk, outcome="answered")

    # --- time, and the sweep ---

    @rule(
        which=which,
        what=st.sampled_from(["lease", "pause", "deadline"]),
        is_swept=st.booleans(),
        at=long_moments,
    )
    def pass_time(self, which, what, is_swept, at):
        """Until the job's lease, its pause before the next try, or its deadline is over."""
        now = timezone.now()
        picked = self.pick(which)
        job = Job.objects.under_way().filter(pk=picked.pk)
        if what == "lease":
            job.filter(status="RUNNING").update(lease_expires_at=PAST)
        elif what == "pause":
            job.filter(status="QUEUED").update(available_at=now)
        else:
            job.update(deadline_at=now - timedelta(seconds=3))
            with self.late():
                assert pipeline.claim(picked.pk) is None
        if is_swept:
            self.sweep(at)

    def sweep(self, at: int | None) -> None:
        with self.mortal(at) as death:
            woken = sweep()
        if not death:
            due = timezone.now() - timedelta(seconds=2)
            left = [job for job in self.jobs() if not job.has_ended]
            assert all(job.deadline_at > due for job in left)
            assert all(job.status == "QUEUED" or job.lease_expires_at > due for job in left)
            waiting = [job for job in left if job.status == "QUEUED"]
            assert all(job.woken_at or job.available_at > due for job in waiting)
            assert set(woken) <= {job.pk for job in waiting}

    def teardown(self):
        Job.objects.under_way().update(deadline_at=timezone.now() - timedelta(seconds=3))
        sweep()
        assert all(job.has_ended for job in self.jobs())
        self.nothing_is_wrong()
        self.audit()

    # --- what is always true ---

    @invariant()
    def nothing_is_wrong(self):
        jobs, wallet = self.jobs(), Wallet.objects.get(pk=self.user.pk)
        events = list(JobEvent.objects.filter(user=self.user).order_by("cursor"))
        assert [event.cursor for event in events] == list(range(1, len(events) + 1))
        for job in jobs:
            check_log(job, [event for event in events if event.job_id == job.pk])
            self.check_history(job)
        self.check_charges(jobs, wallet)
        self.check_work(jobs)
        if (seen := (len(events), wallet.balance, wallet.held)) != self.audited:
            self.audited = seen
            self.audit()

    def audit(self) -> None:
        faults = [fault for finding in findings() for fault in finding.faults]
        ours = [str(self.user.pk), *(str(job.pk) for job in self.jobs())]
        assert [fault for fault in faults if any(name in fault for name in ours)] == []

    def check_history(self, job: Job) -> None:
        """Fences grow, three tries are the most, and what has ended stays as it is."""
        assert self.fences[job.pk] <= job.attempt <= TRIES_MOST
        self.fences[job.pk] = job.attempt
        if job.has_ended:
            row = {field.attname: getattr(job, field.attname) for field in Job._meta.fields}
            assert row == self.ended.setdefault(job.pk, row)

    def check_charges(self, jobs: list[Job], wallet: Wallet) -> None:
        """A drawing is paid for once; everything else costs nothing in the end."""
        charges = Counter(job.charge for job in jobs)
        assert (wallet.held, wallet.balance) == (charges["HELD"], CREDITS - charges["CAPTURED"])
        entries = Entry.objects.filter(wallet=wallet, reference__startswith="job:")
        assert Counter(entries.values_list("kind", "reference")) == Counter(
            [("capture", j.reference) for j in jobs if j.charge in ("CAPTURED", "REFUNDED")]
            + [("refund", j.reference) for j in jobs if j.charge == "REFUNDED"]
        )

    def check_work(self, jobs: list[Job]) -> None:
        """One drawing for each job that succeeded, none else; one draft at most, and each of two
        repairs once."""
        drawn = [job.generation_id for job in jobs if job.status == "SUCCEEDED"]
        drawings = Generation.objects.owned_by(self.user).values_list("pk", flat=True)
        assert sorted(drawings) == sorted(drawn)
        answers = Attempt.objects.filter(job__user=self.user, outcome="answered")
        answered = list(answers.values_list("job", "repair"))
        assert len(answered) == len(set(answered))
        assert {repair for _, repair in answered} <= {0, 1, 2}


def check_log(job: Job, log: list[JobEvent]) -> None:
    """A job's log has no gaps, never goes back, ends once, and ends where the job is."""
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    assert all(later.status in MOVES[event.status] for event, later in pairwise(log))
    assert all(event.progress <= later.progress for event, later in pairwise(log))
    assert [e.status for e in log if e.status in ENDED] == [job.status] * job.has_ended
    assert all((event.progress == 100) == (event.status == "SUCCEEDED") for event in log)
    assert state(log[-1]) == state(job)


def state(row: Job | JobEvent) -> tuple:
    return row.status, row.stage, row.progress, row.error_code, row.generation_id


def sweep() -> list:
    """Sweep, in a PostgreSQL that counts as long since up."""
    woken: list = []
    with override_settings(LEASE_SECONDS=0):
        upkeep.sweep(wake=woken.append)
    return woken


@pytest.mark.django_db(transaction=True)
def test_jobs_are_right_after_any_story_and_any_death(endpoint, limited, settings, monkeypatch):
    monkeypatch.setitem(ALLOWANCES, "FREE", replace(ALLOWANCES["FREE"], rates=()))
    settings.JOB_DEADLINE_SECONDS, settings.LEASE_SECONDS, settings.SWEEP_SECONDS = 110, 60, 60
    settings.MODEL_BREAKER_FAILURES = 0  # the model fails at random
    Jobs.server = endpoint

    run_state_machine_as_test(
        Jobs, settings=Profile(PROFILE, max_examples=STORIES, stateful_step_count=40)
    )
