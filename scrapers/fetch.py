"""Polite HTTP: one GET at a time, nothing followed, nothing trusted. The only file that imports requests.

When to ask, and whether robots allow it, is the crawl's business (:mod:`scrapers.crawl`).
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
import zlib
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError, ProtocolError

from scrapers.errors import FetchRefused
from scrapers.wire import Exchange, GuardedPool, GuardedTLSPool, Limits, current

# What is wrong with an answer is said once, by its FetchRefused; urllib3 would print the server's own bytes.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

PRODUCT = "congdoan"
_CHUNK = 2**16
_MAX_WAIT = 10 * 366 * 86400
_INFORMATIONAL = re.compile(rb"HTTP/1\.[01] 1\d\d[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n")
# Each member more copies what is left: a million empty ones would take hours.
_MAX_MEMBERS = 16
_END = re.compile(rb"</html\s*>\s*(?:<!--.{0,1000}-->\s*)?\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: ``contact`` is a mail address or a page that says who to write to."""

    contact: str
    version: str = "0.1"

    @property
    def user_agent(self) -> str:
        """The User-Agent of every request."""
        shown = f"mailto:{self.contact}" if "@" in self.contact and ":" not in self.contact else self.contact
        return f"{PRODUCT}/{self.version} (research archive of Vietnamese trade-union news; +{shown})"

    @property
    def headers(self) -> dict[str, str]:
        """What every request says."""
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.1",
            "Accept-Language": "vi",
            "Accept-Encoding": "gzip, deflate",
        }
        return headers | ({"From": self.contact} if "@" in self.contact else {})


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said to recognize a version of a page by."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The conditional request's."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: ``request`` and ``received`` as on the wire, ``body`` (of a 2xx answer) without its encodings.

    ``digest`` is the SHA-1 of the payload as served (chunks joined, still compressed), base32 as archives write it.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request: bytes
    received: bytes
    digest: str
    address: str | None
    fetched_at: datetime
    seconds: float

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters; "" where there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def validators(self) -> Validators:
        """For the next time."""
        return Validators(self.header("etag"), self.header("last-modified"))

    def retry_after(self, now: float) -> float | None:
        """The seconds that the server asks to wait, None where it doesn't say: a number, or an HTTP date."""
        text = (self.header("retry-after") or "").strip()
        if re.fullmatch(r"\d{1,12}", text):
            return float(min(int(text), _MAX_WAIT))
        try:
            when = parsedate_to_datetime(text)
        except (ValueError, IndexError, OverflowError):
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(max(0.0, when.timestamp() - now), _MAX_WAIT)


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTLSPool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Even when told not to follow, requests would read (and decompress, without bound) a redirect's body.
        return None


class Fetcher:
    """GET by GET; safe in several threads."""

    def __init__(self, identity: Identity, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._session = _Session()
        # A proxy or credentials of the environment would pass by the check of addresses.
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.headers.update(identity.headers)
        self._session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(max_retries=0))

    def fetch(self, url: str, validators: Validators = Validators()) -> Response:
        """The answer to one GET, of any status; redirects are answers.

        Raises FetchRefused: dns, private_address, connection, tls, deadline, incomplete (all but private_address and
        tls transient), too_large, encoding (an encoding that was not asked for), protocol.
        """
        exchange = Exchange.begin(url, self.limits)
        begun = time.monotonic()
        fetched_at = datetime.now(UTC)
        token = current.set(exchange)
        try:
            with self._get(url, validators) as answer:
                entity, whole = _read(answer.raw, url)
        except FetchRefused:
            raise
        except Exception as error:
            # What a server says can end the libraries below in errors of any kind; none may end the crawl.
            raise FetchRefused(url, "protocol", f"can't be read ({type(error).__name__}: {_brief(error)})") from error
        finally:
            current.reset(token)
        headers = tuple((str(name), str(value)) for name, value in answer.raw.headers.items())
        response = Response(
            url,
            answer.status_code,
            headers,
            b"",
            bytes(exchange.sent),
            _INFORMATIONAL.sub(b"", bytes(exchange.received), count=1),
            "sha1:" + b32encode(hashlib.sha1(entity, usedforsecurity=False).digest()).decode(),
            exchange.address,
            fetched_at,
            time.monotonic() - begun,
        )
        return _with_body(response, entity, whole, self.limits.max_decoded)

    def close(self) -> None:
        """Close kept connections."""
        self._session.close()

    def _get(self, url: str, validators: Validators) -> requests.Response:
        timeout = (self.limits.connect_seconds, self.limits.read_seconds)
        try:
            return self._session.get(
                url, headers=validators.headers, timeout=timeout, stream=True, allow_redirects=False
            )
        except requests.exceptions.SSLError as error:
            raise FetchRefused(url, "tls", f"no certificate that can be trusted ({_brief(error)})") from error
        except requests.Timeout as error:
            raise FetchRefused(url, "deadline", f"no answer in time ({_brief(error)})", transient=True) from error
        except requests.ConnectionError as error:
            raise FetchRefused(url, "connection", f"broken off ({_brief(error)})", transient=True) from error
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise FetchRefused(url, "protocol", f"can't be asked for ({_brief(error)})") from error


def _read(raw: Any, url: str) -> tuple[bytes, bool]:
    """The payload as served, chunks joined; whether it came whole."""
    parts: list[bytes] = []
    try:
        parts.extend(raw.stream(_CHUNK, decode_content=False))
    except ProtocolError:
        return b"".join(parts), False
    except HTTPError as error:
        raise FetchRefused(url, "deadline", f"breaks off ({_brief(error)})", transient=True) from error
    return b"".join(parts), True


def _with_body(response: Response, entity: bytes, whole: bool, most: int) -> Response:
    if response.status // 100 != HTTPStatus.OK // 100:
        return response
    body, complete = decompress(response.url, entity, response.header("content-encoding"), most)
    # Browsers show a page whose length is told wrong; one that has its end is all there.
    if not (whole and complete) and not _END.search(body[-2000:]):
        raise FetchRefused(response.url, "incomplete", "the answer breaks off", transient=True)
    values = {name: getattr(response, name) for name in Response.__slots__}
    return Response(**{**values, "body": body})


def decompress(url: str, data: bytes, encoding: str | None, most: int) -> tuple[bytes, bool]:
    """``data`` without its Content-Encoding, and whether it came to its end.

    Raises FetchRefused: too_large (over ``most`` bytes, told before they are in memory), encoding.
    """
    whole = True
    for name in reversed([part.strip().lower() for part in (encoding or "").split(",")]):
        if name in ("gzip", "x-gzip", "deflate"):
            data, complete = _inflate(url, data, most, raw=name == "deflate" and not _has_zlib_head(data))
            whole = whole and complete
        elif name not in ("", "identity"):
            raise FetchRefused(url, "encoding", f"encoded as {name[:20]!r}, which was not asked for")
    if len(data) > most:
        raise FetchRefused(url, "too_large", f"over {most:,} bytes")
    return data, whole


def _has_zlib_head(data: bytes) -> bool:
    return len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


def _inflate(url: str, data: bytes, most: int, *, raw: bool) -> tuple[bytes, bool]:
    out = bytearray()
    for _ in range(_MAX_MEMBERS):
        if not data:
            break
        inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
        try:
            out += inflater.decompress(data, most + 1 - len(out))
        except zlib.error:
            return bytes(out), False
        if len(out) > most:
            raise FetchRefused(url, "too_large", f"over {most:,} bytes once decompressed")
        if not inflater.eof:
            return bytes(out), False
        data = inflater.unused_data.lstrip(b"\0")
    return bytes(out), True


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
