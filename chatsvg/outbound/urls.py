"""Reading the URLs that people name, more strictly than any client would. No I/O."""

import re
from typing import NamedTuple

from django.conf import settings

from chatsvg.outbound import networks
from chatsvg.outbound.errors import Refused

LENGTH_MAX = 2000
PORTS = (80, 443, 8443)
_DEFAULT = {"http": 80, "https": 443}
_SHAPE = re.compile(
    r"(?P<scheme>[a-z]+)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>[/?][!$-;=?-Z_a-z~%\[\]]*)?"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LOCAL = {"arpa", "corp", "home", "internal", "lan", "local", "localdomain", "localhost", "onion"}
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Target(NamedTuple):
    """Where a request goes. `address` stands where the host is one already."""

    scheme: str
    host: str  # as certificates know it: an IPv6 address without brackets
    port: int
    path: str  # and the query
    address: networks.Address | None

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def read(url: str) -> Target:
    """What a URL names, normalised. Raises Refused with a sentence for whoever wrote it."""
    if len(url) > LENGTH_MAX:
        raise _refusal(f"it is too long (max {LENGTH_MAX} characters)")
    scheme, mark, rest = url.partition("://")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise _refusal("it must not carry a user name or password")
    if "#" in url:
        raise _refusal("it must not have a fragment")
    found = _SHAPE.fullmatch(scheme.lower() + mark + authority.lower() + rest[len(authority) :])
    if not found or not url.isascii():
        raise _refusal("write it plainly, in ASCII, like https://example.com/hooks")
    return _checked(found["scheme"], found["host"], found["port"], found["rest"] or "/")


def _checked(scheme: str, host: str, port: str | None, rest: str) -> Target:
    if scheme != "https" and not (scheme == "http" and settings.WEBHOOK_ALLOW_HTTP):
        raise _refusal("it must begin with https://")
    bare = host.strip("[]")
    address = networks.literal(bare)
    if address is None:
        _check_name(host)
    elif str(address) != bare:
        raise _refusal("write the address in its usual form")
    number = int(port) if port else _DEFAULT[scheme]
    target = Target(scheme, bare, number, rest if rest[0] == "/" else f"/{rest}", address)
    if address is not None:
        check_address(target, address)
    elif number not in PORTS and not settings.WEBHOOK_ALLOWED_NETWORKS:
        raise _refusal(_PORTS)
    return target


def _check_name(host: str) -> None:
    """Numbers at the end make an address of a name, in spellings that resolvers understand."""
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refusal("its host is no valid name")
    if _NUMBER.fullmatch(labels[-1]):
        raise _refusal("write the address in its usual form")
    is_local = len(labels) == 1 or labels[-1] in _LOCAL
    if is_local and not settings.WEBHOOK_ALLOWED_NETWORKS:
        raise Refused("refused_address", f"{host} is not a public name")


def check_address(target: Target, address: networks.Address) -> None:
    """Raises Refused where we do not connect to `address`, or not to this port of it."""
    if networks.is_among(address, settings.WEBHOOK_ALLOWED_NETWORKS):
        return
    if not networks.is_public(address):
        raise Refused("refused_address", f"{target.host} is not a public address")
    if target.port not in PORTS:
        raise _refusal(_PORTS)


_PORTS = f"its port must be one of {', '.join(map(str, PORTS))}"


def _refusal(why: str) -> Refused:
    return Refused("bad_url", f"This URL cannot be used: {why}")
