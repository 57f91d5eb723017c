"""Reading addresses of model servers as people write them. Text in, text out.

What was added, dropped or taken for granted is told in plain sentences, for `manage.py doctor`.
"""

import re
from urllib.parse import urlsplit

from generations.providers import azure
from generations.providers.places import LOCAL_PORTS, PLACES, Place
from generations.providers.reading import VERSION, Address, BadAddress, Reading, split

__all__ = ["Address", "BadAddress", "alternatives", "read"]

_CALL = re.compile(r"/(chat/completions|completions|chat|responses|embeddings|models)$")
_TWICE = re.compile(r"(/v\d+)\1$")


def read(text: str, *, upstream: str = "", api_version: str = "") -> Address:
    """The address that is meant by `text`. Raises BadAddress.

    `upstream` is the model asked of it, which Azure's old paths hold; `api_version` counts before
    one in the text.
    """
    reading = split(text)
    if api_version:
        reading.query[VERSION] = api_version
    is_whole = _drop_call(reading)
    if azure.is_azure(reading):
        return azure.read(reading, upstream)
    _find_path(reading, is_whole)
    return reading.address()


def alternatives(base_url: str) -> list[str]:
    """Where else on the same server its models may be, likeliest first."""
    parts = urlsplit(base_url)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path
    parent = re.sub(r"/v\d+(beta)?$", "", path)
    paths = [f"{path}/v1", f"{parent}/v1", parent, "/v1", "/api/v1", "/openai/v1", "/api", ""]
    return [origin + one for one in dict.fromkeys(paths) if one != path and "/v1/v1" not in one]


def _drop_call(reading: Reading) -> bool:
    """Drop the name of a single call from the end; say whether it was a whole call's address."""
    called = _CALL.search(reading.path)
    if called is None or azure.is_inference(reading):
        return False
    reading.take(
        reading.path.removesuffix(called[0]),
        f"{called[0]} at its end is the address of one call: the part before it was taken.",
    )
    return called[1] == "chat/completions"


def _find_path(reading: Reading, is_whole: bool) -> None:
    """The path under which this server speaks OpenAI's protocol."""
    if found := _TWICE.search(reading.path):
        reading.take(reading.path.removesuffix(found[1]), f"{found[1]} stood there twice.")
    if place := PLACES.get(reading.host):
        _take_known(reading, place)
    elif reading.port in LOCAL_PORTS:
        _take_local(reading, *LOCAL_PORTS[reading.port])
    elif not reading.path and not is_whole:
        reading.take("/v1", "The address names no path: the usual /v1 was added.")


def _take_known(reading: Reading, place: Place) -> None:
    if reading.path not in place.also:
        reading.take(place.path, f"{place.name} is called at {reading.origin}{place.path}.")


def _take_local(reading: Reading, name: str, own: tuple[str, ...]) -> None:
    if not reading.path or reading.path in own:
        reading.take("/v1", f"{name} speaks OpenAI's protocol under /v1, which was taken.")
