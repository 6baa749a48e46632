"""Feeds, sitemaps and list pages → the addresses that stand in them. Nothing here is trusted and nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from lxml import etree

from scrapers.errors import InputError
from scrapers.stamps import find_stamp
from scrapers.urls import MAX_URL, canonical

HANOI = timezone(timedelta(hours=7))
MAX_FOUND = 50_000  # what the sitemap protocol allows in one file
# Ampersands that begin no XML entity, outside CDATA. The branch for CDATA ends at its end or the file's: linear.
_BARE = re.compile(
    rb"(?P<cdata><!\[CDATA\[(?:.*?\]\]>|.*+\Z))|&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)", re.DOTALL
)
_REFERENCE = re.compile(rb"&#(?:x(?P<hex>[0-9a-f]{1,20})|(?P<decimal>\d{1,20}));", re.IGNORECASE)
_DATES = {"pubdate", "date", "published", "updated", "lastmod", "publication_date"}
_TOLD = {"loc", "link", "guid"} | _DATES
_MAX_PARTS, _MAX_TOLD = 500, 16
# As many entries dated alike mean that the list dates itself, not its pages.
_ALIKE_MIN = 5


@dataclass(frozen=True, slots=True)
class Found:
    """An address and when its page was published or last changed, POSIX seconds, where that is said."""

    url: str
    dated: float | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed, a sitemap or a list page names, in its order: pages, further sitemaps, the list's next page."""

    pages: tuple[Found, ...] = ()
    children: tuple[Found, ...] = ()
    next: str | None = None


def read_xml(body: bytes, url: str) -> Listing:
    """The entries of an RSS, RDF or Atom feed, a sitemap or a sitemap index; of broken XML, those that can be read.

    Raises InputError (no_feed) for what is none of them.
    """
    root, whole = _tree(body)
    kind = _name(root) if root is not None else ""
    if kind == "sitemapindex":
        return Listing(children=_entries(root, "sitemap", url, whole))
    if kind == "urlset":
        return Listing(pages=_undated_alike(_entries(root, "url", url, whole)))
    if kind in ("rss", "RDF"):
        return Listing(pages=_entries(root, "item", url, whole))
    if kind == "feed":
        return Listing(pages=_entries(root, "entry", url, whole))
    raise InputError(url, "no_feed", "neither a feed nor a sitemap; look at the site's plan")


def _tree(body: bytes) -> tuple[Any | None, bool]:
    """The root element, and whether the last entry is whole: a file that breaks off may break off in its address."""
    # No entity is expanded, no DTD or address loaded: neither bombs nor files nor hosts within reach.
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    try:
        return etree.fromstring(body, etree.XMLParser(**options)), True
    except (etree.XMLSyntaxError, ValueError):
        mended = _BARE.sub(lambda match: match["cdata"] or b"&amp;", body.lstrip())
        mended = _REFERENCE.sub(_no_half, mended)
    try:
        root = etree.fromstring(mended, etree.XMLParser(recover=True, **options))
    except (etree.XMLSyntaxError, ValueError):
        return None, False
    return root, mended.rstrip().endswith(b">")


def _no_half(match: re.Match[bytes]) -> bytes:
    """Told to go on, the parser keeps half a character (&#xd800;), and lxml fails on it."""
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    return b"" if 0xD800 <= code <= 0xDFFF else match[0]


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _entries(root: Any, name: str, base: str, whole: bool) -> tuple[Found, ...]:
    found: dict[str, Found] = {}
    elements = [element for element in root.iter() if _name(element) == name]
    for element in (elements if whole else elements[:-1])[:MAX_FOUND]:
        if (entry := _entry(element, base)) is not None:
            found.setdefault(entry.url, entry)
    return tuple(found.values())


def _entry(element: Any, base: str) -> Found | None:
    """An entry's address; its latest date (a changed page is a page to fetch again)."""
    own: list[str] = []
    within: list[str] = []
    dates: list[float] = []
    # Entries may be nested, by mistake or by malice: no entry takes longer than a sound one could.
    for child in islice(element.iter(), _MAX_PARTS):
        name = _name(child)
        if name.lower() not in _TOLD or len(own) + len(within) + len(dates) > _MAX_TOLD:
            continue
        text = _text(child)
        if name in ("loc", "link") and child.get("rel", "alternate") == "alternate":
            # An image's address stands within the page's entry, and so may the page's own where a tag is not closed.
            (own if child.getparent() is element else within).append(child.get("href") or text)
        elif name == "guid" and child.get("isPermaLink", "true") == "true":
            own.append(text)
        elif name.lower() in _DATES and (when := read_date(text)) is not None:
            dates.append(when)
    url = next((found for one in own + within if one and (found := canonical(one, base))), None)
    return Found(url, max(dates, default=None)) if url else None


def _text(element: Any) -> str:
    return "".join(part[:MAX_URL] for part in islice(element.itertext(), _MAX_PARTS))[:MAX_URL].strip()


def _undated_alike(found: tuple[Found, ...]) -> tuple[Found, ...]:
    dates = {entry.dated for entry in found}
    if len(found) < _ALIKE_MIN or len(dates) > 1:
        return found
    return tuple(Found(entry.url) for entry in found)


def read_date(text: str) -> float | None:
    """A feed's or sitemap's date: ISO 8601, RFC 822, or as Vietnamese pages write it; without a zone it is Hanoi's."""
    text = text.strip()[:100]
    for read in (datetime.fromisoformat, parsedate_to_datetime, _stamp):
        try:
            when = read(text)
        except (ValueError, IndexError, OverflowError, TypeError):
            continue
        if when is not None and 1990 <= when.year <= 2100:
            return (when if when.tzinfo else when.replace(tzinfo=HANOI)).astimezone(UTC).timestamp()
    return None


def _stamp(text: str) -> datetime | None:
    found = find_stamp(text)
    return found.value if found else None


def read_links(body: bytes, url: str) -> Listing:
    """The addresses that a page links to, in its order, each once; ``next`` where it says which page follows it."""
    parser = etree.HTMLParser(recover=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body.replace(b"\0", b""), parser) if body.strip() else None
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return Listing()
    told = next(root.iter("base"), None)
    base = canonical(told.get("href") or "", url) if told is not None else None
    bases = [base, url] if base else [url]
    found: dict[str, Found] = {}
    following, seen = None, set[tuple[str, str, str]]()
    for element in root.iter("a", "link"):
        href, rel = element.get("href"), element.get("rel") or ""
        if not href or (href, rel, element.tag) in seen or len(seen) >= MAX_FOUND:
            continue
        seen.add((href, rel, element.tag))
        resolved = list(_resolved(href, bases))
        if "next" in rel.lower().split():
            following = following or next(iter(resolved[-1:]), None)
        elif element.tag == "a":
            for one in resolved:
                found.setdefault(one, Found(one))
    return Listing(tuple(found.values()), next=following)


def _resolved(href: str, bases: list[str]) -> Iterator[str]:
    # A base that points to the site's media host would take relative links there; its own host is tried too.
    for base in bases:
        if (one := canonical(href, base)) is not None:
            yield one
