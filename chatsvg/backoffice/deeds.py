"""What members of staff do to people and their things: each asks why, once, and is recorded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from accounts.keys import services as keys
from accounts.models import ApiKey, Session, StaffAction, User
from accounts.staff import actions, rights
from accounts.staff import services as people
from accounts.staff.read_only import REASON_TYPED, about
from credits import services as credits
from credits.admin import GRANT_MOST
from generations import services as drawings
from generations import staff as generations
from generations.models import Generation, Job

Kind = StaffAction.Kind


class Why(forms.Form):
    """What every deed asks. `once` makes that a form which is sent twice does it once."""

    reason = forms.CharField(
        max_length=REASON_TYPED,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Stays in the record, where who it is about may read it: no names, no addresses.",
    )
    once = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class HowMuch(Why):
    field_order = ("amount", "reason", "once")
    amount = forms.IntegerField(
        min_value=1, max_value=GRANT_MOST, label="Credits", widget=UnfoldAdminIntegerFieldWidget
    )


@dataclass(frozen=True)
class Deed:
    """`text` says what will happen, and what its person will hear of it."""

    kind: Kind
    label: str
    icon: str
    permission: str
    rows: Callable[[], QuerySet[Any]]
    do: Callable[["Asked"], object]
    text: str
    done: str
    fits: Callable[[Any], bool] = lambda row: True
    form: type[Why] = Why
    is_dangerous: bool = False
    called: str = ""
    """Where there is more than one of its kind."""

    @property
    def name(self) -> str:
        return self.called or self.kind.value.replace("_", "-")


@dataclass(frozen=True)
class Asked:
    """A deed as a member of staff asked for it."""

    row: Any
    staff: User
    reason: str
    once: UUID
    more: dict[str, Any] = field(default_factory=dict)


def carry_out(deed: Deed, asked: Asked) -> bool:
    """Do it, with the record of it; False where that was done already. Raises what it refuses."""
    return actions.act(
        lambda: deed.do(asked),
        staff=asked.staff,
        kind=deed.kind,
        person=person_of(asked.row),
        about=about(asked.row),
        reason=asked.reason,
        once=asked.once,
    )


def person_of(row: Model) -> User:
    """Whom a row is about."""
    return row if isinstance(row, User) else row.user  # type: ignore[attr-defined]


def may(staff: User, person: User) -> list[Deed]:
    """What this member of staff may do to somebody and what is theirs."""
    refused = rights.refused(staff, person)
    return [
        deed
        for deed in DEEDS.values()
        if staff.has_perm(deed.permission) and deed.kind not in refused
    ]


def of(row: Model, allowed: Iterable[Deed]) -> list[Deed]:
    """Those that fit a row, as it is now."""
    return [deed for deed in allowed if deed.rows().model is type(row) and deed.fits(row)]


def _grant(asked: Asked) -> None:
    amount, once = asked.more["amount"], str(asked.once)
    credits.grant_by_staff(asked.row.pk, amount, staff=asked.staff, reason=asked.reason, once=once)


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("user")


def _drawings() -> QuerySet[Generation]:
    return Generation.objects.select_related("user").defer("svg", "notes")


def _ended(job: Job) -> bool:
    return job.has_ended and not job.is_test and bool(job.prompt)


_ALL = (
    Deed(
        Kind.GRANT,
        "Give credits",
        "add_card",
        "credits.grant_wallet",
        User.objects.all,
        _grant,
        "Adds credits to their wallet. They are told in their bell.",
        "Credits given",
        lambda user: not user.deleted_at,
        HowMuch,
    ),
    Deed(
        Kind.REFUND,
        "Refund",
        "undo",
        "credits.refund_entry",
        _jobs,
        lambda asked: generations.refund(asked.row, staff=asked.staff, reason=asked.reason),
        "Gives back what this job cost, once. The job and its drawing stay as they are. They are "
        "told in their bell.",
        "Given back",
        lambda job: job.charge == Job.Charge.CAPTURED and job.has_ended,
    ),
    Deed(
        Kind.RETRY,
        "Draw again",
        "replay",
        "generations.retry_job",
        _jobs,
        lambda asked: generations.retry(
            asked.row, staff=asked.staff, reason=asked.reason, once=asked.once
        ),
        "Asks for the same drawing once more, as a new job of theirs. The credit that it costs is "
        "given first, so it costs them nothing. They are told how it ends.",
        "Asked for again",
        _ended,
    ),
    Deed(
        Kind.READ,
        "Read the prompt",
        "visibility",
        "generations.read_job",
        _jobs,
        lambda asked: None,  # the record of it opens the prompt (reading.py)
        "Shows you, for an hour, what they asked for. That you read it, and why, is kept, and is "
        "in their data when they ask for it.",
        "You may read it for an hour",
        lambda job: bool(job.prompt),
    ),
    Deed(
        Kind.REQUEUE,
        "Give another try",
        "restart_alt",
        "generations.requeue_job",
        _jobs,
        lambda asked: drawings.requeue_lost(asked.row.pk),
        "Takes the job from its worker and queues it again. It is not charged again.",
        "Queued again",
        lambda job: job.status == Job.Status.RUNNING,
    ),
    Deed(
        Kind.CANCEL,
        "Cancel",
        "cancel",
        "generations.cancel_job",
        _jobs,
        lambda asked: generations.cancel(asked.row),
        "Stops the job and gives its price back. They are told in their bell.",
        "Canceled",
        lambda job: not job.has_ended,
        is_dangerous=True,
    ),
    Deed(
        Kind.UNPUBLISH,
        "Unpublish",
        "visibility_off",
        "generations.unpublish_generation",
        _drawings,
        lambda asked: generations.unpublish(asked.row, once=asked.once),
        "Takes the drawing out of the gallery: only its person sees it from now on. They are told "
        "in their bell.",
        "Taken out of the gallery",
        lambda drawing: not drawing.is_private,
        is_dangerous=True,
    ),
    Deed(
        Kind.SIGN_OUT,
        "Sign out everywhere",
        "logout",
        "accounts.revoke_session",
        User.objects.all,
        lambda asked: people.sign_out_everywhere(asked.row),
        "Ends every session of theirs at once. They are told by mail and in their bell.",
        "Signed out everywhere",
        lambda user: not user.deleted_at,
        is_dangerous=True,
    ),
    Deed(
        Kind.SIGN_OUT,
        "Sign out",
        "logout",
        "accounts.revoke_session",
        lambda: Session.objects.select_related("user"),
        lambda asked: people.sign_out(asked.row),
        "Ends this session at once. They are told by mail and in their bell.",
        "Signed out",
        lambda session: session.revoked_at is None and session.expires_at > timezone.now(),
        is_dangerous=True,
        called="end-session",
    ),
    Deed(
        Kind.REVOKE_KEY,
        "Revoke",
        "key_off",
        "accounts.revoke_apikey",
        lambda: ApiKey.objects.select_related("user"),
        lambda asked: keys.revoke(asked.row, because="support"),
        "Ends this API key for good. They are told by mail and in their bell.",
        "Revoked",
        lambda key: key.revoked_at is None,
        is_dangerous=True,
    ),
    Deed(
        Kind.SUSPEND,
        "Keep out",
        "block",
        "accounts.suspend_user",
        User.objects.all,
        lambda asked: people.suspend(asked.row, staff=asked.staff),
        "Signs them out everywhere and lets them in no more, by password, key or app. Nothing of "
        "theirs is deleted.",
        "Kept out",
        lambda user: user.is_active and not user.deleted_at,
        is_dangerous=True,
    ),
    Deed(
        Kind.LET_IN,
        "Let in again",
        "lock_open",
        "accounts.suspend_user",
        User.objects.all,
        lambda asked: people.let_in(asked.row, staff=asked.staff),
        "They can sign in again. Keys and sessions that ended stay ended.",
        "Let in again",
        lambda user: not user.is_active and not user.deleted_at,
    ),
)
DEEDS = {deed.name: deed for deed in _ALL}
