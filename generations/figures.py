"""What processes count of jobs and of calls of models while they work, for /metrics."""

from chatsvg.shared_metrics import Counter, Histogram
from generations.models import Attempt, Job

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)
ANSWERED = "answered"

_ended = Counter("chatsvg_jobs_ended", "Jobs that ended, by how.", ("status", "code"))
_job_seconds = Histogram(
    "chatsvg_job_seconds", "From the request to the end of a job.", ("status",), buckets=_SECONDS
)
_waits = Histogram(
    "chatsvg_job_wait_seconds", "From the request to the first worker.", buckets=_SECONDS
)
_starts = Counter("chatsvg_job_tries", "Tries that began, by their number.", ("number",))
_call_seconds = Histogram(
    "chatsvg_call_seconds",
    "How long calls of models took, by what came of them.",
    ("model", "code"),
    buckets=_SECONDS,
)
_first_seconds = Histogram(
    "chatsvg_call_first_byte_seconds", "Until the first word.", ("model",), buckets=_SECONDS
)
_tokens = Counter("chatsvg_call_tokens", "Asked with, and answered.", ("model", "kind"))
_cost = Counter("chatsvg_call_cost_usd", "What calls cost, where it is known.", ("model",))


def note_start(job: Job) -> None:
    """A worker has claimed it."""
    _starts.add(str(job.attempt))
    if job.attempt == 1 and job.started_at:
        _waits.observe(max((job.started_at - job.created_at).total_seconds(), 0.0))


def note_end(job: Job) -> None:
    """It has ended, and that is committed."""
    status = str(job.status).lower()
    _ended.add(status, job.error_code)
    if job.finished_at:
        _job_seconds.observe((job.finished_at - job.created_at).total_seconds(), status)


def note_call(attempt: Attempt) -> None:
    """A call has ended, in an answer or not."""
    model = attempt.model
    if (seconds := attempt.seconds) is not None:
        _call_seconds.observe(max(seconds, 0.0), model, attempt.error_code or ANSWERED)
    if attempt.first_byte_seconds is not None:
        _first_seconds.observe(attempt.first_byte_seconds, model)
    if attempt.prompt_tokens:
        _tokens.add(model, "prompt", by=attempt.prompt_tokens)
    if attempt.completion_tokens:
        _tokens.add(model, "completion", by=attempt.completion_tokens)
    if attempt.cost_usd:
        _cost.add(model, by=float(attempt.cost_usd))
