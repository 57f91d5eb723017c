"""All that we have of somebody's drawings and jobs, as files to take along."""

from collections.abc import Iterator
from uuid import UUID

from accounts.profile.archive import File, json_list
from chatsvg.text import timestamp
from generations.models import Generation, Job

PAGE = 100  # rows; a drawing has up to some hundred KB


def of(user) -> Iterator[File]:
    """(name, pieces) of each file: the lists first, then every drawing."""
    yield "drawings.json", json_list(_drawing(one) for one in _drawings(user, with_svg=False))
    yield "jobs.json", json_list(_job(one) for one in _jobs(user))
    for drawing in _drawings(user, with_svg=True):
        yield _name(drawing), (drawing.svg,)


def _drawings(user, *, with_svg: bool) -> Iterator[Generation]:
    mine = Generation.objects.owned_by(user)
    return _pages(mine.only("pk", "svg") if with_svg else mine.defer("svg"))


def _jobs(user) -> Iterator[Job]:
    return _pages(Job.objects.owned_by(user))


def _pages(rows) -> Iterator:
    """All rows in the order of their making, a page in memory at a time."""
    after: UUID | None = None
    while page := list((rows.filter(pk__gt=after) if after else rows).order_by("pk")[:PAGE]):
        yield from page
        after = page[-1].pk


def _name(drawing: Generation) -> str:
    return f"drawings/{drawing.pk}.svg"


def _drawing(drawing: Generation) -> dict:
    return {
        "id": str(drawing.pk),
        "file": _name(drawing),
        "prompt": drawing.prompt,
        "style": drawing.style,
        "model": drawing.model,
        "provider": drawing.provider,
        "privacy": drawing.is_private,
        "creditsUsed": drawing.credits_used,
        "sizeBytes": drawing.size_bytes,
        "notes": drawing.notes,
        "remixOf": str(drawing.remix_of_id) if drawing.remix_of_id else None,
        "createdAt": timestamp(drawing.created_at),
    }


def _job(job: Job) -> dict:
    return {
        "id": str(job.pk),
        "status": job.status,
        "prompt": job.prompt,
        "style": job.style,
        "model": job.model,
        "privacy": job.is_private,
        "price": job.price,
        "charge": job.charge,
        "generationId": str(job.generation_id) if job.generation_id else None,
        "remixOf": str(job.remix_of_id) if job.remix_of_id else None,
        "errorCode": job.error_code or None,
        "idempotencyKey": job.idempotency_key,
        "createdAt": timestamp(job.created_at),
        "startedAt": timestamp(job.started_at),
        "finishedAt": timestamp(job.finished_at),
    }
