"""Drawing models behind one face: name a model, start a drawing, await its draft."""

import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from importlib import import_module
from typing import Any

from django.conf import settings

from chatsvg import background
from generations.providers.base import Draft, DrawRequest, Endpoint, Model, OnText
from generations.providers.errors import ProviderError, UnknownModel
from generations.providers.registry import STUDIO, default_model, endpoint_for, models

__all__ = [
    "STUDIO",
    "Draft",
    "DrawRequest",
    "Endpoint",
    "Model",
    "ProviderError",
    "UnknownModel",
    "default_model",
    "endpoint_for",
    "models",
    "start",
    "warm_up",
]

# Imported at the first drawing: the openai SDK takes 40 MB and half a second, which a web process
# that only lists models should not pay.
_DRAWERS = {
    "openai": "generations.providers.openai_compatible",
    "studio": "generations.providers.builtin",
}


def start(
    request: DrawRequest, on_text: OnText | None = None, deadline: float | None = None
) -> "Future[Draft]":
    """Begin drawing on the background loop; the future ends in a Draft or a ProviderError.

    Canceling the future closes the model's connection within milliseconds. `deadline` is the
    seconds left in total (the job's deadline where None). `on_text` gets the whole text so far, at
    most four times a second, on the loop's thread: it must never block, or every drawing of the
    process stands still. Raises UnknownModel at once.
    """
    endpoint = endpoint_for(request.model)
    seconds = settings.JOB_DEADLINE_SECONDS if deadline is None else deadline
    drawer = import_module(_DRAWERS[endpoint.provider])
    drawing: Coroutine[Any, Any, Draft] = drawer.draw(
        request, endpoint, on_text=on_text, until=time.monotonic() + seconds
    )
    return background.submit(drawing)


def warm_up() -> None:
    """Import, in a thread, what the configured models need, so that no drawing waits for it."""
    names = {_DRAWERS[model.endpoint.provider] for model in models()}
    threading.Thread(
        target=lambda: [import_module(name) for name in names], name="warm-up", daemon=True
    ).start()
