"""Writing a ZIP piece by piece, so that its size costs disk and no memory. Pure."""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO

File = tuple[str, Iterable[bytes | str]]
"""The name of a file in the archive, and its content in pieces."""


def json_object(item: object) -> Iterator[str]:
    """The pieces of a JSON file that holds one thing."""
    yield json.dumps(item, ensure_ascii=False, indent=2) + "\n"


def json_list(items: Iterable[object]) -> Iterator[str]:
    """The pieces of a JSON file that holds a list, an entry a line, read one at a time."""
    between = "[\n"
    for item in items:
        yield between + json.dumps(item, ensure_ascii=False)
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "[]\n"


def write(target: IO[bytes], files: Iterable[File], *, each: Callable[[], object]) -> None:
    """Write the archive; `each` is called before every file and may raise to stop it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            each()
            with archive.open(name, "w", force_zip64=True) as entry:
                for piece in pieces:
                    entry.write(piece.encode() if isinstance(piece, str) else piece)
