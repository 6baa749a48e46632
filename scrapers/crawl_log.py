"""How far a crawl goes, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scrapers.judge import Patience


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How far and how fast."""

    since: datetime | None = None
    limit: int | None = None
    dry_run: bool = False
    spacing: float = 2.0  # seconds between two requests to a host, at least
    hosts: int = 8  # asked at once
    max_wait: float = 300.0  # a run ends where nothing is due sooner; the frontier keeps when it is
    patience: Patience = field(default_factory=Patience)
    robots_retry: float = 600.0
    roll_bytes: int = 2**30


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log: what became of a request, or of an address that was not asked for."""

    at: datetime
    url: str
    kind: str
    state: str
    status: int | None = None
    reason: str | None = None
    found: int = 0
    due: datetime | None = None

    def __str__(self) -> str:
        notes = [self.reason] if self.reason else []
        notes += [f"{self.found} new"] if self.found else []
        notes += [f"again from {self.due:%Y-%m-%d %H:%M:%S}"] if self.due else []
        shown = f" ({', '.join(notes)})" if notes else ""
        return f"{self.at:%H:%M:%S} {self.status or '---'} {self.state:<8} {self.kind:<8} {self.url}{shown}"


@dataclass(frozen=True, slots=True)
class Summary:
    """``states``: how many requests ended in which; ``waiting``: articles still queued, the first from ``due``.

    ``reasons``: of each state and reason given, how many.
    """

    states: dict[str, int]
    reasons: dict[tuple[str, str], int]
    saved: int
    waiting: int
    due: datetime | None
    files: tuple[Path, ...]
