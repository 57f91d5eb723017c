"""Drawings by the dozen, without jobs; and what a list of them says."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from generations.models import Generation

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'


def draw(user, count: int = 1, *, apart=timedelta(seconds=1), **fields) -> list[Generation]:
    """`count` drawings, the newest first; the last one at NOON."""
    rows = [_one(user, NOON + number * apart, **fields) for number in reversed(range(count))]
    return Generation.objects.bulk_create(rows, batch_size=500)


def _one(user, at, **fields) -> Generation:
    pk: UUID = fields.pop("pk", None) or uuid7()
    defaults = {
        "prompt": "a red fox asleep",
        "style": "flat",
        "model": "studio",
        "provider": "studio",
        "svg": SVG,
        "size_bytes": len(SVG),
        "sanitizer_version": 1,
        "created_at": at,
    }
    key = f"users/{user.pk}/jobs/{pk}/chatsvg.svg"
    return Generation(pk=pk, user=user, storage_key=key, **{**defaults, **fields})


def ids(drawings) -> list[str]:
    return [str(drawing.pk) for drawing in drawings]


def pages(api, path: str, name: str, **query) -> list[list[str]]:
    """The ids of every page of a list, from the first to the last."""
    found, cursor = [], ""
    while cursor is not None:
        asked = "&".join(f"{key}={value}" for key, value in {**query, "cursor": cursor}.items())
        body = api.get(f"{path}?{asked}").json()
        found.append([one["id"] for one in body[name]])
        cursor = body["nextCursor"]
    return found


def together(found: list[list[str]]) -> list[str]:
    return [one for page in found for one in page]


def gallery(api, **query) -> list[str]:
    """The ids of every public drawing, over all pages."""
    return together(pages(api, "/svg/public", "publicGenerations", **query))


def history(api, **query) -> list[str]:
    return together(pages(api, "/user/generations", "generations", **query))
