"""The crawl: which address is asked for when. One host at a time is asked one thing at a time, several hosts at once.

All decisions and all writing are one thread's; the others only wait for servers.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime

from scrapers import robots as rfc9309
from scrapers.addresses import PRIVATE
from scrapers.archive import ARTICLE
from scrapers.crawl_log import CrawlOptions, Event, Summary
from scrapers.discover import HANOI
from scrapers.entries import DONE, QUEUED, REFUSED, ArchiveFile, Entry, Outcome, Row, Run
from scrapers.errors import FetchRefused
from scrapers.fetch import Fetcher, Identity, Response, Validators
from scrapers.frontier import Frontier
from scrapers.judge import (
    LIST,
    LISTINGS,
    MAX_REDIRECTS,
    ROBOTS,
    SECTION_RANK,
    SEED_RANK,
    SITEMAP,
    Judge,
    Site,
    published_at,
)
from scrapers.robots import Robots, Rules
from scrapers.urls import canonical, host_of, is_allowed
from scrapers.warc import exchange, file_head

Job = Future[Response]


@dataclass(slots=True)
class _Running:
    site: Site
    row: Row
    robots: bool = False


@dataclass(slots=True)
class Crawl:
    """One scrape of some sites into the frontier's folder."""

    frontier: Frontier
    fetcher: Fetcher
    identity: Identity
    sites: tuple[Site, ...]
    options: CrawlOptions = field(default_factory=CrawlOptions)
    report: Callable[[Event], None] = lambda event: None
    _judge: Judge = field(init=False)
    _running: dict[Job, _Running] = field(init=False, default_factory=dict)
    _runs: dict[str, Run] = field(init=False, default_factory=dict)
    _files: dict[str, ArchiveFile] = field(init=False, default_factory=dict)
    _rules: dict[str, tuple[Robots, Rules]] = field(init=False, default_factory=dict)
    _states: Counter[str] = field(init=False, default_factory=Counter)
    _reasons: Counter[tuple[str, str]] = field(init=False, default_factory=Counter)
    _saved: int = field(init=False, default=0)

    def run(self) -> Summary:
        """Ask for all that is due. Raises CongdoanError, OSError where the archive can't be written."""
        since = self.options.since
        self._judge = Judge(
            self.frontier,
            self.options.patience,
            since.timestamp() if since else None,
            self.fetcher.limits.max_decoded,
        )
        self._begin()
        with ThreadPoolExecutor(self.options.hosts) as pool:
            try:
                while self._start(pool) or self._rest():
                    self._take()
            finally:
                pool.shutdown(cancel_futures=True)
        names = self._names()
        due = self.frontier.earliest(names, [])
        for run in self._runs.values():
            self.frontier.finish(run, time.time())
        return Summary(
            dict(self._states),
            dict(self._reasons),
            self._saved,
            self.frontier.count(names, QUEUED),
            datetime.fromtimestamp(due, HANOI) if due else None,
            tuple(file.path for file in self._files.values() if file.length),
        )

    def planned(self) -> list[tuple[Row, str]]:
        """The articles that are queued, in the order they would be asked for, with what their robots.txt says."""
        rows = [row for row in self.frontier.rows(self._names()) if row.state == QUEUED and row.entry.kind == ARTICLE]
        rows.sort(key=lambda row: (row.entry.rank, -(row.entry.dated or 0)))
        return [(row, self.decision(row)) for row in rows[: self.options.limit]]

    def decision(self, row: Row) -> str:
        """Whether robots.txt allows an address, in a word."""
        known = self._known_rules(row.origin)
        if known is None:
            return "robots.txt not read yet"
        if not known.reachable:
            return "waits: robots.txt can't be reached"
        return "allowed" if known.allows(row.entry.url) else "refused by robots.txt"

    def robots_notes(self) -> list[str]:
        """A line for each robots.txt that was asked for: what it means and how long the pauses are."""
        return [
            f"{origin}{rfc9309.PATH}: {rules.note}; a request every {max(self.options.spacing, rules.spacing):g} s"
            for origin, (_, rules) in sorted(self._rules.items())
        ]

    # --- what is asked for next ---

    def _begin(self) -> None:
        now = time.time()
        name = datetime.fromtimestamp(now, HANOI).strftime("%Y%m%d%H%M%S")
        for site in self.sites:
            since = self.options.since.timestamp() if self.options.since else 0.0
            run = self.frontier.begin(site.name, name, now, since if site.article else None)
            self._runs[site.name] = run
            self.frontier.add(
                (replace(seed, dated=run.started_at) if seed.kind == ARTICLE else seed for seed in site.seeds),
                fresh_since=run.started_at,
            )
            if site.sections is not None:
                self.frontier.again(run, LIST, SECTION_RANK)

    def _names(self) -> list[str]:
        return [site.name for site in self.sites]

    def _site(self, row: Row) -> Site:
        return next(site for site in self.sites if site.name == row.entry.site)

    def _busy(self) -> list[str]:
        return [host_of(running.row.entry.url) for running in self._running.values()]

    def _kinds(self) -> tuple[str, ...]:
        under_way = sum(one.row.entry.kind == ARTICLE for one in self._running.values())
        if self.options.limit is not None and self._saved + under_way >= self.options.limit:
            return ()
        return LISTINGS if self.options.dry_run else (*LISTINGS, ARTICLE)

    def _start(self, pool: ThreadPoolExecutor) -> bool:
        """Ask for what is due, on hosts that are free; whether anything is under way."""
        while len(self._running) < self.options.hosts:
            now, kinds = time.time(), self._kinds()
            row = self.frontier.next_due(self._names(), self._busy(), now, kinds) if kinds else None
            if row is None:
                break
            site, rules = self._site(row), self._known_rules(row.origin)
            if rules is None:
                self._ask_robots(pool, site, row.origin)
            elif not rules.reachable and self._rules[row.origin][0].reason == PRIVATE:
                self._settle(row, Outcome(REFUSED, PRIVATE))
            elif not rules.reachable:
                due = self._rules[row.origin][0].checked_at + self.options.robots_retry
                self.frontier.postpone(row.origin, due, "robots_unreachable")
                self._say(row, Outcome(QUEUED, "robots_unreachable", due=due))
            elif not rules.allows(row.entry.url):
                self._settle(row, Outcome(REFUSED, "robots"))
            else:
                self.frontier.claim(row.entry.url)
                # A list that is read further back than before has to be there, changed or not.
                deep = row.entry.kind != ARTICLE and self._runs[site.name].deep
                job = pool.submit(self.fetcher.fetch, row.entry.url, Validators() if deep else row.validators)
                self._running[job] = _Running(site, row)
        return bool(self._running)

    def _rest(self) -> bool:
        """Wait for what is due next where nothing is under way; False where that is too long to wait for."""
        kinds = self._kinds()
        due = self.frontier.earliest(self._names(), [], kinds) if kinds else None
        if due is None or due - time.time() > self.options.max_wait:
            return False
        time.sleep(max(0.0, due - time.time()))
        return True

    def _take(self) -> None:
        """Settle the answers that came; don't wait longer than till another host may be asked."""
        if not self._running:
            return
        kinds = self._kinds()
        due = self.frontier.earliest(self._names(), self._busy(), kinds) if kinds else None
        free = len(self._running) < self.options.hosts
        timeout = max(0.0, due - time.time()) if due is not None and free else None
        done, _ = wait(self._running, timeout=timeout, return_when=FIRST_COMPLETED)
        for job in done:
            running = self._running.pop(job)
            (self._take_robots if running.robots else self._take_page)(running, job)

    # --- robots.txt ---

    def _known_rules(self, origin: str) -> Rules | None:
        """What the origin's robots.txt says, None where it has to be asked for."""
        robots, now = self.frontier.robots(origin), time.time()
        if robots is None or not robots.is_fresh(now, self.options.robots_retry):
            return None
        if origin not in self._rules or self._rules[origin][0] != robots:
            self._rules[origin] = robots, robots.rules(now)
        return self._rules[origin][1]

    def _ask_robots(self, pool: ThreadPoolExecutor, site: Site, origin: str) -> None:
        url = origin + rfc9309.PATH
        self.frontier.add([Entry(url, site.name, ROBOTS, SEED_RANK)])
        row = self.frontier.get(url)
        assert row is not None
        self._running[pool.submit(self._fetch_robots, site, url)] = _Running(site, row, robots=True)

    def _fetch_robots(self, site: Site, url: str) -> Response:
        """The answer behind at most five redirects, none of them off the site's hosts."""
        for _ in range(MAX_REDIRECTS + 1):
            response = self.fetcher.fetch(url)
            target = canonical(response.header("location") or "", url) if response.status // 100 == 3 else None
            if target is None:
                return response
            if not is_allowed(target, site.hosts):
                raise FetchRefused(url, "redirect_host", f"leads to {target}, which is not one of the site's hosts")
            url = target
        raise FetchRefused(url, "too_many_redirects", "leads on and on")

    def _take_robots(self, running: _Running, job: Job) -> None:
        row, now = running.row, time.time()
        former = self.frontier.robots(row.origin)
        try:
            response = job.result()
        except FetchRefused as error:
            robots = rfc9309.failed(error, now, former)
            self._settle(row, Outcome(REFUSED, f"robots_{error.cause}", fetched_at=now, robots=robots))
            return
        robots = rfc9309.answered(response.status, response.body, now, former)
        members = exchange(response, ROBOTS, {})
        # From now on: the pause after robots.txt is the one it asks for.
        rules = robots.rules(now)
        self._rules[row.origin] = robots, rules
        site = running.site
        named = [canonical(one, row.entry.url) for one in rules.sitemaps] if site.article else []
        sitemaps = [one for one in named if one and is_allowed(one, site.hosts)]
        outcome = Outcome(
            DONE, status=response.status, fetched_at=now, data=members.data, offset=members.offset, robots=robots,
            found=tuple(Entry(one, site.name, SITEMAP, SEED_RANK) for one in sitemaps),
        )  # fmt: skip
        self._settle(row, outcome)

    # --- pages ---

    def _take_page(self, running: _Running, job: Job) -> None:
        row, now = running.row, time.time()
        try:
            response = job.result()
        except FetchRefused as error:
            failures = self.frontier.host_failures(host_of(row.entry.url))
            self._settle(row, self._judge.refused(row, error, now, failures))
            return
        deep = self._runs[running.site.name].deep
        outcome = replace(self._judge, deep=deep).answered(running.site, row, response, now)
        self._settle(row, outcome)
        if row.entry.kind == ARTICLE and outcome.state == DONE and not outcome.found:
            self._saved += 1
            self._end_old_lists(row, response)

    def _end_old_lists(self, row: Row, response: Response) -> None:
        """A list runs from new to old: behind an article older than asked for, its further pages hold none."""
        since = self.options.since
        if since is None or row.entry.via is None or not response.body:
            return
        when = published_at(response)
        if when is not None and when.replace(tzinfo=HANOI) < since:
            self.frontier.skip_lists_after(row.entry.via, "since")

    def _settle(self, row: Row, outcome: Outcome) -> None:
        now = time.time()
        if outcome.status is not None or outcome.reason != "robots":
            known = self._rules.get(row.origin)
            spacing = max(self.options.spacing, known[1].spacing if known else 0.0)
            pause = now + spacing * random.uniform(1.0, 1.25)  # noqa: S311 - no secret
            outcome = replace(outcome, host_due=max(pause, outcome.host_due or 0.0))
        file = self._file(row.entry.site, len(outcome.data)) if outcome.data and not self.options.dry_run else None
        fresh_since = self._runs[row.entry.site].started_at
        new = self.frontier.settle(row, outcome, file, fresh_since)
        if row.entry.kind != ROBOTS:
            self._states[outcome.state] += 1
            if outcome.reason:
                self._reasons[outcome.state, outcome.reason] += 1
        self._say(row, outcome, new)

    def _file(self, site: str, size: int) -> ArchiveFile:
        """The file to append to: the run's, or the next one where that is full."""
        file, run = self._files.get(site), self._runs[site]
        while file is None or (file.length and file.length + size > self.options.roll_bytes):
            serial = file.serial + 1 if file else 0
            path = self.frontier.folder / site / f"{site}-{run.name}-{serial:05d}.warc.gz"
            head = file_head(path.name, self.identity.user_agent, datetime.now(HANOI))
            file = ArchiveFile(path, self.frontier.journal.file_length(path), serial, head)
        self._files[site] = file
        return file

    def _say(self, row: Row, outcome: Outcome, found: int = 0) -> None:
        due = datetime.fromtimestamp(outcome.due, HANOI) if outcome.state == QUEUED and outcome.due else None
        at = datetime.now(HANOI)
        event = Event(at, row.entry.url, row.entry.kind, outcome.state, outcome.status, outcome.reason, found, due)
        self.report(event)
