"""The JSON of jobs and drawings, as programs get it. `origin` begins addresses: `https://host`."""

import time

from chatsvg.text import timestamp
from generations import backlog, files, serializers
from generations.errors import sentence
from generations.gallery.rows import Row
from generations.models import Generation, Job

ACCEPTED = "SVG generation job created successfully"
TYPICAL = (30, 60)  # seconds


def job(job: Job, origin: str) -> dict:
    """A job, with its drawing once that is done."""
    drawing = job.generation
    return {**job_in_list(job, origin), "svg": drawing.svg if drawing else None}


def job_in_list(job: Job, origin: str) -> dict:
    """A job without the text of its drawing."""
    drawing = job.generation
    failed = serializers.shown_status(job.status) == Job.Status.FAILED
    return {
        "id": str(job.pk),
        "status": serializers.shown_status(job.status),
        "prompt": job.prompt,
        "style": job.style,
        "model": job.model,
        "url": origin + files.path(drawing) if drawing else None,
        "drawingId": str(drawing.pk) if drawing else None,
        "createdAt": timestamp(job.created_at),
        "finishedAt": timestamp(job.finished_at),
        "creditsCharged": is_charged(job),
        **(_failure(job) if failed else {}),
        **mark(job),
    }


def _failure(job: Job) -> dict:
    return {"errorCode": job.error_code, "errorMessage": sentence(job.error_code)}


def accepted(job: Job) -> dict:
    """A job that was asked for just now."""
    return {
        "jobId": str(job.pk),
        "status": serializers.shown_status(job.status).lower(),
        "creditsCharged": is_charged(job),
        "message": ACCEPTED,
        "estimatedCompletionTime": _estimated(),
        **mark(job),
    }


def _estimated() -> str:
    low, high = (seconds + backlog.delay() for seconds in TYPICAL)
    return f"{low}-{high} seconds"


def is_charged(job: Job) -> bool:
    """Whether its price is taken, or promised; not where it was given back, or is nothing."""
    return job.charge in (Job.Charge.HELD, Job.Charge.CAPTURED)


def mark(job: Job) -> dict:
    """What was drawn for a test says so."""
    return {"test": True} if job.is_test else {}


def drawing(drawing: Generation, origin: str) -> dict:
    """A drawing, its text included."""
    return {
        "id": str(drawing.pk),
        "prompt": drawing.prompt,
        "style": drawing.style,
        "model": drawing.model,
        "privacy": drawing.is_private,
        "creditsUsed": drawing.credits_used,
        "createdAt": timestamp(drawing.created_at),
        "url": origin + files.path(drawing),
        "svg": drawing.svg,
    }


def drawing_in_list(row: Row, origin: str) -> dict:
    """A drawing without its text."""
    expires = int(time.time()) + files.LIST_SECONDS if row.is_private else None
    return {
        "id": row.id,
        "prompt": row.prompt,
        "style": row.style,
        "model": row.model,
        "privacy": row.is_private,
        "creditsUsed": row.credits_used,
        "createdAt": row.created_at,
        "url": origin + files.address(row.storage_key, expires=expires),
    }
