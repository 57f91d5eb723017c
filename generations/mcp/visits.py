"""A request that was let in."""

import time
from dataclasses import dataclass, field

from django.http import HttpRequest

from accounts.keys import usage
from generations.mcp.callers import Caller
from generations.mcp.messages import Message


@dataclass
class Visit:
    """Whose request it is, and what became of it: for its answer and for the books."""

    request: HttpRequest
    caller: Caller
    message: Message | None = None  # of a POST
    session: str = ""  # that it belongs to, or begins
    status: int = 200  # also of a tool's error, which HTTP knows nothing of
    credits: int = 0  # that it cost
    idle: float = 0.0  # seconds that it did nothing but wait
    began: float = field(default_factory=time.perf_counter)

    def note(self) -> None:
        """Write the usage of its key, as `/v1` does. Notifications are none."""
        key = self.caller.key
        if key and self.message and self.message.is_request:
            took = round(1000 * (time.perf_counter() - self.began - self.idle))
            usage.record(key, status=self.status, latency_ms=took, credits=self.credits)
