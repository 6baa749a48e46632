"""A page layout as selectors, and the one way to read a page by them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from scrapers.bylines import parse_credit, take_byline
from scrapers.errors import InputError, LayoutChanged
from scrapers.furniture import Line, has_role, is_terminated
from scrapers.html import (
    Piece,
    attribute,
    blocks,
    canonical_url,
    host_of,
    meta,
    meta_stamp,
    parse_tree,
    pieces,
    text_of,
)
from scrapers.page import Article, Page, Published
from scrapers.stamps import find_stamp, parse_iso, text_stamp

_BYLINE_MAX = 80
_SIGNATURE_MAX = 50
# Fewer words than this are no article, be they text or the captions of a gallery.
_ARTICLE_MIN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """CSS selectors of a site's article page; ``title`` and ``body`` must be there, or the layout has changed.

    ``month_first``: the site writes US dates. ``since``: from when on the site's pages look so, for the reader.
    """

    title: str
    body: str
    stamp: str
    lead: str | None = None
    byline: str | None = None
    section: str | None = None
    tags: str | None = None
    month_first: bool | None = None
    since: str | None = None


def read_layout(page: Page, *layouts: Layout) -> Article:
    """The page's article by the first layout that fits. Raises LayoutChanged where none does, InputError."""
    tree = parse_tree(page)
    changed: LayoutChanged | None = None
    for layout in layouts:
        try:
            return _read(page, tree, layout)
        except LayoutChanged as error:
            changed = changed or error
    assert changed is not None
    raise changed


def _read(page: Page, tree: BeautifulSoup, layout: Layout) -> Article:
    title = text_of(_required(page, tree, layout.title))
    body = _required(page, tree, layout.body)
    lead = tree.select_one(layout.lead) if layout.lead else None
    found = pieces(lead) if lead is not None else []
    found += pieces(body)
    found, stated = without_stamp(found)
    found, byline = without_byline(found)
    return assemble(
        page,
        tree,
        found,
        title=title,
        byline=_byline(tree, layout) or byline,
        published=_stamp(tree, layout) or meta_stamp(tree) or stated,
        section=text_of(tree.select_one(layout.section)) if layout.section else None,
        tags=tuple(filter(None, map(text_of, tree.select(layout.tags)))) if layout.tags else (),
    )


def assemble(
    page: Page,
    tree: BeautifulSoup,
    found: list[Piece],
    *,
    title: str | None,
    byline: str | None,
    published: Published,
    section: str | None = None,
    tags: tuple[str, ...] = (),
) -> Article:
    """The Article of what was found on the page. Raises InputError where no text was."""
    url = page.url or canonical_url(tree)
    article = Article(
        page.ref,
        PurePosixPath(page.ref.partition("#")[0]).name,
        blocks(found, title),
        title=title,
        url=url,
        id=identity(url),
        byline=byline,
        section=section or meta(tree, "article:section"),
        tags=tags,
        published=published,
        fetched_at=page.fetched_at,
        site=host_of(url),
    )
    if sum(len(block.text.split()) for block in article.blocks) < _ARTICLE_MIN_WORDS:
        raise InputError(page.ref, "no_article", "no text found on this page; give the page of one article")
    return article


def flagged(article: Article, flag: str) -> Article:
    """The article with one more flag."""
    return replace(article, flags=(*article.flags, flag))


def identity(url: str | None) -> str | None:
    """A short name of the article: its URL's last segment without ending, and what tells it apart in the query."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    segment = parts.path.rstrip("/").rpartition("/")[2]
    stem = segment.rpartition(".")[0] or segment
    return "-".join(filter(None, [stem, *(value for _, value in parse_qsl(parts.query))])) or None


def without_stamp(found: list[Piece]) -> tuple[list[Piece], Published]:
    """The lines without a stamp among them and what follows the article behind it, and that stamp."""
    stamp = text_stamp([piece.text for piece in found])
    if stamp is None:
        return found, Published()
    index, at_end, published = stamp
    return found[:index] + ([] if at_end else found[index + 1 :]), published


def without_byline(found: list[Piece]) -> tuple[list[Piece], str | None]:
    """The lines without the author's one, and the author."""
    signed = next((i for i in range(len(found) - 1, max(-1, len(found) - 4), -1) if found[i].right), None)
    if signed is not None and len(found[signed].text) <= _SIGNATURE_MAX and not is_terminated(found[signed].text):
        text = found[signed].text
        return found[:signed] + found[signed + 1 :], parse_credit(text) or text
    lines, byline, end = take_byline([Line(piece.text, False) for piece in found])
    if end is not None:
        return found[:end] + found[end + 1 :], byline
    return [replace(piece, text=line.text) for piece, line in zip(found, lines, strict=True)], byline


def _required(page: Page, tree: BeautifulSoup, selector: str) -> Tag:
    tag = tree.select_one(selector)
    if tag is None or text_of(tag) is None:
        raise LayoutChanged(page.url, selector)
    return tag


def _stamp(tree: BeautifulSoup, layout: Layout) -> Published | None:
    """The stamp that the layout shows; a machine's own form of it is the surer one."""
    tag = tree.select_one(layout.stamp)
    machine = attribute(tag, "datetime")
    found = parse_iso(machine) if machine else None
    return found or find_stamp(text_of(tag) or "", month_first=layout.month_first)


def _byline(tree: BeautifulSoup, layout: Layout) -> str | None:
    text = text_of(tree.select_one(layout.byline)) if layout.byline else None
    if text is None or len(text) > _BYLINE_MAX or has_role("line", text):
        return None
    # The selector says that it is the author, whatever the name looks like.
    return parse_credit(text) or text.rpartition(":")[2].strip() or None
