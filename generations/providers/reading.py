"""An address taken apart and put together again."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from generations.providers.base import Auth
from generations.providers.places import AZURE_HOSTS, PLACES

VERSION = "api-version"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_PRIVATE_ENDS = (".local", ".internal", ".lan", ".home.arpa", ".localhost")


class BadAddress(ValueError):
    """An address that cannot be meant. The text says why, and holds no part of a password."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how to call. `deployment` is the model that an Azure address itself names."""

    base_url: str
    query: tuple[tuple[str, str], ...] = ()
    auth: Auth = "bearer"
    deployment: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """An address while it is read."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: dict[str, str]
    notes: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")

    def take(self, path: str, why: str) -> None:
        """Read on with another path; tell it if it is another one."""
        if path != self.path:
            self.notes.append(why)
            self.path = path

    def address(self, auth: Auth = "bearer", deployment: str = "") -> Address:
        """What came out of it."""
        others = [name for name in self.query if name != VERSION]
        if others:  # by name alone: a value may be a secret
            self.notes.append(f"With every call goes the query {', '.join(others)}.")
        return Address(
            base_url=self.origin + self.path,
            query=tuple(self.query.items()),
            auth=auth,
            deployment=deployment,
            notes=tuple(self.notes),
        )


def _unwrapped(text: str) -> str:
    """Without the quotes that `docker --env-file` and copying leave around a value."""
    return text.strip().strip("\"'`").strip()


def split(text: str) -> Reading:
    """The parts of an address as it was written. Raises BadAddress."""
    text = _unwrapped(text)
    notes: list[str] = []
    scheme = _SCHEME.match(text)
    if scheme is None:
        text, note = _with_scheme(text)
        notes.append(note)
    elif scheme[1].lower() not in ("http", "https"):
        raise BadAddress(f"must be an http(s) address, not one of {scheme[1]}://")
    parts, port = _parse(text)
    reading = Reading(
        scheme=parts.scheme.lower(),
        host=(parts.hostname or "").rstrip("."),
        port=port,
        path=re.sub(r"/{2,}", "/", parts.path).rstrip("/"),
        query=dict(parse_qsl(parts.query)),
        notes=notes,
    )
    _mend_host(reading)
    return reading


def _parse(text: str) -> tuple[SplitResult, int | None]:
    if re.search(r"[\s{}<>\\]|YOUR[-_]", text):
        raise BadAddress("holds a blank or a placeholder that was not filled in")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadAddress("is not an address: its host or port cannot be read") from None
    if not parts.hostname or port == 0:
        raise BadAddress("must be an http(s) address with a host")
    if parts.username or parts.password:
        raise BadAddress("must hold no user name or password: the key has a field of its own")
    return parts, port


def _with_scheme(text: str) -> tuple[str, str]:
    """A host without a scheme: plain HTTP at home, HTTPS elsewhere."""
    text = text.lstrip("/")
    host = re.split(r"[/?#]", text, maxsplit=1)[0]
    scheme = "http" if _is_own(urlsplit(f"//{host}").hostname or "") else "https"
    return f"{scheme}://{text}", f"The address names no scheme: {scheme}:// was taken."


def _is_own(host: str) -> bool:
    """Whether a host is this machine or one of its own network."""
    try:
        found = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_ENDS)
    return found.is_private or found.is_loopback


def _mend_host(reading: Reading) -> None:
    if reading.host in ("0.0.0.0", "::"):  # noqa: S104  # read, not bound
        reading.notes.append(f"{reading.host} is where a server listens: 127.0.0.1 was taken.")
        reading.host = "127.0.0.1"
    if reading.scheme == "http" and reading.port is None and _is_public(reading.host):
        reading.notes.append(f"{reading.host} is only had by https://.")
        reading.scheme = "https"


def _is_public(host: str) -> bool:
    return host in PLACES or host.endswith(AZURE_HOSTS)
