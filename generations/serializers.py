"""The JSON of jobs and drawings, as CONTRACT §3.3 and §3.4 give it."""

from chatsvg.text import timestamp
from generations.errors import sentence
from generations.models import Generation, Job


def shown_status(status: str) -> str:
    """The contract knows no CANCELED: it reads FAILED, with errorCode CANCELED."""
    return Job.Status.FAILED.value if status == Job.Status.CANCELED else str(status)


def job(job: Job) -> dict:
    drawing = job.generation
    return {
        "id": str(job.pk),
        "status": shown_status(job.status),
        "prompt": job.prompt,
        "style": job.style,
        "model": job.model,
        "privacy": job.is_private,
        "createdAt": timestamp(job.created_at),
        "startedAt": timestamp(job.started_at),
        "finishedAt": timestamp(job.finished_at),
        "errorCode": job.error_code or None,
        "errorMessage": sentence(job.error_code, has_ended=job.has_ended),
        "generationId": str(drawing.pk) if drawing else None,
        "generation": generation(drawing) if drawing else None,
    }


def generation(drawing: Generation) -> dict:
    return {
        "id": str(drawing.pk),
        "prompt": drawing.prompt,
        "style": drawing.style,
        "model": drawing.model,
        "privacy": drawing.is_private,
        "svg": drawing.svg,
        "createdAt": timestamp(drawing.created_at),
    }
