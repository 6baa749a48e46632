"""Which of a page's lines is its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from scrapers.bylines import parse_credit
from scrapers.furniture import has_role, is_terminated, line_key
from scrapers.lines import Piece
from scrapers.markup import BOLD, CAPTION, HEADING, LARGE
from scrapers.page_lines import PageLines, are_columns
from scrapers.stamps import find_stamp, has_weekday, signed_stamp, stamp_line

_TITLE_MIN = 12
_TITLE_MAX = 300
_WITH_MORE = 0.6
_NAMED_MIN = 0.35
_SECTION_MAX = 25
_TITLED = 0.7
_TEXT_MIN = 300
_BEHIND_MIN = 0.1
_REGION = 1000
_TOOL_MAX = 40
_ABOVE_STAMP = 4
_ASKED_MAX = 150
_LINKED_MAX = 0.4
_ADJACENT = 3
_PATH_END = 0.3
# Cells of a table, a path of sections.
_PATH = re.compile(r" [|»>›] ")
_PARTS = re.compile(r"\s*[·•∙|❘¦]\s*")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def find_title(page: PageLines, titles: Sequence[str]) -> int | None:
    """The line that metadata repeat, or the heading: the last such line that running text follows."""
    keys = [line_key(title) for title in titles]
    best, best_score = None, 0.0
    total = page.weight(0, len(page.pieces))
    for index, piece in enumerate(page.pieces):
        short = len(piece.text) < _TITLE_MIN and not _is_named(page, index, keys)
        if short or len(piece.text) > _TITLE_MAX or (piece.linked > 0.9 and not piece.marks & HEADING):
            continue
        behind = page.weight(index + 1, len(page.pieces))
        if behind < _BEHIND_MIN * (min(total, _REGION) if piece.marks & HEADING else total):
            continue
        score = _title_score(page, index, piece, keys)
        if score > 0 and (best is None or score > best_score):
            best, best_score = index, score
    return best


def _is_named(page: PageLines, index: int, keys: Sequence[str]) -> bool:
    """Whether metadata give a few words ("Tin buồn") as the title, alone or with more where a heading repeats them."""
    key, tag = page.keys[index], page.boxes[page.pieces[index].box].tag
    return key in keys or (tag == "h1" and any(_likeness(key, title) >= _NAMED_MIN for title in keys if key))


def _title_score(page: PageLines, index: int, piece: Piece, keys: Sequence[str]) -> float:
    key = page.keys[index]
    if not key or piece.marks & CAPTION or has_role("banner", piece.text) or has_role("comment_heading", piece.text):
        return 0.0
    box = page.boxes[piece.box]
    # "Phản hồi về “Tin buồn”" heads the comments.
    if "comment" in box.roles | page.boxes[box.parent].roles:
        return 0.0
    named = max((_likeness(key, title) for title in keys), default=0.0)
    tag = page.boxes[piece.box].tag
    heading = {"h1": 1.0, "h2": 0.7, "h3": 0.5}.get(tag, 0.0)
    if not heading and "title" in page.boxes[piece.box].roles:
        heading = _TITLED
    if named < _NAMED_MIN:
        if heading < _TITLED or piece.linked > _LINKED_MAX:
            return 0.0
        # "Tin tức - Sự kiện" above all articles of a section is a heading too, but short.
        heading -= 0.5 * (len(piece.text) <= _SECTION_MAX)
        follows = any(page.runs[index + 1 : index + 5])
        if heading <= 0 or (tag != "h1" and (not follows or _is_within_text(page, index))):
            return 0.0
    score = 2.0 * named + heading + 0.2 * bool(piece.marks & (BOLD | LARGE)) - 0.5 * piece.linked
    # The end of a path of sections says the title too.
    score -= _PATH_END * ("nav" in page.boxes[piece.box].roles)
    # The article's own title has text behind it before long; a breadcrumb's or a link list's copy has not.
    near = page.weight(index + 1, min(len(page.pieces), index + 15))
    return score + 0.5 * min(1.0, near / 200)


def _is_within_text(page: PageLines, index: int) -> bool:
    """Whether paragraphs stand before a heading in its own box: it heads a part of a text."""
    start = page.boxes[page.holder(index)].start
    return page.counts[index] - page.counts[start] > 1 and page.weight(start, index) >= _TEXT_MIN


def is_section(page: PageLines, title: int, titles: Sequence[str]) -> bool:
    """Whether a heading is as short as a section's ("Tin tức - Sự kiện") and metadata don't call it the title."""
    key, piece = page.keys[title], page.pieces[title]
    named = any(line_key(named) == key for named in titles)
    # A site's name stands in its header and in its window's title, but is no heading.
    return len(piece.text) <= _SECTION_MAX and not (named and piece.marks & HEADING)


def guess_title(page: PageLines, section: int | None = None) -> int | None:
    """Where neither metadata nor a heading name it: the prominent line right above the text.

    ``section``: a heading that may be a section's only; it is the title where no line below it is prominent.
    """
    first = _first_of_text(page)
    if first is None:
        return section
    above = max(-1, first - 12, -1 if section is None else section)
    own = (index for index in range(first - 1, above, -1) if not are_columns(page, index, first))
    could_be = [index for index in own if _could_be_title(page, index)]
    prominent = [index for index in could_be if _is_prominent(page, index)]
    for index in [*(i for i in prominent if _is_above_stamp(page, i)), *prominent]:
        return index
    asks = _asks(page.pieces[first].text)
    if asks and _is_prominent(page, first):
        return first
    for index in could_be:
        if _is_above_stamp(page, index):
            return index
    if asks:
        return first
    if section is not None and page.pieces[section].marks & HEADING:
        return section
    return could_be[0] if could_be and _is_right_above(page, could_be[0], first) else section


def _is_above_stamp(page: PageLines, index: int) -> bool:
    """Whether a stamp stands right below the line, as below titles; a header's clock names the day of the week."""
    below = [piece.text for piece in page.pieces[index + 1 : index + 1 + _ABOVE_STAMP]]
    return any((stamp_line(text) or signed_stamp(text)) and not has_weekday(text) for text in below)


