"""Threads at the same rows of a real PostgreSQL: whoever wins, nothing is done or paid twice."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chatsvg.errors import DomainError
from credits import services as credits
from credits.models import Entry, Plan, Wallet
from generations import pipeline, services, svg, upkeep
from generations.audit import findings
from generations.leases import Renewer
from generations.models import Attempt, Generation, Job, JobEvent
from tests import factories
from tests.model_server import ANSWER

pytestmark = pytest.mark.django_db(transaction=True)

REFUSALS = (DomainError, pipeline.LeaseLost)
LONGEST = 60  # seconds until a thread that waits for another gives up


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.RATELIMIT_ENABLED = False  # jobs under way; the daily cap stays
    settings.JOB_DEADLINE_SECONDS = 110
    settings.LEASE_SECONDS = 1  # shorter than the test's PostgreSQL has been up


def person(credits_left: int):
    user = factories.person(credits_left=credits_left)
    credits.set_plan(user.pk, Plan.SUPPORTER, reason="many drawings a day")
    return user


def faults():
    return [fault for finding in findings() for fault in finding.faults]


def told(act: Callable, *args, **kwargs) -> str:
    """What the caller is told: a refusal's name, or "" where none."""
    try:
        act(*args, **kwargs)
    except REFUSALS as refusal:
        return type(refusal).__name__
    return ""


def answer_of(job: Job) -> Attempt:
    """What a worker has once the model has answered."""
    return Attempt.objects.create(job=job, number=job.attempt, outcome="answered", answer=ANSWER)


def each_in_a_thread(acts: Iterable[Callable[[], object]]) -> list:
    """Carry out all acts, in as many threads; raise what they raise."""

    def work(act):
        try:
            return act()
        finally:
            connection.close()

    acts = list(acts)
    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(work, acts))


def in_threads(act: Callable[[int], object], times: int, *, threads: int) -> list:
    """`act(0)` to `act(times - 1)`, a few at any moment; what each gave back."""
    shares = each_in_a_thread(
        lambda first=first: [act(n) for n in range(first, times, threads)]
        for first in range(threads)
    )
    return [outcome for share in shares for outcome in share]


def test_two_hundred_submits_on_one_credit_make_one_job():
    user = person(credits_left=1)

    outcomes = in_threads(
        lambda n: told(services.submit, user, factories.recipe(), idempotency_key=f"key-{n}"),
        200,
        threads=16,
    )

    assert Counter(outcomes) == {"": 1, "CannotPay": 199}
    assert Job.objects.count() == JobEvent.objects.count() == 1
    assert (Wallet.objects.get().balance, Wallet.objects.get().held) == (1, 1)
    assert faults() == []


def test_fifty_submits_with_one_key_name_one_job():
    user = person(credits_left=10)

    outcomes = in_threads(
        lambda n: services.submit(user, factories.recipe(), idempotency_key="the key"),
        50,
        threads=16,
    )

    assert len({outcome.job.pk for outcome in outcomes}) == 1
    assert Counter(outcome.is_duplicate for outcome in outcomes) == {False: 1, True: 49}
    assert Job.objects.count() == JobEvent.objects.count() == Wallet.objects.get().held == 1
    assert faults() == []


PAIRS, RACES_OF_A_PAIR = 4, int(os.environ.get("TEST_RACES", "40"))  # 250 in .ci/run
LEAD = 0.006  # seconds by which one of a pair starts before the other, at most


def test_cancels_against_completions_end_in_one_or_the_other():
    drawing = svg.sanitize(ANSWER)

    def pair(number: int) -> tuple[Callable[[], list], Callable[[], list]]:
        user = person(credits_left=RACES_OF_A_PAIR)
        start = threading.Barrier(2)
        prepared: list[tuple[Job, Attempt]] = []
        leads = random.Random(number)

        def complete() -> list:
            outcomes = []
            for _ in range(RACES_OF_A_PAIR):
                job = pipeline.claim(factories.job(user).pk)
                prepared.append((job, answer_of(job)))
                start.wait(LONGEST)
                time.sleep(leads.choice([0, leads.uniform(0, LEAD)]))
                outcomes.append((job.pk, told(pipeline.finish, *prepared[-1], drawing)))
            return outcomes

        def cancel() -> list:
            outcomes = []
            for number in range(RACES_OF_A_PAIR):
                start.wait(LONGEST)
                time.sleep(leads.choice([0, leads.uniform(0, LEAD)]))
                pk = prepared[number][0].pk
                outcomes.append((pk, told(services.cancel, user, pk)))
            return outcomes

        return complete, cancel

    outcomes = each_in_a_thread(act for number in range(PAIRS) for act in pair(number))
    completed = dict(outcome for told_to in outcomes[::2] for outcome in told_to)
    canceled = dict(outcome for told_to in outcomes[1::2] for outcome in told_to)

    ends = Counter()
    for job in Job.objects.all():
        says = (job.status, job.charge, completed[job.pk], canceled[job.pk])
        ends[says] += 1
    assert set(ends) == {
        ("SUCCEEDED", "CAPTURED", "", "JobEnded"),
        ("CANCELED", "REFUNDED", "LeaseLost", ""),
    }
    assert ends.total() == PAIRS * RACES_OF_A_PAIR
    assert min(ends.values()) >= PAIRS * RACES_OF_A_PAIR // 50  # both orders came about
    succeeded = ends["SUCCEEDED", "CAPTURED", "", "JobEnded"]
    refunds = Entry.objects.filter(kind="refund").count()
    assert (Generation.objects.count(), refunds) == (succeeded, ends.total() - succeeded)
    ended = JobEvent.objects.filter(status__in=Job.ENDED).values_list("job", flat=True)
    assert len(ended) == len(set(ended)) == ends.total()
    assert sum(Wallet.objects.values_list("balance", flat=True)) == refunds
    assert faults() == []


