"""The frontier: what is due, what is known, and that a kill at any moment costs nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers.archive import read_warc
from scrapers.entries import ArchiveFile, Entry, Outcome
from scrapers.errors import CongdoanError, FetchRefused, InputError
from scrapers.fetch import Response, Validators
from scrapers.frontier import Frontier
from scrapers.journal import Journal, lock
from scrapers.judge import Judge, Patience, Site
from scrapers.robots import Robots
from scrapers.warc import exchange, file_head
from tests.servers import misbehaving as web
from tests.test_scrape import check_archive

N_KILLS = 20
DAY = datetime(2024, 3, 1, tzinfo=UTC)


# --- kill -9 ---


class Driver:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.scrape_driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )

    def scrape(self, folder, port, kill_after=None):
        """Scrape, killed after so many seconds; whether it ended by itself."""
        self.process.stdin.write(f"{folder} {port}\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        code = int(self.process.stdout.readline())
        assert code in (0, -signal.SIGKILL)
        return code == 0


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    driver.process.kill()
    driver.process.communicate(timeout=10)


def done(folder):
    """The addresses that the frontier holds as settled, as a next process would find it."""
    frontier = Frontier(folder, dry=True)
    try:
        return {row.entry.url.partition(web.NEWS)[2] for row in frontier.rows() if row.state == "done"}
    finally:
        frontier.close()


@pytest.mark.timeout(120)
def test_twenty_kills(tmp_path, driver):
    chance = random.Random(61)
    kills, scrapes = [], 0
    with web.serving() as server:
        server.news = 40
        while len(kills) < N_KILLS:
            folder = tmp_path / f"archive-{scrapes}"
            scrapes += 1
            server.asked.clear()
            asked_after_done, unfinished = 0, True
            while unfinished:
                settled, before = (done(folder) if folder.exists() else set()), server.asked.copy()
                last = len(kills) >= N_KILLS
                unfinished = not driver.scrape(
                    folder, server.server_port, None if last else 0.01 + chance.expovariate(1 / 0.15)
                )
                asked_after_done += sum((server.asked - before)[web.NEWS, path] for path in settled)
                if unfinished:
                    kills.append((folder.name, len(settled)))
            # Nothing fetched twice: what had arrived before a kill is not asked for after it.
            assert asked_after_done == 0
            # Nothing lost, nothing kept twice.
            pages = [page for path in sorted(folder.rglob("*.warc.gz")) for page in read_warc(path)]
            assert not [page for page in pages if isinstance(page, InputError)]
            wanted = sorted(f"http://{web.NEWS}/bai-{n}.html" for n in range(1, 41))
            assert sorted(page.url for page in pages) == wanted
            assert all(f"/bai-{n}.html" in done(folder) for n in range(1, 41))
            check_archive(folder)
    print(f"{len(kills)} kills in {scrapes} scrapes; settled before each: {[n for _, n in kills]}")


# --- what a kill leaves ---


def response(url="http://bao.test/a.html", body=b"<p>xin</p>", status=200):
    wire = b"HTTP/1.1 %d OK\r\nContent-Type: text/html\r\n\r\n" % status + body
    headers = (("Content-Type", "text/html"),)
    return Response(url, status, headers, body, b"GET / HTTP/1.1\r\n\r\n", wire, "sha1:X", "127.0.0.1", DAY, 0.1)


def settle(frontier, folder, url="http://bao.test/a.html", length=0):
    frontier.add([Entry(url, "bao")])
    members = exchange(response(url), "article", {})
    path = folder / "bao" / "bao-1-00000.warc.gz"
    file = ArchiveFile(path, frontier.journal.file_length(path), 0, file_head(path.name, "congdoan/0", DAY))
    outcome = Outcome("done", data=members.data, offset=members.offset, saved=members.saved, fetched_at=1.0)
    frontier.settle(frontier.get(url), outcome, file)
    return path


@pytest.mark.parametrize("written", [0, 1, 100, -1])
def test_append_that_was_cut_off_is_made_good(tmp_path, monkeypatch, written):
    frontier = Frontier(tmp_path)
    path = settle(frontier, tmp_path)
    whole = path.read_bytes()

    def cut_off(self):
        (_, _, at, data), *_ = self._con.execute("SELECT id, path, at, data FROM journal").fetchall()
        with path.open("ab") as file:
            assert file.tell() == at
            file.write(data[:written] if written >= 0 else data)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", cut_off)
        with pytest.raises(KeyboardInterrupt):
            settle(frontier, tmp_path, "http://bao.test/b.html")
    frontier.close()
    frontier = Frontier(tmp_path)
    assert frontier.get("http://bao.test/b.html").state == "done"
    frontier.close()
    assert path.read_bytes().startswith(whole)
    assert [page.url for page in read_warc(path)] == ["http://bao.test/a.html", "http://bao.test/b.html"]
    check_archive(tmp_path)


def test_what_was_under_way_is_queued_again(tmp_path):
    frontier = Frontier(tmp_path)
    frontier.add([Entry("http://bao.test/a.html", "bao")])
    frontier.claim("http://bao.test/a.html")
    assert frontier.next_due(["bao"], [], 1.0) is None
    frontier.close()
    frontier = Frontier(tmp_path)
    assert frontier.next_due(["bao"], [], 1.0).entry.url == "http://bao.test/a.html"
    frontier.close()


def test_run_that_was_cut_off_goes_on_under_its_name(tmp_path):
    frontier = Frontier(tmp_path)
    first = frontier.begin("bao", "1", 1.0)
    again = frontier.begin("bao", "2", 2.0)
    assert (again.name, again.started_at, again.resumed) == (first.name, 1.0, True)
    frontier.finish(again, 3.0)
    assert frontier.begin("bao", "3", 4.0).name == "3"
    frontier.close()


def test_archive_that_lost_bytes_is_not_written_over(tmp_path):
    frontier = Frontier(tmp_path)
    path = settle(frontier, tmp_path)
    frontier.close()
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(CongdoanError, match="shorter"):
        Frontier(tmp_path)


# --- what is due ---


@pytest.fixture
def frontier(tmp_path):
    frontier = Frontier(tmp_path)
    yield frontier
    frontier.close()


def test_newest_first_then_as_found(frontier):
    frontier.add(
        [Entry(f"http://bao.test/{name}", "bao", dated=dated) for name, dated in (("a", None), ("b", 5), ("c", 9))]
    )
    found = []
    while (row := frontier.next_due(["bao"], [], 1.0)) is not None:
        found.append(row.entry.url[-1])
        frontier.claim(row.entry.url)
    assert found == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("headers", "status"), [((), 429), ((("Retry-After", "0"),), 429), ((("Retry-After", "0"),), 503)]
)
def test_host_that_always_wants_rest_is_asked_ever_later_and_never_failed(frontier, headers, status):
    judge, site = Judge(frontier, Patience(3, 10.0)), Site("s", frozenset({"a.test"}), ())
    frontier.add([Entry("http://a.test/", "s")])
    answer = replace(response("http://a.test/", status=status), headers=headers)
    for attempts in range(12):
        row = frontier.get("http://a.test/")
        assert row.attempts == attempts
        outcome = judge.answered(site, row, answer, 1000.0)
        least = min(10.0 * 2**attempts, 3600.0)
        assert outcome.state == "queued" and least <= outcome.due - 1000.0 <= 1.5 * least
        assert outcome.host_due == outcome.due
        frontier.settle(row, outcome)


def test_errors_of_a_server_fail_after_so_many_attempts(frontier):
    judge, site = Judge(frontier, Patience(3, 10.0)), Site("s", frozenset({"a.test"}), ())
    frontier.add([Entry("http://a.test/", "s")])
    states = []
    for status in (500, 502, 503):
        row = frontier.get("http://a.test/")
        outcome = judge.answered(site, row, response("http://a.test/", status=status), 1000.0)
        states.append((outcome.state, outcome.reason, outcome.host_due))
        frontier.settle(row, outcome)
    # A page that is broken says nothing about its host.
    assert states == [("queued", "http_500", None), ("queued", "http_502", None), ("failed", "http_503", None)]


def test_host_that_is_not_reached_rests_ever_longer(frontier):
    judge = Judge(frontier, Patience(3, 10.0))
    frontier.add([Entry("http://a.test/", "s")])
    row = frontier.get("http://a.test/")
    for failures in range(4):
        outcome = judge.refused(row, FetchRefused("u", "connection", "why", transient=True), 1000.0, failures)
        assert outcome.host_failures == failures + 1
        assert 10.0 * 2**failures <= outcome.host_due - 1000.0 <= 15.0 * 2**failures
    outcome = judge.refused(row, FetchRefused("u", "private_address", "why"), 1000.0, 0)
    assert (outcome.state, outcome.host_due) == ("refused", None)


def test_date_that_a_later_list_tells_is_kept(frontier):
    frontier.add([Entry("http://bao.test/a", "bao"), Entry("http://bao.test/b", "bao")])
    assert frontier.add([Entry("http://bao.test/b", "bao", dated=5.0)]) == 0
    assert frontier.next_due(["bao"], [], 1.0).entry.dated == 5.0


def test_busy_and_resting_hosts_are_passed_over(frontier):
    frontier.add([Entry("http://a.test/", "s"), Entry("http://b.test/", "s"), Entry("http://other.test/", "other")])
    assert frontier.next_due(["s"], ["a.test"], 1.0).entry.url == "http://b.test/"
    frontier.hold("b.test", 50.0)
    assert frontier.next_due(["s"], ["a.test"], 1.0) is None
    assert frontier.earliest(["s"], ["a.test"]) == 50.0 and frontier.earliest(["s"], []) == 0.0
    assert frontier.next_due(["s"], ["a.test"], 51.0).entry.url == "http://b.test/"


def test_due_time_is_kept_over_processes(tmp_path):
    frontier = Frontier(tmp_path)
    frontier.add([Entry("http://a.test/", "s")])
    far = 4e9
    frontier.settle(frontier.get("http://a.test/"), Outcome("queued", "http_429", due=far, attempts=1, host_due=far))
    frontier.close()
    frontier = Frontier(tmp_path)
    assert frontier.next_due(["s"], [], 3.9e9) is None and frontier.earliest(["s"], []) == far
    assert frontier.next_due(["s"], [], far).reason == "http_429"
    frontier.close()


def test_changed_articles_and_lists_are_asked_for_again(frontier):
    urls = {"article": "http://a.test/1", "list": "http://a.test/"}
    for kind, url in urls.items():
        frontier.add([Entry(url, "s", kind)])
        frontier.settle(frontier.get(url), Outcome("done", fetched_at=100.0, validators=Validators("e", None)))
    assert frontier.add([Entry(urls["article"], "s", dated=99.0), Entry(urls["list"], "s", "list")]) == 0
    assert frontier.next_due(["s"], [], 1e9) is None
    frontier.add([Entry(urls["list"], "s", "list")], fresh_since=100.0)
    assert frontier.next_due(["s"], [], 1e9) is None
    frontier.add([Entry(urls["article"], "s", dated=101.0)])
    assert frontier.next_due(["s"], [], 1e9).validators == Validators("e", None)
    frontier.add([Entry(urls["list"], "s", "list")], fresh_since=101.0)
    assert {row.state for row in frontier.rows()} == {"queued"}


def test_failed_is_tried_by_the_next_run_refused_is_not(frontier):
    for name in ("failed", "refused"):
        frontier.add([Entry(f"http://a.test/{name}", "s")])
        frontier.settle(frontier.get(f"http://a.test/{name}"), Outcome(name, "why", attempts=4))
    frontier.begin("s", "1", 1.0)
    assert {row.entry.url[14:]: row.state for row in frontier.rows()} == {"failed": "queued", "refused": "refused"}
    assert frontier.get("http://a.test/failed").attempts == 0


def test_other_robots_queue_again_what_the_former_forbade(frontier):
    frontier.add([Entry("http://a.test/x", "s"), Entry("http://a.test/robots.txt", "s", "robots")])
    robots = frontier.get("http://a.test/robots.txt")
    frontier.settle(robots, Outcome("done", robots=Robots(1.0, b"User-agent: *\nDisallow: /")))
    frontier.settle(frontier.get("http://a.test/x"), Outcome("refused", "robots"))
    frontier.settle(robots, Outcome("done", robots=Robots(2.0, b"User-agent: *\nDisallow: /")))
    assert frontier.get("http://a.test/x").state == "refused"
    frontier.settle(robots, Outcome("done", robots=Robots(3.0, b"")))
    assert frontier.get("http://a.test/x").state == "queued"
    assert frontier.robots("http://a.test") == Robots(3.0, b"")


def test_outcome_is_noted_whole_or_not_at_all(frontier, monkeypatch):
    frontier.add([Entry("http://a.test/", "s")])
    outcome = Outcome("done", found=(Entry("http://a.test/1", "s"), Entry("http://a.test/2", None)))
    with pytest.raises(Exception, match="NOT NULL"):
        frontier.settle(frontier.get("http://a.test/"), outcome)
    assert [row.state for row in frontier.rows()] == ["queued"]


def test_dry_frontier_reads_a_copy(tmp_path):
    frontier = Frontier(tmp_path)
    frontier.add([Entry("http://a.test/", "s")])
    frontier.close()
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir() if path.suffix == ".sqlite")
    dry = Frontier(tmp_path, dry=True)
    dry.add([Entry("http://a.test/2", "s")])
    assert len(list(dry.rows())) == 2
    dry.close()
    assert before == sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir() if path.suffix == ".sqlite")


def test_a_system_without_file_locks_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(CongdoanError, match="no file locks"):
        lock(tmp_path)
