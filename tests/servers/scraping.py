"""Scrapes of the misbehaving server, with waits that are short enough for tests."""

from __future__ import annotations

import re

from scrapers.crawl import Crawl
from scrapers.crawl_log import CrawlOptions
from scrapers.entries import Entry
from scrapers.fetch import Fetcher, Identity
from scrapers.frontier import Frontier
from scrapers.judge import FEED, LIST, SEED_RANK, Patience, Site
from scrapers.urls import allow_list
from scrapers.wire import Limits
from tests.servers import misbehaving as web

IDENTITY = Identity("nghien-cuu@vi-du.vn")
ROOT = f"http://{web.HOST}"
ARTICLE = re.compile(r"^/[\w-]+/$")
MAIN = Site(
    "congdoandaukhi",
    allow_list((web.HOST, web.INSIDE)),
    (Entry(f"{ROOT}/feed/", "congdoandaukhi", FEED, SEED_RANK), Entry(f"{ROOT}/", "congdoandaukhi", LIST, SEED_RANK)),
    ARTICLE,
)


def single(host, *paths):
    """Pages of a host that nobody described."""
    return Site(host, allow_list((host,)), tuple(Entry(f"http://{host}{path}", host) for path in paths))


OTHERS = (
    single(web.SECONDS, "/x/", "/y/"),
    single(web.DATE, "/x/"),
    single(web.SOON, "/x/"),
    single(web.FORBIDS, "/kin/", "/mo/"),
    single(web.DEAF, "/x/"),
    single(web.DEAD, "/x/"),
)
FAST = CrawlOptions(spacing=0.0, max_wait=3.0, patience=Patience(attempts=2, backoff=0.05), robots_retry=900)


def fetcher(port):
    """Asks the server on ``port`` of this machine, whatever the name."""
    limits = Limits(
        connect_seconds=1.0,
        read_seconds=1.0,
        total_seconds=1.0,
        max_bytes=200_000,
        max_decoded=2**20,
        private=frozenset({"127.0.0.1"}),
        resolver=web.resolver(port),
    )
    return Fetcher(IDENTITY, limits)


NEWS = Site(
    "bao",
    allow_list((web.NEWS,)),
    (Entry(f"http://{web.NEWS}/tin-tuc?trang=1", "bao", LIST, SEED_RANK, f"http://{web.NEWS}/tin-tuc?trang={{page}}"),),
    re.compile(r"^/bai-\d+\.html$"),
)


def scrape(port, folder, sites=(MAIN,), options=FAST):
    """The summary, the log, and what the frontier knows of each address afterwards."""
    log = []
    frontier = Frontier(folder, dry=options.dry_run)
    crawl = Crawl(frontier, fetcher(port), IDENTITY, sites, options, log.append)
    try:
        summary = crawl.run()
        rows = {row.entry.url: row for row in frontier.rows()}
        return summary, log, rows, crawl
    finally:
        frontier.close()
