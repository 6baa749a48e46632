"""Which network addresses may be connected to: public ones, checked on the very address that is connected to.

Checking a name and then connecting to the name would ask the name server twice, and it may answer twice differently
(DNS rebinding); here the checked address is the one that is used.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scrapers.errors import FetchRefused

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
Resolver = Callable[[str, int], Sequence[Address]]

PRIVATE = "private_address"

# RFC 6052: an IPv4 address in the last 32 bits, reached through a translator.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, as the system resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def is_public(address: str) -> bool:
    """Whether the IP address is one of the public internet, also where another form hides an IPv4 address in it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _forms(ip))


def _forms(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[Any]:
    if isinstance(ip, ipaddress.IPv4Address):
        yield ip
        return
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
    elif ip in _NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    else:
        yield from filter(None, (ip, ip.sixtofour, *(ip.teredo or ())))


def connect(
    url: str, host: str, port: int, *, resolver: Resolver, private: frozenset[str], timeout: float
) -> socket.socket:
    """A socket to the first address of ``host`` that answers, public or in ``private``.

    Raises FetchRefused: private_address, dns, connection.
    """
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise FetchRefused(url, "dns", f"{host} can't be resolved ({error})", transient=True) from error
    usable = [found for found in addresses if str(found[1][0]) in private or is_public(str(found[1][0]))]
    if not usable:
        shown = ", ".join(sorted({str(address[0]) for _, address in addresses})) or "no address"
        raise FetchRefused(url, PRIVATE, f"{host} is {shown}, which is not on the public internet")
    failure: OSError | None = None
    for family, address in usable:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise FetchRefused(url, "connection", f"{host} does not answer ({failure})", transient=True) from failure
