"""Files that are checked in as the tests have written them: a change fails until it is accepted."""

import os
from pathlib import Path

ACCEPT = "ACCEPT_CLIENTS"
COMMAND = f"{ACCEPT}=yes python manage.py test tests/parity"


def hold(file: Path, now: str) -> None:
    """The file says this; or it does from now on, where that was asked for."""
    if os.environ.get(ACCEPT):
        file.write_text(now)
    assert file.read_text() == now, f"{file.name} has changed. Accept it by: {COMMAND}"
