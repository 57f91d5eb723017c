"""What keeps processes small: libraries that look for others find none that nobody needs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NEEDLESS = (
    *("valkey", "requests", "aiohttp", "websocket"),  # clients of python-socketio, which serves
    *("requests", "pygments", "jinja2"),  # REST framework and Django: tests, pages of their own
    *("charset_normalizer", "greenlet"),  # of requests; of structlog, for gevent
    *("cryptography",),  # of redis-py and PyJWT, for what we do not ask of them
    *("yaml",),  # of REST framework and kombu; others load it when asked
    *("click_repl", "prompt_toolkit"),  # the celery command's shell
    *(() if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") else ("opentelemetry",)),  # of redis-py
)
"""What serving processes use nothing of. Some of it is installed for tests only: without this they
would take 25 MB more where tests can be run than in production; the rest takes 10 MB everywhere."""


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside, an import of these says that they are not installed; those that are loaded stay."""
    hidden = {name for name in names if name not in sys.modules}
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is what Python wants
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
