"""What counts as one address."""

import ipaddress
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NOWHERE = "nowhere"  # requests whose address is not known count together
_IPV6_PREFIX = 64  # bits: what one customer gets, and can choose from at will


def network(ip: str) -> Network:
    """The addresses that count as one with this: itself, or its /64 where it is IPv6."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return ipaddress.ip_network((address, _IPV6_PREFIX), strict=False)
        address = address.ipv4_mapped
    return ipaddress.ip_network(address)


@lru_cache(maxsize=1000)
def place(ip: str | None) -> str:
    """A name for where a request comes from."""
    return str(network(ip).network_address) if ip else NOWHERE
