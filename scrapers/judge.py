"""What an answer means for the frontier: done, gone, moved, later, refused; and which addresses it names."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from re import Pattern
from typing import Any

from scrapers.archive import ARTICLE
from scrapers.discover import Found, Listing, read_links, read_xml
from scrapers.entries import DONE, FAILED, GONE, MOVED, QUEUED, REFUSED, Entry, Outcome, Row
from scrapers.errors import FetchRefused, InputError
from scrapers.fetch import Response, decompress
from scrapers.frontier import Frontier
from scrapers.urls import canonical, is_allowed, path_of
from scrapers.warc import exchange

LIST, FEED, SITEMAP, ROBOTS = "list", "feed", "sitemap", "robots"
LISTINGS = (FEED, SITEMAP, LIST)
SEED_RANK, ARTICLE_RANK, SECTION_RANK, PAGE_RANK = 0, 1, 2, 3
MAX_REDIRECTS = 5
_MAX_NESTED = 3
_HTML = frozenset({"text/html", "application/xhtml+xml", ""})
_XML = frozenset({"text/xml", "application/xml", "application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_MOVED = frozenset({301, 302, 303, 307, 308})
_UNREACHED = frozenset({"dns", "connection", "deadline"})
_MAX_BACKOFF = 3600.0


@dataclass(frozen=True, slots=True)
class Site:
    """What is scraped as one: ``hosts`` are the only ones asked. ``article`` None takes what feeds and lists name."""

    name: str
    hosts: frozenset[str]
    seeds: tuple[Entry, ...]
    article: Pattern[str] | None = None
    sections: Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request that came to nothing is made again, and when first; the wait doubles."""

    attempts: int = 4
    backoff: float = 30.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Reads answers; asks the frontier what is known, changes nothing. ``deep``: as a :class:`Run` says."""

    frontier: Frontier
    patience: Patience
    since: float | None = None
    max_decoded: int = 16 * 2**20
    deep: bool = False

    def refused(self, row: Row, error: FetchRefused, now: float, failures: int) -> Outcome:
        """The outcome of a request that got no answer."""
        if not error.transient:
            return Outcome(REFUSED, error.cause, attempts=row.attempts + 1)
        outcome = self._again(row, error.cause, now)
        if error.cause not in _UNREACHED:
            return outcome
        return replace(outcome, host_due=now + self._wait(failures + 1), host_failures=failures + 1)

    def answered(self, site: Site, row: Row, response: Response, now: float) -> Outcome:
        """The outcome of an answer, with the records to append."""
        outcome, kind = self._read(site, row, response, now)
        repeats = response.status == HTTPStatus.NOT_MODIFIED or (
            outcome.state == DONE and response.digest == row.payload
        )
        former = row.saved if repeats else None
        if response.status == HTTPStatus.NOT_MODIFIED and former is None:
            return outcome
        notes = {"via": row.entry.via or "", "fetchTimeMs": f"{response.seconds * 1000:.0f}", "outcome": outcome.state}
        notes |= {"reason": outcome.reason or "", "hopsFromSeed": "R" * row.entry.hops}
        members = exchange(response, kind, notes, former)
        outcome = replace(outcome, status=response.status, data=members.data, offset=members.offset)
        if outcome.state != DONE or repeats:
            return outcome
        return replace(outcome, saved=members.saved, payload=response.digest, validators=response.validators)

    def _again(self, row: Row, reason: str, now: float) -> Outcome:
        attempts = row.attempts + 1
        if attempts >= self.patience.attempts:
            return Outcome(FAILED, reason, attempts=attempts)
        return Outcome(QUEUED, reason, due=now + self._wait(attempts), attempts=attempts)

    def _wait(self, attempts: int) -> float:
        # Not all at the same moment again: half as much more, by chance.
        doubled = self.patience.backoff * 2.0 ** min(attempts - 1, 20)
        return min(_MAX_BACKOFF, doubled) * random.uniform(1.0, 1.5)  # noqa: S311 - no secret

    def _read(self, site: Site, row: Row, response: Response, now: float) -> tuple[Outcome, str]:
        """The outcome, and the kind of record that it is archived as."""
        status = response.status
        if status == HTTPStatus.NOT_MODIFIED:
            return Outcome(DONE, "not_modified", fetched_at=now), row.entry.kind
        if status in _MOVED:
            return self._moved(site, row, response, now), "redirect"
        if status == HTTPStatus.OK:
            return self._page(site, row, response, now)
        reason = f"http_{status}"
        asked = response.retry_after(now) if status in _LATER else None
        if asked is not None or status == HTTPStatus.TOO_MANY_REQUESTS:
            # It is the host that wants rest, and it alone knows how long: never a failure, but from one time to the
            # next our own wait doubles too, or a host that always says "in 0 seconds" would be asked forever.
            due = now + max(asked or 0.0, self._wait(row.attempts + 1))
            return Outcome(QUEUED, reason, due=due, attempts=row.attempts + 1, host_due=due), "error"
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._again(row, reason, now), "error"
        state = GONE if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else REFUSED
        return Outcome(state, reason, attempts=row.attempts + 1, fetched_at=now), "error"

    def _moved(self, site: Site, row: Row, response: Response, now: float) -> Outcome:
        told = response.header("location") or ""
        # Headers are bytes; servers send Vietnamese addresses as UTF-8, which http.client reads as Latin-1.
        target = canonical(_as_utf8(told), row.entry.url)

        def outcome(state: str, reason: str | None = None, **more: Any) -> Outcome:
            return Outcome(state, reason, target=target or told[:2000] or None, fetched_at=now, **more)

        if target is None:
            return outcome(REFUSED, "redirect_address")
        if not is_allowed(target, site.hosts):
            return outcome(REFUSED, "redirect_host")
        if self._leads_back(row.entry.url, target):
            return outcome(REFUSED, "redirect_loop")
        if row.entry.hops >= MAX_REDIRECTS:
            return outcome(REFUSED, "too_many_redirects")
        known = self.frontier.get(target)
        if row.entry.kind == ARTICLE and (path_of(target) == "/" or (known and known.entry.kind != ARTICLE)):
            # An article that was taken down often leads to the front page or its section.
            return outcome(GONE, "redirect_to_list")
        return outcome(MOVED, found=(replace(row.entry, url=target, hops=row.entry.hops + 1),))

    def _leads_back(self, url: str, target: str) -> bool:
        at: str | None = target
        for _ in range(2 * MAX_REDIRECTS):
            if at == url:
                return True
            known = self.frontier.get(at) if at else None
            at = known.target if known and known.state == MOVED else None
        return False

    # --- pages ---

    def _page(self, site: Site, row: Row, response: Response, now: float) -> tuple[Outcome, str]:
        kind = row.entry.kind
        if kind == ARTICLE and site.article is None and response.media_type in _XML:
            kind = FEED
        if kind == ARTICLE:
            if response.media_type not in _HTML:
                return Outcome(REFUSED, "media_type", fetched_at=now), "other"
            return Outcome(DONE, fetched_at=now), ARTICLE
        try:
            found = self._listed(site, row, _unpacked(response, self.max_decoded), kind)
        except (InputError, FetchRefused) as error:
            return Outcome(REFUSED, error.cause, fetched_at=now), kind
        return Outcome(DONE, fetched_at=now, found=found), kind

    def _listed(self, site: Site, row: Row, body: bytes, kind: str) -> tuple[Entry, ...]:
        if kind == LIST:
            return self._linked(site, row, read_links(body, row.entry.url))
        listing = read_xml(body, row.entry.url)
        wanted = site.article if kind == SITEMAP else None
        pages = [one for one in self._recent(listing.pages) if _is_article(one.url, site, wanted)]
        entries = [Entry(one.url, site.name, via=row.entry.url, dated=one.dated) for one in pages]
        return (*entries, *(self._children(site, row, listing) if kind == SITEMAP else ()))

    def _children(self, site: Site, row: Row, listing: Listing) -> list[Entry]:
        """The sitemaps of an index that changed since they were read."""
        if row.entry.hops >= _MAX_NESTED:
            return []
        found = []
        for one in self._recent(listing.children):
            known = self.frontier.get(one.url)
            unchanged = known and known.state == DONE and one.dated is not None and one.dated < (known.fetched_at or 0)
            if is_allowed(one.url, site.hosts) and (self.deep or not unchanged):
                entry = Entry(one.url, site.name, SITEMAP, SEED_RANK, row.entry.url, row.entry.hops + 1, one.dated)
                found.append(entry)
        return found

    def _linked(self, site: Site, row: Row, listing: Listing) -> tuple[Entry, ...]:
        of = row.entry.via or row.entry.url
        here = [one.url for one in listing.pages if is_allowed(one.url, site.hosts) and one.url != row.entry.url]
        articles = [url for url in here if _is_article(url, site, site.article)]
        found = [Entry(url, site.name, via=of) for url in articles]
        if site.sections is not None and row.entry.rank == SEED_RANK:
            lists = [url for url in here if url not in set(articles) and site.sections.search(path_of(url))]
            found += [Entry(url, site.name, LIST, SECTION_RANK) for url in lists]
        if articles and (self.deep or any(self.frontier.get(url) is None for url in articles)):
            following = self._following(site, row, listing)
            found += [Entry(following, site.name, LIST, PAGE_RANK, of, row.entry.hops + 1)] if following else []
        return tuple(found)

    def _following(self, site: Site, row: Row, listing: Listing) -> str | None:
        """The list's next page: by the plan's own numbering, else as the page itself says."""
        if row.entry.via and "{page}" in row.entry.via:
            return canonical(row.entry.via.format(page=row.entry.hops + 2))
        return listing.next if listing.next and is_allowed(listing.next, site.hosts) else None

    def _recent(self, found: tuple[Found, ...]) -> list[Found]:
        return [one for one in found if self.since is None or one.dated is None or one.dated >= self.since]


def _is_article(url: str, site: Site, pattern: Pattern[str] | None) -> bool:
    return is_allowed(url, site.hosts) and (pattern is None or bool(pattern.search(path_of(url))))


def _as_utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _unpacked(response: Response, most: int) -> bytes:
    """The body; of a file that is itself compressed (a sitemap's .xml.gz), what it holds, within the same bound."""
    if not response.body.startswith(b"\x1f\x8b"):
        return response.body
    body, whole = decompress(response.url, response.body, "gzip", most)
    if not whole:
        raise FetchRefused(response.url, "incomplete", "the compressed file breaks off")
    return body


def published_at(response: Response) -> datetime | None:
    """When the article says it was published, None where it doesn't or is none."""
    from scrapers.page import Page
    from scrapers.sites import parse_page

    try:
        article = parse_page(Page(response.url, response.body, response.url, response.fetched_at, response.headers))
    except InputError:
        return None
    return article.published.value
