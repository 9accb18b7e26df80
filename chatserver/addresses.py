"""Addresses: what counts as one and the same, where something is limited by address."""

import ipaddress


def block_of(host: str, *, exempt_loopback: bool = False) -> str | None:
    """Return what an IP address is counted under; None for this machine itself, if it is exempt.

    IPv4 counts by address, IPv6 by /64: that much one household is given (RFC 6177).

    Raises:
        ValueError: it is no IP address.
    """
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback and exempt_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
