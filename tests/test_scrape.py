"""One scrape of a web that misbehaves; then what its archive gives."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from pipeline import versions
from pipeline.cli import app
from pipeline.commands import scrape as command
from pipeline.dataset import snapshot
from pipeline.dataset.schema import TABLES
from scrapers.archive import read_warc
from scrapers.discover import HANOI
from scrapers.entries import Entry
from scrapers.errors import CongdoanError, InputError, UsageError
from scrapers.frontier import Frontier
from scrapers.journal import Journal
from scrapers.judge import Patience, Site
from scrapers.plan import CrawlPlan
from scrapers.sites import congdoandaukhi, parse_page
from tests.servers import misbehaving as web
from tests.servers.scraping import FAST, MAIN, NEWS, OTHERS, ROOT, fetcher, scrape


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    with web.serving() as server:
        yield server, folder, *scrape(server.server_port, folder, (MAIN, *OTHERS))


DONE, LATER, GONE, MOVED, REFUSED, FAILED = ("done", None), "queued", "gone", "moved", "refused", "failed"
EXPECTED = {
    "/chuyen-1/": (MOVED, None),
    "/chuyen-2/": (MOVED, None),
    "/vong-a/": (MOVED, None),
    "/vong-b/": (REFUSED, "redirect_loop"),
    "/tu-minh/": (REFUSED, "redirect_loop"),
    "/ra-ngoai/": (REFUSED, "redirect_host"),
    "/cong-khac/": (REFUSED, "redirect_host"),
    "/tep/": (REFUSED, "redirect_address"),
    "/noi-bo/": (MOVED, None),
    "/ve-trang-chu/": (GONE, "redirect_to_list"),
    "/khong-con/": (GONE, "http_404"),
    "/da-go/": (GONE, "http_410"),
    "/cam-vao/": (REFUSED, "http_403"),
    "/anh/": (REFUSED, "media_type"),
    "/luc-duoc/": DONE,
    "/luon-hong/": (FAILED, "http_500"),
    "/nho-giot/": (FAILED, "deadline"),
    "/nho-giot-dau/": (FAILED, "deadline"),
    "/vo-tan/": (REFUSED, "too_large"),
    "/vo-tan-dau/": (REFUSED, "too_large"),
    "/bom/": (REFUSED, "too_large"),
    "/dai-hon/": (FAILED, "incomplete"),
    "/dai-hon-du/": DONE,
    "/ngan-hon/": DONE,
    "/sai-bang-ma/": DONE,
    "/tung-khuc/": DONE,
    "/cup-may/": (FAILED, "connection"),
    "/quan-tri/": (REFUSED, "robots"),
    "/feed/": DONE,
    "/sitemap.xml": DONE,
    "/sitemap-1.xml.gz": DONE,
    "/sitemap-bom.xml.gz": (REFUSED, "too_large"),
    "/": DONE,
}


@pytest.mark.parametrize("path", EXPECTED)
def test_each_misbehaviour_ends_as_it_should(world, path):
    row = world[4][ROOT + path]
    assert (row.state, row.reason) == EXPECTED[path]


def test_sound_pages_are_all_saved(world):
    server, _, _, _, rows, _ = world
    assert all(rows[ROOT + path].state == "done" for path in server.pages)
    # The broken feed's last address breaks off; it is no page.
    assert f"{ROOT}/bi-cat" not in rows


def test_chain_of_redirects_ends_at_its_page(world):
    rows = world[4]
    last = rows[f"http://www.{web.HOST}/chuyen-3/"]
    assert (last.state, last.entry.hops) == ("done", 2)
    assert rows[f"{ROOT}/chuyen-1/"].target == f"{ROOT}/chuyen-2/"


def test_private_address_behind_a_name_of_the_site_is_refused(world):
    server, _, _, _, rows, _ = world
    row = rows[f"http://{web.INSIDE}/bi-mat/"]
    assert (row.state, row.reason) == ("refused", "private_address")
    assert not any(host == web.INSIDE for host, _ in server.asked)


def test_retry_after_becomes_a_due_time_however_long(world):
    _, _, summary, log, rows, _ = world
    asked = {event.url: event.at.timestamp() for event in log}
    for host, seconds in ((web.SECONDS, web.A_DAY), (web.DATE, web.TWO_DAYS)):
        row = rows[f"http://{host}/x/"]
        assert row.state == "queued" and row.reason in ("http_429", "http_503")
        assert -2 <= row.due - asked[row.entry.url] - seconds <= 2
    # The host wants rest, not that page alone; what wants a second is had in this scrape.
    assert world[0].asked[web.SECONDS, "/y/"] == 0 and rows[f"http://{web.SECONDS}/y/"].state == "queued"
    assert rows[f"http://{web.SOON}/x/"].state == "done" and world[0].asked[web.SOON, "/x/"] == 2
    assert summary.waiting >= 3


def test_robots_are_gone_by(world):
    server, _, _, _, rows, crawl = world
    assert rows[f"http://{web.FORBIDS}/kin/"].reason == "robots" and rows[f"http://{web.FORBIDS}/mo/"].state == "done"
    assert server.asked[web.FORBIDS, "/kin/"] == 0 and server.asked[web.HOST, "/quan-tri/"] == 0
    for host in (web.DEAF, web.DEAD):
        row = rows[f"http://{host}/x/"]
        assert (row.state, row.reason) == ("queued", "robots_unreachable") and server.asked[host, "/x/"] == 0
    assert all(server.asked[host, "/robots.txt"] == 1 for host, path in server.asked if path == "/robots.txt")
    assert any("can't be reached" in note for note in crawl.robots_notes())


def test_one_request_a_host_at_a_time_and_hosts_at_once(world):
    server = world[0]
    assert not server.crowded and server.crowd > 1
    times = server.times[web.HOST]
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.01  # its Crawl-delay


def test_every_request_says_who_asks(world):
    (agent,) = world[0].agents
    assert agent.startswith("congdoan/") and "mailto:nghien-cuu@vi-du.vn" in agent


def test_failed_requests_were_made_again_and_no_oftener(world):
    asked = world[0].asked
    attempts = FAST.patience.attempts
    for path in ("/luon-hong/", "/dai-hon/", "/nho-giot/", "/cup-may/"):
        assert asked[web.HOST, path] == attempts
    assert max(n for (_, path), n in asked.items() if path != "/robots.txt") == attempts


def test_log_has_a_line_for_each_decision(world):
    _, _, _, log, rows, _ = world
    assert {event.url for event in log} >= {row.entry.url for row in rows.values() if row.state != "queued"}
    assert all(re.match(r"\d\d:\d\d:\d\d (\d{3}|---) \w+ +\w+ +http", str(event)) for event in log)


# --- the archive ---


def records(folder):
    """(file, type, address, headers) of all records."""
    for path in sorted(folder.rglob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                yield path, record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record


def pages_of(folder):
    return [page for path in sorted(folder.rglob("*.warc.gz")) for page in read_warc(path)]


def check_archive(folder):
    paths = [str(path) for path in folder.rglob("*.warc.gz")]
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", *paths], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "digest failed" not in done.stdout, done.stdout
    assert "digest pass" in done.stdout


def test_archive_is_valid(world):
    assert len(list(world[1].rglob("*.warc.gz"))) == len(world[2].files) >= 4
    check_archive(world[1])


def test_every_answer_is_archived_with_request_and_metadata(world):
    kinds = Counter()
    for _, kind, url, _ in records(world[1]):
        kinds[kind, url] += 1
    for event in world[3]:
        if event.status is not None and event.kind != "robots":
            assert kinds["response", event.url] == kinds["request", event.url] == kinds["metadata", event.url] >= 1
    assert sum(n for (kind, _), n in kinds.items() if kind == "warcinfo") == len(world[2].files)


def test_only_articles_are_read_as_pages(world):
    server, folder, _, _, rows, _ = world
    found = pages_of(folder)
    assert not [page for page in found if isinstance(page, InputError)]
    saved = {url for url, row in rows.items() if row.state == "done" and row.entry.kind == "article"}
    assert {page.url for page in found} == saved
    body = {page.url: page.body for page in found}
    assert all(body[ROOT + path] == text for path, text in server.pages.items())
    assert body[f"{ROOT}/tung-khuc/"] == web.page(7) and body[f"{ROOT}/ngan-hon/"] == web.page(5)


def test_wrong_charset_and_wrong_length_still_give_the_text(world):
    found = {page.url: page for page in pages_of(world[1])}
    for path in ("/sai-bang-ma/", "/dai-hon-du/", "/ngan-hon/"):
        article = parse_page(found[ROOT + path])
        assert article.title == "Gặp mặt đoàn viên tiêu biểu ngành Dầu khí" and len(article.blocks) == 2


# --- the next scrape ---


def test_next_scrape_asks_for_what_is_new_and_writes_revisits(world, tmp_path):
    server, folder, _, _, rows, _ = world
    folder = shutil.copytree(folder, tmp_path / "archive")
    before, first = server.asked.copy(), list(records(folder))
    path = next(iter(server.pages))
    named = Site("congdoandaukhi", MAIN.hosts, tuple(Entry(ROOT + p, MAIN.name) for p in (path, "/tung-khuc/")))
    scrape(server.server_port, folder, (named,), replace(FAST, patience=Patience(1, 0.05)))
    # What failed is asked for again; nothing else but the pages named.
    failed = {row.entry.url.removeprefix(ROOT) for row in rows.values() if row.state == "failed"}
    asked = {one for host, one in server.asked - before if host == web.HOST}
    assert asked == {path, "/tung-khuc/"} | failed
    check_archive(folder)
    revisits = {url: record.rec_headers for _, kind, url, record in records(folder) if kind == "revisit"}
    profiles = {url: headers.get_header("WARC-Profile").rpartition("/")[2] for url, headers in revisits.items()}
    assert profiles == {ROOT + path: "server-not-modified", f"{ROOT}/tung-khuc/": "identical-payload-digest"}
    originals = {url: record.rec_headers for _, kind, url, record in first if kind == "response"}
    for url, headers in revisits.items():
        for name, of in (("Refers-To", "Record-ID"), ("Refers-To-Date", "Date"), ("Payload-Digest", "Payload-Digest")):
            assert headers.get_header(f"WARC-{name}") == originals[url].get_header(f"WARC-{of}")
    assert [page.url for page in pages_of(folder)] == [page.url for page in pages_of(world[1])]


def of_news(asked):
    """The numbers of the articles and of the list pages that were asked for."""
    found = {kind: [] for kind in ("bai-", "trang=")}
    for host, path in asked.elements():
        for kind, numbers in found.items():
            if host == web.NEWS and kind in path:
                numbers.append(int(re.search(rf"{kind}(\d+)", path)[1]))
    return sorted(found["bai-"]), sorted(found["trang="])


@pytest.fixture
def news():
    with web.serving() as server:
        yield server


def test_list_pages_until_known_articles(news, tmp_path):
    scrape(news.server_port, tmp_path, (NEWS,))
    # The page after the last article is asked for: that it is the last can't be known.
    assert of_news(news.asked) == ([*range(1, 13)], [1, 2, 3, 4])
    news.news, before = 14, news.asked.copy()
    scrape(news.server_port, tmp_path, (NEWS,))
    assert of_news(news.asked - before) == ([13, 14], [1, 2])
    before = news.asked.copy()
    summary, *_ = scrape(news.server_port, tmp_path, (NEWS,))
    assert of_news(news.asked - before) == ([], [1]) and summary.saved == 0


def test_limit_leaves_the_rest_for_the_next_time(news, tmp_path):
    summary, *_ = scrape(news.server_port, tmp_path, (NEWS,), replace(FAST, limit=3))
    assert summary.saved == 3 and of_news(news.asked)[0] == [10, 11, 12]
    scrape(news.server_port, tmp_path, (NEWS,), replace(FAST, limit=4))
    assert of_news(news.asked)[0] == [*range(6, 13)]


def test_since_ends_at_the_first_page_of_older_articles(news, tmp_path):
    since = datetime(2022, 1, 7, tzinfo=HANOI)
    _, _, rows, _ = scrape(news.server_port, tmp_path, (NEWS,), replace(FAST, since=since))
    # Lists don't date their articles: a page's are read, and the pages behind an older one are not.
    articles, lists = of_news(news.asked)
    assert articles == [*range(5, 13)] and lists == [1, 2]
    assert rows[f"http://{web.NEWS}/tin-tuc?trang=3"].reason == "since"


def test_wider_since_reads_on_behind_known_articles(news, tmp_path):
    news.news = 24
    # Known articles are not read again: that a page holds older ones shows with the first page that is new.
    for since, first in ((19, 17), (18, 13), (2, 1), (3, 1)):
        options = replace(FAST, since=datetime(2022, 1, since, tzinfo=HANOI))
        scrape(news.server_port, tmp_path, (NEWS,), options)
        assert of_news(news.asked)[0] == [*range(first, 25)], since
    news.news, before = 25, news.asked.copy()
    scrape(news.server_port, tmp_path, (NEWS,), FAST)
    assert of_news(news.asked - before) == ([25], [*range(1, 9)])
    before = news.asked.copy()
    scrape(news.server_port, tmp_path, (NEWS,), FAST)
    assert of_news(news.asked - before) == ([], [1])


def test_dry_run_prints_and_keeps_nothing(news, tmp_path):
    summary, *_ = scrape(news.server_port, tmp_path / "none", (NEWS,), replace(FAST, dry_run=True))
    assert not (tmp_path / "none").exists()
    assert of_news(news.asked)[0] == [] and summary.saved == 0 and not summary.files


def test_file_is_rolled_when_full(news, tmp_path):
    summary, *_ = scrape(news.server_port, tmp_path, (NEWS,), replace(FAST, roll_bytes=5000))
    paths = sorted(tmp_path.rglob("*.warc.gz"))
    assert len(paths) >= 3 and all(path.stat().st_size <= 5000 for path in paths)
    assert [path.name[-13:-8] for path in paths] == [f"{n:05d}" for n in range(len(paths))]
    assert len(pages_of(tmp_path)) == 12 == summary.saved
    check_archive(tmp_path)


def test_only_one_scrape_writes_an_archive(tmp_path):
    frontier = Frontier(tmp_path)
    with pytest.raises(CongdoanError, match="another scrape"):
        Frontier(tmp_path)
    frontier.close()
    Frontier(tmp_path).close()


# --- from the command line, to the dataset ---


def invoke(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def by_command(monkeypatch):
    """`congdoan scrape congdoandaukhi` against the server."""
    with web.serving() as server:
        plan = CrawlPlan(congdoandaukhi.PLAN.article, (f"{ROOT}/feed/",), lists=(f"{ROOT}/",))
        monkeypatch.setattr(congdoandaukhi, "PLAN", plan)
        monkeypatch.setattr(command, "LIMITS", fetcher(server.server_port).limits)
        yield server


def test_dry_run_shows_robots_and_plan(by_command, tmp_path):
    arguments = ("--contact", "a@vi-du.vn", "--delay", 0, "--archive", tmp_path / "archive", "--dry-run")
    done = invoke("scrape", "congdoandaukhi", *arguments)
    assert done.exit_code == 0, done.output
    assert f"{ROOT}/robots.txt: robots.txt read; a request every 0.01 s" in done.stdout
    for path in by_command.pages:
        assert re.search(rf"allowed +{ROOT}{path}\n", done.stdout)
    assert not (tmp_path / "archive").exists()


def test_scrape_needs_a_contact(tmp_path, monkeypatch):
    monkeypatch.delenv("CONGDOAN_CONTACT", raising=False)
    done = invoke("scrape", "laodong", "--archive", tmp_path / "a")
    assert isinstance(done.exception, UsageError) and "--contact" in str(done.exception)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_scrape_that_is_cut_off_says_what_is_there(by_command, tmp_path, monkeypatch, error):
    append = Journal.append

    def after_three(self):
        if len(list(self._con.execute("SELECT * FROM urls WHERE state = 'done'"))) > 3:
            raise error
        append(self)

    arguments = ("scrape", "congdoandaukhi", "--contact", "a@vi-du.vn", "--delay", 0, "--archive", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", after_three)
        done = invoke(*arguments)
    assert isinstance(done.exception, CongdoanError) and "goes on from there" in str(done.exception)
    assert invoke(*arguments).exit_code == 0
    assert max(by_command.asked.values()) == 1 and len(pages_of(tmp_path)) == 9


def test_archive_that_can_not_be_written_is_told(by_command, tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / ".frontier.sqlite").write_bytes(b"no database" * 500)
    for name in ("file", "damaged"):
        done = invoke("scrape", "congdoandaukhi", "--contact", "a@vi-du.vn", "--archive", tmp_path / name)
        assert isinstance(done.exception, CongdoanError) and name in str(done.exception)
    assert not by_command.asked


def test_scrape_run_and_run_again_with_another_selector(by_command, tmp_path, monkeypatch):
    archive, dataset = tmp_path / "archive", tmp_path / "dataset"
    done = invoke("scrape", "congdoandaukhi", "--contact", "a@vi-du.vn", "--delay", 0, "--archive", archive)
    assert done.exit_code == 0 and "9 articles fetched" in done.stdout, done.output
    assert "  1 refused: too_large\n" in done.stdout
    assert invoke("run", archive, "--out", dataset, "--workers", 1).exit_code == 0
    before = tables(dataset)
    assert len(before["articles"]) == len(by_command.pages) == 9 and before["officials"]
    by_command.shutdown()
    asked = sum(by_command.asked.values())
    monkeypatch.setattr(
        congdoandaukhi, "LAYOUT", replace(congdoandaukhi.LAYOUT, section="div.breadcrumbs a:first-of-type")
    )
    monkeypatch.setattr(versions, "extraction_sha256", lambda: "another")
    monkeypatch.setattr("pipeline.engine.extraction_sha256", lambda: "another")
    assert invoke("run", archive, "--out", dataset, "--workers", 1).exit_code == 0
    after = tables(dataset)
    assert sum(by_command.asked.values()) == asked
    changed = {
        (name, column)
        for name, rows in before.items()
        for former, row in zip(rows, after[name], strict=True)
        for column in row
        if row[column] != former[column]
    }
    assert changed == {("articles", "section")}


def tables(dataset):
    with snapshot.open_snapshot(dataset) as con:
        found = {name: con.sql(f"SELECT * FROM {name} ORDER BY ALL").to_arrow_table().to_pylist() for name in TABLES}
    return {name: [{**row, "run_id": None} for row in rows] for name, rows in found.items() if name != "runs"}
