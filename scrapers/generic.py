"""A page of a site that nobody described: metadata, headings, and the part that holds most running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from scrapers.article_lines import article_lines
from scrapers.body import Found, find_article
from scrapers.bylines import parse_credit
from scrapers.errors import InputError
from scrapers.furniture import has_role, line_key, starts_role
from scrapers.html import Tree, parse_tree
from scrapers.layout import assemble, captions, flagged, without_byline, without_stamp
from scrapers.lines import Lines, read_lines
from scrapers.markup import FLOAT, RIGHT
from scrapers.metadata import Metadata, read_metadata
from scrapers.page import Article, Page, Published
from scrapers.page_lines import is_running
from scrapers.page_stamps import BEHIND, BELOW, find_published
from scrapers.stamps import has_weekday, signed_stamp, stamp_line

_OWN_LINE_MIN = 2
_PARTS = re.compile(r"\s*[·•∙|❘¦()]\s*| / ")
_WHEN = re.compile(r"\s+(?:vào|lúc|ngày|on|at)\b.*|\s*,\s*\Z", re.IGNORECASE)


def parse(page: Page, *, repeated: frozenset[str] = frozenset(), month_first: bool | None = None) -> Article:
    """The article of any page, flagged ``generic``. Raises InputError where the page holds none.

    ``repeated``: keys of lines that stand on several pages of the host (:func:`repeated_lines`); ``month_first``: what
    is known of the site's dates.
    """
    tree = parse_tree(page)
    metadata = read_metadata(tree)
    lines = read_lines(tree.body, ref=page.ref)
    found = find_article(lines, metadata.titles, repeated)
    title, beside = _title(lines, found, metadata)
    shown = captions(lines, title)
    kept = article_lines(lines, found, metadata, title, shown)
    body = [(lines.pieces[index], index in shown) for index in kept]
    body, stated = without_stamp(body)
    body, byline = without_byline(body)
    published = find_published(page, lines, found, kept, metadata, month_first, beside or stated)
    article = assemble(
        page,
        tree,
        body,
        title=title,
        byline=byline or _byline(tree, lines, found, kept, metadata),
        published=published,
        section=metadata.section,
        tags=metadata.tags,
    )
    return flagged(article, "generic")


def repeated_lines(pages: Iterable[Page]) -> frozenset[str]:
    """Keys of the lines that half of a host's pages hold, and two at least: banners, menus, contact lines, slogans.

    A line that only some of them hold is theirs where the same line stands before or behind it: articles on one subject
    share headings and whole sentences too. Pages of one title (an article at two addresses, its print version) count
    once; what can't be read is passed over.
    """
    count: Counter[str] = Counter()
    beside: Counter[tuple[str, str, int]] = Counter()
    of_title: dict[str, set[tuple[str, str, int]]] = {}
    for page in pages:
        try:
            tree = parse_tree(page)
            keys = [line_key(piece.text) for piece in read_lines(tree.body, ref=page.ref).pieces]
        except InputError:
            continue
        titles = read_metadata(tree).titles
        around = zip(["", *keys], keys, [*keys[1:], ""], strict=False)
        seen = {(key, other, side) for before, key, behind in around for side, other in ((0, before), (1, behind))}
        of_title.setdefault(line_key(titles[0]) if titles else "", set()).update(seen)
    for seen in of_title.values():
        count.update({key for key, _, _ in seen})
        beside.update(seen)
    least = max(2, -(-len(of_title) // 2))
    framed = {key for (key, _, _), pages_with in beside.items() if pages_with >= least}
    return frozenset(
        key
        for key, pages_with in count.items()
        if len(key) > _OWN_LINE_MIN and pages_with >= least and (key in framed or pages_with == len(of_title))
    )


def _title(lines: Lines, found: Found, metadata: Metadata) -> tuple[str | None, Published | None]:
    """The title, and the stamp that stands in its line ("… (12/05/2021 08:15)")."""
    if found.title is None:
        return next(iter(metadata.titles), None), None
    text = lines.pieces[found.title].text
    head, bracket, tail = text.rpartition("(")
    stamp = stamp_line(tail.rstrip(" )")) if bracket and len(head) > len(tail) else None
    # A day alone is what a title tells of: "Lễ kỷ niệm ngày Nhà giáo (20/11/2022)".
    return (head.rstrip(" -–|"), stamp) if stamp and stamp.has_time else (text, None)


# --- stamp and author -----------------------------------------------------------------------------------------------


def _parts(text: str) -> list[str]:
    """What may be an author's name in a line between title and text: the line, its parts, its end behind a label."""
    signed = signed_stamp(text)
    found = [text, signed[1] if signed else "", *_PARTS.split(text)]
    found += [_WHEN.sub("", part) for part in found]
    dashes = text.split(" - ")
    ends = (" - ".join(dashes[index:]) for index in range(1, len(dashes)))
    found += [end for end in ends if starts_role("credit_prefix", end)]
    return list(dict.fromkeys(part for part in found if part and not has_weekday(part)))


def _is_author_label(text: str) -> bool:
    """ "Tác giả:" alone: the name stands in the next line."""
    label = starts_role("credit_prefix", f"{text.rstrip(': ')}: ")
    return label is not None and label.end() >= len(text.rstrip(": "))


def _byline(tree: Tree, lines: Lines, found: Found, kept: list[int], metadata: Metadata) -> str | None:
    """The author on a line between title and text, marked as one, or in the metadata, where it is a person's name."""
    pieces = lines.pieces
    first = next((index for index in kept if is_running(pieces[index])), 0)
    start = found.title if found.title is not None else max(0, first - BELOW)
    for before, piece in pairwise(pieces[start : min(first, start + 1 + BELOW)]):
        if _is_author_label(before.text) and (credit := parse_credit(piece.text)):
            return credit
        for text in _parts(piece.text):
            if credit := parse_credit(text):
                return credit
    last = max((index for index in kept), default=0)
    for index, piece in enumerate(pieces[last + 1 : last + BEHIND], last + 1):
        told = has_role("production", piece.text) or starts_role("credit_prefix", piece.text)
        signs = piece.marks & (RIGHT | FLOAT) or told or _is_author_label(pieces[index - 1].text)
        if signs and (credit := parse_credit(piece.text)):
            return credit
    for index, piece in enumerate(pieces[start + 1 : last + BEHIND], start + 1):
        if "author" in lines.boxes[piece.box].roles and not found.dead[index] and (credit := parse_credit(piece.text)):
            return credit
    links = [link for link in tree.body.iter("a") if "author" in (link.get("rel") or "").split()]
    texts = ["".join(link.itertext()).strip() for link in links[:1]] + [metadata.author or ""]
    return next((credit for text in texts if text and (credit := parse_credit(text))), None)
