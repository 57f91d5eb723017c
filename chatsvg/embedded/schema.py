"""Migrating the embedded database when it is behind. Unlike its neighbours this needs Django."""

import hashlib
from pathlib import Path

from chatsvg.embedded.home import PROJECT, Home
from chatsvg.embedded.servers import Postgres


def bring_up_to_date(home: Home) -> None:
    """Migrate the embedded database, unless a stamp says that this has been done."""
    stamp = home.run / "schema"
    with home.lock("schema"):
        current = fingerprint(home)
        if stamp.exists() and stamp.read_text() == current:
            return
        import django  # only here: the keeper and the settings do without
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        stamp.write_text(current)


def forget(home: Home) -> None:
    """Look at the database again before the next command."""
    (home.run / "schema").unlink(missing_ok=True)


def fingerprint(home: Home) -> str:
    """Changes with the database, with what is installed, and with our own migrations."""
    cluster = (Postgres(home).data / "PG_VERSION").stat()
    parts = [str(cluster.st_ino), str(cluster.st_mtime_ns)]
    for path in sorted([*PROJECT.glob("*/migrations/*.py"), *_requirements()]):
        parts += [str(path), hashlib.sha256(path.read_bytes()).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _requirements() -> list[Path]:
    return [
        PROJECT / "deploy" / "requirements.txt",
        PROJECT / "chatsvg" / "settings.py",
    ]
