"""A page saved as plain text, and an article's text by itself (a line of JSONL).

A saved page has its furniture around the article: banners and today's date above, comment form, link lists and slogans
below, an image's leaked alternative text between. No rule knows a site: lines that repeat, known furniture (rows), a
line's place relative to the title, the stamp and the first paragraph, and its length decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from scrapers.bylines import parse_credit, take_byline
from scrapers.errors import InputError
from scrapers.furniture import (
    Line,
    article_end,
    has_caption_cue,
    has_role,
    is_paragraph,
    is_terminated,
    line_key,
    lines_of,
    starts_role,
    zoned,
)
from scrapers.page import Article, Block, Published, clean_text
from scrapers.stamps import has_weekday, is_today, signed_stamp, text_stamp

_TITLE_MIN, _TITLE_MAX = 15, 300
# A page without one paragraph of this many words has a menu but no article.
_ARTICLE_MIN_WORDS = 12
_MENU_SIGNS = re.compile(r"[|»•]| [>/] ")
_NEAR_TITLE = 0.6
_LINK_LIST_MIN = 4
# Above a title stands a menu, not a page of its own.
_HEAD_MAX = 300


def parse_page(text: str, *, ref: str, file: str) -> Article:
    """The article of a page that was saved as text. Raises InputError where the page holds none."""
    lines = [line for line in lines_of(clean_text(text)) if not _is_menu(line.text)]
    first = _first_paragraph(lines)
    if first is None:
        raise InputError(ref, "no_article", "no paragraph found on this page; give the page of one article")
    title, published, signed, lead = _read_head(lines[max(0, first - _HEAD_MAX) : first])
    body = [*lead, *lines[first:]]
    body = body[: article_end([line.text for line in body])]
    stamp = text_stamp([line.text for line in body])
    if stamp is not None:
        index, at_end, stated = stamp
        published = published if published.value is not None else stated
        del body[index : None if at_end else index + 1]
    body, byline = _without_tail(body)
    body = _without_repeats(body, title)
    blocks = zoned(body)
    if not _is_article(blocks):
        raise InputError(ref, "no_article", "no paragraph found on this page; give the page of one article")
    return Article(ref, file, blocks, title=title, byline=byline or signed, published=published)


def parse_text(text: str, *, ref: str, file: str, title: str | None = None, signed: bool = False) -> Article:
    """A text that holds one article and hardly anything else; ``title`` where it opens the text is not doubled.

    ``signed``: the author is known and was taken from the text, none is looked for.

    A stamp on a line of its own ends the article: section, tag list and source's name follow it. Raises InputError
    where there is no text.
    """
    lines = [line for line in lines_of(clean_text(text)) if not has_role("line", line.text)]
    if lines and title is not None and line_key(lines[0].text) == line_key(title):
        del lines[0]
    lines = _with_lead_first(lines)
    stamp = text_stamp([line.text for line in lines])
    published = Published()
    section: str | None = None
    tags: tuple[str, ...] = ()
    if stamp is not None:
        index, at_end, published = stamp
        if at_end:
            section, tags = _section_and_tags(lines[index + 1 :])
        del lines[index : None if at_end else index + 1]
    byline: str | None = None
    if not signed:
        lines, byline, _ = take_byline(lines)
    if not lines:
        raise InputError(ref, "no_article", "the text is empty")
    return Article(ref, file, zoned(lines), title, None, None, byline, section, tags, published)


def _with_lead_first(lines: list[Line]) -> list[Line]:
    """A lead that the page's software said again only behind the article, put where it is read."""
    mark = starts_role("leaked_lead", lines[-1].text) if len(lines) > 1 else None
    return [Line(lines[-1].text[mark.end() :], True), *lines[:-1]] if mark else lines


def _section_and_tags(lines: Sequence[Line]) -> tuple[str | None, tuple[str, ...]]:
    section = next((line.text for line in lines[:1] if "," not in line.text and len(line.text) <= 40), None)
    listed = next((line.text for line in lines if line.text.count(",") >= 2), "")
    return section, tuple(tag.strip() for tag in listed.split(",") if tag.strip())


def _is_article(blocks: Sequence[Block]) -> bool:
    return any(len(block.text.split()) >= _ARTICLE_MIN_WORDS and block.zone != "caption" for block in blocks)


# --- above the article ----------------------------------------------------------------------------------------------


def _first_paragraph(lines: Sequence[Line]) -> int | None:
    """The first running text; a page of short sentences only has its first line that ends as one."""
    for index, line in enumerate(lines):
        if len(line.text) >= 120 and is_paragraph(line.text) and not _is_header(line.text):
            return index
    for index, line in enumerate(lines):
        enough = len(line.text.split()) >= _ARTICLE_MIN_WORDS
        if enough and is_terminated(line.text) and not _is_header(line.text):
            return index
    return None


