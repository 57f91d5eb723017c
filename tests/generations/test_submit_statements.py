"""What a submit asks PostgreSQL: statements that are written out, beside the querysets that they
stand for, and how many there are."""

import re
import threading
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from chatsvg.errors import DomainError
from credits import services as credits
from credits.models import Plan, Wallet
from generations import events, limits, queue, recipe, repeats, services
from generations.models import Generation, Job, JobEvent
from tests import factories
from tests.generations.v1.programs import make

SAVEPOINT = 2  # a test's own transaction is around ours


def columns(instance) -> dict:
    """Every value that came from the database, or goes there."""
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.fields}


def submit(user, key="k", **fields):
    return services.submit(user, factories.recipe(**fields), idempotency_key=key)


# --- The same as the querysets ----------------------------------------------------------------


def test_locked_wallet_is_whole(person):
    assert columns(credits.lock(person.pk)) == columns(Wallet.objects.get(pk=person.pk))


def test_nobody_has_no_wallet_to_lock(person):
    with pytest.raises(Wallet.DoesNotExist):
        credits.lock(factories.job().pk)


@pytest.mark.django_db(transaction=True)
def test_lock_is_for_one_person_alone_and_until_the_end():
    with pytest.raises(TransactionManagementError):
        credits.lock(factories.person().pk)
    one, other, told = factories.person(), factories.person(), {}

    def ask():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            told["other"] = submit(other).job.status
            submit(one)
        except OperationalError as error:
            told["one"] = type(error.__cause__).__name__
        finally:
            with connection.cursor() as cursor:  # the next to have this connection waits as usual
                cursor.execute("RESET lock_timeout")
            connection.close()

    with transaction.atomic():
        credits.lock(one.pk)
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(10)

    assert told == {"other": "QUEUED", "one": "LockNotAvailable"}
    assert submit(one).job.status == "QUEUED"


def test_hold_changes_what_is_held_and_nothing_else(person):
    before = columns(Wallet.objects.get(pk=person.pk))

    credits.hold(credits.lock(person.pk), 3)

    assert columns(Wallet.objects.get(pk=person.pk)) == {**before, "held": before["held"] + 3}


@pytest.fixture
def history(person):
    """Jobs of today, of this month and before; of tests; of somebody else; in every state."""
    now = timezone.now()
    just_before = timedelta(microseconds=-1)
    starts = (limits.midnight(now), limits.month(now)[0])
    times = [start + step for start in starts for step in (timedelta(0), just_before)]
    for user in (person, factories.person(credits_left=20)):
        key = make(user, environment="test").key
        for number, at in enumerate(times * 2):
            job = services.submit(
                user,
                factories.recipe(),
                idempotency_key=f"k{number}",
                api_key=key if number >= 4 else None,
            ).job
            Job.objects.filter(pk=job.pk).update(created_at=at)
            if number % 3:
                services.cancel(user, job.pk)
    return person


@pytest.mark.parametrize("is_test", [False, True])
@pytest.mark.parametrize("plan", Plan)
def test_used_is_what_querysets_count(history, plan, is_test):
    now = timezone.now()
    has_month = plan == Plan.SUPPORTER and not is_test
    since = limits.month(now)[0] if has_month else limits.midnight(now)

    used = limits.used(history.pk, plan, at=now, is_test=is_test)

    assert used == (
        limits.drawn_since(history.pk, limits.midnight(now), is_test=is_test),
        limits.drawn_since(history.pk, since, is_test=is_test),
        Job.objects.under_way().filter(user=history).count(),
    )
    assert used.today and used.under_way


def test_no_more_are_counted_under_way_than_are_allowed(person):
    for number in range(7):
        submit(person, f"k{number}")

    used = limits.used(person.pk, Plan.FREE, at=timezone.now(), is_test=False)

    assert (used.today, used.under_way) == (7, 5)


@pytest.mark.parametrize("is_test", [False, True])
def test_first_of_a_key_is_that_of_the_queryset(history, is_test):
    ended = (Job.Status.FAILED, Job.Status.CANCELED)
    mine = Job.objects.filter(user=history, is_test=is_test)
    found = []
    for number in range(8):
        keys = recipe.unit_keys(f"k{number}")
        found.append(repeats.first(history.pk, keys, is_test=is_test))
        same = mine.filter(idempotency_key__in=keys).exclude(status__in=ended).first()
        assert found[-1] == same
        assert same is None or columns(found[-1]) == columns(same)
    assert any(found) and not all(found)


def test_first_of_several_is_the_oldest(person):
    jobs = services.submit_all(person, factories.recipe(), count=3, idempotency_key="k").jobs

    assert repeats.first(person.pk, recipe.unit_keys("k"), is_test=False) == jobs[0]
    services.cancel(person, jobs[0].pk)
    assert repeats.first(person.pk, recipe.unit_keys("k"), is_test=False) == jobs[1]


def test_depth_is_what_querysets_count(history):
    jobs = [submit(history, f"d{number}").job.pk for number in range(3)]
    Job.objects.filter(pk=jobs[0]).update(available_at=timezone.now() + timedelta(hours=1))
    Job.objects.filter(pk=jobs[1]).update(
        status="RUNNING", charge="CAPTURED", lease_expires_at=timezone.now()
    )
    queued = Job.objects.filter(status=Job.Status.QUEUED)

    assert queue.depth() == {
        "waiting": queued.filter(available_at__lte=timezone.now()).count(),
        "delayed": 1,
        "active": 1,
        "paused": 0,
    }


