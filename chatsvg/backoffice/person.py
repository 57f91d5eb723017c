"""All that there is about somebody, in sections: each a list of so many rows, the newest first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.models import Mail, StaffAction, Ticket, User
from accounts.profile import devices
from chatsvg.backoffice import deeds, ledger
from chatsvg.backoffice.tables import Badge, Button, Code, Link, Row, Table, short
from credits.models import Entry
from credits.payments.models import Payment, Subscription
from generations.models import Attempt, Generation, Job
from realtime.models import Notification

PAGE = 25
JOB_TONES = {"SUCCEEDED": "good", "FAILED": "bad", "RUNNING": "warm", "QUEUED": "warm"}
KINDS = {Entry.Kind.GRANT: "given", Entry.Kind.CAPTURE: "charge", Entry.Kind.REFUND: "refund"}
CHARGES = {
    Job.Charge.HELD: "held, not charged yet",
    Job.Charge.CAPTURED: "charged",
    Job.Charge.RELEASED: "never charged",
    Job.Charge.REFUNDED: "charged and given back",
    Job.Charge.FREE: "free (test key)",
}


@dataclass(frozen=True)
class Look:
    """A member of staff looks at somebody; `before` is the last row that they have seen."""

    person: User
    staff: User
    before: str = ""

    def page(self, rows: QuerySet[Any]) -> list[Any]:
        """A page of rows whose keys grow with time, and one more where there are more."""
        later = rows.filter(pk__lt=self.last(rows)) if self.before else rows
        return list(later.order_by("-pk")[: PAGE + 1])

    def last(self, rows: QuerySet[Any]) -> Any:
        """The key of the last row that they have seen. Raises Http404 where it is none."""
        try:
            return rows.model._meta.pk.to_python(self.before)
        except ValidationError as error:
            raise Http404 from error

    def older(self, section: str, rows: list[Any]) -> str:
        if len(rows) <= PAGE:
            return ""
        where = reverse("admin:person_section", args=[self.person.pk, section])
        return f"{where}?{urlencode({'before': rows[PAGE - 1].pk})}"

    def table(
        self,
        section: str,
        rows: list[Any],
        headings: list[str],
        shown: Callable[[Any], Row],
        empty: str,
    ) -> Table:
        return Table(
            headings, [shown(row) for row in rows[:PAGE]], empty, self.older(section, rows)
        )

    @cached_property
    def allowed(self) -> list[deeds.Deed]:
        return deeds.may(self.staff, self.person)

    def buttons(self, row: Model) -> list[Button]:
        """In a list; what is read is read on the row's own page."""
        return buttons(row, [one for one in self.allowed if one.kind != StaffAction.Kind.READ])


@dataclass(frozen=True)
class Section:
    title: str
    permission: str
    read: Callable[[Look], list[Table]]


def buttons(row: Model, allowed: list[deeds.Deed]) -> list[Button]:
    """What may be done to a row."""
    return [
        Button(one.label, reverse("admin:do", args=[one.name, row.pk]), one.icon, one.is_dangerous)
        for one in deeds.of(row, allowed)
    ]


def link(row: Model, text: str = "") -> Link:
    to = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return Link(text or str(row), to)


def _ledger(look: Look) -> list[Table]:
    rows = look.page(Entry.objects.filter(wallet=look.person.pk))
    book = ledger.Book(rows[:PAGE])

    def line(entry: Entry) -> Row:
        amount = Badge(f"{entry.amount:+d}", "good" if entry.amount > 0 else "plain")
        what = book.what(entry)
        cells = [entry.created_at, KINDS[Entry.Kind(entry.kind)], amount, entry.balance_after]
        return Row([*cells, what, book.link(entry), book.reason(entry)])

    headings = ["When", "Kind", "Credits", "Balance after", "What for", "Look at", "Reason"]
    return [look.table("ledger", rows, headings, line, "No credits were ever given or taken.")]


def _jobs(look: Look) -> list[Table]:
    rows = look.page(Job.objects.owned_by(look.person))
    tries: dict[Any, list[Attempt]] = {row.pk: [] for row in rows[:PAGE]}
    if look.staff.has_perm("generations.view_attempt"):
        for attempt in (
            Attempt.objects.filter(job__in=tries).defer("answer", "notes").order_by("pk")
        ):
            tries[attempt.job_id].append(attempt)

    def shown(job: Job) -> Row:
        job.user = look.person
        known = tries[job.pk]
        cells = [
            *(job.created_at, link(job, short(job)), Badge(job.status, _tone(job))),
            *(CHARGES[Job.Charge(job.charge)], _why(job)),
            *(_tokens(known), _dollars(known)),
        ]
        return Row(cells, _attempts(known), look.buttons(job))

    headings = ["Asked for", "Job", "Status", "Price", "What happened", "Tokens", "Cost"]
    return [look.table("jobs", rows, headings, shown, "They never asked for a drawing.")]


