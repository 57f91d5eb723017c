"""Where the command line finds its key and its server."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from chatsvg_client.shared import BASE_URL


class Config(NamedTuple):
    api_key: str
    base_url: str
    source: str  # of the key, for people


class Misuse(Exception):
    """What is wrong, for people."""


def path(env: Mapping[str, str]) -> Path:
    home = env.get("XDG_CONFIG_HOME") or Path(env.get("HOME") or Path.home(), ".config")
    return Path(home, "chatsvg", "config.toml")


def read(env: Mapping[str, str]) -> Config:
    """The environment comes first, then the file. Raises Misuse."""
    stored = _stored(path(env))
    if key := env.get("CHATSVG_API_KEY", ""):
        source = "CHATSVG_API_KEY"
    elif key := stored.get("api_key", ""):
        source = str(path(env))
    else:
        raise Misuse("No API key. Set CHATSVG_API_KEY, or store one: chatsvg keys save")
    base_url = env.get("CHATSVG_BASE_URL") or stored.get("base_url") or BASE_URL
    return Config(key, base_url, source)


def _stored(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise Misuse(f"{file} can be read by others. Close it: chmod 600 {file}")
            told = tomllib.load(opened)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Misuse(f"{file} cannot be read: {error}") from error
    return {name: value for name, value in told.items() if isinstance(value, str)}


def save(env: Mapping[str, str], api_key: str, base_url: str | None) -> Path:
    """Store a key where only its owner can read it."""
    file = path(env)
    members = {"api_key": api_key, **({"base_url": base_url} if base_url else {})}
    if any(not text.isprintable() or set(text) & {'"', "\\"} for text in members.values()):
        raise Misuse("This is no API key.")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    lines = "".join(f'{name} = "{value}"\n' for name, value in members.items())
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as opened:
        opened.write(lines)
    new.replace(file)
    return file
