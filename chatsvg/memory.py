"""What keeps processes small: libraries that look for others find none that nobody needs, what is
loaded to stay is not looked through for garbage, and what is only named need not be there."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

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


GARBAGE_AFTER = 10_000  # objects more than there were, in place of Python's 700


def settle() -> None:
    """What is loaded by now stays: from here on garbage is looked for among what is new, and not
    after every few requests. Nothing is lost by it: most of what is let go is freed at once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 10, 10)


@contextmanager
def hollow(package: str) -> Iterator[None]:
    """Inside, a package and all below it are imported empty: what is taken from them is a class of
    that name, good for annotations. For libraries that load what only other uses of them need.
    Afterwards an import finds the real ones.
    """
    finder = _Hollow(package)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in finder.made:
            sys.modules.pop(name, None)


class _Hollow(MetaPathFinder, Loader):
    def __init__(self, package: str):
        self.package, self.made = package, list[str]()

    def find_spec(self, fullname: str, *where: Any) -> ModuleSpec | None:
        if fullname != self.package and not fullname.startswith(f"{self.package}."):
            return None
        self.made.append(fullname)
        return ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = _empty  # type: ignore[method-assign]


def _empty(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})
