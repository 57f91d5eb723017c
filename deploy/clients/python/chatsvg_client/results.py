"""What the server answers, typed. Members that are not known here are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatsvg_client import errors

Json = Mapping[str, Any]


def time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def known_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Job:
    """A drawing that was asked for: QUEUED, RUNNING, SUCCEEDED or FAILED.

    What `generate` returns without waiting knows no more than it was told.
    """

    id: str
    status: str
    prompt: str
    style: str | None = None
    model: str | None = None
    svg: str | None = field(default=None, repr=False)
    url: str | None = None
    drawing_id: str | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None
    credits_charged: bool = False
    error_code: str | None = None
    error_message: str | None = None
    is_test: bool = False

    @property
    def has_ended(self) -> bool:
        return self.status in ("SUCCEEDED", "FAILED", "CANCELED")

    @property
    def has_failed(self) -> bool:
        return self.status in ("FAILED", "CANCELED")

    def checked(self) -> Job:
        """The job itself. Raises JobFailed where it failed."""
        if self.has_failed:
            raise errors.JobFailed(self)
        return self

    @classmethod
    def read(cls, told: Json) -> Job:
        return cls(
            id=told["id"],
            status=told["status"],
            prompt=told["prompt"],
            style=told["style"],
            model=told["model"],
            svg=told.get("svg"),
            url=told["url"],
            drawing_id=told.get("drawingId"),
            created_at=time(told["createdAt"]),
            finished_at=time(told["finishedAt"]),
            credits_charged=told["creditsCharged"],
            error_code=told.get("errorCode"),
            error_message=told.get("errorMessage"),
            is_test=told.get("test", False),
        )


@dataclass(frozen=True)
class Progress:
    """How far a job is, in per cent; with what is drawn so far, where a model shows it."""

    job_id: str
    status: str
    stage: str
    progress: int
    sketch: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, told: Json) -> Progress:
        return cls(
            told["jobId"], told["status"], told["stage"], int(told["progress"]), told.get("svg")
        )


@dataclass(frozen=True)
class Drawing:
    """What was drawn. `svg` is None in lists."""

    id: str
    prompt: str
    style: str
    model: str
    is_private: bool
    credits_used: int
    created_at: datetime
    url: str
    svg: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, told: Json) -> Drawing:
        return cls(
            id=told["id"],
            prompt=told["prompt"],
            style=told["style"],
            model=told["model"],
            is_private=told["privacy"],
            credits_used=told["creditsUsed"],
            created_at=known_time(told["createdAt"]),
            url=told["url"],
            svg=told.get("svg"),
        )


@dataclass(frozen=True)
class Style:
    id: str
    name: str
    is_default: bool = False


@dataclass(frozen=True)
class Model:
    id: str
    name: str
    price: int
    is_available: bool
    is_default: bool = False


@dataclass(frozen=True)
class Credits:
    """`available` can be spent: the balance without what is held for drawings under way."""

    available: int
    balance: int
    held: int
    plan: str
    next_refill_at: datetime | None

    @classmethod
    def read(cls, told: Json) -> Credits:
        return cls(
            told["credits"],
            told["balance"],
            told["held"],
            told["plan"],
            time(told["nextRefillAt"]),
        )


@dataclass(frozen=True)
class Estimate:
    """What a drawing would cost, and how many seconds it would take; None where nobody knows."""

    n: int
    style: str
    model: str
    price: int
    is_affordable: bool
    credits_after: int
    jobs_waiting: int
    seconds: float | None

    @classmethod
    def read(cls, told: Json) -> Estimate:
        return cls(
            n=told["n"],
            style=told["style"],
            model=told["model"],
            price=told["price"],
            is_affordable=told["credits"]["isEnough"],
            credits_after=told["credits"]["after"],
            jobs_waiting=told["queue"]["waiting"],
            seconds=told["queue"]["estimatedSeconds"],
        )


@dataclass(frozen=True)
class Limits:
    """Of the plan; None is unlimited."""

    plan: str
    drawings_per_month: int | None
    drawings_per_day: int | None
    drawings_under_way: int | None
    requests_per_minute: int | None
    requests_per_hour: int | None


@dataclass(frozen=True)
class KeyUsage:
    """What was done with one key this month. `prefix` is how it begins."""

    id: str
    name: str
    prefix: str
    environment: str
    requests: int
    succeeded: int
    failed: int
    credits_used: int


@dataclass(frozen=True)
class Usage:
    """This calendar month (UTC), until `until`; of all keys together, and of each."""

    since: datetime
    until: datetime
    drawings_this_month: int
    drawings_today: int
    requests: int
    credits_used: int
    limits: Limits
    keys: tuple[KeyUsage, ...]

    @classmethod
    def read(cls, told: Json) -> Usage:
        limits = told["limits"]
        return cls(
            since=known_time(told["from"]),
            until=known_time(told["until"]),
            drawings_this_month=told["drawings"]["month"],
            drawings_today=told["drawings"]["today"],
            requests=told["total"]["requests"],
            credits_used=told["total"]["creditsUsed"],
            limits=Limits(
                plan=limits["plan"],
                drawings_per_month=limits["drawingsPerMonth"],
                drawings_per_day=limits["drawingsPerDay"],
                drawings_under_way=limits["drawingsUnderWay"],
                requests_per_minute=limits["requestsPerMinute"],
                requests_per_hour=limits["requestsPerHour"],
            ),
            keys=tuple(map(_key, told["keys"])),
        )


def _key(told: Json) -> KeyUsage:
    return KeyUsage(
        id=told["id"],
        name=told["name"],
        prefix=told["keyPrefix"],
        environment=told["environment"],
        requests=told["requests"],
        succeeded=told["succeeded"],
        failed=told["failed"],
        credits_used=told["creditsUsed"],
    )


@dataclass(frozen=True)
class Webhook:
    """An address of yours that is told of events. A public key belongs to ed25519 signatures."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    is_enabled: bool
    is_test: bool
    created_at: datetime
    failing_since: datetime | None
    public_keys: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: Json) -> Webhook:
        return cls(
            id=told["id"],
            url=told["url"],
            description=told["description"],
            events=tuple(told["events"]),
            is_enabled=told["enabled"],
            is_test=told["test"],
            created_at=known_time(told["createdAt"]),
            failing_since=time(told["failingSince"]),
            public_keys=tuple(one["publicKey"] for one in told["secrets"] if one["publicKey"]),
        )


