"""Article and Doc → rows of the dataset's tables, each fact with its evidence (columns: pipeline/dataset/schema.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from hashlib import sha256
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spacy.tokens import Doc, Span

from pipeline.document import sentence_at, sentences, text_of, zone_at, zones
from pipeline.normalize.fold import search_form
from pipeline.relevance import relevance
from pipeline.signatures import signature
from pipeline.values import EventValue
from scrapers.errors import InputError
from scrapers.page import Article

Row = dict[str, Any]

# No summer time since 1975 and none in sight.
HANOI = timezone(timedelta(hours=7))
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|zarsrc|_ga|_gl|igshid)\Z", re.IGNORECASE)
_NOT_SLUG = re.compile(r"[\W_]+")
_LONGEST_SLUG = 80
_LONGEST_SENTENCE, _AROUND = 4000, 1000  # characters; what is kept around a fact in a longer one
_EXTRACTING = {"failed", "crashed", "too_slow", "too_large"}


def digest(*parts: object) -> str:
    """20 hex of sha256: what keys are made of."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:20]


def local_time(when: datetime) -> datetime:
    """Time in Hanoi, no zone attached, as the dataset has all times."""
    return when.astimezone(HANOI).replace(tzinfo=None) if when.tzinfo else when


# --- names of things ------------------------------------------------------------------------------------------------


def canonical_url(url: str) -> str:
    """The address that copies of one page share: lower-case host, no fragment, no tracking parameters.

    >>> canonical_url("HTTPS://Laodong.vn:443/a-1.ldo?utm_source=zalo#binh-luan")
    'https://laodong.vn/a-1.ldo'
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a broken IPv6 host or port
        return url
    if port and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0])]
    return urlunsplit((parts.scheme, host, parts.path.strip() or "/", urlencode(asked), ""))


def source_id(url: str | None) -> str | None:
    """The host without www., None where there is none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def slug(name: str) -> str:
    """The folded name with dashes; a long one is cut and told apart by a hash."""
    folded = _NOT_SLUG.sub("-", search_form(name)).strip("-")
    if 0 < len(folded) <= _LONGEST_SLUG:
        return folded
    return f"{folded[:_LONGEST_SLUG]}-{digest(folded or name)[:8]}".strip("-")


def discovered_org_id(name: str) -> str:
    """The id of an organization that the gazetteer doesn't have; no gazetteer id begins with ``x-``."""
    return f"x-{slug(name)}"


# --- the article ----------------------------------------------------------------------------------------------------


def article_row(article: Article, doc: Doc, run_id: str) -> Row:
    """The article's row; its key is of the URL, so that a page fetched twice is one article."""
    text, url = text_of(doc), canonical_url(article.url) if article.url else None
    bounds = zones(doc)
    when = article.published.value
    return {
        "article_id": digest("article", url or text),
        "input_id": article.id,
        "url": article.url,
        "canonical_url": url,
        "source_id": source_id(article.url),
        "title": article.title,
        "text": text,
        "text_sha256": sha256(text.encode()).hexdigest(),
        "body_sha256": sha256(_body(doc, text).encode()).hexdigest(),
        "text_fold": search_form(text),
        "lead_end": max((end for _, end, zone in bounds if zone == "lead"), default=None),
        "byline": article.byline,
        "section": article.section,
        "published_at": local_time(when) if when and article.published.has_time else None,
        "published_date": local_time(when).date() if when else None,
        "published_method": article.published.method,
        "published_raw": article.published.raw,
        "fetched_at": local_time(article.fetched_at) if article.fetched_at else None,
        "archive_ref": re.split(r"[/\\]", article.archive_ref or article.ref)[-1],
        "charset": article.charset,
        "flags": list(article.flags),
        "relevance": relevance(doc),
        "n_chars": len(text),
        "run_id": run_id,
    }


def _body(doc: Doc, text: str) -> str:
    """The text below the title."""
    return text[next((end for _, end, zone in zones(doc) if zone == "title"), 0) :].strip()


def reject_row(error: InputError, run_id: str) -> Row:
    """The row of an input that gave no article."""
    row = {
        "run_id": run_id,
        "input_ref": error.ref,
        "stage": "extract" if error.cause in _EXTRACTING else "read",
        "error": error.cause,
        "message": error.message,
    }
    # A file's name on Linux need not be UTF-8.
    shown = {key: value.encode("utf-8", "replace").decode() for key, value in row.items()}
    # One that killed its worker was tried with its shard and then alone.
    return {**shown, "attempts": 2 if error.cause == "crashed" else 1}


# --- the facts ------------------------------------------------------------------------------------------------------


def _organization(value: Any) -> Row:
    return {"org_id": value.org_id or discovered_org_id(value.name)}


def _official(value: Any) -> Row:
    named = value.organization
    return {"org_id": value.org_id or (discovered_org_id(named) if named else None)}


