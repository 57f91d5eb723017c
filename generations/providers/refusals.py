"""Optional parts of a request that an endpoint turned out to refuse, remembered in this process.

Servers say so in a 4xx before any word: OpenAI and Azure by `param`, others only in a sentence
that names the part. llama.cpp says 500 to a picture, OpenRouter 404.
"""

import re
import time

from generations.providers.base import Endpoint
from generations.providers.complaints import Complaint

REMEMBERED_SECONDS = 3_600.0  # servers learn too
_STATUSES = {400, 403, 404, 405, 406, 415, 422, 500, 501}
_PICTURE_ALONE = {404, 500}  # mean something else for every other part

# By part, in the order in which they are looked for: the field of the request (either name of the
# limit is the one that was sent), and how sentences name it.
_FORMAT = r"response_format|json_schema|json_object|structured output"
_PARTS = {
    "stream_options": ("stream_options", r"\bstream_options\b|\binclude_usage\b"),
    "json_schema": ("response_format", _FORMAT),
    "json_object": ("response_format", _FORMAT),
    "image_url": (
        "messages",
        r"\bimages?\b|image_url|\bvision\b|multi-?modal|mmproj|content type"
        r"|content must be a string",
    ),
    "max_completion_tokens": ("max_tokens", r"\bmax_completion_tokens\b"),
    "max_tokens": ("max_tokens", r"\bmax_tokens\b"),
    "stream": (
        "stream",
        r"to stream\b|\bstream(?:ing)?\b.{0,60}\b(?:not|unsupported)\b"
        r"|\b(?:not|unsupported)\b.{0,60}\bstream(?:ing)?\b",
    ),
}
_sentences = {part: re.compile(words, re.I | re.S) for part, (_, words) in _PARTS.items()}

_known: dict[tuple[str, str], dict[str, float]] = {}


def part_of(complaint: Complaint, asked: frozenset[str]) -> str | None:
    """Which of the optional parts that were `asked` the complaint is about; None for none."""
    if complaint.status not in _STATUSES or complaint.is_flagged:
        return None
    field = re.split(r"[.\[]", complaint.param)[0].replace("max_completion_", "max_")
    for part, (its_field, _) in _PARTS.items():
        if part in asked and _is_about(part, complaint, field, its_field):
            return part
    return None


def known(endpoint: Endpoint) -> frozenset[str]:
    """What this endpoint has refused lately."""
    now = time.monotonic()
    refused = _known.get(_name(endpoint), {})
    return frozenset(part for part, until in refused.items() if until > now)


def remember(endpoint: Endpoint, parts: frozenset[str]) -> None:
    """Ask `endpoint` for none of these for a while."""
    until = time.monotonic() + REMEMBERED_SECONDS
    _known.setdefault(_name(endpoint), {}).update(dict.fromkeys(parts, until))


def forget() -> None:
    _known.clear()


def _is_about(part: str, complaint: Complaint, field: str, its_field: str) -> bool:
    """A named field decides; pictures are in the messages, so there the sentence must say it."""
    if complaint.status in _PICTURE_ALONE and part != "image_url":
        return False
    if field in _FIELDS and field != "messages":
        return field == its_field
    return bool(_sentences[part].search(complaint.text))


def _name(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.base_url, endpoint.upstream


_FIELDS = {field for field, _ in _PARTS.values()}
