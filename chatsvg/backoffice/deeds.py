"""What members of staff do to people and their things: each asks why, once, and is recorded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import Model, QuerySet
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from accounts.keys import services as keys
from accounts.models import ApiKey, StaffAction, User
from accounts.notices import notice
from accounts.sessions import services as sessions
from accounts.staff import actions
from accounts.staff import services as people
from accounts.staff.read_only import REASON_TYPED, about
from credits import services as credits
from credits.admin import GRANT_MOST
from generations import services as drawings
from generations import staff as generations
from generations.models import Generation, Job

Kind = StaffAction.Kind
SIGNED_OUT = "Our support signed you out on every device, at your request or to keep you safe."


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

    @property
    def name(self) -> str:
        return self.kind.value.replace("_", "-")


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


def person_of(row: Model) -> UUID:
    """Whom a row is about."""
    return row.pk if isinstance(row, User) else row.user_id  # type: ignore[attr-defined]


def of(row: Model, staff: User) -> list[Deed]:
    """What this member of staff may do to a row, as it is now."""
    return [
        deed
        for deed in DEEDS.values()
        if deed.rows().model is type(row) and staff.has_perm(deed.permission) and deed.fits(row)
    ]


def _grant(asked: Asked) -> None:
    amount, once = asked.more["amount"], str(asked.once)
    credits.grant_by_staff(asked.row.pk, amount, staff=asked.staff, reason=asked.reason, once=once)


def _sign_out(asked: Asked) -> None:
    if sessions.end_all(asked.row, because="support"):
        notice(asked.row, SIGNED_OUT)


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
        _sign_out,
        "Ends every session of theirs at once. They are told by mail and in their bell.",
        "Signed out everywhere",
        lambda user: not user.deleted_at,
        is_dangerous=True,
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
