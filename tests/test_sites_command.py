"""``congdoan sites``: the list, the check of layouts, the beginning of a new site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from scrapers.archive import read_warc, write_warc
from scrapers.errors import UsageError
from scrapers.health import check
from scrapers.page import Page
from scrapers.scaffold import create
from scrapers.sites import modules
from scrapers.targets import name_of
from tests.servers.misbehaving import page
from tests.shared import ROOT, SAMPLE

DAY = datetime(2024, 3, 1, tzinfo=UTC)


def sites(*arguments):
    return CliRunner().invoke(app, ["sites", *map(str, arguments)])


def pages(numbers, change=lambda body: body):
    return [
        Page(f"p{n}", change(page(n)), f"https://congdoandaukhi.vn/bai-viet-so-{n}/", DAY + timedelta(hours=n))
        for n in numbers
    ]


def test_list_names_every_site():
    done = sites("list")
    assert done.exit_code == 0
    for module in modules():
        assert any(line.startswith(name_of(module)) and module.HOSTS[0] in line for line in done.stdout.splitlines())


def test_check_is_quiet_while_layouts_hold(tmp_path):
    write_warc(tmp_path / "a.warc.gz", pages(range(20)))
    done = sites("check", "--archive", tmp_path, "--last", 10)
    assert done.exit_code == 0 and "ALARM" not in done.stdout and "congdoandaukhi" in done.stdout


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        (lambda body: body.replace(b"entry-content", b"post-body"), "layout"),
        (lambda body: body.replace(b"16/08/2022 10:27:55", b""), "date"),
        (lambda body: body.partition(b"<body>")[0] + b"<body><p>Loi</p></body></html>", "body"),
    ],
)
def test_check_raises_an_alarm_when_a_share_jumps(tmp_path, change, alarm):
    write_warc(tmp_path / "a-1.warc.gz", pages(range(20)))
    write_warc(tmp_path / "a-2.warc.gz", pages(range(20, 30), change))
    done = sites("check", "--archive", tmp_path, "--last", 10)
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("ALARM")]
    assert "congdoandaukhi" in line and alarm in line
    # Two strange pages of ten are none yet.
    write_warc(tmp_path / "a-2.warc.gz", pages(range(20, 22), change) + pages(range(22, 30)))
    assert sites("check", "--archive", tmp_path, "--last", 10).exit_code == 0


def test_check_of_a_first_archive_compares_with_nothing(tmp_path):
    write_warc(tmp_path / "a.warc.gz", pages(range(8), lambda body: body.replace(b"entry-content", b"post-body")))
    (health,) = check(tmp_path, 10)
    assert health.before.n == 0 and health.alarms == ("layout",)


def test_check_counts_each_sites_pages(tmp_path):
    found = [replace(one, fetched_at=DAY) for one in read_warc(SAMPLE / "pages.warc.gz")]
    write_warc(tmp_path / "a.warc.gz", found)
    healths = check(tmp_path, 50)
    assert sum(health.last.n for health in healths) == len(found) and len(healths) >= 6
    assert not any(health.last.empty["title"] or health.last.empty["body"] for health in healths)


def test_check_without_archive(tmp_path):
    done = sites("check", "--archive", tmp_path)
    assert isinstance(done.exception, UsageError) and "congdoan scrape" in str(done.exception)


# --- a new site ---


@pytest.fixture
def checkout(tmp_path):
    """What the tests of sites need of the project, to write into."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("scrapers", "data/lexicons", "data/gazetteers", "tests/corpus/sites"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    for name in ("tests/__init__.py", "tests/test_sites.py", "tests/shared.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def run_tests(checkout):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_sites.py", "-k", "every_parser"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_new_site_fails_its_tests_until_it_is_filled_in(checkout):
    made = create("https://www.congdoanthanhhoa.org.vn/tin-tuc/hoi-nghi-ban-chap-hanh-1234.html", checkout)
    assert made.parser.name == "congdoanthanhhoa.py" and made.corpus.is_dir()
    done = run_tests(checkout)
    assert done.returncode == 1 and "tests/corpus/sites/congdoanthanhhoa/ needs a page" in done.stdout
    source = made.parser.read_text(encoding="utf-8")
    assert 'HOSTS = ("congdoanthanhhoa.org.vn",)' in source and r'article=r"-\d+\.html$"' in source
    for name, selector in (
        ("h1.title", "h1.entry-title"),
        ("div.body", "div.entry-content"),
        ("time.stamp", "div.entry-meta"),
    ):
        source = source.replace(f"{name}-to-name", selector)
    made.parser.write_text(source, encoding="utf-8")
    (made.corpus / "meeting.html").write_bytes(page(7))
    url = "https://congdoanthanhhoa.org.vn/tin-tuc/gap-mat-1.html"
    (made.corpus / "meeting.json").write_text(json.dumps({"url": url}), encoding="utf-8")
    done = run_tests(checkout)
    assert done.returncode == 0, done.stdout
    with pytest.raises(UsageError, match="already"):
        create("https://congdoanthanhhoa.org.vn/x-1.html", checkout)


@pytest.mark.parametrize("url", ["https://laodong.vn/a-1.ldo", "laodong.vn", "http://[", "ftp://x.vn/"])
def test_new_site_that_is_none(checkout, url):
    before = sorted((checkout / "scrapers" / "sites").iterdir())
    with pytest.raises(UsageError):
        create(url, checkout)
    assert sorted((checkout / "scrapers" / "sites").iterdir()) == before


def test_new_site_needs_a_checkout(tmp_path):
    with pytest.raises(UsageError, match="checkout"):
        create("https://vi-du.vn/", tmp_path)
