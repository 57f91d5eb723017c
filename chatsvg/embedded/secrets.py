"""Secrets made up at first use and kept."""

import os
import secrets
import tempfile
from contextlib import suppress

from chatsvg.embedded.home import Home


def keep_secret(home: Home, name: str) -> str:
    """The kept secret; where there is none, a new one. Of two that race, both get the first."""
    path = home.root / "secrets" / name
    with suppress(FileNotFoundError):
        return path.read_text()
    home.make_root()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{name}-")  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
    return path.read_text()
