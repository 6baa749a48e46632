"""From a page's bytes to a tree, and what the site parsers and the generic one ask of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cssselect import HTMLTranslator
from lxml import etree

from scrapers.charset import decode_page
from scrapers.errors import InputError
from scrapers.lines import Piece, one_line, read_lines
from scrapers.page import Page

MAX_PAGE_BYTES = 16 * 2**20
# An attack with attributes needs tens of thousands in one tag; smaller pages are read as they are.
_CHECKED_MIN = 2**17
_MAX_TAG = 2**15
# One pass, each branch possessive or to the end: linear on any input. Scripts and comments hold what looks like tags.
_TAGS = re.compile(
    r"<!--(?:.*?-->|.*+\Z)|<(?P<raw>script|style|textarea|title)\b(?:.*?</(?P=raw)|.*+\Z)"
    r"|<(?P<name>[a-z][a-z0-9]{0,30}+)(?:[^>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A page's tree, the charset it was read in, and its metadata by name (lower case; the first that holds anything).

    ``days`` are the values of a name that a page may repeat: ``<meta itemprop=datePublished>``.
    """

    root: Any
    charset: str
    metas: dict[str, str]
    repeated: frozenset[str]

    @property
    def body(self) -> Any:
        """The page's body."""
        found = self.root.find("body")
        return self.root if found is None else found


def parse_tree(page: Page) -> Tree:
    """The page's tree. Raises InputError: empty, binary, encoding, too_large."""
    if not page.body.strip():
        raise InputError(page.ref, "empty", "the page is empty; fetch it again or leave it out")
    if len(page.body) > MAX_PAGE_BYTES:
        raise InputError(page.ref, "too_large", "the page is over 16 MB; no article is")
    text, charset = decode_page(page.body, ref=page.ref, header=_header_charset(page))
    if len(text) >= _CHECKED_MIN:
        text = _TAGS.sub(_without_attributes, text)
    # NUL ends what some tools read; lone surrogates can't be written as UTF-8.
    data = text.replace("\0", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError as error:
        raise InputError(page.ref, "no_article", f"no markup that can be read ({error}); fetch it again") from None
    if root is None:
        raise InputError(page.ref, "no_article", "no text found on this page; give the page of one article")
    metas, repeated = _read_metas(root)
    return Tree(root, charset, metas, repeated)


def _without_attributes(match: re.Match[str]) -> str:
    """A tag longer than any (a picture inside it, a million attributes) without what it says."""
    if match["name"] and match.end() - match.start() > _MAX_TAG:
        return f"<{match['name']}>"
    return match[0]


def host_of(url: str | None) -> str | None:
    """The URL's host without "www.", None where there is none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


@cache
def _xpath(selector: str) -> Any:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def select(root: Any, selector: str) -> list[Any]:
    """The elements that a CSS selector finds, in document order."""
    found: list[Any] = _xpath(selector)(root)
    return found


def select_one(root: Any, selector: str) -> Any | None:
    """The first element that a CSS selector finds."""
    return next(iter(select(root, selector)), None)


def text_of(element: Any | None) -> str | None:
    """An element's text on one line, None where it holds none."""
    if element is None:
        return None
    return " ".join(piece.text for piece in read_lines(element).pieces) or None


def attribute(element: Any | None, name: str) -> str | None:
    """An element's attribute on one line."""
    value = element.get(name) if element is not None else None
    return one_line(value) or None if value else None


def meta(tree: Tree, *names: str) -> str | None:
    """The first of the named meta properties that holds anything."""
    return next((value for name in names if (value := tree.metas.get(name.lower()))), None)


def canonical_url(tree: Tree) -> str | None:
    """What the page says its address is."""
    links = (link for link in tree.root.iter("link") if (link.get("rel") or "").lower() == "canonical")
    found = attribute(next(links, None), "href") or meta(tree, "og:url")
    return found if found and host_of(found) else None


def pieces(root: Any) -> list[Piece]:
    """The lines below ``root`` in reading order, scripts, forms, menus and hidden parts left out."""
    return read_lines(root).pieces


def _read_metas(root: Any) -> tuple[dict[str, str], frozenset[str]]:
    metas: dict[str, str] = {}
    repeated = set()
    for element in root.iter("meta"):
        content = element.get("content")
        if not content:
            continue
        for key in ("property", "name", "itemprop"):
            name = element.get(key)
            if name:
                name = name.lower()
                value = one_line(content[:2000])
                if metas.setdefault(name, value) != value:
                    repeated.add(name)
    return {name: value for name, value in metas.items() if value}, frozenset(repeated)


def _header_charset(page: Page) -> str | None:
    for name, value in page.headers:
        if name.lower() == "content-type" and "charset=" in value.lower():
            return value.lower().partition("charset=")[2].partition(";")[0].strip(" \"'") or None
    return None
