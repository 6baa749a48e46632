"""What the frontier holds: addresses, what became of their requests, the runs that made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from scrapers.archive import ARTICLE
from scrapers.fetch import Validators
from scrapers.robots import Robots
from scrapers.warc import Saved

QUEUED, FETCHING = "queued", "fetching"
DONE, GONE, MOVED, REFUSED, FAILED, SKIPPED = "done", "gone", "moved", "refused", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Entry:
    """An address as it was found. ``dated``: when it was published or changed, POSIX seconds, where its list says so.

    ``rank``: lower goes first. ``via``: the list it stands on. ``hops``: how many redirects or sitemaps led to it.
    """

    url: str
    site: str
    kind: str = ARTICLE
    rank: int = 1
    via: str | None = None
    hops: int = 0
    dated: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An address as the frontier knows it; ``saved`` is the archived response of its present payload."""

    entry: Entry
    origin: str
    state: str
    reason: str | None
    attempts: int
    due: float
    fetched_at: float | None
    validators: Validators
    payload: str | None
    saved: Saved | None
    target: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request; ``due`` is when a queued address may be asked for next."""

    state: str
    reason: str | None = None
    due: float = 0.0
    attempts: int = 0
    status: int | None = None
    target: str | None = None
    fetched_at: float | None = None
    validators: Validators | None = None
    payload: str | None = None
    saved: Saved | None = None
    # Bytes to append to an archive, and where the response begins in them.
    data: bytes = b""
    offset: int = 0
    found: tuple[Entry, ...] = ()
    # The host is not asked before.
    host_due: float | None = None
    host_failures: int = 0
    robots: Robots | None = None  # what the origin's robots.txt said


@dataclass(frozen=True, slots=True)
class Run:
    """One scrape of one site. One that was cut off is gone on with, under its own name.

    ``deep``: it reaches further back than any before it, so that lists are read on behind articles that are known.
    """

    site: str
    name: str
    started_at: float
    resumed: bool = False
    deep: bool = False


@dataclass(slots=True)
class ArchiveFile:
    """The file that a run appends to now."""

    path: Path
    length: int = 0
    serial: int = 0
    head: bytes = field(default=b"", repr=False)
