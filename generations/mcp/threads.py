"""Blocking work from the event loop, in threads of our own: nobody else waits behind it."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from channels.db import database_sync_to_async

AT_ONCE = 16  # below what the pool of connections holds

_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mcp")
in_thread = partial(database_sync_to_async, thread_sensitive=False, executor=_pool)
