"""A person who has one of everything, every word of it recognisable, and what a stranger might try.

A new model that belongs to somebody gets a row here: `test_idor` fails until it has one.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from uuid import UUID, uuid4

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import ForeignKey, Model
from django.http import HttpResponse
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts import one_time, tokens
from accounts.keys import asked, replies, usage
from accounts.keys import services as keys
from accounts.models import (
    Export,
    Identity,
    Mail,
    OAuthClient,
    OneTimeToken,
    StaffAction,
    Ticket,
    User,
)
from accounts.oauth import states
from accounts.oauth_server import codes
from accounts.oauth_server import tokens as oauth_tokens
from credits.payments.models import Payment, PaymentEvent, Subscription
from generations import files, pipeline, services
from generations.models import Gap, Generation, Withdrawn
from realtime.models import Notification
from realtime.webhooks import asked as webhooks_asked
from realtime.webhooks import services as webhooks
from tests import factories

APPS = ("accounts", "credits", "generations", "realtime")
# models that belong to nobody
SHARED = {
    "accounts.DoomedFile",
    "accounts.OAuthClient",  # an app, whoever connects it
    "accounts.Visit",
    "credits.RewardedMailbox",  # a keyed hash, which outlives whoever had the mailbox
    "generations.AuditRun",
}
PASSWORD = "aurelia knows this one"
NAME, ADDRESS, BROWSER = "Aurelia Owner", "203.0.113.77", "Aurelias-Browser/7"


@dataclass
class Owner:
    """Somebody's things: `ids` by noun, `secrets` that nobody else may ever see."""

    user: User
    issued: tokens.Issued
    ids: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=dict)  # ids of what is public
    secrets: dict[str, str] = field(default_factory=dict)


def owner() -> Owner:
    """Make the person and one of everything."""
    mark = uuid4().hex[:8]
    user = factories.person(email=f"aurelia-{mark}@owner.example", name=NAME)
    user.avatar = f"https://pictures.example/{mark}-aurelia.png"
    user.set_password(PASSWORD)
    user.save()
    issued = tokens.issue(user, remember_me=True, ip=ADDRESS, user_agent=BROWSER)
    tokens.rotate(issued.refresh)
    mine = Owner(user, issued)
    _draw(mine, mark)
    rows = _papers(mine, mark) | {"key": [_key(mine, mark)], "grant": [_app(mine, mark)]}
    rows |= _hooks(mine, mark)
    _pay(mine, mark)
    purpose = OneTimeToken.Purpose.RESET_PASSWORD
    link = one_time.make(user, purpose, email=user.email, lifetime=timedelta(hours=1))
    mine.ids |= {
        "user": [str(user.pk)],
        "session": [str(issued.session.pk)],
        "provider": ["google"],
        **{noun: [str(one.pk) for one in found] for noun, found in rows.items()},
    }
    mine.secrets |= {
        "e-mail": user.email,
        "name": NAME,
        "avatar": user.avatar,
        "address": ADDRESS,
        "browser": BROWSER,
        "refresh token": issued.refresh,
        "link": link,
        "subject": f"subject-{mark}",
        "notice": f"notice {mark}",
        "mail": f"context {mark}",
        "archive": f"exports/{mark}.zip",
        "content of the archive": "export of Aurelia",
    }
    for noun, ids in mine.ids.items():
        if noun != "provider":
            mine.secrets |= {f"{noun} {number}": one for number, one in enumerate(ids)}
    return mine


def _draw(mine: Owner, mark: str) -> None:
    """A private drawing, a public one, a job that waits and one that was canceled."""
    prompt = f"a secret whale {mark}"
    done, waits, canceled = (
        factories.job(mine.user, prompt=f"{prompt} {number}", is_private=True) for number in "123"
    )
    public = factories.job(mine.user)
    pipeline.run(done.pk)
    pipeline.run(public.pk)
    services.cancel(mine.user, canceled.pk)
    private, shown = (Generation.objects.get(job=job) for job in (done, public))
    private.svg = private.svg.replace("</svg>", f"<title>svg {mark}</title></svg>")
    private.save()
    Withdrawn.objects.create(generation=private, svg=f"<svg>withdrawn {mark}</svg>", code="X")
    mine.ids |= {
        "job": [str(done.pk), str(waits.pk), str(canceled.pk)],
        "repeat": [one.idempotency_key for one in (done, waits, canceled)],
        "drawing": [str(private.pk)],
        "file": [private.storage_key],
    }
    mine.shown = {"job": [str(public.pk)], "drawing": [str(shown.pk)], "file": [shown.storage_key]}
    mine.secrets |= {
        "prompt": prompt,
        "svg": f"svg {mark}",
        "withdrawn": f"withdrawn {mark}",
        "signature": files.path(private).partition("signature=")[2],
    }


