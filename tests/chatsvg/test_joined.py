"""Statements that are written out, beside the querysets that they stand for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Session, User
from accounts.sessions import row
from credits.models import Wallet
from generations import status
from generations.models import Generation, Job
from tests import factories

pytestmark = pytest.mark.django_db


def columns(instance) -> dict:
    """Every value that came from the database."""
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.fields}


def begin_session(user) -> Session:
    return user.sessions.create(expires_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def session():
    return begin_session(factories.person())


@pytest.fixture
def job():
    return factories.job()


# --- A session, its person, their wallet ------------------------------------------------------


def test_live_session_comes_whole_in_one_query(session, django_assert_num_queries):
    asked = Session.objects.live().select_related("user__wallet").get(pk=session.pk)

    with django_assert_num_queries(1):
        found = row.live(session.pk, session.user_id)
        there = (found, found.user, found.user.wallet)

    for one, other in zip(there, (asked, asked.user, asked.user.wallet), strict=True):
        assert one == other
        assert columns(one) == columns(other)


def test_person_of_a_session_is_saved_like_any_other(session):
    found = row.live(session.pk, session.user_id)
    found.user.name = "Another"
    found.user.save()

    assert User.objects.get(pk=session.user_id).name == "Another"


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
    ],
    ids=["revoked", "expired"],
)
def test_session_that_is_over_is_none(session, change):
    Session.objects.filter(pk=session.pk).update(**change)

    assert not Session.objects.live().filter(pk=session.pk).exists()
    assert row.live(session.pk, session.user_id) is None


def test_session_of_somebody_suspended_is_none(session):
    User.objects.filter(pk=session.user_id).update(is_active=False)

    assert not Session.objects.live().filter(pk=session.pk).exists()
    assert row.live(session.pk, session.user_id) is None


def test_session_of_somebody_else_is_none(session):
    assert row.live(session.pk, factories.person().pk) is None


def test_person_without_a_wallet_has_a_session():
    user = User.objects.create_user("nobody@example.com")
    session = begin_session(user)

    found = row.live(session.pk, user.pk)

    assert found.user == user
    assert not hasattr(found.user, "wallet")


# --- A job and its drawing --------------------------------------------------------------------


def test_job_without_a_drawing_is_whole(job):
    found = status.of(job.user_id, job.pk)

    assert columns(found.job) == columns(Job.objects.get(pk=job.pk))
    assert found.job.generation is None
    assert found.credits == Wallet.objects.get(pk=job.user_id).available


def test_job_comes_with_its_drawing_in_one_query(job, django_assert_num_queries):
    drawing = Generation.objects.create(
        user=job.user, svg="<svg/>", size_bytes=6, sanitizer_version=1, storage_key="key"
    )
    Job.objects.filter(pk=job.pk).update(generation=drawing)
    asked = Job.objects.select_related("generation").get(pk=job.pk)

    with django_assert_num_queries(1):
        found = status.of(job.user_id, job.pk).job
        there = (found, found.generation)

    for one, other in zip(there, (asked, asked.generation), strict=True):
        assert columns(one) == columns(other)


def test_job_of_somebody_else_is_none(job):
    assert status.of(factories.person().pk, job.pk) is None
    assert status.of(job.user_id, None) is None
