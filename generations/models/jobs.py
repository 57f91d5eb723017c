"""Jobs and the attempts to carry them out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from generations.models.drawings import Generation


class JobQuerySet(models.QuerySet["Job"]):
    def owned_by(self, user) -> "JobQuerySet":
        return self.filter(user=user)

    def under_way(self) -> "JobQuerySet":
        return self.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])

    def fenced(self, job: "Job") -> "JobQuerySet":
        """The job while it is still this attempt's to change."""
        return self.filter(pk=job.pk, status=Job.Status.RUNNING, attempt=job.attempt)


class Job(models.Model):
    """A request for one drawing.

    QUEUED -> RUNNING -> SUCCEEDED or FAILED; RUNNING -> QUEUED for another try; CANCELED from
    QUEUED and RUNNING. A status changes only by compare-and-set, so two can never both win. Every
    claim raises `attempt`, the fencing number: who holds an older one changes nothing.
    """

    class Status(models.TextChoices):
        QUEUED = "QUEUED"
        RUNNING = "RUNNING"
        SUCCEEDED = "SUCCEEDED"
        FAILED = "FAILED"
        CANCELED = "CANCELED"

    class Charge(models.TextChoices):
        """HELD -> CAPTURED -> REFUNDED, or HELD -> RELEASED. FREE stays what it is."""

        HELD = "HELD"
        CAPTURED = "CAPTURED"
        RELEASED = "RELEASED"
        REFUNDED = "REFUNDED"
        FREE = "FREE"

    class Stage(models.TextChoices):
        """How far the work has come; each one is committed before the next begins."""

        WAITING = "waiting"
        DRAWING = "drawing"
        ANSWERED = "answered"
        DONE = "done"

    ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs", db_index=False
    )
    prompt = models.CharField(max_length=500)
    style = models.CharField(max_length=10)
    model = models.CharField(max_length=100)
    is_private = models.BooleanField(default=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.WAITING)
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100, never falling")
    price = models.PositiveSmallIntegerField(help_text="credits")
    charge = models.CharField(max_length=8, choices=Charge, default=Charge.HELD)
    is_test = models.BooleanField(
        default=False, db_default=False, help_text="asked for with a test key: drawn by studio"
    )
    key = models.ForeignKey(  # no index: nobody asks for the jobs of a key
        "accounts.ApiKey", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    idempotency_key = models.CharField(max_length=128)
    request_hash = models.CharField(max_length=64)
    remix_of = models.ForeignKey(  # as Generation.remix_of, which says why it has no constraint
        Generation,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    attempt = models.PositiveSmallIntegerField(default=0, help_text="the fencing number")
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    available_at = models.DateTimeField(db_default=Now(), help_text="no try before")
    woken_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField()

    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=32, blank=True, default="")
    generation = models.OneToOneField(
        Generation, models.SET_NULL, null=True, blank=True, related_name="job"
    )

    request_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="which asked for it"
    )
    traceparent = models.CharField(
        max_length=55, blank=True, default="", db_default="", help_text="of the trace it is part of"
    )

    balance_left: int | None = None
    """The balance after its charge, for whoever has claimed it; not stored."""

    objects = JobQuerySet.as_manager()

    class Meta:
        permissions = [
            ("cancel_job", "Can cancel a job"),
            ("requeue_job", "Can give a job another try"),
            ("retry_job", "Can have it drawn again at our expense"),
            ("read_job", "Can read what somebody asked for"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="job_of_user"),
            models.Index(
                fields=["user", "-created_at", "-id"],
                name="job_of_tests",
                condition=Q(is_test=True),
            ),
            models.Index(fields=["available_at"], name="job_queued", condition=Q(status="QUEUED")),
            models.Index(
                fields=["lease_expires_at"], name="job_running", condition=Q(status="RUNNING")
            ),
            # as `under_way` says it: two indexes for a status each do not serve both together
            models.Index(
                fields=["user"],
                name="job_under_way",
                condition=Q(status__in=["QUEUED", "RUNNING"]),
            ),
            # the desk's filters; what most jobs are needs none
            models.Index(
                fields=["status", "-id"],
                name="job_without_drawing",
                condition=Q(status__in=["FAILED", "CANCELED"]),
            ),
            models.Index(
                fields=["charge", "-id"], name="job_not_paid", condition=~Q(charge="CAPTURED")
            ),
            models.Index(
                fields=["error_code", "-id"], name="job_with_error", condition=~Q(error_code="")
            ),
        ]
        constraints = [
            # the key of a job that came to nothing is free again
            models.UniqueConstraint(
                fields=["user", "is_test", "idempotency_key"],
                name="job_once_per_key",
                condition=~Q(status__in=["FAILED", "CANCELED"]),
            ),
            models.CheckConstraint(
                condition=~Q(status="RUNNING") | Q(charge__in=["CAPTURED", "FREE"]),
                name="job_running_is_charged",
            ),
            models.CheckConstraint(
                condition=~Q(status="RUNNING") | Q(lease_expires_at__isnull=False),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status="SUCCEEDED") | Q(charge__in=["CAPTURED", "FREE"], progress=100),
                name="job_succeeded_is_charged",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["FAILED", "CANCELED"])
                | Q(charge__in=["RELEASED", "REFUNDED", "FREE"]),
                name="job_without_drawing_costs_nothing",
            ),
            models.CheckConstraint(
                condition=Q(is_test=True, charge="FREE", price=0)
                | Q(is_test=False) & ~Q(charge="FREE"),
                name="job_free_is_test",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["QUEUED", "RUNNING"], finished_at=None)
                | Q(status__in=["SUCCEEDED", "FAILED", "CANCELED"], finished_at__isnull=False),
                name="job_ended_has_time",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"

    @property
    def has_ended(self) -> bool:
        return self.status in self.ENDED

    @property
    def has_lost_drawing(self) -> bool:
        """Whether it succeeded and its drawing was deleted since."""
        return self.status == self.Status.SUCCEEDED and self.generation_id is None

    @property
    def reference(self) -> str:
        """The job's name in the ledger."""
        return f"job:{self.pk}"


SAID = ~Q(answer="", raw_error="")  # attempts of which something is left to forget


class Attempt(models.Model):
    """One call of one endpoint for a job: what it cost, what came of it. For staff, never users.

    Drafts and repairs, of every model of the chain that was turned to. What is to be done next for
    a job follows from these rows alone.
    """

    class Outcome(models.TextChoices):
        UNDER_WAY = "under way"
        ANSWERED = "answered"
        FAILED = "failed"

    job = models.ForeignKey(Job, models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="the job's fencing number at the time")
    repair = models.SmallIntegerField(  # unsigned would be a check of every row there is
        default=0, db_default=0, help_text="0 for a draft; 1 and 2 for its repairs"
    )
    model = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="which one of the chain"
    )
    provider = models.CharField(max_length=100, blank=True, default="")
    upstream = models.CharField(max_length=100, blank=True, default="")
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.UNDER_WAY)
    started_at = models.DateTimeField(db_default=Now())
    first_byte_seconds = models.FloatField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    notes = models.JSONField(default=list, blank=True)
    error_code = models.CharField(max_length=32, blank=True, default="")
    raw_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["job", "number"], name="attempt_of_job"),
            models.Index(fields=["id"], name="attempt_said", condition=SAID),
        ]
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.job_id} #{self.number} {self.outcome}"

    @property
    def seconds(self) -> float | None:
        """How long the call took."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None
