"""Every operation of `/v1`: what is sent, and what is read from the answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from chatsvg_client import waiting
from chatsvg_client.errors import InvalidRequest
from chatsvg_client.results import (
    Credits,
    Delivery,
    Drawing,
    Estimate,
    Job,
    Model,
    NewSecret,
    Style,
    Usage,
    Webhook,
)
from chatsvg_client.steps import Clock, Patience, Script, Send, ask
from chatsvg_client.waiting import OnProgress

T = TypeVar("T")


class Wish(NamedTuple):
    """What to draw; None leaves it to the server."""

    prompt: str
    style: str | None = None
    model: str | None = None
    n: int | None = None
    private: bool | None = None

    @property
    def body(self) -> dict[str, Any]:
        told = {"style": self.style, "model": self.model, "n": self.n, "privacy": self.private}
        return {"prompt": self.prompt, **_given(told)}


class Wait(NamedTuple):
    """For how many seconds to wait (None: without end), and who is told how far it is."""

    timeout: float | None
    on_progress: OnProgress | None


class Page(NamedTuple, Generic[T]):
    """Items, and the cursor of the next page; None at the end."""

    items: list[T]
    cursor: str | None


# --- Drawing ---


def generate(
    wish: Wish, key: str | None, patience: Patience, wait: Wait | None
) -> Script[list[Job]]:
    """The jobs of one request, ended where `wait` is given.

    The same key is sent with every try, so that however many arrive one is carried out and paid.
    """
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    send = Send("POST", "svg/generate", body=wish.body, headers=headers)
    told = (yield from ask(send, patience, is_repeatable=True)).json()
    jobs = [_accepted(one, wish) for one in told.get("jobs", [told])]
    if wait is None:
        return jobs
    clock, ended = Clock(wait.timeout), []
    for job in jobs:
        left = None if wait.timeout is None else max(0.0, clock.left)
        done = yield from waiting.wait(job.id, patience, timeout=left, on_progress=wait.on_progress)
        ended.append(done)
    return ended


def _accepted(told: Mapping[str, Any], wish: Wish) -> Job:
    return Job(
        id=told["jobId"],
        status=told["status"].upper(),
        prompt=wish.prompt,
        style=wish.style,
        model=wish.model,
        credits_charged=told["creditsCharged"],
        is_test=told.get("test", False),
    )


def job(job_id: str, patience: Patience) -> Script[Job]:
    found, _ = yield from waiting.look(_part(job_id), patience)
    return found


def wait(job_id: str, patience: Patience, wait: Wait) -> Script[Job]:
    """Raises JobFailed, or Timeout."""
    ended = yield from waiting.wait(
        _part(job_id), patience, timeout=wait.timeout, on_progress=wait.on_progress
    )
    return ended.checked()


def cancel(job_id: str, patience: Patience) -> Script[Job]:
    send = Send("POST", f"svg/job/{_part(job_id)}/cancel")
    answer = yield from ask(send, patience, is_repeatable=True)
    return Job.read(answer.json()["job"])


def drawing(drawing_id: str, patience: Patience) -> Script[Drawing]:
    answer = yield from ask(Send("GET", f"svg/drawings/{_part(drawing_id)}"), patience)
    return Drawing.read(answer.json()["drawing"])


def delete(path: str, name: str, patience: Patience) -> Script[None]:
    yield from ask(Send("DELETE", f"{path}/{_part(name)}"), patience)


def export(drawing_id: str, kind: str, size: int | None, patience: Patience) -> Script[bytes]:
    query = {"format": kind, **({} if size is None else {"size": str(size)})}
    path = f"svg/drawings/{_part(drawing_id)}/export"
    answer = yield from ask(Send("GET", path, query=query), patience)
    content: bytes = answer.content
    return content


def page(
    path: str,
    name: str,
    read: Callable[[Mapping[str, Any]], T],
    cursor: str | None,
    size: int | None,
    patience: Patience,
) -> Script[Page[T]]:
    query = {name: str(value) for name, value in _given({"limit": size, "cursor": cursor}).items()}
    told = (yield from ask(Send("GET", path, query=query), patience)).json()
    return Page([read(one) for one in told[name]], told["nextCursor"])


# --- What there is ---


def styles(patience: Patience) -> Script[list[Style]]:
    told = (yield from ask(Send("GET", "styles"), patience)).json()
    return [Style(one["id"], one["name"], one["id"] == told["default"]) for one in told["styles"]]


def models(patience: Patience) -> Script[list[Model]]:
    told = (yield from ask(Send("GET", "models"), patience)).json()
    return [
        Model(
            id=one["id"],
            name=one["name"],
            price=one["price"],
            is_available=one["isAvailable"],
            is_default=one["id"] == told["default"],
        )
        for one in told["models"]
    ]


def credits(patience: Patience) -> Script[Credits]:
    answer = yield from ask(Send("GET", "credits"), patience)
    return Credits.read(answer.json())


def estimate(wish: Wish, patience: Patience) -> Script[Estimate]:
    send = Send("POST", "estimate", body=wish.body)
    answer = yield from ask(send, patience, is_repeatable=True)
    return Estimate.read(answer.json())


def usage(patience: Patience) -> Script[Usage]:
    answer = yield from ask(Send("GET", "usage"), patience)
    return Usage.read(answer.json())


# --- Webhooks ---


def create_webhook(
    url: str,
    events: Iterable[str] | None,
    description: str | None,
    signature: str | None,
    patience: Patience,
) -> Script[NewSecret]:
    """Sent once: an answer that was lost leaves a webhook, which the list shows."""
    wanted = {"description": description, "signature": signature, "events": _listed(events)}
    body = {"url": url, **_given(wanted)}
    answer = yield from ask(Send("POST", "webhooks", body=body), patience)
    return NewSecret.read(answer.json())


def webhooks(patience: Patience) -> Script[list[Webhook]]:
    answer = yield from ask(Send("GET", "webhooks"), patience)
    return [Webhook.read(one) for one in answer.json()["webhooks"]]


def webhook(webhook_id: str, patience: Patience) -> Script[Webhook]:
    answer = yield from ask(Send("GET", f"webhooks/{_part(webhook_id)}"), patience)
    return Webhook.read(answer.json()["webhook"])


def update_webhook(
    webhook_id: str, changes: Mapping[str, Any], patience: Patience
) -> Script[Webhook]:
    send = Send("PATCH", f"webhooks/{_part(webhook_id)}", body=_given(changes))
    answer = yield from ask(send, patience, is_repeatable=True)
    return Webhook.read(answer.json()["webhook"])


def rotate_webhook(webhook_id: str, end_previous: bool, patience: Patience) -> Script[NewSecret]:
    body = {"endPrevious": end_previous}
    send = Send("POST", f"webhooks/{_part(webhook_id)}/rotate", body=body)
    answer = yield from ask(send, patience)
    return NewSecret.read(answer.json())


def post_delivery(path: str, patience: Patience) -> Script[Delivery]:
    answer = yield from ask(Send("POST", path), patience)
    return Delivery.read(answer.json()["delivery"])


def test_path(webhook_id: str) -> str:
    return f"webhooks/{_part(webhook_id)}/test"


def replay_path(delivery_id: str) -> str:
    return f"webhooks/deliveries/{_part(delivery_id)}/replay"


def deliveries_path(webhook_id: str) -> str:
    return f"webhooks/{_part(webhook_id)}/deliveries"


# --- What is sent ---


def _part(name: str) -> str:
    """An id as a part of an address, and as nothing else."""
    if not name or name in (".", ".."):
        raise InvalidRequest("An id is missing.")
    return quote(name, safe="")


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _listed(words: Iterable[str] | None) -> list[str] | None:
    return None if words is None else list(words)
