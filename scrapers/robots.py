"""What a host's robots.txt allows us, and how often, as RFC 9309 says; protego reads the file."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from scrapers.errors import FetchRefused
from scrapers.fetch import PRODUCT

PATH = "/robots.txt"
MAX_AGE = 86400.0  # RFC 9309, 2.4: no copy is used for longer than a day
GIVEN_UP_AFTER = 30 * 86400.0  # 2.3.1.4: a robots.txt unreachable for so long may be taken for none
MAX_REDIRECTS = 5  # 2.3.1.2
_PARSED = 500 * 2**10  # 2.5: at least 500 KiB are read
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Robots:
    """The last answer of one origin. ``body`` None: there is no file, everything is allowed.

    ``failed_since``: since when the file can't be reached; an earlier ``body`` holds on meanwhile, and where there is
    none nothing may be fetched.
    """

    checked_at: float
    body: bytes | None = None
    failed_since: float | None = None
    reason: str = ""

    def is_fresh(self, now: float, retry: float) -> bool:
        """Whether it can still be gone by; one that could not be reached is asked for again after ``retry`` seconds."""
        return now - self.checked_at < (retry if self.failed_since is not None else MAX_AGE)

    def rules(self, now: float) -> Rules:
        """What the answer means now."""
        if self.failed_since is not None and self.body is None:
            if now - self.failed_since < GIVEN_UP_AFTER:
                return Rules(None, f"robots.txt can't be reached ({self.reason}): nothing is fetched", reachable=False)
            return Rules(None, "robots.txt not reached for 30 days: taken for none")
        if self.body is None:
            return Rules(None, f"no robots.txt ({self.reason}): all allowed")
        note = (
            f"robots.txt read, an earlier copy ({self.reason})" if self.failed_since is not None else "robots.txt read"
        )
        return Rules(Protego.parse(decode(self.body)), note)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed; ``note`` says why, for people."""

    parsed: Protego | None
    note: str
    reachable: bool = True

    def allows(self, url: str) -> bool:
        """Whether the page may be fetched."""
        return self.reachable and (self.parsed is None or bool(self.parsed.can_fetch(url, PRODUCT)))

    @property
    def spacing(self) -> float:
        """The seconds between two requests that the site asks for: the longer of Crawl-delay and Request-rate."""
        if self.parsed is None:
            return 0.0
        rate = self.parsed.request_rate(PRODUCT)
        seconds = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(0.0, float(self.parsed.crawl_delay(PRODUCT) or 0.0), seconds)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps it names."""
        return tuple(self.parsed.sitemaps) if self.parsed else ()


def decode(body: bytes) -> str:
    """The file's text. A byte order mark would hide the first group from the parser."""
    return body[:_PARSED].decode("utf-8", "replace").replace("\ufeff", "")


def answered(status: int, body: bytes, now: float, former: Robots | None) -> Robots:
    """The state after an answer: 2xx is read, 4xx means that there is none, anything else that it can't be reached."""
    if status // 100 == 2:
        return Robots(now, body)
    if status // 100 == 4 and status != _TOO_MANY_REQUESTS:
        return Robots(now, reason=f"HTTP {status}")
    return _unreachable(f"HTTP {status}", now, former)


def failed(error: FetchRefused, now: float, former: Robots | None) -> Robots:
    """The state after a request that came to nothing."""
    return _unreachable(error.cause, now, former)


def _unreachable(reason: str, now: float, former: Robots | None) -> Robots:
    since = former.failed_since if former and former.failed_since is not None else now
    return Robots(now, former.body if former else None, since, reason)