def test_new_job_is_stored_as_it_is_told_with_its_first_event(person):
    drawing = Generation.objects.create(
        user=person, svg="<svg/>", size_bytes=6, sanitizer_version=1, storage_key="key"
    )
    key = make(person, environment="test").key
    first = submit(person).job
    second = services.submit(
        person, factories.recipe(), idempotency_key="k", api_key=key, remix_of=drawing.pk
    ).job

    assert columns(first) == columns(Job.objects.get(pk=first.pk))
    assert columns(second) == columns(Job.objects.get(pk=second.pk))
    assert (second.key, second.remix_of_id) == (key, drawing.pk)
    told = JobEvent.objects.values_list("job", "cursor", "seq", "status", "stage", "progress")
    assert list(told) == [
        (first.pk, 1, 1, "QUEUED", "waiting", 0),
        (second.pk, 2, 1, "QUEUED", "waiting", 0),
    ]
    first.save()  # as one that is there already
    assert Job.objects.count() == 2


@pytest.mark.parametrize("write", [events.record, events.begin])
def test_event_that_is_told_is_the_one_that_is_stored(
    person, write, django_capture_on_commit_callbacks
):
    told = []
    job = submit(person).job
    if write is events.begin:
        job = Job(**{**columns(job), "id": Job().pk, "idempotency_key": "other"})

    def listen(sender, event, **kwargs):
        told.append(event)

    events.job_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            write(job)
    finally:
        events.job_changed.disconnect(listen)

    stored = JobEvent.objects.get(cursor=2)
    assert [columns(event) for event in told] == [columns(stored)]


_CROWD = """
INSERT INTO generations_job SELECT copied.*
FROM generations_job AS sample, unnest(%s::uuid[]) AS person, generate_series(1, 300) AS n,
    LATERAL jsonb_populate_record(sample, jsonb_build_object('id', gen_random_uuid(),
        'user_id', person, 'idempotency_key', 'old ' || n, 'created_at', now() - n * interval '3h',
        'status', 'SUCCEEDED', 'charge', 'CAPTURED', 'progress', 100, 'finished_at', now())
    ) AS copied
"""


@pytest.fixture
def crowd(person):
    """Ten people with a history, and one job that waits."""
    people = [person.pk, *(factories.person().pk for _ in range(9))]
    submit(person)
    with connection.cursor() as cursor:
        cursor.execute(_CROWD, [people])
        cursor.execute("ANALYZE generations_job")


def plan_of(statement):
    """However it is planned where no value is known."""
    numbers = count(1)
    text = re.sub(r"%\(\w+\)s|%s", lambda _: f"${next(numbers)}", statement)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {text}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.usefixtures("crowd")
def test_indexes_serve_them_whatever_the_values():
    served = {
        limits._USED_FOR_REAL: {"job_of_user", "job_under_way"},
        limits._USED_BY_TESTS: {"job_of_tests", "job_under_way"},
        repeats._FIRST._statement: {"job_once_per_key"},
        queue._DEPTH: {"job_under_way"},
    }

    plans = {statement: plan_of(statement) for statement in served}

    used = {text: set(re.findall(r"(?:using|Scan on) (job_\w+)", plans[text])) for text in plans}
    assert used == served
    assert not any("Seq Scan" in plan for plan in plans.values())


# --- How many ---------------------------------------------------------------------------------


def test_submit_asks_five_things(person, django_assert_num_queries):
    # the wallet, the key, what was used; the hold, the job with its event
    with django_assert_num_queries(SAVEPOINT + 5):
        submit(person)
    with django_assert_num_queries(SAVEPOINT + 5):
        services.submit_again(person, factories.recipe(), idempotency_key="again")


def test_each_further_drawing_is_one_more(person, django_assert_num_queries):
    with django_assert_num_queries(SAVEPOINT + 5 + 2):
        services.submit_all(person, factories.recipe(), count=3, idempotency_key="k")


def test_repeat_asks_for_the_wallet_and_the_key(person, django_assert_num_queries):
    submit(person)

    with django_assert_num_queries(SAVEPOINT + 2):
        assert submit(person).is_duplicate


@pytest.mark.parametrize(
    ("credits_left", "fields", "asked"),
    [(0, {}, 3), (5, {"style": "3d"}, 2), (1, {"key": "other"}, 3)],
    ids=["no credits", "another recipe", "none left"],
)
def test_refusal_asks_no_more_than_it_takes(
    db, django_assert_num_queries, credits_left, fields, asked
):
    user = factories.person(credits_left=credits_left)
    if credits_left:
        submit(user)
    before = Job.objects.count(), JobEvent.objects.count()

    # and one says that what was asked is undone
    with django_assert_num_queries(SAVEPOINT + 1 + asked), pytest.raises(DomainError):
        submit(user, **fields)

    assert (Job.objects.count(), JobEvent.objects.count()) == before


def test_api_adds_who_asks_and_the_queue(signed_in, settings, django_assert_num_queries):
    signed_in.submit("warm")

    with django_assert_num_queries(1 + SAVEPOINT + 5 + 1):
        signed_in.submit("new")
    with django_assert_num_queries(1 + SAVEPOINT + 2):
        signed_in.submit("new")
    settings.EXPOSE_QUEUE = False
    with django_assert_num_queries(1 + SAVEPOINT + 5):
        signed_in.submit("newer")
