"""The studio model behind the providers' face: drawn in a thread, free, without a network."""

import asyncio
from decimal import Decimal

from generations.providers.base import Draft, DrawRequest, Endpoint, OnText
from generations.providers.errors import TimedOut
from generations.providers.studio import drawing as studio  # at once: no drawing waits for it


async def draw(
    request: DrawRequest, endpoint: Endpoint, *, on_text: OnText | None, until: float
) -> Draft:
    """Have studio draw. Its one step has no text in between, so `on_text` is never called."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(until):
            drawing = await loop.run_in_executor(None, studio.draw, request.prompt, request.style)
    except TimeoutError as error:
        raise TimedOut("studio did not end in time") from error
    return Draft(
        text=drawing.svg,
        provider=endpoint.provider,
        upstream=endpoint.upstream,
        cost_usd=Decimal(0),
        notes=tuple(drawing.notes),
    )
