"""What people write to us, and what we answer."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now, Right
from uuid_utils.compat import uuid7

from accounts.models.mails import Mail
from accounts.models.people import User

NUMBER = 8  # digits

# how the desk finds tickets; each has its index
BY_NUMBER = Right(Cast("id", models.CharField()), NUMBER)
BY_WORDS = SearchVector("subject", "message", config="simple")


class TicketQuerySet(models.QuerySet["Ticket"]):
    def of(self, user: User) -> "TicketQuerySet":
        """Theirs: written while they were signed in, or from a mailbox that they have proved."""
        theirs = Q(user=user)
        if user.email_verified_at:
            theirs |= Q(user=None, email=user.email)
        return self.filter(theirs)


class Ticket(models.Model):
    """One message to us. `user` is who was signed in, with that `email`; else it was typed in.

    OPEN -> ANSWERED by an answer; to CLOSED and back to OPEN from anywhere.
    """

    class Type(models.TextChoices):
        CONTACT = "contact"
        BUG = "bug"
        IDEA = "idea"

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="tickets", verbose_name="person"
    )
    type = models.CharField(max_length=7, choices=Type)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    subject = models.CharField(max_length=200)
    message = models.TextField()
    email = models.EmailField(max_length=254)
    context_url = models.CharField("page", max_length=2048, blank=True, default="")
    user_agent = models.CharField("browser", max_length=512, blank=True, default="")
    ip_address = models.GenericIPAddressField("address", null=True, blank=True)
    request_id = models.CharField("request", max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    objects = TicketQuerySet.as_manager()

    class Meta:
        permissions = [("answer_ticket", "Can answer and close tickets")]
        indexes = [
            models.Index(fields=["status", "-created_at"], name="ticket_status"),
            models.Index(fields=["email"], name="ticket_email"),
            models.Index(
                fields=["email"], name="ticket_email_begins", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["request_id"], name="ticket_request", condition=~Q(request_id="")),
            models.Index(BY_NUMBER, name="ticket_number"),
            GinIndex(BY_WORDS, name="ticket_words"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def number(self) -> str:
        """What people call it."""
        return self.pk.hex[-NUMBER:].upper()

    @property
    def mailbox(self) -> str:
        """Where answers go: where the person has moved to, if they were signed in."""
        return self.user.email if self.user else self.email

    @property
    def is_proved(self) -> bool:
        """Whether the mailbox is certainly theirs; if not, a stranger may have typed it in."""
        return self.user is not None and self.user.email_verified_at is not None


class TicketReply(models.Model):
    """What was written after the first message: an answer of a member of staff, and the mail that
    takes it there; or, without `staff`, more from the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="replies")
    staff = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    message = models.TextField()
    mail = models.OneToOneField(
        Mail, models.SET_NULL, null=True, blank=True, related_name="+", help_text="until it is old"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "ticket replies"
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.created_at:%Y-%m-%d %H:%M}"
