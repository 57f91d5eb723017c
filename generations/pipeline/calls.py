"""The rows of calls, one for each: there before it is made, so that what is paid for leaves a
trace, and filled when it ends.

What every drawing has is written by statements that are written out, as in `chatsvg.joined`.
"""

from django.utils import timezone
from psycopg.types.json import Jsonb

from chatsvg import statements
from generations import events, providers
from generations.models import Attempt, Job
from generations.pipeline.hints import PROGRESS_ANSWERED
from generations.pipeline.steps import LeaseLost
from generations.providers.errors import ProviderError

_IS_ANSWERED = """
SELECT EXISTS (SELECT FROM generations_attempt WHERE job_id = %s AND outcome = 'answered')
"""

_BEGIN = """
INSERT INTO generations_attempt
    (job_id, number, repair, model, provider, upstream, outcome, answer, notes, error_code,
     raw_error)
VALUES (%s, %s, %s, %s, %s, %s, 'under way', '', '[]', '', '')
RETURNING id, started_at
"""

_ANSWERED = """
UPDATE generations_attempt SET
    outcome = 'answered', provider = %s, upstream = %s, first_byte_seconds = %s,
    finished_at = %s, prompt_tokens = %s, completion_tokens = %s, cost_usd = %s,
    answer = %s, notes = %s
WHERE id = %s
"""


def is_answered(job: Job) -> bool:
    """Whether an answer is stored, which is not to be paid for again."""
    return bool(statements.row(_IS_ANSWERED, [job.pk])[0])


def begin(job: Job, model: providers.Model, repair: int) -> Attempt:
    """The row of a call of `model` that is about to be made."""
    attempt = Attempt(
        job=job,
        number=job.attempt,
        repair=repair,
        model=model.name,
        provider=model.endpoint.provider,
        upstream=model.endpoint.upstream,
    )
    told = [job.pk, job.attempt, repair, model.name, attempt.provider, attempt.upstream]
    attempt.pk, attempt.started_at = statements.row(_BEGIN, told)
    attempt._state.adding = False
    return attempt


def keep(job: Job, attempt: Attempt, draft: providers.Draft) -> None:
    """Store a whole answer, as a fact, by itself: it waits for nobody who has locked the job or its
    person's feed. Then how far a first draft has brought the job. Raises LeaseLost where the job is
    not ours any more."""
    _fill(attempt, draft)
    attempt.outcome, attempt.answer = Attempt.Outcome.ANSWERED, draft.text
    statements.run(_ANSWERED, _answered(attempt))
    if not attempt.repair:
        _advance(job)


def _advance(job: Job) -> None:
    job.stage, job.progress = Job.Stage.ANSWERED, max(job.progress, PROGRESS_ANSWERED)
    if not events.advance(job):
        raise LeaseLost()


def _answered(attempt: Attempt) -> list[object]:
    """The values of _ANSWERED."""
    return [
        attempt.provider,
        attempt.upstream,
        attempt.first_byte_seconds,
        attempt.finished_at,
        attempt.prompt_tokens,
        attempt.completion_tokens,
        attempt.cost_usd,
        attempt.answer,
        Jsonb(attempt.notes),
        attempt.pk,
    ]


def note_failure(attempt: Attempt, error: Exception) -> None:
    """Keep what a failed call cost and what was really said: for staff."""
    attempt.outcome, attempt.finished_at = Attempt.Outcome.FAILED, timezone.now()
    attempt.error_code, attempt.raw_error = "GENERATION_FAILED", repr(error)[:2000]
    if isinstance(error, LeaseLost):
        attempt.error_code, attempt.raw_error = "CANCELED", ""
    if isinstance(error, ProviderError):
        attempt.error_code, attempt.raw_error = error.code, error.raw
        if error.draft:
            _fill(attempt, error.draft)
    attempt.save()


def _fill(attempt: Attempt, draft: providers.Draft) -> None:
    attempt.provider, attempt.upstream = draft.provider, draft.upstream
    attempt.prompt_tokens = draft.prompt_tokens
    attempt.completion_tokens = draft.completion_tokens
    attempt.cost_usd = draft.cost_usd
    attempt.notes = list(draft.notes)
    attempt.finished_at = timezone.now()
