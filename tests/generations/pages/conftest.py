"""Somebody in a browser, with a job."""

import pytest

from generations import pipeline
from generations.models import Job
from tests import factories
from tests.pages import Browser


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


@pytest.fixture
def job(person):
    return factories.job(person)


@pytest.fixture
def drawn(job):
    pipeline.run(job.pk)
    return Job.objects.select_related("generation").get(pk=job.pk)