def test_claims_sweeps_cancels_and_late_completions_never_meet_in_one_job():
    user = person(credits_left=120)
    jobs = [factories.job(user).pk for _ in range(120)]
    drawing = svg.sanitize(ANSWER)
    claims: list[Job] = []
    finished: list[tuple] = []
    over = time.monotonic() + LONGEST

    def under_way() -> bool:
        return time.monotonic() < over and Job.objects.under_way().exists()

    def work(number: int) -> None:
        chance = random.Random(number)
        while under_way():
            if job := pipeline.claim(chance.choice(jobs)):
                claims.append(job)
                if chance.random() < 0.5:  # this one is slow, or dead: its lease runs out at once
                    past = timezone.now() - timedelta(seconds=1)
                    Job.objects.fenced(job).update(lease_expires_at=past)
                    # and whoever had the job first comes back to it
                    job = next(claim for claim in claims if claim.pk == job.pk)
                if not told(pipeline.finish, job, answer_of(job), drawing):
                    finished.append((job.pk, job.attempt))
                pipeline.give_up(chance.choice(claims), pipeline.Fault("TIMEOUT", True, 0))

    def sweep() -> None:
        while under_way():
            upkeep.sweep(wake=lambda pk: None)
            time.sleep(0.01)

    def cancel() -> None:
        chance = random.Random("cancel")
        for pk in chance.sample(jobs, 40):
            told(services.cancel, user, pk)
            time.sleep(0.01)

    each_in_a_thread([*(lambda n=n: work(n) for n in range(4)), sweep, sweep, cancel])

    ends = Counter(Job.objects.values_list("status", "charge"))
    assert set(ends) <= {
        ("SUCCEEDED", "CAPTURED"),
        ("FAILED", "REFUNDED"),
        ("CANCELED", "REFUNDED"),
        ("CANCELED", "RELEASED"),
    }
    assert ends["SUCCEEDED", "CAPTURED"] > 0
    assert ends["CANCELED", "REFUNDED"] + ends["CANCELED", "RELEASED"] > 0
    fences = Counter((job.pk, job.attempt) for job in claims)
    assert set(fences.values()) == {1}  # nobody holds the number of another
    succeeded = Job.objects.filter(status="SUCCEEDED").values_list("pk", "attempt")
    assert Counter(finished) == Counter(succeeded)
    assert Generation.objects.count() == len(finished)
    assert faults() == []


def test_renewal_and_sweep_agree_on_who_has_a_job():
    user = person(credits_left=400)
    kept = lost = 0

    for number in range(10):
        copies = [pipeline.claim(factories.job(user).pk) for _ in range(12)]
        with ExitStack() as stack:
            renewer = Renewer()
            leases = [stack.enter_context(renewer.hold(copy)) for copy in copies]
            past = timezone.now() - timedelta(seconds=1)
            Job.objects.under_way().update(lease_expires_at=past)
            each_in_a_thread(
                [
                    upkeep.requeue_lost,
                    lambda n=number, r=renewer: (time.sleep(n * 0.005), r.renew()),
                ]
            )
            renewer.renew()  # and those that were taken hear of it
        for copy, lease in zip(copies, leases, strict=True):
            job = Job.objects.get(pk=copy.pk)
            assert (job.status, lease.lost.is_set()) in {("RUNNING", False), ("QUEUED", True)}
            kept, lost = kept + (not lease.lost.is_set()), lost + lease.lost.is_set()
            services.cancel(user, job.pk)

    assert min(kept, lost) > 0
    assert faults() == []
