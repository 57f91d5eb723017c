"""What people and their programs do with webhooks. A secret leaves here once, when it is made.

`is_test` says whose endpoints are meant: those of test keys, or the others; None for both.
"""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import one_time
from accounts.models import User
from chatsvg.errors import SignedOut
from realtime.webhooks import alarms, endings, posting, signing
from realtime.webhooks.asked import LOW_CREDITS
from realtime.webhooks.errors import (
    DeliveryMissing,
    TooManySecrets,
    TooManyWebhooks,
    WebhookDisabled,
    WebhookMissing,
)
from realtime.webhooks.models import (
    CreditsAlarm,
    DeliveryQuerySet,
    EndpointQuerySet,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookSecret,
)

MOST = 10  # endpoints of a person
SECRETS_MOST = 5  # that sign at once
OVERLAP = timedelta(hours=24)  # in which an older secret signs too


class Made(NamedTuple):
    """An endpoint, and what its receiver verifies with: the only copy in the clear."""

    endpoint: WebhookEndpoint
    secret: str


class Page(NamedTuple):
    """Some deliveries, newest first, and the cursor of the next page; None at the end."""

    deliveries: list[WebhookDelivery]
    next_cursor: str | None


def endpoints_of(user: User, *, is_test: bool | None = None) -> list[WebhookEndpoint]:
    """Oldest first."""
    found = _theirs(user, is_test).prefetch_related("secrets")
    return list(found.order_by("created_at", "id"))


def find(user: User, endpoint_id: UUID | None, *, is_test: bool | None = None) -> WebhookEndpoint:
    """An endpoint of theirs. Raises WebhookMissing."""
    found = endpoint_id and _theirs(user, is_test).filter(pk=endpoint_id).first()
    if not found:
        raise WebhookMissing()
    return found


@transaction.atomic
def create(user: User, wish: dict[str, Any]) -> Made:
    """Make an endpoint. Raises TooManyWebhooks. Counted under the person's row."""
    locked = one_time.lock(user)
    if not locked.is_active:
        raise SignedOut()  # deleted or suspended since this request began
    if locked.webhooks.count() >= MOST:
        raise TooManyWebhooks(f"Webhook limit reached: you may have {MOST}. Delete one first.")
    kind = wish.get("kind") or WebhookSecret.Kind.HMAC
    fields = {name: wish[name] for name in ("url", "description", "events", "is_test")}
    endpoint = WebhookEndpoint.objects.create(user=locked, **fields)
    endpoint.refresh_from_db(fields=["created_at"])
    secret = _add_secret(endpoint, kind)
    if LOW_CREDITS in endpoint.events:
        alarms.watch(user.pk)
    return Made(endpoint, secret)


@transaction.atomic
def change(endpoint: WebhookEndpoint, wanted: dict[str, Any]) -> WebhookEndpoint:
    """Change some of its fields. Raises WebhookMissing."""
    if LOW_CREDITS in wanted.get("events", ()):
        alarms.watch(endpoint.user_id)  # the wallet is locked first
    endpoint = _lock(endpoint)
    fields: list[str] = [name for name in ("url", "description", "events") if name in wanted]
    for name in fields:
        setattr(endpoint, name, wanted[name])
    if "url" in wanted:
        endpoint.failing_since = None  # of the old one
        fields.append("failing_since")
    endpoint.save(update_fields=fields)
    if wanted.get("enabled") is False:
        endings.disable(endpoint, WebhookEndpoint.Because.OWNER, at=timezone.now())
    elif wanted.get("enabled") and endpoint.disabled_at:
        endings.enable(endpoint)
        posting.wake_on_commit()
    return endpoint


@transaction.atomic
def delete(endpoint: WebhookEndpoint) -> None:
    """With everything that was or is to be sent there. A repeat does nothing."""
    mine = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    list(mine.select_for_update().values_list("pk"))  # nothing is added to it any more
    mine.delete()
    _sweep_messages(endpoint.user_id)


