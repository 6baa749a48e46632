"""Saved pages of known sites, grown to what real ones weigh: menus, teasers, scripts, an article of real length."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from lxml import html

from scrapers.page import Article, Page
from scrapers.sites import parse_page
from tests.benchmarks.articles import REAL_LENGTH, made

SITES = Path(__file__).parents[1] / "corpus" / "sites"


def known_pages(n: int | None = None, *, as_saved: bool = False) -> list[Page]:
    """``n`` pages of some 80 KB that their site's parser reads, no two with the same article of REAL_LENGTH or more.

    Each saved page once unless told. ``as_saved``: with their own articles of some 300 characters, again and again.
    """
    usable = [path for path in sorted(SITES.glob("*/*.html")) if _is_real(grown(path, lengthened(path, made(1)[0])))]
    bodies = made(n or len(usable))
    pages = []
    for number, (path, body) in enumerate(zip(cycle(usable), bodies, strict=False)):
        page = grown(path, path.read_text(encoding="utf-8") if as_saved else lengthened(path, body))
        pages.append(replace(page, url=f"{page.url}?n={number}") if n else page)
    return pages


def _is_real(page: Page) -> bool:
    article = parse_page(page)
    return not article.flags and sum(len(block.text) for block in article.blocks) >= REAL_LENGTH


def lengthened(path: Path, more: Article) -> str:
    """The page's HTML, the paragraphs of ``more`` behind the first paragraph of its article that is an element."""
    written = path.read_text(encoding="utf-8")
    root = html.document_fromstring(written)
    article = parse_page(_page(path, written))
    for block in article.blocks:
        place = next(_holding(root, block.text), None) if block.zone == "body" else None
        if place is not None:
            for text in reversed([block.text for block in more.blocks]):
                added = deepcopy(place)
                added[:], added.text, added.tail = [], text, "\n"
                place.addnext(added)
            return "<!DOCTYPE html>\n" + html.tostring(root, encoding="unicode")
    return written


def _holding(root: html.HtmlElement, text: str) -> Iterator[html.HtmlElement]:
    return (element for element in root.iter("p", "div") if " ".join(element.text_content().split()) == text)


def grown(path: Path, written: str) -> Page:
    """The page with as much around its article as a real one has."""
    menu = "".join(f'<li class="i{i}"><a href="/muc/{i}.html" title="Mục {i}">Mục số {i}</a></li>' for i in range(220))
    teasers = "".join(
        f'<div class="item"><a href="/b{i}.html"><img src="/t{i}.jpg" alt="Ảnh {i}"></a><h3><a href="/b{i}.html">Tin'
        f" khác của trang trong ngày thứ {i}</a></h3><p>Tóm tắt ngắn của tin khác, hai dòng là cùng.</p></div>"
        for i in range(90)
    )
    script = "<script>" + 'var a=function(b){return b<1?"x":"y"};' * 900 + "</script>"
    written = re.sub(r"<body[^>]*>", lambda tag: f"{tag[0]}{script}<ul>{menu}</ul>", written, count=1)
    return _page(path, written.replace("</body>", f"{teasers}</body>", 1))


def _page(path: Path, written: str) -> Page:
    url = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["url"]
    return Page(path.stem, written.encode(), url=url, fetched_at=datetime(2025, 12, 18, tzinfo=UTC))
