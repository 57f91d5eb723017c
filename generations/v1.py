"""`/v1/svg/…`: drawing for programs (CONTRACT §4.1). The same services as everywhere else.

What a test key asks for is seen with test keys alone, and what others ask for with production keys.
"""

from uuid import uuid4

from rest_framework.response import Response

from accounts.keys.views import KeyView
from chatsvg.errors import Invalid
from chatsvg.ids import parse_id
from chatsvg.text import clean, timestamp
from generations import files, recipe, serializers, services
from generations.choices import DEFAULT_STYLE
from generations.errors import JobMissing, sentence
from generations.models import Job

POLL_SECONDS = 3
ACCEPTED = "SVG generation job created successfully"
TYPICAL = "30-60 seconds"


class Generate(KeyView):
    """POST a prompt: 202 and its job. A repeat of `idempotencyKey` names the same job."""

    scope = "svg:generate"

    def post(self, request):
        asked = services.read_recipe(_filled(request.data, is_test=request.auth.is_test))
        key = _idempotency_key(request.data)
        job, is_duplicate = services.submit(
            request.user, asked, idempotency_key=key, api_key=request.auth
        )
        self.credits = 0 if is_duplicate else job.price
        headers = {"Location": f"/v1/svg/job/{job.pk}"}
        if not job.has_ended:
            headers["Retry-After"] = str(POLL_SECONDS)
        return Response(accepted(job), status=202, headers=headers)


class JobStatus(KeyView):
    """GET a job of the key's person."""

    scope = "svg:read"

    def get(self, request, job_id):
        mine = Job.objects.owned_by(request.user).filter(is_test=request.auth.is_test)
        job = mine.select_related("generation").filter(pk=parse_id(job_id)).first()
        if job is None:
            raise JobMissing()
        return Response({"job": shown(request._request, job)})


def _filled(data, *, is_test):
    """With the defaults of this face. Drawings are private unless `privacy` is false: programs have
    no gallery in mind; those of tests always are."""
    privacy = True if is_test or data.get("privacy") is None else data["privacy"]
    return {**data, "style": data.get("style") or DEFAULT_STYLE, "privacy": privacy}


def _idempotency_key(data):
    """The caller's, or one of its own for a request that is not to be repeated."""
    value = data.get("idempotencyKey")
    if value is not None and not isinstance(value, str):
        raise Invalid("idempotencyKey must be text")
    return recipe.key(value) if clean(value or "") else str(uuid4())


def accepted(job):
    return {
        "jobId": str(job.pk),
        "status": serializers.shown_status(job.status).lower(),
        "creditsCharged": is_charged(job),
        "message": ACCEPTED,
        "estimatedCompletionTime": TYPICAL,
        **mark(job),
    }


def shown(request, job):
    drawing = job.generation
    failed = serializers.shown_status(job.status) == Job.Status.FAILED
    return {
        "id": str(job.pk),
        "status": serializers.shown_status(job.status),
        "prompt": job.prompt,
        "style": job.style,
        "model": job.model,
        "svg": drawing.svg if drawing else None,
        "url": files.public_url(request, drawing) if drawing else None,
        "createdAt": timestamp(job.created_at),
        "finishedAt": timestamp(job.finished_at),
        "creditsCharged": is_charged(job),
        **({"errorMessage": sentence(job.error_code)} if failed else {}),
        **mark(job),
    }


def is_charged(job):
    """Whether its price is taken, or promised; not where it was given back, or is nothing."""
    return job.charge in (Job.Charge.HELD, Job.Charge.CAPTURED)


def mark(job):
    """What was drawn for a test says so."""
    return {"test": True} if job.is_test else {}