def _is_menu(text: str) -> bool:
    """Known furniture, or several of it on one line ("Đăng nhập | Đăng ký")."""
    return has_role("line", text) or all(has_role("line", part) for part in _MENU_SIGNS.split(text))


def _is_header(text: str) -> bool:
    """A banner, a slogan in capitals, today's date: no title and no text."""
    return has_role("banner", text) or text.isupper() or is_today(text)


def _read_head(head: Sequence[Line]) -> tuple[str | None, Published, str | None, list[Line]]:
    """Title, stamp, author and what of the text stands above the first long paragraph (short leads, captions)."""
    stamps = [signed_stamp(line.text) for line in head]
    could_be = [index for index, found in enumerate(stamps) if found is None and _could_be_title(head, stamps, index)]
    first_title = could_be[0] if could_be else len(head)
    # The stamp nearest to the text is the article's: the reader's day and clock stand in the page's header.
    known = [
        index
        for index, found in enumerate(stamps)
        if found is not None
        and not is_today(head[index].text)
        and (index > first_title or not has_weekday(head[index].text))
    ]
    position = known[-1] if known else None
    title = _title_index(head, position, could_be)
    published, before = stamps[position] or (Published(), "") if position is not None else (Published(), "")
    if title is None:
        return None, published, None, []
    after = max(title, position if position is not None else 0) + 1
    lead = [
        line for index, line in enumerate(head) if index >= after and not _is_header(line.text) and not stamps[index]
    ]
    credits = [parse_credit(line.text) for line in lead[:2]]
    lead = [line for index, line in enumerate(lead) if index >= len(credits) or credits[index] is None]
    byline = next(filter(None, [parse_credit(before) if before else None, *credits]), None)
    return head[title].text, published, byline, lead


def _could_be_title(head: Sequence[Line], stamps: Sequence[object], index: int) -> bool:
    text = head[index].text
    if not _TITLE_MIN <= len(text) <= _TITLE_MAX or is_today(text) or has_role("banner", text):
        return False
    if not text.isupper():
        return True
    # A line in capitals is a banner, but for one that says itself once, right above the stamp or the text.
    key = line_key(text)
    at_text = index + 1 == len(head) or stamps[index + 1] is not None
    return at_text and sum(line_key(line.text) == key for line in head) == 1


def _title_index(head: Sequence[Line], stamp: int | None, could_be: Sequence[int]) -> int | None:
    """The line nearest above the stamp, else below it; without a stamp the last line that repeats nothing."""
    count = Counter(line_key(line.text) for line in head)
    if stamp is not None:
        above = [index for index in could_be if index < stamp]
        below = [index for index in could_be if index > stamp]
        return above[-1] if above else below[0] if below else None
    open_ended = [index for index in could_be if not head[index].text.endswith(".")]
    once = [index for index in open_ended if count[line_key(head[index].text)] == 1]
    best = once or open_ended or could_be
    return best[-1] if best else None


# --- below and inside the article -----------------------------------------------------------------------------------


def _without_tail(body: Sequence[Line]) -> tuple[list[Line], str | None]:
    """The body up to its byline, slogans and link lists behind it dropped; the byline."""
    last = max((index for index, line in enumerate(body) if is_paragraph(line.text)), default=0)
    lines, byline, end = take_byline(body, after_max=len(body) - last)
    if end is not None:
        # Captions of a gallery may stand behind the author; slogans in capitals and titles of other articles don't.
        lines = lines[:end] + [line for line in lines[end:] if has_caption_cue(line.text)]
    while lines and (lines[-1].text.isupper() or has_role("end", lines[-1].text)) and len(lines) > 1:
        lines.pop()
    run = 0
    while run < len(lines) and not is_terminated(lines[-1 - run].text) and not is_paragraph(lines[-1 - run].text):
        run += 1
    if byline is None and run >= _LINK_LIST_MIN:
        lines = lines[:-run]
    return lines, byline


def _without_repeats(body: Sequence[Line], title: str | None) -> list[Line]:
    """Without lines that stand on the page twice, and without the title said again.

    An image's alternative text leaks as the line above its caption: the title, or something near it.
    """
    count = Counter(line_key(line.text) for line in body)
    title_key = line_key(title or "")
    kept: list[Line] = []
    for index, line in enumerate(body):
        key = line_key(line.text)
        if is_paragraph(line.text):
            if key not in {line_key(before.text) for before in kept[-3:]}:
                kept.append(line)
            continue
        before_caption = index + 1 < len(body) and not is_paragraph(body[index + 1].text)
        leaked = key == title_key or (before_caption and _likeness(key, title_key) >= _NEAR_TITLE)
        if count[key] == 1 and not leaked:
            kept.append(line)
    return kept


def _likeness(key: str, title_key: str) -> float:
    """Share of words that two lines have in common (Jaccard)."""
    words, title_words = set(key.split()), set(title_key.split())
    return len(words & title_words) / len(words | title_words) if words and title_words else 0.0
