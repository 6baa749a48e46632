"""A page of a site that nobody described: metadata, headings, and the part that holds most running text."""

from __future__ import annotations

from bs4 import BeautifulSoup
from bs4.element import Tag

from scrapers.bylines import parse_credit
from scrapers.furniture import article_end, is_paragraph, line_key
from scrapers.html import Piece, meta, meta_stamp, paragraph_weights, parse_tree, pieces, text_of
from scrapers.layout import assemble, flagged, without_byline, without_stamp
from scrapers.page import Article, Page, Published
from scrapers.stamps import find_stamp, is_today, parse_iso, stamp_line

_MARKED_STAMP = "time[datetime], [itemprop=datePublished]"
_MARKED_BYLINE = "[rel=author], [itemprop=author], .author, .author-name, .tac-gia"
_NEAR_TITLE = 12
_TITLE_MIN = 15
_LEAD_MIN = 80
_MAIN_SHARE = 0.6


def parse(page: Page) -> Article:
    """The article of any page, flagged ``generic``. Raises InputError where the page holds none."""
    tree = parse_tree(page)
    lines = pieces(tree.body or tree)
    title = _title(tree, lines)
    body = _body(tree)
    found = _without_head(pieces(body), title)
    found = found[: article_end([piece.text for piece in found])]
    found, stated = without_stamp(_leads(lines, found, title) + found)
    found, byline = without_byline(found)
    published = meta_stamp(tree) or _marked_stamp(tree) or _stamp_near_title(lines, title) or stated
    byline = byline or _marked_byline(tree)
    return flagged(assemble(page, tree, found, title=title, byline=byline, published=published), "generic")


def _title(tree: BeautifulSoup, lines: list[Piece]) -> str | None:
    """The heading; where it is no heading, the line that metadata or the window's title repeat with the site's name."""
    whole = meta(tree, "og:title") or text_of(tree.title)
    headings = [text for tag in tree.find_all("h1") if (text := text_of(tag)) and len(text) >= _TITLE_MIN]
    shown = [text for text in headings if whole is None or text in whole] or headings
    if shown:
        return shown[0]
    if whole is None:
        return None
    within = [piece.text for piece in lines if len(piece.text) >= _TITLE_MIN and piece.text in whole]
    return max(within, key=len, default=whole)


def _body(tree: BeautifulSoup) -> Tag:
    """The densest part: most running text in its own paragraphs, widened where they are spread over its siblings."""
    root = tree.body or tree
    weights = paragraph_weights(root)
    tag, best = max(weights, key=lambda pair: pair[1], default=(root, 0))
    parent = tag.parent
    if best > 0 and isinstance(parent, Tag) and parent.name not in ("body", "html", "[document]"):
        around = sum(weight for other, weight in weights if other.parent is parent)
        return parent if best < _MAIN_SHARE * around else tag
    return tag if best > 0 else root


def _leads(lines: list[Piece], found: list[Piece], title: str | None) -> list[Piece]:
    """Paragraphs between the title and the body's part: the lead that many sites set in a part of its own."""
    if not found:
        return []
    key = line_key(title or "")
    texts = [piece.text for piece in lines]
    first = texts.index(found[0].text) if found[0].text in texts else 0
    titles = [index for index in range(first) if key and line_key(texts[index]) == key]
    between = lines[titles[-1] + 1 : first] if titles else []
    return [piece for piece in between if len(piece.text) >= _LEAD_MIN and not piece.linked and not piece.caption]


def _marked_byline(tree: BeautifulSoup) -> str | None:
    """The author that the page marks as one, where it has the shape of a name and not of an office."""
    texts = [text_of(tag) for tag in tree.select(_MARKED_BYLINE)] + [meta(tree, "author", "article:author")]
    return next((credit for text in texts if text and (credit := parse_credit(text))), None)


def _without_head(found: list[Piece], title: str | None) -> list[Piece]:
    """Lines without the title and what stands above it, where the body's part holds them too."""
    key = line_key(title or "")
    start = 0
    for index, piece in enumerate(found[:_NEAR_TITLE]):
        if is_paragraph(piece.text):
            break
        if line_key(piece.text) == key:
            start = index + 1
    return found[start:]


def _marked_stamp(tree: BeautifulSoup) -> Published | None:
    for tag in tree.select(_MARKED_STAMP):
        machine = tag.get("datetime") or tag.get("content")
        found = parse_iso(machine) if isinstance(machine, str) else find_stamp(text_of(tag) or "")
        if found is not None:
            return found
    return None


def _stamp_near_title(lines: list[Piece], title: str | None) -> Published | None:
    """The first stamp on a line of its own below the title; the reader's day in the header is none."""
    key = line_key(title or "")
    places = [index for index, piece in enumerate(lines) if key and line_key(piece.text) == key]
    for place in places:
        for piece in lines[place + 1 : place + 1 + _NEAR_TITLE]:
            found = stamp_line(piece.text)
            if found is not None and not is_today(piece.text):
                return found
            if is_paragraph(piece.text):
                break
    return None
