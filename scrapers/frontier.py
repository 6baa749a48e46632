"""The resumable queue of addresses: SQLite (WAL), one transaction a step, so that kill -9 at any moment costs nothing.

An answer's outcome, the addresses it named and the very bytes to append to the archive are one transaction; the file is
appended to after it and the note of what is to append dropped then. Whatever moment a process dies at, the next one
appends what was noted and asks for no archived page again; what was under way had not arrived and is asked for again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scrapers.archive import ARTICLE
from scrapers.entries import DONE, FAILED, FETCHING, QUEUED, REFUSED, SKIPPED, ArchiveFile, Entry, Outcome, Row, Run
from scrapers.fetch import Validators
from scrapers.frontier_schema import SCHEMA
from scrapers.journal import Journal, lock
from scrapers.robots import Robots
from scrapers.urls import host_of, origin_of
from scrapers.warc import Saved

NAME = ".frontier.sqlite"
_ROW = (
    "url, site, kind, origin, state, reason, attempts, due, rank, via, hops, dated, fetched_at, etag, last_modified, "
    "payload, saved_url, saved_date, saved_digest, saved_id, target"
)


class Frontier:
    """The queue of the archive in ``folder``. One process at a time; raises CongdoanError where another holds it."""

    def __init__(self, folder: Path, *, dry: bool = False) -> None:
        self.folder = folder
        self._dry = dry
        self._lock: int | None = None
        path = folder / NAME
        if dry:
            self._con = sqlite3.connect(":memory:", isolation_level=None)
            if path.exists():
                _copy(path, self._con)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = lock(folder)
            self._con = sqlite3.connect(path, isolation_level=None)
        self.journal = Journal(self._con, folder)
        try:
            if not dry:
                self._con.execute("PRAGMA journal_mode=WAL")
            self._con.executescript(SCHEMA)
            if not dry:
                self.journal.recover()
            self._con.execute("UPDATE urls SET state = ? WHERE state = ?", (QUEUED, FETCHING))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file and let others have it."""
        self._con.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- runs ---

    def begin(self, site: str, name: str, now: float, since: float | None = None) -> Run:
        """A new run of the site, or the one that was cut off.

        ``since``: how far back its lists are read (0: all), None where none are.
        """
        query = "SELECT min(since) FROM runs WHERE site = ? AND finished_at IS NOT NULL"
        (reached,) = self._con.execute(query, (site,)).fetchone()
        deep = since is not None and reached is not None and since < reached
        known = self._con.execute(
            "SELECT name, started_at FROM runs WHERE site = ? AND finished_at IS NULL", (site,)
        ).fetchone()
        if known:
            query = "UPDATE runs SET since = max(since, ?) WHERE site = ? AND finished_at IS NULL"
            self._con.execute(query, (since, site))
            return Run(site, known[0], known[1], True, deep)
        # What failed in an earlier run may go well in this one.
        query = "UPDATE urls SET state = ?, attempts = 0, due = 0 WHERE site = ? AND state = ?"
        self._con.execute(query, (QUEUED, site, FAILED))
        query = "INSERT INTO runs (site, name, started_at, since) VALUES (?, ?, ?, ?)"
        self._con.execute(query, (site, name, now, since))
        return Run(site, name, now, deep=deep)

    def again(self, run: Run, kind: str, rank: int) -> None:
        """Addresses of a kind and rank that an earlier run asked for are to be asked for in this one too."""
        query = (
            "UPDATE urls SET state = ?, attempts = 0, due = 0 WHERE site = ? AND kind = ? AND rank = ? AND state = ?"
        )
        self._con.execute(f"{query} AND fetched_at < ?", (QUEUED, run.site, kind, rank, DONE, run.started_at))

    def finish(self, run: Run, now: float) -> None:
        """The run came to its end."""
        self._con.execute("UPDATE runs SET finished_at = ? WHERE site = ? AND finished_at IS NULL", (now, run.site))

    # --- addresses ---

    def add(self, entries: Iterable[Entry], *, fresh_since: float | None = None) -> int:
        """Queue what is new, and what is known but changed since it was fetched; the number of new ones.

        ``fresh_since``: lists are asked for again unless they were since then.
        """
        with self._transaction():
            return sum(self._add(entry, fresh_since) for entry in entries)

    def _add(self, entry: Entry, fresh_since: float | None) -> bool:
        values = (
            entry.url, entry.site, entry.kind, host_of(entry.url), origin_of(entry.url), QUEUED, entry.rank, entry.via,
            entry.hops, entry.dated,
        )  # fmt: skip
        new = self._con.execute(
            "INSERT INTO urls (url, site, kind, host, origin, state, rank, via, hops, dated)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO NOTHING",
            values,
        ).rowcount
        if new:
            query = "INSERT INTO hosts (host, not_before, failures) VALUES (?, 0, 0) ON CONFLICT (host) DO NOTHING"
            self._con.execute(query, (host_of(entry.url),))
            return True
        if entry.dated is not None:
            query = "UPDATE urls SET dated = ? WHERE url = ? AND dated IS NULL AND state = ?"
            self._con.execute(query, (entry.dated, entry.url, QUEUED))
        if entry.kind == ARTICLE:
            stale, bound = "kind = ? AND state = 'done' AND fetched_at < ?", entry.dated
        else:
            stale, bound = (
                "kind = ? AND (state = 'skipped' OR state NOT IN ('queued', 'fetching') AND fetched_at < ?)",
                fresh_since,
            )
        if bound is not None:
            self._con.execute(
                "UPDATE urls SET state = ?, attempts = 0, due = 0, reason = NULL, dated = coalesce(?, dated)"
                f" WHERE url = ? AND {stale}",
                (QUEUED, entry.dated, entry.url, entry.kind, bound),
            )
        return False

    def get(self, url: str) -> Row | None:
        """What is known of an address."""
        found = self._con.execute(f"SELECT {_ROW} FROM urls WHERE url = ?", (url,)).fetchone()
        return _row(found) if found else None

    def rows(self, sites: Sequence[str] | None = None) -> Iterator[Row]:
        """All addresses (of some sites) in the order they were found."""
        where, names = ("", []) if sites is None else (f"WHERE site IN ({_marks(sites)})", [*sites])
        yield from map(_row, self._con.execute(f"SELECT {_ROW} FROM urls {where} ORDER BY id", names))

    def next_due(
        self, sites: Sequence[str], busy: Sequence[str], now: float, kinds: Sequence[str] | None = None
    ) -> Row | None:
        """The first address that may be asked for now, on a host that is not ``busy`` and need not be waited for."""
        where, values = _chosen(sites, kinds)
        # The + keeps SQLite from looking by due time and sorting all that is due.
        query = (
            f"SELECT {_ROW} FROM urls WHERE host = ? AND +due <= ? AND {where} ORDER BY rank, dated DESC, id LIMIT 1"
        )
        found = [
            row
            for host, not_before in self._hosts(busy)
            if not_before <= now and (row := self._con.execute(query, (host, now, *values)).fetchone())
        ]
        return min(map(_row, found), key=lambda row: (row.entry.rank, -(row.entry.dated or 0)), default=None)

    def earliest(self, sites: Sequence[str], busy: Sequence[str], kinds: Sequence[str] | None = None) -> float | None:
        """When the next queued address on a host that is not ``busy`` may be asked for; None where there is none."""
        where, values = _chosen(sites, kinds)
        query = f"SELECT due FROM urls WHERE host = ? AND {where} ORDER BY due LIMIT 1"
        found = [
            max(row[0], not_before)
            for host, not_before in self._hosts(busy)
            if (row := self._con.execute(query, (host, *values)).fetchone())
        ]
        return min(found, default=None)

    def _hosts(self, busy: Sequence[str]) -> list[tuple[str, float]]:
        """Hosts by host, each query ends at its first row: a queue of a hundred thousand is not sorted for one."""
        hosts = self._con.execute("SELECT host, not_before FROM hosts ORDER BY host").fetchall()
        return [(host, not_before) for host, not_before in hosts if host not in busy]

    def claim(self, url: str) -> None:
        """The address is being asked for."""
        self._con.execute("UPDATE urls SET state = ? WHERE url = ?", (FETCHING, url))

    def count(self, sites: Sequence[str], state: str, kind: str = ARTICLE) -> int:
        """How many addresses of a kind are in a state."""
        query = f"SELECT count(*) FROM urls WHERE state = ? AND kind = ? AND site IN ({_marks(sites)})"
        return int(self._con.execute(query, (state, kind, *sites)).fetchone()[0])

    def postpone(self, origin: str, due: float, reason: str) -> None:
        """Nothing queued of the origin is asked for before ``due``."""
        self._con.execute(
            "UPDATE urls SET due = max(due, ?), reason = ? WHERE origin = ? AND state = 'queued'", (due, reason, origin)
        )

    def skip_lists_after(self, via: str, reason: str) -> None:
        """The pages of a list that follow are not asked for."""
        query = "UPDATE urls SET state = ?, reason = ? WHERE kind = 'list' AND via = ? AND state = 'queued'"
        self._con.execute(query, (SKIPPED, reason, via))

    # --- hosts and their robots.txt ---

    def host_failures(self, host: str) -> int:
        """How often in a row the host could not be reached."""
        found = self._con.execute("SELECT failures FROM hosts WHERE host = ?", (host,)).fetchone()
        return int(found[0]) if found else 0

    def hold(self, host: str, until: float, failures: int = 0) -> None:
        """The host is not asked before ``until``."""
        self._con.execute(
            "INSERT INTO hosts (host, not_before, failures) VALUES (?, ?, ?) ON CONFLICT (host) DO UPDATE"
            " SET not_before = max(not_before, excluded.not_before), failures = excluded.failures",
            (host, until, failures),
        )

    def robots(self, origin: str) -> Robots | None:
        """The last answer for the origin's robots.txt."""
        found = self._con.execute(
            "SELECT checked_at, body, failed_since, reason FROM robots WHERE origin = ?", (origin,)
        ).fetchone()
        return Robots(*found) if found else None

    def _keep_robots(self, origin: str, robots: Robots) -> None:
        former = self.robots(origin)
        self._con.execute(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)",
            (origin, robots.checked_at, robots.body, robots.failed_since, robots.reason),
        )
        if former and former.body != robots.body:
            # What the earlier one forbade may be allowed now.
            query = "UPDATE urls SET state = ?, reason = NULL WHERE origin = ? AND state = ? AND reason = 'robots'"
            self._con.execute(query, (QUEUED, origin, REFUSED))

    # --- outcomes ---

    def settle(
        self, row: Row, outcome: Outcome, file: ArchiveFile | None = None, fresh_since: float | None = None
    ) -> int:
        """Note what became of a request, all of it or nothing; the number of new addresses it brought."""
        with self._transaction():
            new = sum(self._add(entry, fresh_since) for entry in outcome.found)
            self._note(row, outcome)
            if outcome.robots is not None:
                self._keep_robots(row.origin, outcome.robots)
            if outcome.host_due is not None:
                self.hold(host_of(row.entry.url), outcome.host_due, outcome.host_failures)
            if outcome.data and file is not None:
                self.journal.note(row.entry.url, outcome, file)
        if outcome.data and file is not None and not self._dry:
            self.journal.append()
        return new

    def _note(self, row: Row, outcome: Outcome) -> None:
        validators = outcome.validators or row.validators
        saved = outcome.saved or row.saved
        saved_values = (saved.url, saved.date, saved.digest, saved.record_id) if saved else (None,) * 4
        self._con.execute(
            "UPDATE urls SET state = ?, reason = ?, due = ?, attempts = ?, status = coalesce(?, status), target = ?,"
            " fetched_at = coalesce(?, fetched_at), etag = ?, last_modified = ?, payload = coalesce(?, payload),"
            " saved_url = ?, saved_date = ?, saved_digest = ?, saved_id = ? WHERE url = ?",
            (
                outcome.state, outcome.reason, outcome.due, outcome.attempts, outcome.status, outcome.target,
                outcome.fetched_at, validators.etag, validators.last_modified, outcome.payload, *saved_values,
                row.entry.url,
            ),
        )  # fmt: skip

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._con.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._con.execute("ROLLBACK")
            raise
        self._con.execute("COMMIT")


def _row(values: tuple) -> Row:  # type: ignore[type-arg]
    (url, site, kind, origin, state, reason, attempts, due, rank, via, hops, dated, fetched_at, etag, modified, payload,
     saved_url, saved_date, saved_digest, saved_id, target) = values  # fmt: skip
    saved = Saved(saved_url, saved_date, saved_digest, saved_id) if saved_id else None
    entry = Entry(url, site, kind, rank, via, hops, dated)
    validators = Validators(etag, modified)
    return Row(entry, origin, state, reason, attempts, due, fetched_at, validators, payload, saved, target)


def _chosen(sites: Sequence[str], kinds: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    kind = f"kind IN ({_marks(kinds)})" if kinds is not None else "kind <> 'robots'"
    return f"state = 'queued' AND site IN ({_marks(sites)}) AND {kind}", (*sites, *(kinds or ()))


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _copy(path: Path, into: sqlite3.Connection) -> None:
    source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        source.backup(into)
    finally:
        source.close()
