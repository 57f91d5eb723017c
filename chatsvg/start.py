"""Becomes one of our processes: what the image is told to be.

    python -m chatsvg.start web|live|worker|upkeep|beat|migrate

Each takes this process's place, so that signals reach it.
"""

import os
import sys
from collections.abc import Callable, Mapping

from chatsvg import alive, roles

EVERYWHERE = "0.0.0.0"  # noqa: S104  # a container's own network
PROCESSES: Mapping[str, Callable[[], list[str]]] = {
    "web": lambda: roles.short(EVERYWHERE, alive.port()),
    "live": lambda: roles.live(EVERYWHERE, alive.port()),
    "worker": lambda: roles.worker("worker"),
    "upkeep": roles.upkeep,
    "beat": lambda: roles.beat(alive.FOLDER / "beat-schedule"),
    "migrate": lambda: [sys.executable, "manage.py", "migrate", "--no-input"],
}


def main(words: list[str]) -> None:
    if len(words) != 1 or words[0] not in PROCESSES:
        raise SystemExit(f"One of these, please: {', '.join(PROCESSES)}")
    name = words[0]
    introduce(name)
    argv = PROCESSES[name]()
    os.execv(argv[0], argv)  # noqa: S606


def introduce(name: str) -> None:
    """Say what this container is, to its own lines and figures and to whoever asks if it lives."""
    os.environ["CHATSVG_PROCESS"] = name
    os.environ.setdefault("CHATSVG_READY_FILE", str(alive.FOLDER / f"{name}.ready"))
    alive.FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    (alive.FOLDER / alive.NAME).write_text(name)


if __name__ == "__main__":
    main(sys.argv[1:])