def _is_prominent(page: PageLines, index: int) -> bool:
    piece = page.pieces[index]
    return bool(piece.marks & (BOLD | LARGE | HEADING)) or page.boxes[piece.box].tag in _HEADINGS


def _is_right_above(page: PageLines, index: int, first: int) -> bool:
    """Whether nothing but a few lines, or buttons and labels, stands between."""
    between = page.pieces[index + 1 : first]
    return len(between) < _ADJACENT or all(len(piece.text) <= _TOOL_MAX for piece in between)


def _first_of_text(page: PageLines) -> int | None:
    """The first paragraph of the box that holds most text, or the lead right above it."""
    live = [index for index, run in enumerate(page.runs) if run and not page.dead[index]]
    clusters: Counter[int] = Counter()
    for index in live:
        clusters[page.holder(index)] += len(page.pieces[index].text)
    if not clusters:
        return None
    top = max(clusters.values())
    count = Counter(page.holder(index) for index in live)
    # A slogan in the header is one line; a column of notices may outweigh a short article.
    main = next(
        box for box, weight in clusters.items() if weight >= 0.5 * top or (count[box] > 1 and weight >= 0.15 * top)
    )
    place = next(place for place, index in enumerate(live) if page.holder(index) == main)
    start = min(live[place], page.boxes[main].start)
    while place and start - live[place - 1] <= _ADJACENT and _is_lead_of(page, live[place - 1], start):
        place -= 1
        start = live[place]
    return live[place]


def _is_lead_of(page: PageLines, lead: int, first: int) -> bool:
    """Whether nothing but tools stands between a line and the first of the text: no title, no path of sections, no
    border between two columns.
    """
    between = range(lead + 1, first)
    return not are_columns(page, lead, first) and not any(
        page.pieces[i].linked > _LINKED_MAX or "title" in page.boxes[page.pieces[i].box].roles for i in between
    )


def _asks(text: str) -> bool:
    """One question or exclamation of a title's length."""
    return _TITLE_MIN <= len(text) <= _ASKED_MAX and text[-1] in "?!" and not any(sign in text[:-1] for sign in ".?!")


def _could_be_title(page: PageLines, index: int) -> bool:
    piece = page.pieces[index]
    if not _TITLE_MIN + 8 <= len(piece.text) <= _TITLE_MAX or page.dead[index] or piece.linked > _LINKED_MAX:
        return False
    if (piece.after_image and not piece.marks & HEADING) or piece.marks & CAPTION or _PATH.search(piece.text):
        return False
    # A question and an exclamation are titles too.
    sentence = is_terminated(piece.text) and piece.text[-1] not in "?!"
    parts = _PARTS.split(piece.text)
    if len(parts) > 1 and any(parse_credit(part) or has_role("comment", part) or stamp_line(part) for part in parts):
        return False
    stamp = find_stamp(piece.text)
    stamped = stamp_line(piece.text) or (stamp and (stamp.has_time or has_weekday(piece.text)))
    known = has_role("banner", piece.text) or has_role("line", piece.text) or parse_credit(piece.text)
    return not (sentence or stamped or known)


def _likeness(key: str, title: str) -> float:
    """How much of a title a line is; a title with a little more behind it (a stamp, a counter) is one too."""
    if f" {key} " in f" {title} ":
        return len(key) / len(title)
    return len(title) / len(key) if title and key.startswith(title) and len(title) >= _WITH_MORE * len(key) else 0.0
