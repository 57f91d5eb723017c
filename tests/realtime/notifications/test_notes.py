"""Who is told what, and when (CONTRACT §8)."""

import logging
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.signals import user_deleted
from credits import services as credits
from credits.models import Entry
from credits.signals import purchased
from generations import pipeline, services
from generations.models import Attempt, Job
from realtime.models import Notification
from realtime.notifications import notes
from realtime.notifications.services import MESSAGE_MOST, tell
from tests import factories
from tests.model_server import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)


def told(user, *kinds):
    """What somebody was told besides the welcome, oldest first."""
    mine = Notification.objects.filter(user=user).exclude(about="welcome").order_by("pk")
    return list(mine.filter(type__in=kinds) if kinds else mine)


def kinds(user):
    return [str(one.type) for one in told(user)]


def draw(user, **fields) -> Job:
    job = factories.job(user, **fields)
    pipeline.run(job.pk)
    job.refresh_from_db()
    return job


def test_somebody_new_is_welcomed_once_by_name(api):
    body = {"email": "ada@example.com", "password": factories.PASSWORD, "name": "Ada"}
    assert api.post("/auth/register", {**body, "agreedToTerms": True}).status_code == 201

    (welcome,) = Notification.objects.filter(user__email="ada@example.com")
    assert (welcome.type, welcome.title) == ("SYSTEM_ANNOUNCEMENT", "Welcome")
    assert welcome.message.startswith("Hello Ada, your account is ready.")
    assert welcome.data == {"kind": "welcome"}


@pytest.mark.parametrize("provider", ["google", "github"])
def test_who_comes_from_elsewhere_is_welcomed_as_well(provider, dance):
    dance(provider)
    dance(provider)  # signs in: no second welcome

    (welcome,) = Notification.objects.all()
    assert (welcome.title, welcome.data) == ("Welcome", {"kind": "welcome"})


def test_finished_drawing_is_told_with_its_recipe():
    user = factories.person()

    job = draw(user)

    (ready,) = told(user)
    assert (ready.type, ready.title) == ("JOB_SUCCEEDED", "SVG ready")
    assert ready.data == {
        "generationId": str(job.generation_id),
        "prompt": "a red fox asleep",
        "style": "flat",
        "model": "studio",
    }


def test_failed_drawing_is_told_with_its_recipe_its_code_and_its_refund(endpoint):
    endpoint.default = Behaviour(status=401)
    user = factories.person()

    job = draw(user, model="gpt-4o")

    assert job.status == "FAILED"
    (failed,) = told(user, "JOB_FAILED")
    assert failed.title == "SVG generation failed"
    assert failed.message.endswith("You were not charged.")
    assert failed.data == {
        "generationId": None,
        "prompt": "a red fox asleep",
        "style": "flat",
        "model": "gpt-4o",
        "errorCode": job.error_code,
    }
    (refund,) = told(user, "CREDITS_REFUNDED")
    assert (refund.title, refund.data) == ("Credits refunded", {"credits": 1})
    assert refund.message == "We gave 1 credit back for “a red fox asleep”, which was not drawn."


def test_drawing_that_failed_before_it_cost_anything_is_told_without_a_refund():
    user = factories.person()
    job = factories.job(user)
    with transaction.atomic():
        services.settle(job, Job.Status.FAILED, code="TIMEOUT")

    assert kinds(user) == ["JOB_FAILED"]


def test_who_cancels_is_not_told_of_a_failure():
    user = factories.person()
    waiting, running = factories.job(user), factories.job(user)
    pipeline.claim(running.pk)

    for job in (waiting, running):
        services.cancel(user, job.pk)
        services.cancel(user, job.pk)

    assert kinds(user) == ["CREDITS_REFUNDED"]  # of the one that had been paid


def test_drawing_of_a_test_key_tells_nothing():
    user = factories.person()
    job = factories.job(user)
    Job.objects.filter(pk=job.pk).update(is_test=True, charge=Job.Charge.FREE, price=0)

    pipeline.run(job.pk)

    assert Job.objects.get().status == "SUCCEEDED"
    assert told(user) == []


def test_who_is_deleted_leaves_no_notification_not_even_of_the_refund():
    user = factories.person()
    pipeline.claim(factories.job(user).pk)

    with transaction.atomic():
        user_deleted.send(User, user=user)

    assert Entry.objects.filter(wallet=user.pk, kind="refund").exists()
    assert not Notification.objects.exists()


def test_submit_that_cannot_be_paid_tells_nothing(api):
    user = factories.person(credits_left=0)

    assert api.sign_in(user).submit().status_code == 402

    assert told(user) == []


def test_try_that_is_followed_by_another_tells_nothing(endpoint):
    endpoint.script(Behaviour(status=500))
    user = factories.person()

    assert draw(user, model="gpt-4o").status == "QUEUED"

    assert told(user) == []


def test_last_credit_is_told_after_the_drawing_it_paid_for():
    user = factories.person(credits_left=2)
    draw(user)
    assert kinds(user) == ["JOB_SUCCEEDED"]

    draw(user)

    assert kinds(user) == ["JOB_SUCCEEDED", "JOB_SUCCEEDED", "LOW_CREDITS"]
    (low,) = told(user, "LOW_CREDITS")
    assert (low.title, low.data) == ("Out of credits", {"credits": 0})


