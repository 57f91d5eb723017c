"""Azure's addresses: the new path, /openai/v1, and the old one, which names a deployment.

The key goes in a header of its own, `api-key`, in both.
"""

import re
from urllib.parse import quote, unquote

from generations.providers.places import AZURE_HOSTS, AZURE_VERSION
from generations.providers.reading import VERSION, Address, Reading

INFERENCE_VERSION = "2024-05-01-preview"
_DEPLOYMENT = re.compile(r"(.*/openai/deployments/([^/]+))(/.*)?")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_azure(reading: Reading) -> bool:
    return reading.host.endswith(AZURE_HOSTS) or _DEPLOYMENT.match(reading.path) is not None


def is_inference(reading: Reading) -> bool:
    return reading.host.endswith(AZURE_HOSTS) and reading.path == "/models"


def read(reading: Reading, upstream: str) -> Address:
    """Azure's address in its old form where one is given or a dated version asks for it, else in
    its new one. The key goes in a header of its own in both."""
    reading.notes.append("This is Azure: the key is sent as api-key.")
    if found := _DEPLOYMENT.match(reading.path):
        return _old(reading, found[1], unquote(found[2]))
    dated = _DATED.match(reading.query.get(VERSION, ""))
    if dated and upstream and reading.path in ("", "/openai"):
        return _old(reading, f"/openai/deployments/{quote(upstream, safe='')}", upstream)
    return _inference(reading) if is_inference(reading) else _new(reading)


def _old(reading: Reading, path: str, deployment: str) -> Address:
    reading.take(path, f"The old path was taken: {path}.")
    if VERSION not in reading.query:
        reading.query[VERSION] = AZURE_VERSION
        reading.notes.append(f"This path needs an api-version: {AZURE_VERSION} was taken.")
    reading.notes.append(f"The address names the deployment {deployment}, which draws.")
    return reading.address("api-key", deployment)


def _new(reading: Reading) -> Address:
    if reading.path in ("", "/openai", "/v1"):
        reading.take("/openai/v1", "Azure's path /openai/v1 was taken; it takes no dated version.")
    if _DATED.match(reading.query.get(VERSION, "")) and reading.path == "/openai/v1":
        dropped = reading.query.pop(VERSION)
        reading.notes.append(f"The api-version {dropped} belongs to the old path: left out.")
    return reading.address("api-key")


def _inference(reading: Reading) -> Address:
    reading.query.setdefault(VERSION, INFERENCE_VERSION)
    return reading.address("api-key")