def _pay(mine: Owner, mark: str) -> None:
    """A subscription that is paid for, and what was told of it."""
    at, name = timezone.now(), {"provider": "paypal"}
    mine.secrets |= {
        "subscription": f"I-{mark}",
        "customer": f"payer-{mark}",
        "payment": f"sale-{mark}",
        "event of a payment": f"WH-{mark}",
    }
    row = Subscription.objects.create(
        **name, user=mine.user, status="ACTIVE", plan_id="P-1", external_id=f"I-{mark}"
    )
    row.customer_id = f"payer-{mark}"
    row.save()
    Payment.objects.create(
        **name, subscription=row, external_id=f"sale-{mark}", amount=9, currency="USD", paid_at=at
    )
    PaymentEvent.objects.create(
        **name, subscription=row, external_id=f"WH-{mark}", type="X", occurred_at=at
    )


def _key(mine: Owner, mark: str) -> Model:
    """A key with its traces, for a network of its owner's."""
    wish = {"name": f"key of {mark}", "environment": "test", "ipWhitelist": ["203.0.113.76/30"]}
    key, raw = keys.create(mine.user, asked.key({**wish, "description": f"for {mark}"}))
    usage.record(key, status=200, latency_ms=7, credits=1)
    usage.give_back(key.pk, 1)
    wanted = replies.Wanted(mine.user, True, f"key-of-{mark}", "x" * 64)
    replies.keep(replies.reserve(wanted), HttpResponse(f"reply of {mark}"))
    key.refresh_from_db()
    mine.secrets |= {
        "API key": raw,
        "hash of the key": key.key_hash,
        "start of the key": key.prefix,
        "name of the key": key.name,
        "purpose of the key": key.description,
        "network": "203.0.113.76",
        "kept reply": f"reply of {mark}",
    }
    return key


def _hooks(mine: Owner, mark: str) -> dict[str, list[Model]]:
    """A webhook, and what was sent to it."""
    wish = {"url": f"https://hooks-{mark}.example.com/", "description": f"hook of {mark}"}
    made = webhooks.create(mine.user, webhooks_asked.wish(wish, is_test=False))
    delivery = webhooks.test(made.endpoint)
    delivery.attempts.create(
        number=1, at=timezone.now(), latency_ms=7, status=500, answer=f"answer to {mark}"
    )
    mine.secrets |= {
        "URL of the webhook": made.endpoint.url,
        "purpose of the webhook": made.endpoint.description,
        "secret of the webhook": made.secret,
        "sealed secret": made.endpoint.secrets.get().sealed,
        "answer of its server": f"answer to {mark}",
    }
    return {"webhook": [made.endpoint], "delivery": [delivery]}


def _app(mine: Owner, mark: str) -> Model:
    """An app that is connected, and a code that it has not used."""
    uris = [f"https://app-{mark}.example/callback"]
    app = OAuthClient.objects.create(
        name=f"app of {mark}", redirect_uris=uris, authentication=OAuthClient.Authentication.NONE
    )
    asked = {"user": mine.user, "client": app, "redirect_uri": uris[0], "scopes": ["svg:read"]}
    for code in (f"used-{mark}", f"unused-{mark}"):
        codes.keep(code, **asked, challenge="x" * 43)
    issued = oauth_tokens.exchange(codes.find(f"used-{mark}", app))
    mine.secrets |= {
        "connected app": app.name,
        "access token of the app": issued.access,
        "refresh token of the app": issued.refresh,
        "code of the app": f"unused-{mark}",
    }
    return mine.user.oauth_grants.get()


