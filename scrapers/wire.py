"""HTTP connections that keep what passes on the wire, within a deadline and a size for all of it.

requests' own time-outs are per read: a server that drips a byte a second, in the headers or the body, holds them
forever. Here each read from the socket is given what is left of the whole exchange's time and size. warcio's
``capture_http`` records nothing of worker threads; these connections record themselves, chunk sizes included.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from scrapers.addresses import Resolver, connect, resolve
from scrapers.errors import FetchRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost, and whom it may reach."""

    connect_seconds: float = 10.0
    read_seconds: float = 20.0  # between two reads
    total_seconds: float = 90.0
    max_bytes: int = 16 * 2**20  # on the wire, headers included
    max_decoded: int = 16 * 2**20  # once decompressed
    # For tests on this machine (addresses allowed though not public); nothing on the command line sets them.
    private: frozenset[str] = frozenset()
    resolver: Resolver = resolve


@dataclass(slots=True)
class Exchange:
    """One request under way and what passed: ``sent`` and ``received`` are the bytes on the wire."""

    url: str
    limits: Limits
    deadline: float  # time.monotonic
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    n_received: int = 0
    address: str | None = None

    @classmethod
    def begin(cls, url: str, limits: Limits) -> Exchange:
        """An exchange that starts now."""
        return cls(url, limits, time.monotonic() + limits.total_seconds)

    def seconds_left(self, most: float) -> float:
        """What one step may take. Raises FetchRefused (deadline) where nothing is left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            message = f"not complete after {self.limits.total_seconds:g} s"
            raise FetchRefused(self.url, "deadline", message, transient=True)
        return min(left, most)

    def count(self, n: int) -> None:
        """Note bytes that came. Raises FetchRefused (too_large)."""
        self.n_received += n
        if self.n_received > self.limits.max_bytes:
            raise FetchRefused(self.url, "too_large", f"over {self.limits.max_bytes:,} bytes on the wire")


# A pooled connection outlives its first exchange; the exchange that it serves is its thread's present one.
current: ContextVar[Exchange] = ContextVar("exchange")


class _Bounded(io.RawIOBase):
    """A socket's file, each read within what the exchange has left."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock, self._exchange = sock, exchange
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._exchange.seconds_left(self._exchange.limits.read_seconds))
        n = self._raw.readinto(buffer)
        self._exchange.count(n or 0)
        return n

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Recorder(io.BufferedReader):
    """Keeps what the HTTP reader takes; what a server sends beyond its response is not taken."""

    def __init__(self, raw: _Bounded, exchange: Exchange) -> None:
        super().__init__(raw)
        self._received = exchange.received

    def read(self, size: int | None = -1, /) -> bytes:
        return self._keep(super().read(size))

    def read1(self, size: int = -1, /) -> bytes:
        return self._keep(super().read1(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._keep(super().readline(size))

    def readinto(self, buffer: Any, /) -> int:
        n = super().readinto(buffer)
        self._received += memoryview(buffer)[:n]
        return n

    def _keep(self, data: bytes) -> bytes:
        self._received += data
        return data


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        exchange = current.get()
        self.fp = _Recorder(_Bounded(sock, exchange), exchange)


class _Guarded(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        exchange = current.get()
        limits = exchange.limits
        return connect(
            exchange.url,
            self.host,
            self.port or self.default_port,
            resolver=limits.resolver,
            private=limits.private,
            timeout=exchange.seconds_left(limits.connect_seconds),
        )

    def send(self, data: Any) -> None:
        super().send(data)
        exchange = current.get()
        if isinstance(data, bytes):
            exchange.sent += data
        if exchange.address is None and self.sock is not None:
            exchange.address = str(self.sock.getpeername()[0])


class _GuardedTLS(_Guarded, HTTPSConnection):
    pass


class GuardedPool(HTTPConnectionPool):
    """http: connections that check whom they reach and record what passes."""

    ConnectionCls = _Guarded


class GuardedTLSPool(HTTPSConnectionPool):
    """https: the same over TLS, certificates verified."""

    ConnectionCls = _GuardedTLS
