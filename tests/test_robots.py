"""robots.txt as RFC 9309 says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import FetchRefused
from scrapers.robots import GIVEN_UP_AFTER, MAX_AGE, Robots, answered, failed

NOW = 1_700_000_000.0
URL = "http://vi-du.vn/tin/a.html"
RULES = b"User-agent: *\nDisallow: /tin/\nCrawl-delay: 2.5\n\nUser-agent: congdoan\nDisallow: /quan-tri/\n"


def rules(text, status=200):
    return answered(status, text, NOW, None).rules(NOW)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (b"", True),
        (b"User-agent: *\nDisallow: /", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (b"\xef\xbb\xbf\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (b"User-agent: *\r\nDisallow: /tin/\r\nAllow: /tin/a", True),
        (b"User-agent: *\nDisallow: /*.html$", False),
        (b"User-agent: *\nDisallow:", True),
        (b"User-agent: CongDoan\nDisallow: /", False),
        (b"User-agent: other\nDisallow: /", True),
        (RULES, True),
        (b"<html>khong co</html>", True),
        (b"\xff\xfe\x00", True),
        (b"User-agent: *\nDisallow: /\n" + b"#" * 600_000 + b"\nAllow: /tin/", False),
    ],
)
def test_what_it_allows(text, allowed):
    assert rules(text).allows(URL) is allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (b"User-agent: *\nCrawl-delay: 2.5", 2.5),
        (b"User-agent: *\nRequest-rate: 1/10", 10.0),
        (b"User-agent: *\nCrawl-delay: 3\nRequest-rate: 2/1m", 30.0),
        (b"User-agent: *\nCrawl-delay: -4", 0.0),
        (b"User-agent: *\nCrawl-delay: soon", 0.0),
        (RULES, 0.0),
        (b"", 0.0),
    ],
)
def test_how_often(text, seconds):
    assert rules(text).spacing == seconds


def test_sitemaps():
    assert rules(b"Sitemap: http://vi-du.vn/s.xml\nUser-agent: *\nDisallow: /").sitemaps == ("http://vi-du.vn/s.xml",)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_none_allows_all(status):
    found = rules(b"User-agent: *\nDisallow: /", status)
    assert found.allows(URL) and found.reachable and str(status) in found.note


@pytest.mark.parametrize("status", [429, 500, 502, 503, 302])
def test_unreachable_allows_nothing(status):
    found = rules(b"", status)
    assert not found.allows(URL) and not found.reachable


@pytest.mark.parametrize("cause", ["deadline", "connection", "dns", "too_large", "redirect_host"])
def test_no_answer_allows_nothing(cause):
    found = failed(FetchRefused("u", cause, "why"), NOW, None).rules(NOW)
    assert not found.allows(URL) and cause in found.note


def test_former_copy_holds_while_unreachable():
    former = answered(200, b"User-agent: *\nDisallow: /quan-tri/", NOW, None)
    later = answered(503, b"", NOW + MAX_AGE, former)
    found = later.rules(NOW + MAX_AGE)
    assert found.allows(URL) and not found.allows("http://vi-du.vn/quan-tri/") and "earlier copy" in found.note


def test_unreachable_for_thirty_days_is_none():
    robots = failed(FetchRefused("u", "dns", "why"), NOW, None)
    for day in range(1, 31):
        robots = failed(FetchRefused("u", "dns", "why"), NOW + day * 86400, robots)
        assert robots.rules(NOW + day * 86400).allows(URL) is (day * 86400 >= GIVEN_UP_AFTER)
    again = answered(200, b"User-agent: *\nDisallow: /", NOW, robots)
    assert again.failed_since is None and not again.rules(NOW).allows(URL)


def test_copy_is_good_for_a_day():
    robots = Robots(NOW, b"")
    assert robots.is_fresh(NOW + MAX_AGE - 1, 600) and not robots.is_fresh(NOW + MAX_AGE, 600)
    lost = failed(FetchRefused("u", "dns", "why"), NOW, None)
    assert lost.is_fresh(NOW + 599, 600) and not lost.is_fresh(NOW + 600, 600)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(body):
    found = rules(body)
    assert found.allows(URL) in (True, False) and found.spacing >= 0