@transaction.atomic
def rotate(
    endpoint: WebhookEndpoint,
    *,
    kind: WebhookSecret.Kind | None = None,
    ends_previous: bool = False,
) -> Made:
    """A new secret; those before it sign as well for OVERLAP, or no more where `ends_previous`.

    Raises WebhookMissing or TooManySecrets.
    """
    endpoint, now = _lock(endpoint), timezone.now()
    endpoint.secrets.filter(expires_at__lte=now).delete()
    current = endpoint.secrets.get(expires_at=None)
    if ends_previous:
        endpoint.secrets.all().delete()
    elif endpoint.secrets.count() >= SECRETS_MOST:
        raise TooManySecrets()
    else:
        endpoint.secrets.filter(pk=current.pk).update(expires_at=now + OVERLAP)
    return Made(endpoint, _add_secret(endpoint, kind or WebhookSecret.Kind(current.kind)))


@transaction.atomic
def test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send it an event that tells of nothing. Raises WebhookMissing or WebhookDisabled."""
    endpoint = _lock(endpoint)
    if endpoint.disabled_at:
        raise WebhookDisabled()
    return find_delivery(endpoint.user, posting.test(endpoint.pk, endpoint.user_id).pk)


def deliveries(endpoint: WebhookEndpoint, *, limit: int, after: UUID | None = None) -> Page:
    """A page of what was and is to be sent there, behind the delivery `after`."""
    mine = _with_attempts(WebhookDelivery.objects.filter(endpoint=endpoint)).order_by("-id")
    rows = list((mine.filter(pk__lt=after) if after else mine)[: limit + 1])
    is_last = len(rows) <= limit
    return Page(rows[:limit], None if is_last else str(rows[limit - 1].pk))


def find_delivery(
    user: User, delivery_id: UUID | None, *, is_test: bool | None = None
) -> WebhookDelivery:
    """A delivery of theirs. Raises DeliveryMissing."""
    mine = WebhookDelivery.objects.owned_by(user)
    if is_test is not None:
        mine = mine.filter(endpoint__is_test=is_test)
    found = delivery_id and _with_attempts(mine).filter(pk=delivery_id).first()
    if not found:
        raise DeliveryMissing()
    return found


@transaction.atomic
def replay(delivery: WebhookDelivery) -> WebhookDelivery:
    """Send it again, now, under its old id. Raises WebhookMissing or WebhookDisabled."""
    endpoint = _lock(delivery.endpoint)
    if endpoint.disabled_at:
        raise WebhookDisabled()
    locked = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    endings.begin_again(locked, at=timezone.now())
    posting.wake_on_commit()
    return find_delivery(endpoint.user, locked.pk)


@transaction.atomic
def suspend(user: User) -> None:
    """Whoever is kept out hears of nothing."""
    for endpoint in WebhookEndpoint.objects.owned_by(user).enabled().select_for_update():
        endings.disable(endpoint, WebhookEndpoint.Because.SUSPENDED, at=timezone.now())


@transaction.atomic
def forget(user: User) -> None:
    """Leave nothing."""
    mine = WebhookEndpoint.objects.owned_by(user)
    list(mine.order_by("pk").select_for_update().values_list("pk"))
    mine.delete()
    WebhookMessage.objects.filter(user=user).delete()
    CreditsAlarm.objects.filter(user=user).delete()


def _theirs(user: User, is_test: bool | None) -> EndpointQuerySet:
    mine = WebhookEndpoint.objects.owned_by(user)
    return mine if is_test is None else mine.filter(is_test=is_test)


def _with_attempts(found: DeliveryQuerySet) -> DeliveryQuerySet:
    return found.select_related("message", "endpoint").prefetch_related("attempts")


def _lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    mine = WebhookEndpoint.objects.filter(pk=endpoint.pk).select_for_update(no_key=True)
    locked = mine.first()
    if locked is None:
        raise WebhookMissing()
    return locked


def _add_secret(endpoint: WebhookEndpoint, kind: WebhookSecret.Kind) -> str:
    written = signing.make(kind)
    endpoint.secrets.create(kind=kind, sealed=signing.seal(written))
    return signing.shown(written)


def _sweep_messages(user_id: UUID) -> None:
    WebhookMessage.objects.filter(user_id=user_id, deliveries=None).delete()
