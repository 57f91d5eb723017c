"""Asking the models of a chain, one after the other, until one has answered. Each call is a row."""

import logging
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils import timezone

from chatsvg.database import give_back, patiently
from chatsvg.telemetry import tracing
from chatsvg.turns import Turns
from generations import figures, frames, providers
from generations.endings import WORTH_STARTING
from generations.leases import Lease
from generations.models import Attempt, Job
from generations.pipeline import calls
from generations.pipeline.hints import PROGRESS_ANSWERED, PROGRESS_ASKED, Bar
from generations.pipeline.steps import LeaseLost
from generations.providers.errors import ProviderError, Refused, TimedOut, Unavailable

logger = logging.getLogger(__name__)
turns = Turns(4, seconds=0.25)
"""Of this process's drawings, while they do not wait for a model."""


@dataclass(frozen=True)
class Question:
    """What is asked of every model of a chain: a draft, or (`repair` 1 or 2) to mend one."""

    bar: Bar
    repair: int = 0
    correction: providers.Correction | None = None
    is_shown: bool = True  # whether viewers see it grow


def answers(job: Job, lease: Lease) -> list[Attempt]:
    """What models have answered so far, oldest first; where nothing is stored yet, a new answer.

    Raises ProviderError, or LeaseLost where the job was taken from us meanwhile.
    """
    if calls.is_answered(job):
        return list(job.attempts.filter(outcome=Attempt.Outcome.ANSWERED))
    bar = Bar(job, PROGRESS_ASKED, PROGRESS_ANSWERED)
    return [ask(job, lease, chain(job), Question(bar))]


def chain(job: Job) -> tuple[providers.Model, ...]:
    """The models that may draw this job, in the order in which they are asked."""
    return providers.chain(providers.STUDIO.name if job.is_test else job.model)


def ask(job: Job, lease: Lease, models: Sequence[providers.Model], question: Question) -> Attempt:
    """The answer of the first of `models` that gives one, stored.

    One that keeps failing is passed over, one that asked for a rest comes last. Raises LeaseLost;
    Refused, which settles it; or, where all failed, the failure that is most worth acting on.
    """
    failures: list[ProviderError] = []
    waiting = deque(sorted(models, key=providers.is_resting))
    while waiting:
        model = waiting.popleft()
        seconds = seconds_left(job) - (_spare() if waiting else 0)
        if failures and seconds < _least(model):
            continue
        try:
            return _call(job, lease, model, question, seconds)
        except Refused:
            raise
        except ProviderError as error:
            logger.info("call.failed job=%s model=%s error=%s", job.pk, model.name, _name(error))
            failures.append(error)
    raise _most_useful(failures)


def _spare() -> float:
    """Seconds kept for whom to turn to next: one that is too slow must not cost the drawing."""
    return settings.JOB_DEADLINE_SECONDS / 10


def _least(model: providers.Model) -> float:
    """With fewer seconds than that it is not worth asking."""
    is_studio = model.endpoint.provider == providers.STUDIO.endpoint.provider
    return 0.5 if is_studio else WORTH_STARTING.total_seconds()


def seconds_left(job: Job) -> float:
    """Until the job's deadline, which all its calls share."""
    return (job.deadline_at - timezone.now()).total_seconds()


def _most_useful(failures: Sequence[ProviderError]) -> ProviderError:
    """One that may be over soon, the soonest of them; else what the model asked for said."""
    passing = [error for error in failures if error.retryable]
    return min(passing, key=lambda error: error.retry_after or 0, default=failures[0])


def _call(
    job: Job, lease: Lease, model: providers.Model, question: Question, seconds: float
) -> Attempt:
    """One call, and its row. The row is there first: what was paid for leaves a trace."""
    if lease.lost.is_set():
        raise LeaseLost()
    providers.check(model)
    attempt = calls.begin(job, model, question.repair)
    give_back()
    try:
        with _span(attempt):
            draft = _listen(lease, attempt, model, question, seconds)
    except providers.BreakerOpen:
        patiently(attempt.delete)  # somebody else was quicker: no call was made
        raise
    except Exception as error:
        patiently(partial(calls.note_failure, attempt, error))
        figures.note_call(attempt)
        raise
    try:
        patiently(partial(calls.keep, job, attempt, draft))
    finally:
        figures.note_call(attempt)
    return attempt


def _span(attempt: Attempt) -> AbstractContextManager[object]:
    return tracing.span(
        "model call",
        kind="client",
        attributes={
            "gen_ai.provider.name": attempt.provider,
            "gen_ai.request.model": attempt.upstream,
            "job.model": attempt.model,
            "job.repair": attempt.repair,
        },
    )


def _listen(
    lease: Lease, attempt: Attempt, model: providers.Model, question: Question, seconds: float
) -> providers.Draft:
    """Wait for the model, without a database connection. A lost lease closes its connection."""
    job, began = attempt.job, time.monotonic()
    request = providers.DrawRequest(job.prompt, job.style, model.name, question.correction)
    question.bar.show(question.bar.low)
    grown = question.bar.grown(is_shown=question.is_shown)

    def hear(text: str) -> None:
        if attempt.first_byte_seconds is None:
            attempt.first_byte_seconds = round(time.monotonic() - began, 3)
        grown(text)

    try:
        call = providers.start(request, model, on_text=hear, deadline=seconds)
        lease.on_loss(call.cancel)
        return _result(call, max(seconds, 0) + 2)
    except CancelledError as error:
        raise LeaseLost() from error
    except ProviderError:
        raise
    except Exception as error:  # a fault of ours: another endpoint may not bring it out
        logger.exception("call.broken job=%s model=%s", job.pk, model.name)
        raise Unavailable(repr(error)) from error
    finally:
        frames.forget(job)


def _result(call: "Future[providers.Draft]", seconds: float) -> providers.Draft:
    try:
        with turns.apart():
            return call.result(timeout=seconds)
    except TimeoutError as error:  # the call has a clock of its own, which did not ring
        call.cancel()
        raise TimedOut() from error


def _name(error: Exception) -> str:
    return type(error).__name__