def _why(job: Job) -> str:
    """Why it came to nothing, by its code and in words."""
    failure = ledger.failure_of(job)
    return f"{job.error_code}: {failure.cause}" if failure else ""


def _tone(job: Job) -> str:
    return JOB_TONES.get(job.status, "plain")


def _tokens(attempts: list[Attempt]) -> str:
    known = [
        count
        for one in attempts
        for count in (one.prompt_tokens, one.completion_tokens)
        if count is not None
    ]
    return f"{sum(known):,}" if known else ""


def _dollars(attempts: list[Attempt]) -> str:
    known = [one.cost_usd for one in attempts if one.cost_usd is not None]
    return f"${sum(known, Decimal()):.4f}" if known else ""


def _attempts(attempts: list[Attempt]) -> Table | None:
    """The calls of models for a job, each with what it answered in its own words."""
    if not attempts:
        return None
    headings = [
        "Try",
        "Asked",
        "Outcome",
        "Began",
        "Seconds",
        "Tokens",
        "Cost",
        "Code",
        "Raw error",
    ]
    return Table(headings, [_attempt(one) for one in attempts])


def _attempt(one: Attempt) -> Row:
    who = " → ".join(dict.fromkeys(filter(None, [one.model, one.provider, one.upstream])))
    number = f"{one.number}" + (f" (repair {one.repair})" if one.repair else "")
    tone = {"answered": "good", "failed": "bad"}.get(one.outcome, "warm")
    seconds = f"{max(one.seconds, 0):.1f}" if one.seconds is not None else ""
    cells = [number, who, Badge(one.outcome, tone), one.started_at, seconds]
    raw = Code(one.raw_error) if one.raw_error else ""
    return Row([*cells, _tokens([one]), _dollars([one]), one.error_code, raw])


def _drawings(look: Look) -> list[Table]:
    rows = look.page(Generation.objects.owned_by(look.person).defer("svg", "prompt", "notes"))

    def shown(drawing: Generation) -> Row:
        seen = Badge("private") if drawing.is_private else Badge("public", "good")
        drawing.user = look.person
        cells = [drawing.created_at, link(drawing, short(drawing)), seen]
        more = [drawing.style, drawing.model, drawing.provider]
        return Row([*cells, *more], None, look.buttons(drawing))

    headings = ["Made", "Drawing", "Seen by", "Style", "Model", "Drawn by"]
    return [look.table("drawings", rows, headings, shown, "No drawings.")]


def _sessions(look: Look) -> list[Table]:
    rows = look.page(look.person.sessions.all())

    def shown(one: Any) -> Row:
        ended = Badge(one.revoked_because or "ended") if one.revoked_at else ""
        device = devices.name(one.user_agent)
        cells = [one.created_at, device, one.ip_address or "", one.last_used_at, one.expires_at]
        return Row([*cells, ended], None, look.buttons(one))

    headings = ["Signed in", "Device", "Address", "Last seen", "Ends", "Ended because"]
    return [look.table("sessions", rows, headings, shown, "Never signed in, or long ago.")]


def _keys(look: Look) -> list[Table]:
    rows = look.page(look.person.api_keys.all())

    def shown(key: Any) -> Row:
        ended = Badge(key.revoked_because or "revoked") if key.revoked_at else Badge("live", "good")
        cells = [key.created_at, Code(f"{key.prefix}…"), key.environment, ", ".join(key.scopes)]
        return Row([*cells, key.last_used_at or "never", ended], None, look.buttons(key))

    headings = ["Made", "Begins with", "For", "May", "Last used", "State"]
    return [look.table("keys", rows, headings, shown, "No API keys.")]


def _tickets(look: Look) -> list[Table]:
    rows = look.page(Ticket.objects.of(look.person))

    def shown(ticket: Ticket) -> Row:
        tone = "warm" if ticket.status == Ticket.Status.OPEN else "plain"
        return Row([ticket.created_at, link(ticket), ticket.type, Badge(ticket.status, tone)])

    headings = ["Written", "Subject", "Type", "Status"]
    return [look.table("tickets", rows, headings, shown, "They never wrote to us.")]