def _papers(mine: Owner, mark: str) -> dict[str, list[Model]]:
    user = mine.user
    identity = Identity.objects.create(
        user=user, provider="google", subject=f"subject-{mark}", email=user.email
    )
    states.begin("google", browser="", redirect="/app", session=mine.issued.session)
    mail = Mail.objects.create(
        kind="security", to=user.email, user=user, context={"said": f"context {mark}"}
    )
    notice = Notification.objects.create(
        user=user, type=Notification.Type.ACCOUNT_SECURITY, message=f"notice {mark}"
    )
    ticket = Ticket.objects.create(
        user=user, type="bug", subject=f"subject {mark}", message="x", email=user.email
    )
    ticket.replies.create(staff=user, message=f"context {mark}")
    deed = StaffAction.objects.create(
        staff=user, person=user, kind="sign_out", reason=f"why {mark}"
    )
    mine.secrets["reason of staff"] = f"why {mark}"
    archive = default_storage.save(f"exports/{mark}.zip", ContentFile(b"export of Aurelia"))
    in_a_day = timezone.now() + timedelta(days=1)
    export = Export.objects.create(
        user=user, status=Export.Status.READY, storage_key=archive, expires_at=in_a_day
    )
    return {
        "identity": [identity],
        "notification": [notice],
        "export": [export, Export.objects.create(user=user)],
        "mail": [mail],
        "gap": [Gap.objects.create(pk=uuid7(), user=user, is_private=True, created_at=in_a_day)],
        "ticket": [ticket],
        "deed": [deed],
        "token": list(mine.issued.session.tokens.order_by("created_at")),
    }


# --- Whose a row is, and whether it changed ------------------------------------------------------


def owned_models() -> dict[type[Model], str]:
    """Every model of ours that leads to a person, and the lookup that does."""
    found = {User: "pk"}
    waiting = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    waiting = [model for model in waiting if model is not User]
    for _ in range(len(waiting)):
        for model in [model for model in waiting if model not in found]:
            for one in model._meta.concrete_fields:
                if isinstance(one, ForeignKey) and one.related_model in found:
                    further = found[one.related_model]
                    found[model] = one.name if further == "pk" else f"{one.name}__{further}"
                    break
    return found


def rows_of(user_id: UUID, model: type[Model], lookup: str):
    return model._base_manager.filter(**{lookup: user_id}).order_by("pk")


def snapshot(user: User) -> dict[str, str]:
    """A digest of everything that belongs to somebody, table by table, in one query."""
    statement, places = _digests()
    with connection.cursor() as cursor:
        cursor.execute(statement, [user.pk] * places)
        return {label: f"{count} {digest}" for label, count, digest in cursor.fetchall()}


def something_is_written() -> bool:
    """Whether this transaction has changed a row or locked one: with the first, PostgreSQL gives
    it a number. Asking for that takes a tenth of what `snapshot` takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return cursor.fetchone()[0]


@cache
def _digests() -> tuple[str, int]:
    """The statement, and in how many places it names the person. It is made once: that takes ten
    times as long as asking it."""
    parts, places = [], 0
    for model, lookup in owned_models().items():
        sql, params = rows_of(UUID(int=0), model, lookup).values().query.sql_with_params()
        text = "COALESCE(string_agg(row::text, chr(10)), '')"
        parts.append(f"SELECT '{model._meta.label}', count(*), md5({text}) FROM ({sql}) row")
        places += len(params)
    return " UNION ALL ".join(parts), places


def standing(user: User) -> tuple:
    """What nobody gives themselves."""
    fresh = User.objects.select_related("wallet").filter(pk=user.pk).first()
    if fresh is None:
        return ()
    groups = tuple(fresh.groups.values_list("name", flat=True))
    return fresh.is_staff, fresh.is_superuser, fresh.email_verified_at, fresh.wallet.plan, groups


# --- Ids of nothing ------------------------------------------------------------------------------

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def like(known: str) -> str:
    """Something of the same form that names nothing: UUIDs, files, e-mails."""
    if "@" in known:
        return f"{uuid4().hex}{uuid4().hex}"[: known.index("@")] + known[known.index("@") :]
    fresh, count = _UUID.subn(lambda _: _unknown(), known)
    return fresh if count else "x" * len(known)


def _unknown() -> str:
    """A UUID of version 7 that nobody has."""
    digits = uuid4().hex
    return f"01900000-{digits[:4]}-7{digits[4:7]}-8{digits[7:10]}-{digits[10:22]}"
