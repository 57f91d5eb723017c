"""Objects of the storage that nothing could make anew, copied to a folder and back.

An object never changes under its name: a copy that is there is whole, and nobody has to be asked
about it. So a backup costs a list of names, and what is new.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

Pick = Callable[[list[str]], set[str]]  # of these names, those that are wanted
BATCH = 1_000


def names(folder: str) -> Iterator[str]:
    """Of all objects below a folder of the storage, `/` between their parts."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return  # nothing was ever put there
    yield from (f"{folder}/{name}" for name in files if name)
    for inner in folders:
        yield from names(f"{folder}/{inner}")


def save(folders: Iterable[str], target: Path) -> int:
    """Copy what is in these folders of the storage and not in the target; say how many that was.

    What the target has besides stays: a backup may be of an older time.
    """
    found = (name for folder in folders for name in names(folder))
    return sum(_save(name, target / name) for name in found)


def load(folders: Iterable[str], source: Path, *, pick: Pick) -> int:
    """Copy to the storage what is picked of these folders of the source; say how many it was."""
    count = 0
    for known in _batches(_kept(folders, source)):
        for name in sorted(pick(known)):
            with (source / name).open("rb") as file:
                default_storage.save(name, File(file))
            count += 1
    return count


def _kept(folders: Iterable[str], source: Path) -> Iterator[str]:
    """Names that `save` made: whole copies, no drafts."""
    for folder in folders:
        for path in (source / folder).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(source).as_posix()


def _batches(found: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for name in found:
        batch.append(name)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _save(name: str, path: Path) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        with default_storage.open(name) as file, draft.open("wb") as copy:
            copy.writelines(file.chunks())
    except FileNotFoundError:
        return False  # deleted since it was listed
    draft.replace(path)
    return True