def _payments(look: Look) -> list[Table]:
    rows = look.page(Payment.objects.filter(subscription__user=look.person))
    agreed = Subscription.objects.filter(user=look.person).order_by("-pk")[:PAGE]

    def paid(one: Payment) -> Row:
        back = f"{one.refunded:.2f}" if one.refunded else ""
        money = f"{one.amount:.2f} {one.currency}"
        return Row([one.paid_at, link(one, one.external_id), money, back, one.reference])

    def agreement(one: Subscription) -> Row:
        tone = "good" if one.is_live else "plain"
        name = link(one, one.external_id or "being made")
        until = one.entitled_until or ""
        return Row([one.created_at, name, Badge(one.status, tone), one.period_end or "", until])

    headings = ["Paid", "Payment", "Amount", "Given back", "Entry in the ledger"]
    terms = ["Begun", "Subscription", "Status", "Paid until", "Plan until"]
    return [
        Table(terms, [agreement(one) for one in agreed], "No subscription.", title="Subscriptions"),
        replace(
            look.table("payments", rows, headings, paid, "They never paid for anything."),
            title="Payments",
        ),
    ]


def _notifications(look: Look) -> list[Table]:
    rows = look.page(Notification.objects.filter(user=look.person).defer("message", "data"))

    def shown(one: Notification) -> Row:
        return Row([one.created_at, one.type, one.title, one.read_at or "not yet"])

    headings = ["Told", "Type", "Title", "Seen"]
    return [look.table("notifications", rows, headings, shown, "No notifications.")]


def _mails(look: Look) -> list[Table]:
    rows = look.page(Mail.objects.filter(user=look.person).defer("context"))

    def shown(one: Mail) -> Row:
        if one.sent_at:
            state = Badge("sent", "good")
        else:
            state = Badge("not sent", "bad") if one.ended_at else Badge("waits", "warm")
        return Row([one.created_at, one.kind, one.to, state, one.tries, one.error])

    headings = ["Written", "Kind", "To", "State", "Tries", "Error"]
    return [look.table("mails", rows, headings, shown, "No mails, or none that is still kept.")]


def _actions(look: Look) -> list[Table]:
    """By their ids, which come from forms, nothing is in order: the latest by the clock."""
    mine = StaffAction.objects.filter(person=look.person).select_related("staff")
    if look.before:
        last = mine.filter(pk=look.last(mine)).first()
        mine = mine.filter(at__lt=last.at) if last else mine.none()
    rows = list(mine.order_by("-at", "-pk")[: PAGE + 1])

    def shown(one: StaffAction) -> Row:
        return Row([one.at, one.staff.email, one.get_kind_display(), Code(one.about), one.reason])

    headings = ["When", "Who", "What", "About", "Why"]
    return [look.table("staff", rows, headings, shown, "Staff did nothing to them.")]


SECTIONS = {
    "ledger": Section("Ledger", "credits.view_entry", _ledger),
    "jobs": Section("Jobs", "generations.view_job", _jobs),
    "drawings": Section("Drawings", "generations.view_generation", _drawings),
    "tickets": Section("Tickets", "accounts.view_ticket", _tickets),
    "payments": Section("Payments", "credits.view_payment", _payments),
    "sessions": Section("Sessions", "accounts.view_session", _sessions),
    "keys": Section("API keys", "accounts.view_apikey", _keys),
    "notifications": Section("Notifications", "realtime.view_notification", _notifications),
    "mails": Section("Mails", "accounts.view_mail", _mails),
    "staff": Section("Staff actions", "accounts.view_staffaction", _actions),
}
FIRST = "ledger"


def facts(person: User, staff: User) -> list[tuple[str, Any]]:
    """Who they are, in a few lines."""
    told: list[tuple[str, Any]] = _money(person, staff)
    told += [
        ("Mailbox", "proved" if person.email_verified_at else "not proved"),
        ("Signed up", person.created_at),
        ("Id", Code(str(person.pk))),
    ]
    if person.is_staff:
        roles = ", ".join(group.name for group in person.groups.all()) or "no role"
        told.append(("Staff", "superuser" if person.is_superuser else roles))
    return told


def _money(person: User, staff: User) -> list[tuple[str, Any]]:
    wallet = getattr(person, "wallet", None)
    if wallet is None or not staff.has_perm("credits.view_wallet"):
        return []
    held = f", and {wallet.held} held for jobs that wait" if wallet.held else ""
    return [
        ("Credits to spend", f"{wallet.available}{held}"),
        ("Plan", f"{wallet.plan}{' (paid)' if wallet.is_plan_paid else ''}"),
        ("Next refill", wallet.next_refill_at if wallet.plan == "FREE" else "by each payment"),
    ]
