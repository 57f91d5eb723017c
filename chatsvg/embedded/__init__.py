"""PostgreSQL and Valkey from wheels, on unix sockets, for where no servers are configured.

This module is what the rest of the project uses; it needs no settings and starts nothing by itself.
"""

from pathlib import Path

from chatsvg.embedded.home import Home
from chatsvg.embedded.leases import servers_for
from chatsvg.embedded.secrets import keep_secret
from chatsvg.embedded.servers import Postgres, ServerError, Valkey

__all__ = [
    "Home",
    "Postgres",
    "ServerError",
    "Valkey",
    "data_dir",
    "database_url",
    "redis_url",
    "secret",
    "servers_for",
]


def database_url() -> str:
    """Where the embedded PostgreSQL of this project folder listens, running or not."""
    return Postgres(Home.of_project()).url


def redis_url() -> str:
    """Where the embedded Valkey of this project folder listens, running or not."""
    return Valkey(Home.of_project()).url


def data_dir() -> Path:
    """The folder that keeps what this project folder has made: `.chatsvg`, or CHATSVG_DIR."""
    return Home.of_project().root


def secret(name: str) -> str:
    """The secret of that name, made at first use and kept in a file only we can read."""
    return keep_secret(Home.of_project(), name)
