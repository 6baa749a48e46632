"""A page of a site that nobody described: metadata, headings, and the part that holds most running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from scrapers.body import Found, find_article
from scrapers.bylines import parse_credit
from scrapers.errors import InputError
from scrapers.furniture import has_role, is_terminated, line_key
from scrapers.html import Tree, parse_tree
from scrapers.layout import assemble, captions, flagged, is_junk, without_byline, without_stamp
from scrapers.lines import Lines, Piece, read_lines
from scrapers.metadata import Metadata, read_metadata, url_stamp
from scrapers.page import Article, Page, Published
from scrapers.page_lines import is_running
from scrapers.stamps import find_stamp, has_weekday, is_today, labelled_stamp, parse_iso, signed_stamp, stamp_line

_BETWEEN_PARTS = re.compile(r" [-–] |[|•()]")
_BELOW, _ABOVE, _RIGHT_ABOVE, _BEHIND = 14, 5, 2, 8
_OWN_LINE_MIN = 2
_TAIL_MAX = 60
_HEAD_WORDS = 3


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
    kept = _article_lines(lines, found, title)
    shown = captions(lines, title)
    body = [(lines.pieces[index], index in shown) for index in kept]
    body, stated = without_stamp(body)
    body, byline = without_byline(body)
    published = _published(page, lines, found, kept, metadata, month_first, beside or stated)
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

    Pages of one title (an article at two addresses, its print version) count once; what can't be read is passed over.
    """
    count: Counter[str] = Counter()
    of_title: dict[str, set[str]] = {}
    for page in pages:
        try:
            tree = parse_tree(page)
            keys = {line_key(piece.text) for piece in read_lines(tree.body, ref=page.ref).pieces}
        except InputError:
            continue
        titles = read_metadata(tree).titles
        of_title.setdefault(line_key(titles[0]) if titles else "", set()).update(keys)
    for keys in of_title.values():
        count.update(keys)
    least = max(2, -(-len(of_title) // 2))
    return frozenset(key for key, pages_with in count.items() if pages_with >= least and len(key) > _OWN_LINE_MIN)


def _title(lines: Lines, found: Found, metadata: Metadata) -> tuple[str | None, Published | None]:
    """The title, and the stamp that stands in its line ("… (12/05/2021 08:15)")."""
    if found.title is None:
        return next(iter(metadata.titles), None), None
    text = lines.pieces[found.title].text
    head, bracket, tail = text.rpartition("(")
    stamp = stamp_line(tail.rstrip(" )")) if bracket and len(head) > len(tail) else None
    return (head.rstrip(" -–|"), stamp) if stamp else (text, None)


# --- lines ----------------------------------------------------------------------------------------------------------


def _article_lines(lines: Lines, found: Found, title: str | None) -> list[int]:
    """The lines that are the article's: furniture, links and the rest of the page's tools left out, ends trimmed."""
    title_key = line_key(title or "")
    shown = captions(lines, title)
    tags = Counter(lines.boxes[lines.pieces[i].box].tag for i in found.body if is_running(lines.pieces[i]))
    usual = {tag for tag, count in tags.items() if count}
    kept = []
    for index in found.body:
        piece = lines.pieces[index]
        if (
            index in shown
            or is_running(piece)
            or not (
                piece.linked > 0.8
                or line_key(piece.text) in ("", title_key)
                or is_junk(piece.text)
                or _is_stray(lines, index, usual)
            )
        ):
            kept.append(index)
    return _trimmed(lines, kept, shown)


def _is_stray(lines: Lines, index: int, usual: set[str]) -> bool:
    """A short line in markup of its own among paragraphs: a button, a counter, a label."""
    piece = lines.pieces[index]
    box = lines.boxes[piece.box]
    if is_terminated(piece.text) or box.tag in usual or box.tag in _LISTED or len(piece.text) > _TAIL_MAX:
        return False
    return stamp_line(piece.text) is None and parse_credit(piece.text) is None


_LISTED = frozenset(
    ["p", "li", "td", "th", "tr", "dd", "dt", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "thead", "tbody"]
)


def _trimmed(lines: Lines, kept: list[int], shown: frozenset[int]) -> list[int]:
    """Without what stands above the first paragraph and is none of it, and without link lists' headings below."""
    pieces = lines.pieces
    runs = [position for position, index in enumerate(kept) if is_running(pieces[index])]
    if not runs:
        return kept
    head = [
        index
        for index in kept[: runs[0]]
        if len(pieces[index].text.split()) > _HEAD_WORDS
        and (index in shown or is_terminated(pieces[index].text))
        and parse_credit(pieces[index].text) is None
    ]
    tail = [index for index in kept[runs[-1] + 1 :] if index in shown or not _signed_day(pieces[index].text)]
    while tail and tail[-1] not in shown and has_role("end", pieces[tail[-1]].text):
        tail.pop()
    return head + kept[runs[0] : runs[-1] + 1] + tail


# --- stamp and author -----------------------------------------------------------------------------------------------


def _published(
    page: Page,
    lines: Lines,
    found: Found,
    kept: list[int],
    metadata: Metadata,
    month_first: bool | None,
    stated: Published,
) -> Published:
    today = (page.fetched_at + timedelta(hours=7)).date() if page.fetched_at else None
    seen = _stamp_around(lines, found, kept, month_first, today)
    told = metadata.published
    if told is not None and told.value is not None and today is not None and seen is not None:
        # A page that is put together when it is asked for states the moment it was.
        told = None if told.value.date() >= today and seen.value != told.value else told
    for stamp in (told, seen, stated, metadata.of_page, url_stamp(page.url)):
        if stamp is not None and stamp.value is not None and not (today and stamp.value.date() > today):
            return stamp
    return Published()


def _stamp_around(
    lines: Lines, found: Found, kept: list[int], month_first: bool | None, today: date | None
) -> Published | None:
    """The stamp on a line near the title, else right behind the text; the reader's day in the header is none."""
    pieces = lines.pieces
    running = [index for index in kept if is_running(pieces[index])]
    first, last = (running[0], running[-1]) if running else (0, 0)
    title = found.title
    start = title if title is not None else max(-1, first - _BELOW)
    clock = {
        stamp.value.date()
        for piece in pieces[: max(0, start)]
        if (stamp := stamp_line(piece.text)) and stamp.value and has_weekday(piece.text)
    }
    not_own = clock | ({today} if today else set())
    for index in range(start + 1, min(first, start + 1 + _BELOW)):
        stamp = _line_stamp(pieces[index], month_first, below=title is not None)
        if stamp and stamp.value and (stamp.has_time or stamp.value.date() not in not_own):
            return stamp
    if title is not None and (stamp := _stamp_above(lines, found, title, month_first, today)):
        return stamp
    for index in range(last + 1, min(len(pieces), last + 1 + _BEHIND)):
        if (found.dead[index] and not _is_in_article(lines, index, last)) or has_role("end", pieces[index].text):
            continue
        stamp = _line_stamp(pieces[index], month_first, below=False, behind=True) or _signed_day(pieces[index].text)
        if stamp and stamp.value and stamp.value.date() not in not_own:
            return stamp
    return None


def _stamp_above(
    lines: Lines, found: Found, title: int, month_first: bool | None, today: date | None
) -> Published | None:
    """The stamp above the title, in its own box, where it is labelled or can't be the reader's day.

    Above the title stands the page's header too. Its clock shows when the page was fetched; another day is no clock's.
    """
    for index in range(title - 1, max(-1, title - 1 - _ABOVE), -1):
        if not _is_beside(lines, index, title):
            continue
        stamp = _line_stamp(lines.pieces[index], month_first, below=False)
        if stamp is None and today is not None and title - index <= _RIGHT_ABOVE and not found.dead[index]:
            stamp = _line_stamp(lines.pieces[index], month_first, below=True)
            stamp = stamp if stamp and stamp.value and abs((today - stamp.value.date()).days) > 1 else None
        if stamp and stamp.value and stamp.value.date() != today:
            return stamp
    return None


def _is_in_article(lines: Lines, index: int, last: int) -> bool:
    """Whether the line stands in the ``<article>`` that the text stands in: its footer, not the page's."""
    box = lines.pieces[index].box
    while box and lines.boxes[box].tag != "article":
        box = lines.boxes[box].parent
    return bool(box) and lines.boxes[box].start <= last < lines.boxes[box].end


def _is_beside(lines: Lines, index: int, title: int) -> bool:
    """Whether the line stands in the title's box or the one around it, and that is no page."""
    box = lines.boxes[lines.pieces[title].box].parent
    for _ in range(2):
        held = lines.boxes[box]
        if held.start <= index < held.end:
            return held.tag != "body"
        box = held.parent
    return False


def _line_stamp(piece: Piece, month_first: bool | None, *, below: bool, behind: bool = False) -> Published | None:
    """A line's stamp; ``below`` the title a bare day is one too, ``behind`` the text it needs a clock time or a label,
    above the title a label.
    """
    if piece.machine and (stamp := parse_iso(piece.machine)):
        return stamp
    text = piece.text
    if is_running(piece) or piece.is_link or not any(character.isdigit() for character in text):
        return None
    stamp = stamp_line(text)
    if stamp is not None:
        if month_first is not None:
            stamp = find_stamp(text, month_first=month_first)
        if stamp is None or below or labelled_stamp(text):
            return stamp
        sure = stamp.has_time or (text.startswith("(") and text.endswith(")"))
        return stamp if behind and sure and not has_weekday(text) and not is_today(text) else None
    labelled = labelled_stamp(text)
    if labelled is not None:
        return labelled
    signed = signed_stamp(text) if below else None
    return signed[0] if signed else _credited_day(text) if below else None


def _credited_day(text: str) -> Published | None:
    """The day of a line of parts, the others furniture or names: "Hà Vy - 12/03/2022 - 125 lượt xem"."""
    parts = _parts(text)
    stamps = [stamp for part in parts if (stamp := stamp_line(part))]
    others = [part for part in parts if stamp_line(part) is None]
    if len(stamps) != 1 or len(others) > 4:
        return None
    known = all(has_role("line", part) or parse_credit(part) or len(part.split()) <= 3 for part in others)
    return stamps[0] if known else None


def _signed_day(text: str) -> Published | None:
    """The day behind an author's name at an article's end: "Hà Vy (12/03/2022)"."""
    parts = _parts(text) if len(text) <= _TAIL_MAX else []
    stamp = stamp_line(parts[-1]) if len(parts) == 2 else None
    return stamp if stamp and (parse_credit(parts[0]) or has_role("credit_group", parts[0])) else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN_PARTS.split(text) if part.strip()]


def _byline(tree: Tree, lines: Lines, found: Found, kept: list[int], metadata: Metadata) -> str | None:
    """The author on a line between title and text, marked as one, or in the metadata, where it is a person's name."""
    pieces = lines.pieces
    first = next((index for index in kept if is_running(pieces[index])), 0)
    start = found.title if found.title is not None else max(0, first - _BELOW)
    near = pieces[start + 1 : min(first, start + 1 + _BELOW)]
    for piece in near:
        signed = signed_stamp(piece.text)
        for text in (piece.text, signed[1] if signed else ""):
            if text and (credit := parse_credit(text)):
                return credit
    last = max((index for index in kept), default=0)
    for index, piece in enumerate(pieces[start + 1 : last + _BEHIND], start + 1):
        if "author" in lines.boxes[piece.box].roles and not found.dead[index] and (credit := parse_credit(piece.text)):
            return credit
    links = [link for link in tree.body.iter("a") if "author" in (link.get("rel") or "").split()]
    texts = ["".join(link.itertext()).strip() for link in links[:1]] + [metadata.author or ""]
    return next((credit for text in texts if text and (credit := parse_credit(text))), None)
