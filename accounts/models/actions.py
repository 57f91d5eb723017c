"""What members of staff did to people and their things, and why."""

from django.db import models
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from accounts.models.people import User

REASON_MAX = 200  # characters


class StaffAction(models.Model):
    """One deed of staff, written in the transaction that does it. Never changed afterwards, but for
    its reason, which goes when its person does. Its id comes from the form: sent twice, done once.
    """

    class Kind(models.TextChoices):
        GRANT = "grant", "gave credits"
        REFUND = "refund", "gave a charge back"
        RETRY = "retry", "had it drawn again"
        REQUEUE = "requeue", "gave it another try"
        CANCEL = "cancel", "canceled a job"
        UNPUBLISH = "unpublish", "took a drawing out of the gallery"
        SIGN_OUT = "sign_out", "ended sessions"
        REVOKE_KEY = "revoke_key", "revoked an API key"
        SUSPEND = "suspend", "kept them out"
        LET_IN = "let_in", "let them in again"
        ROLES = "roles", "changed what they may do"
        ANSWER = "answer", "answered a ticket"
        CLOSE = "close", "closed a ticket"
        REOPEN = "reopen", "opened a ticket again"
        REPLAY = "replay", "sent a webhook again"
        READ = "read", "read what they asked for"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="staff_actions", db_index=False
    )
    about = models.CharField(max_length=100, blank=True, default="", help_text="job:<uuid> or so")
    reason = models.CharField(max_length=REASON_MAX, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="staff_action_latest"),
            models.Index(fields=["person", "-at", "-id"], name="staff_action_of_person"),
            models.Index(fields=["staff", "-at", "-id"], name="staff_action_by_staff"),
            models.Index(fields=["about"], name="staff_action_about"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.at:%Y-%m-%d %H:%M}"
