"""Drawings as pages list them: made of the rows of a list, or of the gallery's ready pages."""

import json
import time
from dataclasses import dataclass
from datetime import datetime

from generations import files
from generations.choices import STYLES
from generations.gallery.rows import Row
from generations.pictures import short_label

SAME_SECONDS = 600  # a private drawing keeps its address for so long, and its place in caches


@dataclass(frozen=True)
class Tile:
    """A drawing in a list: what of `pictures.Picture` a list tells. `src` is for <img>."""

    id: str
    src: str
    prompt: str
    style: str
    model: str
    is_private: bool
    created_at: datetime


def of_rows(rows: list[Row]) -> list[Tile]:
    """Those of a page of somebody's own drawings, or of everybody's."""
    expires = (time.time() // SAME_SECONDS + 1) * SAME_SECONDS + files.LIST_SECONDS
    return [
        _tile(
            (row.id, row.prompt, row.style, row.model, row.created_at),
            src=files.address(row.storage_key, expires=int(expires) if row.is_private else None),
            is_private=row.is_private,
        )
        for row in rows
    ]


def of_page(body: bytes) -> tuple[list[Tile], str | None]:
    """Those of a page of the gallery as the API tells it, and the cursor of the next one."""
    told = json.loads(body)
    tiles = [
        _tile(
            (one["id"], one["prompt"], one["style"], one["model"], one["createdAt"]),
            src=one["svgUrl"],
            is_private=False,
        )
        for one in told["publicGenerations"]
    ]
    return tiles, told["nextCursor"]


def _tile(facts: tuple[str, str, str, str, str], *, src: str, is_private: bool) -> Tile:
    drawing_id, prompt, style, model, created_at = facts
    return Tile(
        id=drawing_id,
        src=src,
        prompt=prompt,
        style=STYLES.get(style, style),
        model=short_label(model),
        is_private=is_private,
        created_at=datetime.fromisoformat(created_at),
    )
