"""Archives: what is written can be read by others, what others wrote can be read here, damage costs what it hits."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scrapers.archive import find_records, read_page, read_warc
from scrapers.errors import InputError
from scrapers.fetch import Response
from scrapers.page import Page
from scrapers.warc import exchange, file_head
from tests.servers.misbehaving import page
from tests.test_scrape import check_archive

DAY = datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
URL = "https://vi-du.vn/a.html"
PAGE = page(1)
HEAD = b"HTTP/1.1 200 \xc4\x90\xc6\xb0\xe1\xbb\xa3c\r\ncontent-type:  text/html\r\nX-Odd:\tx \r\n"


def response(body=PAGE, head=HEAD, status=200, url=URL, media_type="text/html"):
    return Response(
        url, status, (("content-type", media_type),), body, b"GET /a.html HTTP/1.1\r\nHost: vi-du.vn\r\n\r\n",
        head + b"\r\n" + body, "sha1:X", "103.1.208.1", DAY, 0.25,
    )  # fmt: skip


def write(path, *members):
    path.write_bytes(file_head(path.name, "congdoan/0.1 (x)", DAY) + b"".join(one.data for one in members))
    return path


def results(path):
    return [one if isinstance(one, Page) else one.cause for one in read_warc(path)]


def test_exchange_is_written_byte_for_byte(tmp_path):
    members = exchange(response(), "article", {"via": "https://vi-du.vn/", "fetchTimeMs": "250"})
    path = write(tmp_path / "a.warc.gz", members)
    with path.open("rb") as file:
        found = [
            (record.rec_type, record.rec_headers, record.raw_stream.read())
            for record in ArchiveIterator(file, no_record_parse=True)
        ]
    assert [kind for kind, _, _ in found] == ["warcinfo", "request", "response", "metadata"]
    (_, _, info), (_, asked, request), (_, about, answer), (_, meta, notes) = found
    assert b"robots: obey\r\n" in info and b"http-header-user-agent: congdoan/0.1 (x)\r\n" in info
    assert (request, answer) == (response().request, response().received)
    assert notes == b"via: https://vi-du.vn/\r\nfetchTimeMs: 250\r\n"
    identity = about.get_header("WARC-Record-ID")
    assert asked.get_header("WARC-Concurrent-To") == meta.get_header("WARC-Refers-To") == identity
    assert about.get_header("WARC-Date") == "2024-03-01T08:30:00.000000Z"
    assert about.get_header("WARC-IP-Address") == "103.1.208.1"
    check_archive(tmp_path)


def test_offset_is_the_responses(tmp_path):
    members = exchange(response(), "article", {})
    path = write(tmp_path / "a.warc.gz", members)
    (record,) = find_records(path)
    assert record.offset == path.stat().st_size - len(members.data) + members.offset
    found = read_page(path, record)
    assert (found.url, found.body, found.fetched_at) == (URL, page(1), DAY)


@pytest.mark.parametrize("kind", ["list", "error", "robots", "feed", "redirect", "other"])
def test_what_is_no_article_is_no_page(tmp_path, kind):
    assert results(write(tmp_path / "a.warc.gz", exchange(response(), kind, {}))) == []


def test_revisits_are_no_pages_and_point_to_theirs(tmp_path):
    first = exchange(response(), "article", {})
    again = exchange(response(), "article", {}, first.saved)
    unchanged = exchange(response(b"", b"HTTP/1.1 304 Not Modified\r\n", 304), "article", {}, first.saved)
    assert again.saved == first.saved == unchanged.saved
    assert len(results(write(tmp_path / "a.warc.gz", first, again, unchanged))) == 1
    check_archive(tmp_path)


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"Content-Encoding: gzip\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n",
    ],
)
def test_encodings_of_the_wire_are_undone_by_the_reader(tmp_path, head):
    body = gzip.compress(page(1)) if b"gzip" in head else page(1)
    if b"chunked" in head:
        body = b"%x\r\n%s\r\n5\r\n%s\r\n0\r\n\r\n" % (len(body) - 5, body[:-5], body[-5:])
    path = write(tmp_path / "a.warc.gz", exchange(response(body, head), "article", {}))
    assert results(path)[0].body == page(1)
    check_archive(tmp_path)


# --- what others wrote ---


def foreign(path, **about):
    """As Common Crawl writes: WARC/1.0, dechunked, headers renamed, warcinfo first, metadata last."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz", warc_version="WARC/1.0")
        writer.write_record(
            writer.create_warcinfo_record(path.name, {"isPartOf": "CC-MAIN-2024-10", "robots": "checked"})
        )
        http = [("Server", "nginx"), ("X-Crawl-Transfer-Encoding", "chunked"), ("X-Crawl-Content-Encoding", "gzip")]
        http += about.pop("http", [("Content-Type", "text/html; charset=utf-8")])
        for number in range(2):
            url, body = f"https://vi-du.vn/{number}.html", page(number)
            answer = StatusAndHeaders(about.get("status", "200"), http, protocol="HTTP/1.1")
            headers = {"WARC-Identified-Payload-Type": "text/html", **about.get("warc", {})}
            record = writer.create_warc_record(
                url, "response", io.BytesIO(body), len(body), http_headers=answer, warc_headers_dict=headers
            )
            writer.write_record(writer.create_warc_record(url, "request", io.BytesIO(b"GET / HTTP/1.1\r\n\r\n"), 18))
            writer.write_record(record)
            meta = b"languages-cld2: {}\r\n"
            writer.write_record(writer.create_warc_record(url, "metadata", io.BytesIO(meta), len(meta)))
    return path


