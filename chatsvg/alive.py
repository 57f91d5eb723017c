"""Whether the process of this container lives: exit 0, or 1 and why.

    python -m chatsvg.alive

Web and live must answer. The others must have touched their file lately: a worker does so every
few seconds, with or without its broker; beat whenever it writes its schedule down.
"""

import http.client
import os
import time
from pathlib import Path

FOLDER = Path(os.environ.get("CHATSVG_DIR") or ".chatsvg") / "run"
NAME = "process"  # the file that says which kind it is; `chatsvg.start` writes it
FILES = {"worker": "worker.ready", "upkeep": "upkeep.ready", "beat": "beat-schedule*"}
SECONDS = {"worker": 60, "upkeep": 60, "beat": 600}
ANSWER_SECONDS = 3
PATH = "/api/health"


def trouble(name: str) -> str:
    """Why a process of this kind does not live; empty where it does."""
    return _silence(name) if name in FILES else _deafness()


def _silence(name: str) -> str:
    touched = max((file.stat().st_mtime for file in FOLDER.glob(FILES[name])), default=0)
    quiet = time.time() - touched
    return "" if quiet < SECONDS[name] else f"{name} has not moved for {SECONDS[name]} s"


def _deafness() -> str:
    asked = http.client.HTTPConnection("127.0.0.1", port(), timeout=ANSWER_SECONDS)
    try:
        asked.request("GET", PATH, headers={"Host": host()})
        status = asked.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    finally:
        asked.close()
    return "" if status == 200 else f"answered {status}"


def port() -> int:
    return int(os.environ.get("PORT") or 8000)


def host() -> str:
    """A name that we answer to."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.lstrip(".*") or "127.0.0.1"


def main() -> None:
    try:
        name = (FOLDER / NAME).read_text()
    except OSError:
        raise SystemExit("nothing was started here") from None
    if why := trouble(name):
        raise SystemExit(why)


if __name__ == "__main__":
    main()
