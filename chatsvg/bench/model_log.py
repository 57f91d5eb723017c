"""What the model server saw: every call, whose it was, and how it ended."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from chatsvg.bench.load import MARK

SECONDS = 10


@dataclass(frozen=True)
class Call:
    """Times are seconds since the epoch. `process` is the key that it came with."""

    process: str
    order: int | None
    began_at: float
    ended_at: float | None
    closed_at: float | None  # when the client hung up before the end

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.closed_at is None


def read_calls(url: str) -> list[Call]:
    """All calls so far, of the model server with this base URL."""
    with urlopen(f"{url.removesuffix('/v1')}/_log", timeout=SECONDS) as answer:  # noqa: S310
        return [_call(entry) for entry in json.load(answer)["log"]]


def _call(entry: dict[str, Any]) -> Call:
    found = re.search(MARK.format(r"(\d+)"), json.dumps(entry["body"]))
    return Call(
        process=entry["headers"].get("authorization", "").removeprefix("Bearer "),
        order=int(found[1]) if found else None,
        began_at=entry["began_at"],
        ended_at=entry["ended_at"],
        closed_at=entry["closed_at"],
    )
