"""WARC out: each exchange as it passed on the wire, with its digests, as gzip members ready to append.

One exchange is a request, a response (or a revisit, where the payload is one that is archived already) and a metadata
record. ISO 28500 (WARC/1.1); the payload digest is of the bytes as served, as warcio and ``warcio check`` have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scrapers.archive import KIND
from scrapers.fetch import Response

_UNCHANGED = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class Saved:
    """An archived response, for revisits to point to."""

    url: str
    date: str
    digest: str  # WARC-Payload-Digest
    record_id: str


@dataclass(frozen=True, slots=True)
class Members:
    """gzip members to append as one piece; ``offset`` is where in ``data`` the response or revisit begins."""

    data: bytes
    offset: int
    saved: Saved


class _Verbatim(StatusAndHeaders):  # type: ignore[misc]
    """Headers whose bytes are written as they came; warcio would spell them anew."""

    def __init__(self, raw: bytes) -> None:
        # Headers without any are taken for none given.
        super().__init__("verbatim", [])
        self._raw = raw

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        self.headers_buff = self._raw


def file_head(name: str, user_agent: str, date: datetime) -> bytes:
    """The warcinfo member that a file begins with."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    fields = {
        "software": user_agent.partition(" ")[0],
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "http-header-user-agent": user_agent,
    }
    record = writer.create_warcinfo_record(name, fields)
    record.rec_headers.replace_header("WARC-Date", _day(date))
    writer.write_record(record)
    return out.getvalue()


def exchange(response: Response, kind: str, notes: dict[str, str], former: Saved | None = None) -> Members:
    """The members of one exchange. ``former``: the archived response that this one repeats."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    answer = _answer(writer, response, kind, former)
    record_id = answer.rec_headers.get_header("WARC-Record-ID")
    about = {"WARC-Concurrent-To": record_id, "WARC-Date": _day(response.fetched_at), KIND: kind}
    head, body = _split(response.request)
    request = writer.create_warc_record(
        response.url, "request", payload=BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=about
    )
    writer.write_record(request)
    offset = out.tell()
    writer.write_record(answer)
    text = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in notes.items() if value).encode()
    about = {"WARC-Refers-To": record_id, "WARC-Date": _day(response.fetched_at), KIND: kind}
    writer.write_record(
        writer.create_warc_record(
            response.url, "metadata", payload=BytesIO(text), length=len(text), warc_headers_dict=about
        )
    )
    digest = answer.rec_headers.get_header("WARC-Payload-Digest") or ""
    saved = former or Saved(response.url, _day(response.fetched_at), digest, record_id)
    return Members(out.getvalue(), offset, saved)


def _answer(writer: Any, response: Response, kind: str, former: Saved | None) -> Any:
    head, body = _split(response.received)
    about = {"WARC-Date": _day(response.fetched_at), KIND: kind}
    if response.address:
        about["WARC-IP-Address"] = response.address
    if former is None:
        return writer.create_warc_record(
            response.url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=head,
            warc_headers_dict=about,
        )
    about |= {
        "WARC-Profile": _NOT_MODIFIED if response.status == 304 else _UNCHANGED,
        "WARC-Refers-To": former.record_id,
        "WARC-Refers-To-Target-URI": former.url,
        "WARC-Refers-To-Date": former.date,
        "WARC-Payload-Digest": former.digest,
    }
    return writer.create_warc_record(response.url, "revisit", http_headers=head, warc_headers_dict=about)


def _split(message: bytes) -> tuple[_Verbatim, bytes]:
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := message.find(mark)) != -1]
    at, size = min(ends, default=(len(message), 0))
    return _Verbatim(message[: at + size]), message[at + size :]


def _day(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