def _figure(value: Any) -> Row:
    upper = value.value_max
    ends = {"value": float(value.value), "value_max": None, "comparator_max": None}
    if upper is not None:
        ends |= {"value_max": float(upper), "comparator_max": value.comparator_max or value.comparator}
    who = value.who_org_id or (discovered_org_id(value.who) if value.who else None)
    return {**ends, "who_org_id": who}


@dataclass(frozen=True)
class _Kind:
    """How the spans of a group become rows: fields taken over as they are, fields made, and what tells two apart."""

    table: str
    fields: tuple[str, ...]
    key: Callable[[Any], tuple[Any, ...]]
    made: Callable[[Any], Row] = lambda value: {}

    @cached_property
    def values(self) -> Callable[[Any], tuple[Any, ...]]:
        """What reads the fields of a value."""
        return attrgetter(*self.fields)


_KINDS: dict[str, _Kind] = {
    "dates": _Kind(
        "dates",
        ("type", "value", "date_from", "date_to", "granularity", "is_relative", "anchor_date", "modifier", "function"),
        lambda value: (value.type, value.value),
    ),
    "organizations": _Kind(
        "organization_mentions",
        ("name", "org_type", "link_method", "link_score"),
        lambda value: ("organization", value.name),
        _organization,
    ),
    "officials": _Kind(
        "officials",
        (
            "person", "honorific", "role", "role_id", "role_rank", "organization", "status", "stated_from", "stated_to",
        ),
        lambda value: (value.role_id, value.person, value.role, value.organization or ""),
        _official,
    ),
    "figures": _Kind(
        "figures",
        (
            "measure", "unit", "unit_raw", "counted", "currency", "comparator", "per", "status", "period_from",
            "period_to", "period_kind",
        ),
        lambda value: (value.measure, float(value.value), value.unit, value.comparator),
        _figure,
    ),
    "events": _Kind(
        "event_mentions",
        ("type", "is_main", "realis", "date_from", "date_to", "date_precision", "date_kind", "place"),
        lambda value: (value.type, value.date or ""),
    ),
}  # fmt: skip


def term_rows(article_id: str, counts: Mapping[str, int]) -> list[Row]:
    """The rows of ``terms`` of an article."""
    return [{"article_id": article_id, "term": term, "count": count} for term, count in counts.items()]


def fact_rows(doc: Doc, article_id: str, run_id: str) -> dict[str, list[Row]]:
    """The rows of each table that the text fills. The same value said twice of the same characters is one row."""
    tables: dict[str, list[Row]] = {"event_participants": []}
    text = text_of(doc)
    for group, kind in _KINDS.items():
        rows: dict[str, Row] = {}
        for span in doc.spans.get(group, ()):
            row = _fact_row(doc, text, span, kind, article_id, run_id)
            if row["row_id"] not in rows and group == "events":
                tables["event_participants"] += _participants(span._.value, row)
            rows.setdefault(row["row_id"], row)
        tables[kind.table] = list(rows.values())
    tables["signatures"] = [{"article_id": article_id, **signature(_body(doc, text))}]
    return tables


def _participants(event: EventValue, mention: Row) -> list[Row]:
    return [
        {
            "event_row_id": mention["row_id"],
            "ordinal": ordinal,
            "article_id": mention["article_id"],
            "role": one.role,
            "org_id": one.org_id or (discovered_org_id(one.organization) if one.organization else None),
            "person": one.person,
            "group": one.group,
        }
        for ordinal, one in enumerate(event.participants)
    ]


def _evidence(text: str, begin: int, stop: int, start: int, end: int) -> str:
    """The sentence [begin, stop). A page without stops would be one, repeated for each of its thousands of facts."""
    if stop - begin > _LONGEST_SENTENCE:
        begin, stop = max(begin, start - _AROUND), min(stop, end + _AROUND)
    return text[begin:stop]


def _fact_row(doc: Doc, text: str, span: Span, kind: _Kind, article_id: str, run_id: str) -> Row:
    value, start, end = span._.value, span.start_char, span.end_char
    bounds = sentences(doc)
    first, last = sentence_at(doc, start), sentence_at(doc, max(start, end - 1))
    row = {
        "row_id": digest(kind.table, article_id, start, end, *kind.key(value)),
        "article_id": article_id,
        "zone": zone_at(doc, start),
        "sentence": first,
        "start": start,
        "end": end,
        "surface": text[start:end],
        "evidence": _evidence(text, bounds[first][0], max(end, bounds[last][1]), start, end),
        "confidence": float(value.confidence),
        "rule": span.id_,
        "flags": list(value.flags),
        "run_id": run_id,
        **dict(zip(kind.fields, kind.values(value), strict=True)),
        **kind.made(value),
    }
    if kind.table == "event_mentions":
        row |= {"trigger_start": start, "trigger_end": end}
    return row
