"""Several of somebody's drawings as one ZIP, with a list of what is in it."""

from collections.abc import Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from accounts.profile import archive
from chatsvg.text import timestamp
from generations import names
from generations.models import Generation

MOST = 500  # drawings
IN_MEMORY = 4 * 2**20  # bytes: a larger archive is on disk
_BATCH = 25  # drawings, of some hundred KB at most


def make(user, drawing_ids: list[UUID], *, is_whole: bool = True) -> IO[bytes]:
    """The archive, to be read from its start: those of these drawings that are theirs, MOST of
    them, in this order. `is_whole` is told in it: whether they are all that was asked for."""
    whole = is_whole and len(drawing_ids) <= MOST
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # whoever sends it closes it
    archive.write(file, _files(user, drawing_ids[:MOST], whole), each=lambda: None)
    file.seek(0)
    return file


def _files(user, drawing_ids: list[UUID], is_whole: bool) -> Iterator[archive.File]:
    """The drawings, and the list at last."""
    told = []
    for drawing in _drawings(user, drawing_ids):
        name = names.of(drawing)
        told.append(_told(drawing, name))
        yield name, (drawing.svg,)
    yield "manifest.json", archive.json_object({"drawings": told, "complete": is_whole})


def _drawings(user, drawing_ids: list[UUID]) -> Iterator[Generation]:
    """A batch of them in memory at a time."""
    mine, waiting = Generation.objects.owned_by(user), iter(drawing_ids)
    while batch := list(islice(waiting, _BATCH)):
        found = mine.in_bulk(batch)
        yield from (found[one] for one in batch if one in found)


def _told(drawing: Generation, name: str) -> dict:
    return {
        "file": name,
        "id": str(drawing.pk),
        "prompt": drawing.prompt,
        "style": drawing.style,
        "model": drawing.model,
        "privacy": drawing.is_private,
        "createdAt": timestamp(drawing.created_at),
    }
