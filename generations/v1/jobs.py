"""`/v1/svg/generate`, and the jobs that come of it."""

from uuid import uuid4

from rest_framework.response import Response

from accounts.keys import replies
from accounts.keys.errors import OtherParameters
from accounts.keys.views import KeyView, OnceView
from chatsvg.ids import parse_id
from generations import backlog, services
from generations.errors import JobMissing, KeyReused
from generations.lists import jobs_of
from generations.models import Job
from generations.v1 import asked, shown, waiting
from generations.v1.addresses import origin
from generations.v1.pages import page

POLL_SECONDS = 3


class Patient:
    """A view that waits for jobs where `Prefer: wait=n` asks for it."""

    def settled(self, request, jobs):
        """The jobs as they are after waiting, and the headers that tell of it."""
        seconds = asked.wait(request.headers.get("Prefer"))
        if not seconds:
            return jobs, {}
        if not all(job.has_ended for job in jobs):
            ids = [job.pk for job in jobs]
            waited = waiting.until_ended(request.user.pk, ids, seconds=seconds)
            if waited is None:
                return jobs, {}
            self.idle = waited
            jobs = again(ids)
        return jobs, {"Preference-Applied": f"wait={seconds}"}


class Generate(Patient, OnceView):
    """POST a prompt: 202 and its job, or with `n` its jobs; 200 and the drawing where `Prefer:
    wait=n` asks for it and it is done in time.

    A repeat of `idempotencyKey` names the same jobs; one of the Idempotency-Key header is answered
    as the first request was.
    """

    scope = "svg:generate"

    def lease(self, request):
        return replies.LEASE_SECONDS + asked.wait(request.headers.get("Prefer"))

    def make(self, request):
        wanted = asked.drawing(request.data, is_test=request.auth.is_test)
        count = asked.count(request.data)
        key = asked.repeat_key(request.data, self.repeat_key)
        jobs, is_duplicate = self._submit(request, wanted, count, key or str(uuid4()))
        self.credits = 0 if is_duplicate else sum(job.price for job in jobs)
        jobs, applied = self.settled(request, jobs)
        if applied and all(job.has_ended for job in jobs):
            return Response(finished(jobs, origin(request)), headers=applied)
        headers = {"Location": f"/v1/svg/job/{jobs[0].pk}", **applied}
        return Response(accepted(jobs), status=202, headers={**headers, **look_again(jobs)})

    def _submit(self, request, wanted, count, key):
        try:
            return services.submit_all(
                request.user, wanted, count=count, idempotency_key=key, api_key=request.auth
            )
        except KeyReused as reused:
            raise (OtherParameters() if self.repeat_key else reused)


class JobStatus(Patient, KeyView):
    """GET a job of the key's person; with `Prefer: wait=n`, once it has ended."""

    scope = "svg:read"

    def get(self, request, job_id):
        (job,), applied = self.settled(request, [find(request, job_id)])
        headers = {**applied, **look_again([job])}
        return Response({"job": shown.job(job, origin(request))}, headers=headers)


class CancelJob(KeyView):
    """POST: stop a job and have its price back. A repeat answers the same."""

    scope = "svg:generate"

    def post(self, request, job_id):
        is_test = request.auth.is_test
        job = services.cancel(request.user, parse_id(job_id), is_test=is_test)
        return Response({"job": shown.job(job, origin(request))})


class JobList(KeyView):
    """GET the person's jobs, newest first; `cursor` is the `nextCursor` of the page before, which
    is null at the end."""

    scope = "svg:read"

    def get(self, request):
        asked_for = page(request.query_params)
        jobs, after = jobs_of(request.user, asked_for, is_test=request.auth.is_test)
        here = origin(request)
        return Response(
            {"jobs": [shown.job_in_list(job, here) for job in jobs], "nextCursor": after}
        )


def find(request, job_id):
    """Raises JobMissing."""
    mine = Job.objects.owned_by(request.user).filter(is_test=request.auth.is_test)
    job = mine.select_related("generation").filter(pk=parse_id(job_id)).first()
    if job is None:
        raise JobMissing()
    return job


def again(ids):
    """The jobs as they are now, in this order."""
    found = Job.objects.select_related("generation").in_bulk(ids)
    if len(found) < len(ids):
        raise JobMissing()  # their person's account was deleted meanwhile
    return [found[one] for one in ids]


def look_again(jobs):
    """When, where one of them is under way."""
    if all(job.has_ended for job in jobs):
        return {}
    return {"Retry-After": str(backlog.pause(POLL_SECONDS))}


def accepted(jobs):
    """The first job; where several were asked for, all of them beside it."""
    told = [shown.accepted(job) for job in jobs]
    return {**told[0], **({"jobs": told} if len(jobs) > 1 else {})}


def finished(jobs, here):
    told = [shown.job(job, here) for job in jobs]
    return {"job": told[0], **({"jobs": told} if len(jobs) > 1 else {})}