@pytest.mark.parametrize("name", ["CC-MAIN-2024.warc.gz", "CC-MAIN-2024.warc"])
@pytest.mark.parametrize("http", [[("Content-Type", "text/html")], [("content-type", "TEXT/HTML;charset=x")], []])
def test_common_crawls_archives_are_read(tmp_path, name, http):
    found = results(foreign(tmp_path / name, http=http))
    assert [(one.url, one.body) for one in found] == [(f"https://vi-du.vn/{n}.html", page(n)) for n in range(2)]


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ({"status": "404 Not Found"}, ["http_status"] * 2),
        ({"status": "301 Moved"}, []),
        ({"warc": {"WARC-Truncated": "length"}}, ["truncated"] * 2),
        ({"http": [("Content-Type", "application/pdf")]}, []),
        ({"http": [("Content-Type", "text/html"), ("Content-Encoding", "br")]}, ["encoding"] * 2),
        ({"http": [("Content-Type", "text/html"), ("Content-Encoding", "zstd")]}, ["encoding"] * 2),
    ],
)
def test_foreign_records_that_are_no_page(tmp_path, about, found):
    assert results(foreign(tmp_path / "a.warc.gz", **about)) == found


def test_resources_and_conversions(tmp_path):
    with (tmp_path / "a.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for kind, media in (("resource", "text/html"), ("conversion", "text/plain"), ("resource", "image/png")):
            body = io.BytesIO(page(1))
            writer.write_record(writer.create_warc_record(URL, kind, body, len(page(1)), warc_content_type=media))
    assert [one.body for one in results(tmp_path / "a.warc.gz")] == [page(1)]


# --- damage ---


@pytest.fixture
def three(tmp_path):
    members = [exchange(response(page(n), url=f"https://vi-du.vn/{n}"), "article", {}) for n in range(3)]
    return write(tmp_path / "a.warc.gz", *members)


def test_member_that_is_damaged_costs_itself(three):
    records = list(find_records(three))
    data = bytearray(three.read_bytes())
    data[records[1].offset + 30 : records[1].offset + 60] = bytes(30)
    three.write_bytes(data)
    found = results(three)
    assert [one if isinstance(one, str) else one.url[-1] for one in found] == ["0", "damaged", "2"]


@pytest.mark.parametrize("cut", [1, 50, 400])
def test_tail_that_is_cut_costs_itself(three, cut):
    last = list(find_records(three))[2]
    data = three.read_bytes()
    three.write_bytes(data[: last.offset + last.length - cut])
    assert [one if isinstance(one, str) else one.url[-1] for one in results(three)] == ["0", "1", "truncated"]


def test_page_that_unpacks_to_more_than_a_page_is_refused(tmp_path):
    body = gzip.compress(b"<p>" * 2**23)
    head = HEAD + b"Content-Encoding: gzip\r\n"
    assert results(write(tmp_path / "a.warc.gz", exchange(response(body, head), "article", {}))) == ["too_large"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(at=st.integers(0, 5000), patch=st.binary(max_size=30))
def test_any_damage_gives_pages_and_errors(three, tmp_path, at, patch):
    data = bytearray(three.read_bytes())
    data[at : at + len(patch)] = patch
    (tmp_path / "b.warc.gz").write_bytes(data)
    assert all(isinstance(one, Page | InputError) for one in read_warc(tmp_path / "b.warc.gz"))
