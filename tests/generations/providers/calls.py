"""One call of the local model server, without a job around it."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from chatsvg import background
from generations.providers import openai_compatible
from generations.providers.base import Draft, DrawRequest, Endpoint
from generations.providers.errors import ProviderError
from tests.model_server import ModelServer

FOX = DrawRequest(prompt="a red fox asleep", style="flat", model="gpt-4o")
KEY = "key-of-the-test"


def start(
    server: ModelServer,
    request: DrawRequest = FOX,
    *,
    on_text: Callable[[str], None] | None = None,
    seconds: float = 10,
    **fields: Any,
) -> "Future[Draft]":
    """Ask `server` for a drawing; `fields` are the endpoint's, where they are not the usual."""
    usual = {"upstream": "gpt-4o", "base_url": server.url, "api_key": KEY}
    endpoint = Endpoint(provider="openai", **{**usual, **fields})
    drawing = openai_compatible.draw(
        request, endpoint, on_text=on_text, until=time.monotonic() + seconds
    )
    return background.submit(drawing)


def draw(server: ModelServer, request: DrawRequest = FOX, **kwargs: Any) -> Draft:
    return start(server, request, **kwargs).result(15)


def fail(server: ModelServer, request: DrawRequest = FOX, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        draw(server, request, **kwargs)
    return caught.value
