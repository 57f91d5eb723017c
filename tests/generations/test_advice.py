import inspect
import re

import pytest

from chatsvg import errors as categories
from chatsvg.errors import DomainError, Invalid, TooMany
from generations import advice, errors
from generations.advice import ENDINGS, REFUSALS, RETURNED, Step
from generations.models import Job
from generations.providers import errors as providers
from tests import factories
from tests.pages import Browser, text

OF_THE_CONTRACT = {  # CONTRACT §6.5, with its [R]s
    *("UNKNOWN_ERROR", "INSUFFICIENT_CREDITS", "OPENAI_RATE_LIMIT", "OPENAI_MODEL_NOT_FOUND"),
    *("OPENAI_PERMISSION", "REDIS_DOWN", "VALIDATION_ERROR", "DATABASE_ERROR"),
    *("GENERATION_FAILED", "ENQUEUE_FAILED", "TIMEOUT", "WORKER_LOST", "CONTENT_REJECTED"),
}
# Refusals of what is done with jobs and drawings that are there already: not of asking for one.
OF_OTHER_DEEDS = {
    *(
        "JobMissing",
        "DrawingDeleted",
        "JobEnded",
        "NotRunning",
        "DrawingMissing",
        "NothingToDelete",
    ),
    *(
        "NothingToRetry",
        "DownloadMissing",
        "NoPicture",
        "PicturesBusy",
        "StaysPrivate",
        "NotRestored",
    ),
}


def kinds(module) -> dict[str, type[DomainError]]:
    """The refusals that a module defines."""
    found = inspect.getmembers(module, inspect.isclass)
    return {
        name: kind
        for name, kind in found
        if issubclass(kind, DomainError) and kind.__module__ == module.__name__
    }


def codes_of_models() -> set[str]:
    found = inspect.getmembers(providers, inspect.isclass)
    return {kind.code for _, kind in found if issubclass(kind, providers.ProviderError)}


def test_every_error_code_has_advice():
    ours = set(errors.FAILURES) | codes_of_models()

    assert set(ENDINGS) == ours | OF_THE_CONTRACT


def test_every_refusal_of_a_drawing_has_advice():
    known = {kind.__name__ for kind in REFUSALS}

    missing = set(kinds(errors)) - known - OF_OTHER_DEEDS

    assert missing == set()


def test_every_category_of_refusals_has_advice():
    for kind in kinds(categories).values():
        assert advice.of_refusal(kind("Said.")).title


def test_advice_says_what_happened_and_what_to_do():
    for told in [*ENDINGS.values(), *REFUSALS.values()]:
        assert told.title
        assert not told.title.endswith(".")  # the page adds it
        assert told.text == told.text.strip()
    for code, told in ENDINGS.items():
        assert told.steps, code
        assert code == "CANCELED" or told.text.endswith("."), code


def test_charges_all_have_a_sentence():
    assert set(RETURNED) == set(Job.Charge)


def test_refusal_of_no_known_kind_says_its_own_sentence():
    class Strange(Invalid):
        title = "Only on Sundays."

    assert advice.of_refusal(Strange()).text == "Only on Sundays."


def test_limits_are_told_with_their_figures_and_time():
    told = advice.of_refusal(errors.DailyLimit(retry_after=4 * 3600, limit=50, used=50))

    assert "50 drawings a day" in told.text
    assert "in 4 hours" in told.text
    assert told.wait is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 s"),
        (89, "89 s"),
        (90, "2 minutes"),
        (100 * 60, "2 hours"),
        (26 * 3600, "26 hours"),
        (9 * 86_400, "9 days"),
    ],
)
def test_time_is_told_in_one_unit(seconds, words):
    assert advice.spell(seconds) == words


def test_rate_limit_says_how_long_to_wait():
    assert advice.of_refusal(TooMany(retry_after=42)).wait == 42


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(ENDINGS))
def test_card_of_a_failed_job_says_it_all(person, code):
    job = factories.job(person)
    Job.objects.filter(pk=job.pk).update(
        status="FAILED", error_code=code, finished_at="2026-01-01T00:00Z", charge="REFUNDED"
    )

    page = text(Browser().sign_in(person).get(f"/app?job={job.pk}"))

    card = re.search(f'id="job-{job.pk}".*?</article>', page, re.DOTALL)[0]
    assert ENDINGS[code].title in card
    assert "You were not charged: the credit came back." in card
    for step in ENDINGS[code].steps:
        assert MARKS[step].format(job.pk) in card


MARKS = {
    Step.RETRY: 'name="retry" value="{}"',
    Step.CHANGE: 'href="/app?recipe={}"',
    Step.MODEL: 'href="/app?recipe={}#model"',
    Step.PLANS: 'href="/pricing"',
    Step.STATUS: 'href="/status"',
    Step.TELL: 'href="/contact?type=bug&amp;from=/app%3Fjob%3D{}"',
}
