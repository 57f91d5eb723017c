"""The client that is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
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


class AsyncClient(Shared):
    """As Client, awaited. Close it, or use it by `async with`."""

    def __init__(self, api_key: str | None = None, **settings: Unpack[Settings]) -> None:
        super().__init__(api_key, **settings)
        self._http = httpx2.AsyncClient(**self._settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # --- Drawing ---

    @overload
    async def generate(
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
    async def generate(
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

    async def generate(
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
        jobs = await self._run(calls.generate(wish, idempotency_key, self._patience, patience))
        return one_or_all(jobs, n, was_waited=patience is not None)

    async def job(self, job_id: str) -> Job:
        return await self._run(calls.job(job_id, self._patience))

    async def wait(
        self,
        job: Job | str,
        timeout: float | None = WAIT_SECONDS,
        on_progress: OnProgress | None = None,
    ) -> Job:
        """The job once it has succeeded. Raises JobFailed, or Timeout after so many seconds.

        `on_progress` is told live how far it is.
        """
        return await self._run(calls.wait(id_of(job), self._patience, Wait(timeout, on_progress)))

    async def cancel(self, job: Job | str) -> Job:
        """Stop a job: its price is given back. Raises Conflict where it has ended otherwise."""
        return await self._run(calls.cancel(id_of(job), self._patience))

    def jobs(self, *, page_size: int | None = None) -> AsyncIterator[Job]:
        """All jobs, newest first, without their SVG; fetched a page at a time."""
        return self._pages(
            lambda cursor: calls.page(
                "svg/jobs", "jobs", Job.read, cursor, page_size, self._patience
            )
        )

    def drawings(self, *, page_size: int | None = None) -> AsyncIterator[Drawing]:
        """All drawings, newest first, without their SVG; fetched a page at a time."""
        return self._pages(
            lambda cursor: calls.page(
                "svg/drawings", "drawings", Drawing.read, cursor, page_size, self._patience
            )
        )

    async def drawing(self, drawing_id: str) -> Drawing:
        return await self._run(calls.drawing(drawing_id, self._patience))

    async def export(self, drawing_id: str, format: str = "svg", size: int | None = None) -> bytes:
        """A drawing as a file: svg, optimized, png, webp, pdf, jsx, tsx, vue, svelte, data-uri or
        css.

        `size` is the longer side of a picture, in pixels.
        """
        return await self._run(calls.export(drawing_id, format, size, self._patience))

    async def delete(self, drawing_id: str) -> None:
        await self._run(calls.delete("svg/drawings", drawing_id, self._patience))

    # --- What there is ---

    async def styles(self) -> list[Style]:
        return await self._run(calls.styles(self._patience))

    async def models(self) -> list[Model]:
        return await self._run(calls.models(self._patience))

    async def credits(self) -> Credits:
        return await self._run(calls.credits(self._patience))

    async def estimate(
        self,
        prompt: str,
        *,
        style: str | None = None,
        model: str | None = None,
        n: int | None = None,
        private: bool | None = None,
    ) -> Estimate:
        """What `generate` would cost. Nothing is drawn."""
        return await self._run(
            calls.estimate(Wish(prompt, style, model, n, private), self._patience)
        )

    async def usage(self) -> Usage:
        return await self._run(calls.usage(self._patience))

    # --- Webhooks ---

    async def create_webhook(
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
        return await self._run(
            calls.create_webhook(url, events, description, signature, self._patience)
        )

    async def webhooks(self) -> list[Webhook]:
        return await self._run(calls.webhooks(self._patience))

    async def webhook(self, webhook_id: str) -> Webhook:
        return await self._run(calls.webhook(webhook_id, self._patience))

    async def update_webhook(
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
        return await self._run(calls.update_webhook(webhook_id, changes, self._patience))

    async def rotate_webhook(self, webhook_id: str, *, end_previous: bool = False) -> NewSecret:
        """A new secret. The one before it signs as well for a day, unless it is to end now."""
        return await self._run(calls.rotate_webhook(webhook_id, end_previous, self._patience))

    async def delete_webhook(self, webhook_id: str) -> None:
        await self._run(calls.delete("webhooks", webhook_id, self._patience))

    async def test_webhook(self, webhook_id: str) -> Delivery:
        """Have an event sent that tells of nothing."""
        return await self._run(calls.post_delivery(calls.test_path(webhook_id), self._patience))

    def deliveries(
        self, webhook_id: str, *, page_size: int | None = None
    ) -> AsyncIterator[Delivery]:
        """What was and is to be sent, newest first; fetched a page at a time."""
        path = calls.deliveries_path(webhook_id)
        return self._pages(
            lambda cursor: calls.page(
                path, "deliveries", Delivery.read, cursor, page_size, self._patience
            )
        )

    async def replay(self, delivery_id: str) -> Delivery:
        """Have a delivery sent again, under its old message id."""
        return await self._run(calls.post_delivery(calls.replay_path(delivery_id), self._patience))

    # --- How ---
    async def _run(self, script: Script[T]) -> T:
        """Do what a script asks for, until it returns."""
        hands = _AsyncHands(self)
        done: Any = None
        error: httpx2.TransportError | None = None
        try:
            while True:
                step = script.throw(error) if error else script.send(done)
                done = error = None
                try:
                    done = await hands.do(step)
                except httpx2.TransportError as raised:
                    error = raised
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            await hands.close()

    async def _pages(self, fetch: Callable[[str | None], Script[Page[T]]]) -> AsyncIterator[T]:
        cursor = None
        while True:
            page = await self._run(fetch(cursor))
            for item in page.items:
                yield item
            if not (cursor := page.cursor):
                return


class _AsyncHands:
    """Carries out the steps of one script, and holds its stream."""

    def __init__(self, client: AsyncClient) -> None:
        self._client, self._http = client, client._http
        self._stream: httpx2.Response | None = None
        self._lines: AsyncIterator[str] | None = None

    async def do(self, step: Step) -> Any:
        match step:
            case Send():
                return await self._http.send(self._client.built(self._http, step))
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Open():
                await self.close()
                request = self._client.built(self._http, step)
                self._stream = await self._http.send(request, stream=True)
                self._lines = self._stream.aiter_lines()
                return self._stream
            case ReadLine():
                return await anext(self._lines, None) if self._lines else None
            case Close():
                await self.close()
        return None

    async def close(self) -> None:
        if self._stream:
            await self._stream.aclose()
        self._stream = self._lines = None
