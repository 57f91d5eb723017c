"""`/api/svg/…`."""

from django.conf import settings
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from chatsvg.caching import NO_STORE
from chatsvg.errors import Invalid, SignedOut
from chatsvg.ids import parse_id
from chatsvg.quick import Quick, told
from chatsvg.ratelimits.throttles import Downloads
from generations import backlog, files, recipe, serializers, services, status
from generations.errors import DownloadMissing, DrawingDeleted, DrawingMissing, JobMissing
from generations.models import Generation
from generations.queue import depth

POLL_SECONDS = 2


class Generate(APIView):
    """POST a prompt: 202 and its job. A repeat of the key names the same job."""

    def post(self, request):
        asked = services.read_recipe(request.data)
        key = recipe.key(request.headers.get("x-idempotency-key"))
        job, is_duplicate = services.submit(request.user, asked, idempotency_key=key)
        body: dict = {"job": serializers.job(job)}
        if is_duplicate:
            body["duplicate"] = True
        elif settings.EXPOSE_QUEUE:
            body["queue"] = depth()
        return Response(
            body,
            status=200 if job.has_ended else 202,
            headers={**NO_STORE, "Location": f"/api/svg/generation-jobs/{job.pk}"},
        )


class JobStatus(Quick):
    """GET a job of the caller's; once it has ended, also the credits that are left, and until then
    when to ask again."""

    def answer(self, request, job_id):
        found = status.of(self.session(request).user_id, parse_id(job_id))
        if found is None:
            raise JobMissing()
        if found.job.has_lost_drawing:
            raise DrawingDeleted()
        body: dict = {"job": serializers.job(found.job)}
        if found.job.has_ended:
            return told({**body, "credits": found.credits}, NO_STORE)
        again = {"Retry-After": str(backlog.pause(POLL_SECONDS))}
        return told(body, {**NO_STORE, **again})


class CancelJob(APIView):
    """POST: stop a job of the caller's. A repeat answers the same."""

    def post(self, request, job_id):
        job = services.cancel(request.user, parse_id(job_id))
        return Response({"job": serializers.job(job)}, headers=NO_STORE)


class Source(APIView):
    """GET the SVG text of a public drawing, or of one's own."""

    permission_classes = (AllowAny,)

    def get(self, request, generation_id):
        if not generation_id.strip():
            raise Invalid("Invalid SVG ID")
        drawing = Generation.objects.filter(pk=parse_id(generation_id)).first()
        if drawing is None:
            raise DrawingMissing()
        if drawing.is_private and drawing.user_id != request.user.pk:
            if request._request.has_stale_token:
                raise SignedOut("Invalid token")
            raise DrawingMissing()
        body = {"id": str(drawing.pk), "svg": drawing.svg}
        return Response(body, headers=NO_STORE)


class Download(APIView):
    """GET a short-lived address of one's own drawing, as an attachment."""

    throttle_classes = (*APIView.throttle_classes, Downloads)

    def get(self, request, generation_id):
        mine = Generation.objects.owned_by(request.user)
        drawing = mine.filter(pk=parse_id(generation_id)).first()
        if drawing is None:
            raise DownloadMissing()
        url = files.download_url(request._request, drawing)
        return Response({"downloadUrl": url}, headers=NO_STORE)