@dataclass(frozen=True)
class NewSecret:
    """A webhook and its new secret, which is told this once."""

    webhook: Webhook
    secret: str = field(repr=False)

    @classmethod
    def read(cls, told: Json) -> NewSecret:
        return cls(Webhook.read(told["webhook"]), told["secret"])


@dataclass(frozen=True)
class Attempt:
    """One try at a delivery; `status` is what your server answered, None where it did not."""

    at: datetime
    status: int | None
    error: str | None
    latency_ms: int | None


@dataclass(frozen=True)
class Delivery:
    """An event that was, or is to be, sent to a webhook. `message_id` is its `webhook-id`."""

    id: str
    webhook_id: str
    message_id: str
    type: str
    status: str
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: tuple[Attempt, ...]

    @classmethod
    def read(cls, told: Json) -> Delivery:
        attempts = tuple(
            Attempt(known_time(one["at"]), one["status"], one["error"], one["latencyMs"])
            for one in told["attempts"]
        )
        return cls(
            id=told["id"],
            webhook_id=told["webhookId"],
            message_id=told["messageId"],
            type=told["type"],
            status=told["status"],
            created_at=known_time(told["createdAt"]),
            next_attempt_at=time(told["nextAttemptAt"]),
            attempts=attempts,
        )


@dataclass(frozen=True)
class WebhookEvent:
    """An event that came by a webhook. Its `id` is the same in every try: handle it once."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]