def test_credits_that_run_out_twice_are_told_twice():
    user = factories.person(credits_left=1)

    draw(user)
    credits.grant(user.pk, 2, reference="more")
    draw(user)
    draw(user)

    assert len(told(user, "LOW_CREDITS")) == 2


def test_several_drawings_that_end_at_zero_tell_it_once():
    user = factories.person(credits_left=3)
    jobs = [pipeline.claim(factories.job(user).pk) for _ in range(3)]
    assert user.wallet.entries.order_by("id").last().balance_after == 0

    for job in jobs:
        pipeline.finish(job, answered(job), drawing())

    assert len(told(user, "JOB_SUCCEEDED")) == 3
    assert len(told(user, "LOW_CREDITS")) == 1


def test_last_credit_that_came_back_is_not_told_as_spent():
    user = factories.person(credits_left=2)
    first, last = (pipeline.claim(factories.job(user).pk) for _ in range(2))

    services.cancel(user, first.pk)
    pipeline.finish(last, answered(last), drawing())

    assert told(user, "LOW_CREDITS") == []


def test_last_credit_is_told_by_the_worker_that_took_over():
    user = factories.person(credits_left=1)
    job = factories.job(user)
    pipeline.claim(job.pk)
    services.requeue_lost(job.pk)  # its worker is dead; it was charged

    pipeline.run(job.pk)

    assert kinds(user) == ["JOB_SUCCEEDED", "LOW_CREDITS"]


def answered(job) -> Attempt:
    return Attempt.objects.create(job=job, number=job.attempt, outcome="answered", answer="")


def drawing():
    from generations import svg

    return svg.sanitize('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path/></svg>')


def test_refund_that_is_asked_for_again_is_told_once():
    user = factories.person()
    job = draw(user)

    for _ in range(3):
        credits.refund(user.pk, reference=job.reference)

    assert len(told(user, "CREDITS_REFUNDED")) == 1


def test_refund_by_staff_is_told():
    user = factories.person()
    job = draw(user)
    charge = Entry.objects.get(kind="capture", reference=job.reference)

    credits.refund_by_staff(charge, staff=factories.person(), reason="it was not a fox")

    (refund,) = told(user, "CREDITS_REFUNDED")
    assert refund.message == "We gave 1 credit back for “a red fox asleep”."


def test_purchase_is_told_once():
    user = factories.person()

    for _ in range(2):
        with transaction.atomic():
            purchased.send(Entry, user_id=user.pk, amount=200, reference="payment:1")

    (bought,) = told(user)
    assert (bought.type, bought.title) == ("CREDITS_PURCHASED", "Credits added")
    assert bought.message.startswith("200 credits")
    assert bought.data == {"credits": 200}


def test_the_same_note_is_stored_once_and_others_are_not_kept_out():
    user, other = factories.person(), factories.person()
    note = notes.credits_refunded(1, "job:1")

    for who in (user, user, other):
        tell(who.pk, note)
    tell(user.pk, notes.credits_purchased(1, "job:1"))
    for _ in range(2):
        tell(user.pk, notes.security("Somebody signed in."))

    assert kinds(user) == [
        "CREDITS_REFUNDED",
        "CREDITS_PURCHASED",
        "ACCOUNT_SECURITY",
        "ACCOUNT_SECURITY",
    ]
    assert kinds(other) == ["CREDITS_REFUNDED"]


def test_message_that_is_too_long_is_cut():
    user = factories.person()

    tell(user.pk, notes.security("🦊" * 2_000))

    assert told(user)[0].message == "🦊" * MESSAGE_MOST


@pytest.fixture
def no_notification_can_be_stored(db):
    """PostgreSQL refuses every one, as it would in the middle of a careless migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE realtime_notification ADD CONSTRAINT none CHECK (false) NOT VALID"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE realtime_notification DROP CONSTRAINT none")


def test_what_cannot_be_told_happens_all_the_same_and_is_logged(
    no_notification_can_be_stored, endpoint, caplog
):
    endpoint.script(Behaviour(), Behaviour(status=401))
    user = factories.person(credits_left=2)
    prompt = f"a fox called {uuid4().hex}"

    with caplog.at_level(logging.ERROR, logger="realtime"):
        done, failed = (draw(user, model="gpt-4o", prompt=prompt) for _ in range(2))

    assert (done.status, failed.status, failed.charge) == ("SUCCEEDED", "FAILED", "REFUNDED")
    user.wallet.refresh_from_db()
    assert user.wallet.available == 1
    assert not Notification.objects.exists()
    lost = [record.getMessage() for record in caplog.records]
    assert [line.split()[2] for line in lost] == [
        "type=SYSTEM_ANNOUNCEMENT",
        "type=JOB_SUCCEEDED",
        "type=CREDITS_REFUNDED",
        "type=JOB_FAILED",
    ]
    assert not any(prompt in line for line in lost)


def test_end_of_a_job_costs_one_row_and_its_savepoint(django_assert_num_queries):
    user = factories.person()
    job = pipeline.claim(factories.job(user).pk)

    with django_assert_num_queries(2 + 3), transaction.atomic():
        tell(user.pk, notes.job_succeeded(job))
