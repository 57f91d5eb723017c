"""What a command was asked for, its ways to answer, and the exit codes."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from chatsvg_client import config, errors
from chatsvg_client.blocking import Client
from chatsvg_client.config import Config

FAILED, USAGE, INTERRUPTED = 1, 2, 130
EXITS: tuple[tuple[type[errors.ChatSVGError], int], ...] = (
    (errors.AuthenticationError, 3),
    (errors.PermissionDenied, 3),
    (errors.NotFound, 4),
    (errors.InsufficientCredits, 5),
    (errors.RateLimited, 6),
    (errors.JobFailed, 7),
    (errors.Timeout, 8),
)


def exit_code(error: errors.ChatSVGError) -> int:
    return next((code for kind, code in EXITS if isinstance(error, kind)), FAILED)


def complain(text: str, code: int) -> int:
    print(f"chatsvg: {text}", file=sys.stderr)
    return code


class Shell:
    """What a command was asked for, and its ways to answer."""

    def __init__(self, asked: argparse.Namespace, env: Mapping[str, str]) -> None:
        self.asked, self.env = asked, env

    @property
    def config(self) -> Config:
        return config.read(self.env)

    def client(self) -> Client:
        found = self.config
        return Client(found.api_key, base_url=self.asked.base_url or found.base_url)

    def show(self, result: object, lines: Callable[[], Iterable[str]]) -> int:
        """JSON where it was asked for, else lines for people."""
        if self.asked.json:
            print(json.dumps(plain(result), ensure_ascii=False))
        else:
            for line in lines():
                print(safe(line))
        return 0


def plain(value: object) -> Any:
    """For JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def safe(line: str) -> str:
    """Without what would drive a terminal: texts come from prompts."""
    return "".join(one if one.isprintable() else " " for one in line)
