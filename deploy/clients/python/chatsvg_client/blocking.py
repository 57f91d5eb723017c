"""The client that blocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self, TypeVar, Unpack, overload

import httpx2

from chatsvg_client import calls
from chatsvg_client.calls import Page, Wait, Wish
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
from chatsvg_client.shared import (
    WAIT_SECONDS,
    Settings,
    Shared,
    id_of,
    one_or_all,
    patience_for,
)
from chatsvg_client.steps import Close, Open, Pause, ReadLine, Script, Send, Step
from chatsvg_client.waiting import OnProgress

T = TypeVar("T")


class Client(Shared):
    """Blocks until the answer is there. Threads may share one; close it, or use it by `with`."""

    def __init__(self, api_key: str | None = None, **settings: Unpack[Settings]) -> None:
        super().__init__(api_key, **settings)
        self._http = httpx2.Client(**self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # --- Drawing ---

    @overload
    def generate(
        self,
        prompt: str,
        *,
        style: str | None = None,
        model: str | None = None,
        n: None = None,
        private: bool | None = None,
        idempotency_key: str | None = None,
        wait: bool | float = False,
        on_progress: OnProgress | None = None,
    ) -> Job: ...

    @overload
    def generate(
        self,
        prompt: str,
        *,
        n: int,
        style: str | None = None,
        model: str | None = None,
        private: bool | None = None,
        idempotency_key: str | None = None,
        wait: bool | float = False,
        on_progress: OnProgress | None = None,
    ) -> list[Job]: ...

    def generate(
        self,
        prompt: str,
        *,
        style: str | None = None,
        model: str | None = None,
        n: int | None = None,
        private: bool | None = None,
        idempotency_key: str | None = None,
        wait: bool | float = False,
        on_progress: OnProgress | None = None,
    ) -> Job | list[Job]:
        """Ask for a drawing, or for `n` of them (1 to 4, each a job of its own).

        With `wait` (seconds, or True for three minutes) it returns when they have ended: one that
        failed raises JobFailed, of several each tells by itself. However often the request has to
        be sent it is carried out once; the same `idempotency_key` names the same jobs for a day.
        """
        wish = Wish(prompt, style, model, n, private)
        patience = patience_for(wait, on_progress)
        jobs = self._run(calls.generate(wish, idempotency_key, self._patience, patience))
        return one_or_all(jobs, n, was_waited=patience is not None)

    def job(self, job_id: str) -> Job:
        return self._run(calls.job(job_id, self._patience))

    def wait(
        self,
        job: Job | str,
        timeout: float | None = WAIT_SECONDS,
        on_progress: OnProgress | None = None,
    ) -> Job:
        """The job once it has succeeded. Raises JobFailed, or Timeout after so many seconds.

        `on_progress` is told live how far it is.
        """
        return self._run(calls.wait(id_of(job), self._patience, Wait(timeout, on_progress)))

    def cancel(self, job: Job | str) -> Job:
        """Stop a job: its price is given back. Raises Conflict where it has ended otherwise."""
        return self._run(calls.cancel(id_of(job), self._patience))

    def jobs(self, *, page_size: int | None = None) -> Iterator[Job]:
        """All jobs, newest first, without their SVG; fetched a page at a time."""
        return self._pages(
            lambda cursor: calls.page(
                "svg/jobs", "jobs", Job.read, cursor, page_size, self._patience
            )
        )

    def drawings(self, *, page_size: int | None = None) -> Iterator[Drawing]:
        """All drawings, newest first, without their SVG; fetched a page at a time."""
        return self._pages(
            lambda cursor: calls.page(
                "svg/drawings", "drawings", Drawing.read, cursor, page_size, self._patience
            )
        )

    def drawing(self, drawing_id: str) -> Drawing:
        return self._run(calls.drawing(drawing_id, self._patience))

    def export(self, drawing_id: str, format: str = "svg", size: int | None = None) -> bytes:
        """A drawing as a file: svg, optimized, png, webp, pdf, jsx, tsx, vue, svelte, data-uri or
        css.

        `size` is the longer side of a picture, in pixels.
        """
        return self._run(calls.export(drawing_id, format, size, self._patience))

    def delete(self, drawing_id: str) -> None:
        self._run(calls.delete("svg/drawings", drawing_id, self._patience))

    # --- What there is ---

    def styles(self) -> list[Style]:
        return self._run(calls.styles(self._patience))

    def models(self) -> list[Model]:
        return self._run(calls.models(self._patience))

    def credits(self) -> Credits:
        return self._run(calls.credits(self._patience))

    def estimate(
        self,
        prompt: str,
        *,
        style: str | None = None,
        model: str | None = None,
        n: int | None = None,
        private: bool | None = None,
    ) -> Estimate:
        """What `generate` would cost. Nothing is drawn."""
        return self._run(calls.estimate(Wish(prompt, style, model, n, private), self._patience))

    def usage(self) -> Usage:
        return self._run(calls.usage(self._patience))

    # --- Webhooks ---

    def create_webhook(
        self,
        url: str,
        *,
        events: Iterable[str] | None = None,
        description: str | None = None,
        signature: str | None = None,
    ) -> NewSecret:
        """A new webhook, of all events where none is named, and its secret: keep it.

        `signature` is hmac or ed25519.
        """
        return self._run(calls.create_webhook(url, events, description, signature, self._patience))

    def webhooks(self) -> list[Webhook]:
        return self._run(calls.webhooks(self._patience))

    def webhook(self, webhook_id: str) -> Webhook:
        return self._run(calls.webhook(webhook_id, self._patience))

    def update_webhook(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Iterable[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is named."""
        changes: dict[str, Any] = {"url": url, "description": description, "enabled": enabled}
        if events is not None:
            changes["events"] = list(events)
        return self._run(calls.update_webhook(webhook_id, changes, self._patience))

    def rotate_webhook(self, webhook_id: str, *, end_previous: bool = False) -> NewSecret:
        """A new secret. The one before it signs as well for a day, unless it is to end now."""
        return self._run(calls.rotate_webhook(webhook_id, end_previous, self._patience))

    def delete_webhook(self, webhook_id: str) -> None:
        self._run(calls.delete("webhooks", webhook_id, self._patience))

    def test_webhook(self, webhook_id: str) -> Delivery:
        """Have an event sent that tells of nothing."""
        return self._run(calls.post_delivery(calls.test_path(webhook_id), self._patience))

    def deliveries(self, webhook_id: str, *, page_size: int | None = None) -> Iterator[Delivery]:
        """What was and is to be sent, newest first; fetched a page at a time."""
        path = calls.deliveries_path(webhook_id)
        return self._pages(
            lambda cursor: calls.page(
                path, "deliveries", Delivery.read, cursor, page_size, self._patience
            )
        )

    def replay(self, delivery_id: str) -> Delivery:
        """Have a delivery sent again, under its old message id."""
        return self._run(calls.post_delivery(calls.replay_path(delivery_id), self._patience))

    # --- How ---
    def _run(self, script: Script[T]) -> T:
        """Do what a script asks for, until it returns."""
        hands = _Hands(self)
        done: Any = None
        error: httpx2.TransportError | None = None
        try:
            while True:
                step = script.throw(error) if error else script.send(done)
                done = error = None
                try:
                    done = hands.do(step)
                except httpx2.TransportError as raised:
                    error = raised
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            hands.close()

    def _pages(self, fetch: Callable[[str | None], Script[Page[T]]]) -> Iterator[T]:
        cursor = None
        while True:
            page = self._run(fetch(cursor))
            yield from page.items
            if not (cursor := page.cursor):
                return


class _Hands:
    """Carries out the steps of one script, and holds its stream."""

    def __init__(self, client: Client) -> None:
        self._client, self._http = client, client._http
        self._stream: httpx2.Response | None = None
        self._lines: Iterator[str] = iter(())

    def do(self, step: Step) -> Any:
        match step:
            case Send():
                return self._http.send(self._client.built(self._http, step))
            case Pause(seconds):
                time.sleep(seconds)
            case Open():
                self.close()
                request = self._client.built(self._http, step)
                self._stream = self._http.send(request, stream=True)
                self._lines = self._stream.iter_lines()
                return self._stream
            case ReadLine():
                return next(self._lines, None)
            case Close():
                self.close()
        return None

    def close(self) -> None:
        if self._stream:
            self._stream.close()
        self._stream, self._lines = None, iter(())
