"""From answers to the best draft: each one is inspected, and what is wrong is mended by a model.

What to do next follows from the stored answers alone, so whoever takes a job up goes on where the
last one was: no stored answer is asked for again, and two repairs are the most over all tries.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from chatsvg.database import give_back
from generations import providers
from generations.inspection import Inspection, inspect
from generations.leases import Lease
from generations.models import Attempt, Job
from generations.pipeline.asking import Question, ask, chain, seconds_left
from generations.pipeline.hints import PROGRESS_ANSWERED, PROGRESS_CHECKED, Bar
from generations.providers.errors import ProviderError

logger = logging.getLogger(__name__)
REPAIRS_MOST = 2


class NoDrawing(Exception):
    """No answer holds a usable drawing, and no further repair is to be had."""

    def __init__(self, codes: Iterable[str]):
        super().__init__()
        self.codes = tuple(codes)


@dataclass(frozen=True)
class Draft:
    """A stored answer, and what is wrong with it."""

    attempt: Attempt
    inspection: Inspection


class Repair(NamedTuple):
    """The first or second one, and the models to ask for it."""

    number: int
    models: Sequence[providers.Model]


def mend(job: Job, lease: Lease, answers: Iterable[Attempt]) -> Draft:
    """The best of the job's `answers`, after what repairs are needed and to be had.

    Raises NoDrawing where none is usable. Then, and only then, a ProviderError of a repair as well,
    so that another try goes on from here.
    """
    bar = Bar(job, PROGRESS_ANSWERED, PROGRESS_CHECKED - 1)
    drafts = [_inspected(job, attempt) for attempt in answers]
    while repair := _next_repair(job, best := _best(drafts)):
        try:
            drafts.append(_repaired(job, lease, best, repair, bar))
        except ProviderError:
            if not best.inspection.is_usable:
                raise
            logger.info("job.repair_failed job=%s", job.pk)
            break
    if not best.inspection.is_usable:
        raise NoDrawing(fault.code for fault in best.inspection.faults)
    return best


def _inspected(job: Job, attempt: Attempt) -> Draft:
    """Rendering takes a while: nobody's connection waits for it."""
    give_back()
    return Draft(attempt, inspect(attempt.answer, job.style))


def _best(drafts: Sequence[Draft]) -> Draft:
    """The one with the highest rank; of equal ones the later."""
    return sorted(drafts, key=lambda draft: draft.inspection.rank)[-1]


def _next_repair(job: Job, best: Draft) -> Repair | None:
    """The repair to ask for now, if any: there must be a fault, a model and enough time."""
    if best.inspection.is_clean or seconds_left(job) < settings.MODEL_REPAIR_SECONDS:
        return None
    repair = Repair(_made(job) + 1, _menders(job, best.attempt))
    return repair if repair.models and repair.number <= REPAIRS_MOST else None


def _made(job: Job) -> int:
    """How many repairs there were. One that was answered counts, and so does one whose worker died
    while it was asked for: it may have been paid for. One that the provider failed does not."""
    asked = job.attempts.exclude(outcome=Attempt.Outcome.FAILED)
    return max(asked.values_list("repair", flat=True), default=0)


def _menders(job: Job, attempt: Attempt) -> Sequence[providers.Model]:
    """The model that drew it, and those after it in the chain. Studio can draw, but not mend; and
    what it drew needs no mending."""
    studio = providers.STUDIO.endpoint.provider
    if attempt.provider == studio:
        return ()
    try:
        models = [model for model in chain(job) if model.endpoint.provider != studio]
    except providers.UnknownModel:  # it was taken out of the settings since
        return ()
    names = [model.name for model in models]
    return models[names.index(attempt.model) :] if attempt.model in names else models


def _repaired(job: Job, lease: Lease, best: Draft, repair: Repair, bar: Bar) -> Draft:
    correction = providers.Correction(best.attempt.answer, best.inspection.faults)
    is_shown = not best.inspection.is_usable
    question = Question(bar, repair=repair.number, correction=correction, is_shown=is_shown)
    return _inspected(job, ask(job, lease, repair.models, question))
