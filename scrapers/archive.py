"""WARC in and out: pages as they were fetched, one gzip member a record.

Reading is by byte range, so that damage in one record costs that record and nothing behind it: the file is cut at its
gzip members (or, uncompressed, at its record headers) here, and only whole records go to warcio.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scrapers.errors import InputError
from scrapers.page import Page

# What is wrong with a record is said once, by its InputError.
logging.getLogger("warcio").setLevel(logging.CRITICAL)

GZIP_MAGIC = b"\x1f\x8b\x08"
MAX_RECORD_BYTES = 64 * 2**20
MAX_PAGE_BYTES = 16 * 2**20
_CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_HEAD = re.compile(rb"WARC/1\.\d\r?\n")
_CONTENT_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,15})[ \t]*\r?$")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
# A head ends before the next one begins: else a file of heads alone would be looked through from each of them.
_HEAD_STOP = re.compile(rb"\r?\n\r?\n|WARC/1\.\d\r?\n")
_CHUNK = 2**16
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")  # in no address, and in no cell or line of a table either
_MAY_BE_PAGE = re.compile(rb"(?im)^warc-type:[ \t]*(?:response|resource)")
# Our own field (the standard lets there be more): lists, feeds and errors are archived too and are no articles.
KIND = "Congdoan-Kind"
ARTICLE = "article"
_IDENTIFIED = "WARC-Identified-Payload-Type"


@dataclass(frozen=True, slots=True)
class Record:
    """Where one page's record stands: the bytes [offset, offset + length) of the file."""

    offset: int
    length: int


# --- writing --------------------------------------------------------------------------------------------------------


def write_warc(path: Path, pages: Iterable[Page]) -> None:
    """Write ``pages`` to ``path`` (compressed where it ends in .gz) as WARC 1.1 response records.

    The same pages give the same bytes: record ids are derived from content and dates from ``page.fetched_at``.
    Raises ValueError for a page without url or without an aware ``fetched_at``: an archive must state both.
    """
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz", warc_version="WARC/1.1")
        for page in pages:
            writer.write_record(_response(writer, page))


def _response(writer: Any, page: Page) -> Any:
    if page.url is None or page.fetched_at is None or page.fetched_at.tzinfo is None:
        raise ValueError(f"{page.ref}: a page in an archive needs its url and a fetched_at with a time zone")
    day = page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    names = {name.lower() for name, _ in page.headers}
    headers = [*page.headers] if "content-type" in names else [("Content-Type", page.media_type), *page.headers]
    digest = hashlib.sha256(b"\0".join([page.url.encode(), day.encode(), repr(headers).encode(), page.body])).digest()
    return writer.create_warc_record(
        page.url,
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Record-ID": f"<urn:uuid:{uuid.UUID(bytes=digest[:16], version=5)}>",
            "WARC-Date": day,
        },
    )


# --- reading --------------------------------------------------------------------------------------------------------


def read_warc(path: Path) -> Iterator[Page | InputError]:
    """The HTML pages of an archive in file order, an InputError for each damaged stretch."""
    for record in find_records(path):
        yield record if isinstance(record, InputError) else read_page(path, record)


def find_records(path: Path) -> Iterator[Record | InputError]:
    """Where the archive's HTML pages are. Requests, redirects, images, scripts and the like are no pages."""
    with _mapped(path) as data:
        if not len(data):
            yield InputError(str(path), "empty", "the archive is empty; fetch it again or leave it out")
            return
        for found in _members(path, data) if data[:3] == GZIP_MAGIC else _plain_records(path, data):
            if isinstance(found, InputError):
                yield found
                continue
            record, raw = found
            page = _page(path, record.offset, raw, body=False)
            if page is not None:
                yield page if isinstance(page, InputError) else record


def read_page(path: Path, record: Record) -> Page | InputError:
    """The page that :func:`find_records` found at ``record``."""
    with path.open("rb") as file:
        file.seek(record.offset)
        raw = file.read(record.length)
    if raw[:3] == GZIP_MAGIC:
        whole, _, _ = _decompress(raw, 0)
        raw = whole or b""
    return _page(path, record.offset, raw) or _damaged(path, record.offset)


@contextmanager
def _mapped(path: Path) -> Iterator[Any]:
    # mmap refuses an empty file.
    if not path.stat().st_size:
        yield b""
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _members(path: Path, data: Any) -> Iterator[tuple[Record, bytes] | InputError]:
    offset = 0
    # What lies within a damaged member is unpacked once more: members within members could go on so for days.
    left = 4 * MAX_RECORD_BYTES + 50 * len(data)
    while offset < len(data):
        raw, end, size = _decompress(data, offset)
        if raw is not None and _HEAD.match(raw):
            # Offsets into the file are what evidence points to, so one member must be one record.
            if raw[_record_end(raw, 0) or len(raw) :].strip():
                hint = "compressed as one piece, not record by record; gunzip it and give the .warc"
                yield InputError(f"{path}#{offset}", "unsupported", hint)
            else:
                yield Record(offset, end - offset), raw
        elif raw is None or raw.strip():
            left -= size + end - offset
            following = _next_member(data, offset + 1) if left > 0 else None
            end = len(data) if following is None else following
            yield _damaged(path, offset, at_end=following is None)
        offset = end


