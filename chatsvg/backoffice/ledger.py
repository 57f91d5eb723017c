"""The ledger in words: what every line was for, and who and what to look at."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from chatsvg.backoffice.tables import Link, short
from chatsvg.ids import parse_id
from credits import signatures
from credits.models import Entry
from credits.payments.models import Payment
from generations.errors import FAILURES, Failure
from generations.models import Job

Kind = Entry.Kind
_GIVEN = {
    "signup": "Welcome credits, for signing up",
    "refill": "Monthly refill of the free plan",
    "support": "Given by staff, on the command line",
}


class Book:
    """Some entries, with the jobs, payments and members of staff that they name: three queries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._jobs = Job.objects.defer("prompt").in_bulk(
            list(filter(None, map(_job, self.entries)))
        )
        references = [one.reference for one in self.entries if one.reference.startswith("payment:")]
        paid = Payment.objects.filter(reference__in=references) if references else ()
        self._payments = {payment.reference: payment for payment in paid}
        staff = {by for one in self.entries if (by := signatures.read(one.reason).by)}
        self._staff = dict(User.objects.filter(pk__in=staff).values_list("pk", "email"))

    def what(self, entry: Entry) -> str:
        """What a line was for."""
        about, _, rest = entry.reference.partition(":")
        job = self._jobs.get(_job(entry))
        if about == "job" and entry.kind == Kind.CAPTURE:
            return f"Charged when its drawing began{_ended(job)}"
        if about == "job":
            return f"Given back by itself{_ended(job)}"
        if about == "staff" and entry.kind == Kind.REFUND:
            return f"Charge given back by {self.by(entry)}"
        if about == "staff":
            return f"Given by {self.by(entry)}"
        if about == "payment":
            return f"For a payment ({rest.partition(':')[2]})"
        return _GIVEN.get(about, entry.reference)

    def link(self, entry: Entry) -> Link | str:
        """Where to look further."""
        if job := self._jobs.get(_job(entry)):
            return Link(f"Job {short(job)}", reverse("admin:generations_job_change", args=[job.pk]))
        if payment := self._payments.get(entry.reference):
            return Link("Payment", reverse("admin:credits_payment_change", args=[payment.pk]))
        return ""

    def reason(self, entry: Entry) -> str:
        """As it was typed, without the signature."""
        return signatures.read(entry.reason).words

    def by(self, entry: Entry) -> str:
        by = signatures.read(entry.reason).by
        return self._staff.get(by, "staff") if by else "staff"


def _job(entry: Entry) -> UUID | None:
    _, found, name = entry.reference.rpartition("job:")
    return parse_id(name) if found else None


def failure_of(job: Job) -> Failure | None:
    """What a job came to nothing by; None where it did not fail."""
    return FAILURES.get(job.error_code) if job.status == Job.Status.FAILED else None


def _ended(job: Job | None) -> str:
    if job is None:
        return ""
    if failure := failure_of(job):
        return f": the job {job.status.lower()} ({failure.cause.rstrip('.')})"
    return f": the job {_OUTCOME[Job.Status(job.status)]}"


_OUTCOME = {
    Job.Status.QUEUED: "waits for another try",
    Job.Status.RUNNING: "is under way",
    Job.Status.SUCCEEDED: "succeeded",
    Job.Status.FAILED: "failed",
    Job.Status.CANCELED: "was canceled",
}
