"""Asking somebody whether a prompt may be drawn, before anything is stored or held. Off by default.

MODERATION names a callable: it gets the prompt and gives back a reason, shown to the person, or
None. It has MODERATION_SECONDS. Where it fails or takes longer, MODERATION_REQUIRED decides: by
default nothing is drawn unseen, since whoever switches a guard on wants what it lets through, and
nothing else; without it people go on drawing, and the models' own filters are what is left.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

import httpx2
from django.conf import settings
from django.utils.module_loading import import_string

from chatsvg.database import give_back
from generations import providers
from generations.errors import NotModerated, PromptRejected

logger = logging.getLogger(__name__)
Hook = Callable[[str], str | None]

AT_ONCE = 32  # hooks under way in a process; one that hangs keeps its place until it ends
_places = threading.BoundedSemaphore(AT_ONCE)
REJECTED = "This cannot be drawn here. Please describe something else."


def check(prompt: str) -> None:
    """Raise PromptRejected where the hook has a reason, NotModerated where it has to be asked and
    cannot. It may take seconds: no transaction should be open."""
    if not settings.MODERATION:
        return
    give_back()
    try:
        reason = _ask(import_string(settings.MODERATION), prompt)
    except Exception as error:  # somebody else's code, whose words may hold the prompt
        logger.warning("moderation.failed error=%s", type(error).__name__)
        if settings.MODERATION_REQUIRED:
            raise NotModerated() from error
        return
    if reason:
        raise PromptRejected(reason)


def _ask(hook: Hook, prompt: str) -> str | None:
    """What the hook says, in a thread of its own: nothing else can bound its time."""
    places = _places
    if not places.acquire(blocking=False):
        raise TimeoutError("every place is taken")
    told: Future[str | None] = Future()

    def work() -> None:
        try:
            told.set_result(hook(prompt))
        except BaseException as error:
            told.set_exception(error)
        finally:
            places.release()
            give_back()

    threading.Thread(target=work, name="moderation", daemon=True).start()
    return told.result(settings.MODERATION_SECONDS)


def ask_endpoint(prompt: str) -> str | None:
    """A hook: what the default model's endpoint says under /moderations (OpenAI's protocol)."""
    endpoint = providers.default_model().endpoint
    answer = httpx2.post(
        f"{endpoint.base_url}/moderations",
        params=dict(endpoint.query),
        headers=_key(endpoint),
        json={"model": settings.MODERATION_MODEL, "input": prompt},
        timeout=settings.MODERATION_SECONDS,
    )
    answer.raise_for_status()
    return REJECTED if any(one["flagged"] for one in answer.json()["results"]) else None


def _key(endpoint: providers.Endpoint) -> dict[str, str]:
    if not endpoint.api_key or endpoint.auth == "none":
        return {}
    if endpoint.auth == "api-key":
        return {"api-key": endpoint.api_key}
    return {"Authorization": f"Bearer {endpoint.api_key}"}
