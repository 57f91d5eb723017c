"""Drawing models behind one face: name a model, start a drawing, await its draft."""

import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from importlib import import_module
from typing import Any

from django.conf import settings

from chatsvg import background, memory
from generations.providers import breakers
from generations.providers.base import Correction, Draft, DrawRequest, Endpoint, Model, OnText
from generations.providers.breakers import BreakerOpen
from generations.providers.errors import ProviderError, UnknownModel
from generations.providers.registry import STUDIO, chain, default_model, endpoint_for, models

__all__ = [
    "STUDIO",
    "BreakerOpen",
    "Correction",
    "Draft",
    "DrawRequest",
    "Endpoint",
    "Model",
    "ProviderError",
    "UnknownModel",
    "chain",
    "check",
    "default_model",
    "endpoint_for",
    "is_resting",
    "models",
    "start",
    "warm_up",
]

# Imported at the first drawing: the openai SDK takes 14 MB and half a second, which a web process
# that only lists models should not pay.
_DRAWERS = {
    "openai": "generations.providers.openai_compatible",
    "studio": "generations.providers.builtin",
}


def start(
    request: DrawRequest,
    model: Model | None = None,
    on_text: OnText | None = None,
    deadline: float | None = None,
) -> "Future[Draft]":
    """Begin one call of one endpoint on the background loop; the future ends in a Draft or a
    ProviderError. `model` is one of the chain of `request.model`: where None, the first.

    Canceling the future closes the model's connection within milliseconds. `deadline` is the
    seconds left in total (the job's deadline where None). `on_text` gets the whole text so far, at
    most four times a second, on the loop's thread: it must never block, or every drawing of the
    process stands still. Raises UnknownModel at once, or BreakerOpen where the endpoint keeps
    failing.
    """
    model = model or chain(request.model)[0]
    seconds = settings.JOB_DEADLINE_SECONDS if deadline is None else deadline
    leave = breakers.of(model.endpoint).enter(seconds)
    try:
        drawer = import_module(_DRAWERS[model.endpoint.provider])
        drawing: Coroutine[Any, Any, Draft] = drawer.draw(
            request, model.endpoint, on_text=on_text, until=time.monotonic() + seconds
        )
        call = background.submit(drawing)
    except BaseException:
        leave.end(None)
        raise
    call.add_done_callback(leave.settle)
    return call


def check(model: Model) -> None:
    """Raise BreakerOpen where the endpoint of `model` would not be asked now."""
    breakers.of(model.endpoint).check()


def is_resting(model: Model) -> bool:
    """Whether its endpoint asked to be left alone for now: others should be asked first."""
    return breakers.of(model.endpoint).is_resting


def warm_up() -> None:
    """Import, in a thread, what the configured models need, so that no drawing waits for it."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    for name in {_DRAWERS[model.endpoint.provider] for model in models()}:
        import_module(name)
    memory.settle()