def _decompress(data: Any, offset: int) -> tuple[bytes | None, int, int]:
    """The gzip member at ``offset``, up to where it was read, and to how many bytes it unpacked.

    None for one that is damaged, cut or too large.
    """
    inflater = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size, position = 0, offset
    try:
        while not inflater.eof:
            chunk = inflater.unconsumed_tail or data[position : position + _CHUNK]
            if not chunk:
                return None, position, size
            if not inflater.unconsumed_tail:
                position += len(chunk)
            parts.append(inflater.decompress(chunk, 2**20))
            size += len(parts[-1])
            if size > MAX_RECORD_BYTES:
                return None, position, size
    except zlib.error:
        return None, position, size
    return b"".join(parts), position - len(inflater.unused_data), size


def _next_member(data: Any, start: int) -> int | None:
    """The next gzip member that holds the start of a record (the magic bytes alone occur by chance)."""
    while (start := data.find(GZIP_MAGIC, start)) != -1:
        try:
            head = zlib.decompressobj(wbits=31).decompress(data[start : start + 512], 16)
        except zlib.error:
            head = b""
        if _HEAD.match(head):
            return start
        start += 1
    return None


def _plain_records(path: Path, data: Any) -> Iterator[tuple[Record, bytes] | InputError]:
    offset = 0
    while offset < len(data):
        end = _record_end(data, offset)
        if end is not None:
            yield Record(offset, end - offset), data[offset:end]
        else:
            following = _HEAD.search(data, offset + 1)
            end = following.start() if following else len(data)
            if data[offset:end].strip():
                yield _damaged(path, offset, at_end=following is None)
        offset = end
        while data[offset : offset + 1] in (b"\r", b"\n"):
            offset += 1


def _record_end(data: Any, offset: int) -> int | None:
    """Where the uncompressed record at ``offset`` ends; None for one that is damaged, cut or too large."""
    head = _HEAD.match(data, offset)
    if not head:
        return None
    head_end = _HEAD_STOP.search(data, head.end() - 2, offset + _CHUNK)
    if head_end is None or head_end[0].strip():
        return None
    length = _CONTENT_LENGTH.search(data, offset, head_end.end())
    if length is None:
        return None
    end = head_end.end() + int(length[1])
    return end if end <= len(data) and end - offset <= MAX_RECORD_BYTES else None


def _damaged(path: Path, offset: int, *, at_end: bool = False) -> InputError:
    ref = f"{path}#{offset}"
    if at_end:
        return InputError(ref, "truncated", "the archive breaks off in this record; fetch it again for what is missing")
    return InputError(ref, "damaged", "this record is damaged or over 64 MB; the records around it are read")


def _page(path: Path, offset: int, raw: bytes, *, body: bool = True) -> Page | InputError | None:
    """The HTML page of one whole record, None for a record of another kind; without ``body``, only what it is."""
    ref = f"{path}#{offset}"
    if not _MAY_BE_PAGE.search(raw, 0, _CHUNK):
        return None
    try:
        record = _load(raw, body)
        headers = record.http_headers.headers if record.http_headers else []
        named = {name.lower(): value for name, value in headers}
        about = record.rec_headers
        kind = named.get("content-type") or about.get_header(_IDENTIFIED) or about.get_header("Content-Type") or ""
        media_type = kind.partition(";")[0].strip().lower()
        status = record.http_headers.get_statuscode() if record.http_headers else "200"
        if media_type not in _HTML_TYPES or status[:1] == "3" or about.get_header(KIND) not in (None, ARTICLE):
            return None
        if status != str(int(HTTPStatus.OK)):
            return InputError(ref, "http_status", f"the site answered {status} instead of a page; fetch it again")
        if about.get_header("WARC-Truncated"):
            return InputError(ref, "truncated", "the archive kept only a part of this page; fetch it again")
        coding = named.get("content-encoding", "").strip().lower()
        if coding not in _CODINGS:
            return InputError(ref, "encoding", f"compressed as {coding[:20]!r}, which isn't read here; fetch it again")
        text = record.content_stream().read(MAX_PAGE_BYTES + 1) if body else b""
    except Exception as error:  # noqa: BLE001  (damaged headers end warcio in errors of any kind)
        return InputError(
            ref, "damaged", f"this record can't be read ({type(error).__name__}); the records around it are"
        )
    if len(text) > MAX_PAGE_BYTES:
        return InputError(ref, "too_large", "the page is over 16 MB; no article is")
    url = _CONTROL.sub("", about.get_header("WARC-Target-URI") or "") or None
    fetched_at = _fetched_at(about.get_header("WARC-Date"))
    return Page(ref, text, url=url, fetched_at=fetched_at, headers=tuple(headers), media_type=media_type)


def _load(raw: bytes, body: bool) -> Any:
    # Finding pages takes their headers alone: what a page holds is decoded once, by whoever reads it.
    if not body:
        ends = [match.end() for match in islice(_HEAD_END.finditer(raw, 0, 2 * _CHUNK), 2)]
        raw = raw[: ends[-1]] if len(ends) > 1 else raw
    return next(iter(ArchiveIterator(BytesIO(raw))))


def _fetched_at(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
