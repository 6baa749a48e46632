"""Addresses: one form of each, whose host may be asked, and what is no address of a page."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from scrapers.resources import rows

MAX_URL = 2048
_MAX_HOST = 253
_PORTS = {"http": 80, "https": 443}
# Names and addresses as DNS and RFC 3986 have them; no "..", no control characters: a host becomes a folder's name.
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?|[0-9a-f:.]*:[0-9a-f:.]*"
)


def canonical(url: str, base: str | None = None) -> str | None:
    """The one form that the frontier knows a page by: scheme and host in lower case, no fragment, no tracking.

    None for what is no http(s) address, holds a user name or control characters, or is over 2,048 characters long.
    """
    if len(url) > 4 * MAX_URL:
        return None
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or parts.username is not None:
        return None
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    if len(host) > _MAX_HOST or not _HOST.fullmatch(host):
        return None
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, _PORTS[parts.scheme]) else f"{shown}:{port}"
    try:
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        found = urlunsplit((parts.scheme, netloc, path, _query(parts.query), ""))
    except UnicodeError:  # half of a character, as a command line can give it
        return None
    return found if len(found) <= MAX_URL else None


def _query(query: str) -> str:
    """The query without tracking; one that holds none keeps its own spelling."""
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100) if query.count("&") < 100 else []
    kept = [(name, value) for name, value in pairs if name.lower() not in _tracking()]
    if len(kept) < len(pairs):
        return urlencode(kept)
    return quote(query, safe="/%:@!$&'()*+,;=~-._?[]{}|")


@cache
def _tracking() -> frozenset[str]:
    return frozenset(row["parameter"] for row in rows("lexicons/tracking_parameters.csv"))


def host_of(url: str) -> str:
    """The host alone: what one spacing is kept for."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def path_of(url: str) -> str:
    """Path and query, as a plan's patterns read them."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def allow_list(hosts: tuple[str, ...]) -> frozenset[str]:
    """The hosts (with a port where it is not the scheme's own) that may be asked: those named, and their "www."."""
    bare = {host.lower().removeprefix("www.") for host in hosts}
    return frozenset(bare | {f"www.{host}" for host in bare})


def is_allowed(url: str, hosts: frozenset[str]) -> bool:
    """Whether the address is on exactly one of ``hosts``: news.laodong.vn is not laodong.vn."""
    return urlsplit(url).netloc in hosts
