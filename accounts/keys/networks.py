"""Lists of addresses and networks (CIDR) that a key may be used from. Pure functions."""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")  # IPv4 addresses, as IPv6 sockets write them


def normal(text: str) -> str:
    """The one spelling of an address or network. Raises ValueError where it is neither."""
    return _spelt(_network(text))


def allows(networks: Iterable[str], ip: str | None) -> bool:
    """Whether an address is in one of the networks. An unknown address is in none."""
    if ip is None:
        return False
    address = _network(ip).network_address
    return any(address in ipaddress.ip_network(one) for one in networks)


def _network(text: str) -> Network:
    """Bits of the host are cut off; a mapped IPv4 address counts as the IPv4 address that it is."""
    if "%" in text:
        raise ValueError("a zone names an interface of another machine")
    found = ipaddress.ip_network(text.strip(), strict=False)
    if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(_MAPPED):
        inner = int(found.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((inner, found.prefixlen - _MAPPED.prefixlen))
    return found


def _spelt(network: Network) -> str:
    is_one = network.prefixlen == network.max_prefixlen
    return str(network.network_address if is_one else network)
