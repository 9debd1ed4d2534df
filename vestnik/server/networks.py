"""The network that an address belongs to: what one stranger can have many addresses of counts as one."""

import ipaddress
from typing import Final

PREFIX: Final = 64
"""Bits of an IPv6 address that say whose it is: a customer gets at least so large a network."""


def network_of(address: str) -> str:
    """An IPv4 address itself, also in its IPv6 form; of an IPv6 address the /64; of anything else the text."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # no event: a door that has no such addresses
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> (128 - PREFIX) << (128 - PREFIX))) + f"/{PREFIX}"


def is_loopback(address: str) -> bool:
    """Whether only this machine has the address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # no event: a door that has no such addresses
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
