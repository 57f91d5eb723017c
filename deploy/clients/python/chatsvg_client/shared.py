"""What both clients are told, and how they say it."""

from __future__ import annotations

import os
from typing import Any, TypedDict

import httpx2

from chatsvg_client.calls import Wait
from chatsvg_client.errors import AuthenticationError
from chatsvg_client.results import Job
from chatsvg_client.steps import Open, Patience, Send
from chatsvg_client.waiting import OnProgress

BASE_URL = "https://api.chatsvg.dev"
WAIT_SECONDS = 180.0
_VERSION = "0.1.0"
_SHOWN = len("sk_live_")  # characters of a key that may be read anywhere


class Settings(TypedDict, total=False):
    """How a client behaves. `timeout` is for one answer, in seconds; a request that failed for now
    is sent again `retries` times, after pauses of at most `longest_pause` seconds each."""

    base_url: str | None
    timeout: float
    retries: int
    longest_pause: float


class Shared:
    """A key, a server, and how requests to it are made.

    Where none is given the key is that of CHATSVG_API_KEY, and the server that of CHATSVG_BASE_URL.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        retries: int = 4,
        longest_pause: float = 30.0,
    ) -> None:
        api_key = (api_key or os.environ.get("CHATSVG_API_KEY", "")).strip()
        if not (api_key.isascii() and api_key.isprintable() and api_key):
            raise AuthenticationError("This is no API key.")
        self.base_url = (base_url or os.environ.get("CHATSVG_BASE_URL") or BASE_URL).rstrip("/")
        self._key_shown = f"{api_key[:_SHOWN]}…" if api_key.startswith("sk_") else "…"
        self._patience = Patience(retries, longest_pause)
        self._timeout = timeout
        self._settings: dict[str, Any] = {
            "base_url": f"{self.base_url}/v1/",
            "headers": {
                "X-API-Key": api_key,
                "User-Agent": f"chatsvg-client/{_VERSION} (Python)",
            },
            "timeout": timeout,
            "follow_redirects": False,  # the key is for this server alone
        }

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r}, api_key={self._key_shown!r})"

    def built(self, http: httpx2.Client | httpx2.AsyncClient, step: Send | Open) -> httpx2.Request:
        if isinstance(step, Open):
            headers = {"Accept": "text/event-stream", **step.headers}
            timeout = httpx2.Timeout(self._timeout, read=step.seconds)
            return http.build_request("GET", step.path, headers=headers, timeout=timeout)
        seconds = self._timeout if step.seconds is None else step.seconds
        return http.build_request(
            step.method,
            step.path,
            params=step.query,
            json=step.body,
            headers=step.headers,
            timeout=httpx2.Timeout(self._timeout, read=max(seconds, self._timeout)),
        )


def id_of(job: Job | str) -> str:
    return job.id if isinstance(job, Job) else job


def patience_for(wait: bool | float, on_progress: OnProgress | None) -> Wait | None:
    if wait is False:
        return None
    return Wait(WAIT_SECONDS if wait is True else wait, on_progress)


def one_or_all(jobs: list[Job], n: int | None, *, was_waited: bool) -> Job | list[Job]:
    """One job where no number was named; several are given as they ended, failed ones too."""
    if n is not None:
        return jobs
    return jobs[0].checked() if was_waited else jobs[0]
