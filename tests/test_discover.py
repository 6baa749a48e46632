"""Feeds, sitemaps, list pages: what they name, however broken; the sites' plans."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.archive import read_warc
from scrapers.discover import HANOI, read_date, read_links, read_xml
from scrapers.errors import InputError, UsageError
from scrapers.sites import modules
from scrapers.targets import find_sites, name_of, plan_of
from scrapers.urls import canonical, is_allowed, path_of
from tests.shared import SAMPLE

BASE = "https://vi-du.vn/tin/"
DAY = datetime(2024, 3, 5, 8, tzinfo=HANOI).timestamp()


def pages(text):
    return [(one.url, one.dated) for one in read_xml(text if isinstance(text, bytes) else text.encode(), BASE).pages]


def item(link, rest=""):
    return f"<item><title>Tin</title><link>{link}</link>{rest}</item>"


def rss(*items):
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>"


@pytest.mark.parametrize(
    "text",
    [
        rss(item("https://vi-du.vn/a", "<pubDate>Tue, 05 Mar 2024 08:00:00 +0700</pubDate>")),
        rss(item("https://vi-du.vn/a", "<pubDate>Tue, 05 Mar 2024 01:00:00 GMT</pubDate>")),
        rss(item("https://vi-du.vn/a", "<pubDate>05/03/2024 08:00</pubDate>")),
        rss(item("<![CDATA[ https://vi-du.vn/a ]]>", "<dc:date xmlns:dc='d'>2024-03-05T08:00:00+07:00</dc:date>")),
        rss("<item><guid isPermaLink='true'>https://vi-du.vn/a</guid><pubDate>2024-03-05T08:00:00</pubDate></item>"),
        "<rdf:RDF xmlns:rdf='r' xmlns='x'><item><link>https://vi-du.vn/a</link><date>2024-03-05 08:00</date></item>"
        "</rdf:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link rel='enclosure' href='/anh.jpg'/><link href='/a'/>"
        "<published>2024-03-01T08:00:00Z</published><updated>2024-03-05T01:00:00Z</updated></entry></feed>",
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:i='i'><url><i:image><i:loc>https://vi-du.vn/b.jpg"
        "</i:loc></i:image><loc>https://vi-du.vn/a</loc><lastmod>2024-03-05T08:00:00+07:00</lastmod></url></urlset>",
    ],
)  # fmt: skip
def test_every_kind_of_list_gives_address_and_date(text):
    assert pages(text) == [("https://vi-du.vn/a", DAY)]


def test_sitemap_index():
    text = (
        b"<sitemapindex><sitemap><loc>/s1.xml.gz</loc><lastmod>2024-03-05</lastmod></sitemap><sitemap/></sitemapindex>"
    )
    (child,) = read_xml(text, BASE).children
    assert (child.url, child.dated) == ("https://vi-du.vn/s1.xml.gz", datetime(2024, 3, 5, tzinfo=HANOI).timestamp())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rss(item("/a?b=1&c=2"), item("<![CDATA[/d?e=1&f=2]]>")), ["/a?b=1&c=2", "/d?e=1&f=2"]),
        (rss("<item><title>Q&A &nbsp; <b>x</title><link>/a</link></item>", item("/b")), ["/a", "/b"]),
        (rss(item("/a"), item("/b"))[:-40], ["/a"]),
        ("\n\n" + rss(item("/a")) + "<!-- mã theo dõi -->", ["/a"]),
        (rss(item("/a"), item("javascript:alert(1)"), item(""), item("/a")), ["/a"]),
        (rss(item("/a")).encode() + b"\xff\xfe" + b"</rss>", ["/a"]),
    ],
)
def test_broken_feeds_give_what_can_be_read(text, found):
    assert [url.removeprefix("https://vi-du.vn") for url, _ in pages(text)] == found


def test_entities_and_files_are_not_expanded(tmp_path):
    (tmp_path / "secret").write_text("secret")
    bomb = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'x' * 10}'>" for n in range(9))
    text = f"<!DOCTYPE rss [{bomb}<!ENTITY f SYSTEM 'file://{tmp_path}/secret'>]>" + rss(item("/a&e8;&f;"))[38:]
    found = pages(text)
    assert all(len(url) < 200 and "secret" not in url.rpartition("/")[2] for url, _ in found)


@pytest.mark.parametrize(
    "text",
    [
        b"<rss>" + b"<![CDATA[" * 200_000,
        b"<rss>" + b"&" * 200_000,
        b"<rss>" + b"<item>" * 200_000,
        b"<rss>" + (b"<item>" * 200 + b"</item>" * 200) * 200 + b"</rss>",
        b"<rss><item>" + b"<link>" * 100 + b"x" * 500_000,
        b"<urlset>" + b"<url><loc>/a</loc></url>" * 60_000 + b"</urlset>",
        b"<a href=/x>" * 100_000,
    ],
)
@pytest.mark.timeout(60)
def test_lists_made_to_take_long_end(text):
    """Quadratic in their length, these would take minutes."""
    assert len(read_links(text, BASE).pages) <= 1
    try:
        assert len(read_xml(text, BASE).pages) <= 1
    except InputError as error:
        assert error.cause == "no_feed"  # noqa: PT017


@pytest.mark.parametrize("text", [b"", b"<html><body>Xin</body></html>", b"khong", b"\x00\x01"])
def test_what_is_no_list_says_so(text):
    with pytest.raises(InputError) as raised:
        read_xml(text, BASE)
    assert raised.value.cause == "no_feed"


def test_sitemap_that_dates_itself_dates_no_page():
    entry = "<url><loc>/{}</loc><lastmod>2024-03-05</lastmod></url>"
    alike = "".join(entry.format(n) for n in range(5))
    assert {dated for _, dated in pages(f"<urlset>{alike}</urlset>")} == {None}
    assert None not in {dated for _, dated in pages(f"<urlset>{alike}{entry.format(9).replace('05', '06')}</urlset>")}


@pytest.mark.parametrize("text", ["", "hôm qua", "0000-00-00", "9" * 400, "1970-01-01", "32/13/2024"])
def test_date_that_is_none(text):
    assert read_date(text) is None


@given(st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda t: rss(item(t)).encode("utf-8", "replace"))))
def test_any_bytes_are_a_list_or_an_input_error(data):
    links = read_links(data, BASE)
    assert all(canonical(one.url) == one.url for one in links.pages)
    try:
        found = read_xml(data, BASE)
    except InputError:
        return
    assert all(canonical(one.url) == one.url for one in (*found.pages, *found.children))


def test_links_in_order_each_once():
    html = "<a href='/a.html'>x</a><A HREF='b.html#y'>x</A><a href='/a.html?utm_source=z'>x</a><a>x</a><a href='tel:1'>"
    assert [one.url for one in read_links(html.encode(), BASE).pages] == ["https://vi-du.vn/a.html", BASE + "b.html"]


def test_base_that_points_elsewhere_loses_no_link():
    html = b"<base href='https://media.vi-du.vn/'><a href='/a.html'>x</a>"
    assert [one.url for one in read_links(html, BASE).pages] == [
        "https://media.vi-du.vn/a.html",
        "https://vi-du.vn/a.html",
    ]


@pytest.mark.parametrize("html", ["<link rel='next' href='/p2'>", "<a rel='nofollow next' href='/p2'>Sau</a>"])
def test_next_page(html):
    assert read_links(html.encode(), BASE).next == "https://vi-du.vn/p2"


# --- plans ---


def test_every_plan_names_lists_and_takes_its_sites_articles():
    sites = {site.name: site for site in find_sites([name_of(module) for module in modules() if plan_of(module)])}
    taken = set()
    for page in read_warc(SAMPLE / "pages.warc.gz"):
        url = canonical(page.url)
        found = [
            name for name, site in sites.items() if is_allowed(url, site.hosts) and site.article.search(path_of(url))
        ]
        assert len(found) == 1, url
        taken.update(found)
    assert len(taken) >= 6
    for site in sites.values():
        assert site.seeds and all(is_allowed(seed.url, site.hosts) for seed in site.seeds)
        for path in ("/", "/lien-he", "/dang-nhap.html", "/rss/home.rss", "/anh.jpg"):
            assert not site.article.search(path), (site.name, path)
        for seed in site.seeds:
            assert not site.article.search(path_of(seed.url)), seed.url


def test_targets():
    (site,) = find_sites(["laodong.vn"])
    assert site == find_sites(["laodong"])[0] == find_sites(["www.laodong.vn"])[0]
    assert site.hosts == {"laodong.vn", "www.laodong.vn"}
    (page,) = find_sites(["https://laodong.vn/cong-doan/a-1.ldo#x", "https://laodong.vn/cong-doan/b-2.ldo"])
    assert [seed.url[-5:] for seed in page.seeds] == ["1.ldo", "2.ldo"] and page.name == "laodong" and not page.article
    both = find_sites(["laodong", "https://laodong.vn/a-1.ldo", "https://vi-du.vn:8080/x"])
    assert len(both) == 2 and both[0].article and len(both[0].seeds) == len(site.seeds) + 1
    assert both[1].hosts == {"vi-du.vn:8080", "www.vi-du.vn:8080"}


@pytest.mark.parametrize("target", ["nowhere", "evil.laodong.vn", "ftp://laodong.vn/", "http://"])
def test_target_that_is_none(target):
    with pytest.raises(UsageError, match=re.escape(target)):
        find_sites([target])
