"""When a page of unknown layout says its article was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from scrapers.body import Found
from scrapers.bylines import parse_credit
from scrapers.furniture import has_role
from scrapers.lines import Lines, Piece
from scrapers.metadata import Metadata, url_stamp
from scrapers.page import Page, Published
from scrapers.page_lines import is_running
from scrapers.stamps import find_stamp, has_weekday, is_today, labelled_stamp, parse_iso, signed_stamp, stamp_line

_BETWEEN_PARTS = re.compile(r" [-–—/·] |[|❘¦•∙()]")
_SIGNATURE_MAX = 60
# An eye and a number: how often the page was read.
_COUNTER = re.compile(r"(?<=\d{4}) \d{1,7}\Z")
_GLUED_DAY = re.compile(r"(?<=[^\W\d_])(?=\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\Z)")
_OTHERS = frozenset({"comment", "related", "side"})
BELOW, _BELOW_LEAD, _ABOVE, _RIGHT_ABOVE, BEHIND = 14, 8, 5, 2, 8
_AROUND, _RIGHT_AROUND = 6, 2


def find_published(
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
    if seen is not None and not seen.has_time:
        seen = _to_the_minute(lines, kept, seen)
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
    start = title if title is not None else max(-1, first - BELOW)
    clock = {
        stamp.value.date()
        for piece in pieces[: max(0, start)]
        if (stamp := stamp_line(piece.text)) and stamp.value and has_weekday(piece.text)
    }
    not_own = clock | ({today} if today else set())
    for index in range(start + 1, min(first, start + 1 + BELOW)):
        if _is_occasion(pieces, index):
            continue
        stamp = _line_stamp(pieces[index], month_first, below=title is not None)
        if stamp and stamp.value and (stamp.has_time or stamp.value.date() not in not_own):
            return stamp
    second = running[1] if title is not None and len(running) > 1 else first
    for index in range(first + 1, min(second, first + 1 + _BELOW_LEAD)):
        # Below the lead a stamp has a line to itself, or the author's.
        alone = stamp_line(pieces[index].text) is not None
        stamp = _line_stamp(pieces[index], month_first, below=True) if alone else signed_day(pieces[index].text)
        if stamp and stamp.value and (stamp.has_time or stamp.value.date() not in not_own):
            return stamp
    if title is not None and (stamp := _stamp_above(lines, found, title, month_first, today)):
        return stamp
    for index in range(last + 1, min(len(pieces), last + 1 + BEHIND)):
        if (found.dead[index] and not _is_in_article(lines, index, last, title)) or has_role("end", pieces[index].text):
            continue
        if _is_occasion(pieces, index):
            continue
        stamp = _line_stamp(pieces[index], month_first, below=False, behind=True) or signed_day(pieces[index].text)
        if stamp and stamp.value and (pieces[index].machine or stamp.value.date() not in not_own):
            return stamp
    return None


def _to_the_minute(lines: Lines, kept: list[int], day: Published) -> Published:
    """The stamp of a ``<time>`` behind the text that gives the same day's minute, no comment's; else ``day``."""
    last = max(kept, default=-1)
    for piece in lines.pieces[last + 1 : last + 1 + BEHIND]:
        stamp = parse_iso(piece.machine) if piece.machine else None
        if stamp and stamp.has_time and stamp.value and day.value and stamp.value.date() == day.value.date():
            return day if _is_others(lines, piece.box) else stamp
    return day


def _is_others(lines: Lines, box: int) -> bool:
    while box:
        if lines.boxes[box].roles & _OTHERS:
            return True
        box = lines.boxes[box].parent
    return False


def _is_occasion(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a line tells when something takes place: where it does stands beside it."""
    beside = [pieces[i].text for i in (index - 1, index + 1) if 0 <= i < len(pieces)]
    return any(has_role("event_detail", text) for text in beside)


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
        live = not found.dead[index] or _is_beside_path(lines, index)
        if stamp is None and today is not None and title - index <= _RIGHT_ABOVE and live:
            stamp = _line_stamp(lines.pieces[index], month_first, below=True)
            stamp = stamp if stamp and stamp.value and abs((today - stamp.value.date()).days) > 1 else None
        if stamp and stamp.value and stamp.value.date() != today:
            return stamp
    return None


def _is_beside_path(lines: Lines, index: int) -> bool:
    """Whether the line is a whole stamp beside the path of sections, not another article's."""
    piece = lines.pieces[index]
    box = lines.boxes[piece.box]
    stamp = None if piece.linked or (box.roles | lines.boxes[box.parent].roles) & _OTHERS else stamp_line(piece.text)
    return stamp is not None and stamp.has_time


def _is_in_article(lines: Lines, index: int, last: int, title: int | None) -> bool:
    """Whether the line stands in the ``<article>`` that the text stands in, or in a footer in the box around title and
    text: the article's footer, not the page's.
    """
    box, footer = lines.pieces[index].box, False
    while box:
        held = lines.boxes[box]
        around = held.start <= last < held.end
        if around and held.tag == "article":
            return True
        if around and footer and title is not None and held.tag != "body" and held.start <= title:
            return True
        footer = footer or ("foot" in held.roles and not held.roles & _OTHERS)
        box = held.parent
    return False


def _is_beside(lines: Lines, index: int, title: int) -> bool:
    """Whether the line stands in the title's box or the one around it, and that is no page; or opens a box with it."""
    box = lines.boxes[lines.pieces[title].box].parent
    for step in range(_AROUND):
        held = lines.boxes[box]
        if held.start <= index < held.end:
            return held.tag != "body" and (step < _RIGHT_AROUND or held.start >= title - _RIGHT_ABOVE)
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
    head, comma, tail = text.rpartition(",")
    if comma and parse_credit(head) and (stamp := stamp_line(tail.strip())):
        return stamp
    parts = _parts(_COUNTER.sub("", text))
    stamps = [stamp for part in parts if (stamp := stamp_line(part))]
    others = [part for part in parts if stamp_line(part) is None]
    if len(stamps) != 1 or len(others) > 4:
        return None
    if any(has_role("other_stamp", part.lower()) for part in others):
        return None
    known = all(has_role("line", part) or parse_credit(part) or len(part.split()) <= 3 for part in others)
    return stamps[0] if known else None


def signed_day(text: str) -> Published | None:
    """The day behind an author's name at an article's end: "Hà Vy (12/03/2022)"."""
    if len(text) > _SIGNATURE_MAX or (not text[-1:].isdigit() and text[-1:] != ")"):
        return None
    glued = _GLUED_DAY.search(text)
    if glued is not None:
        # What stood in two boxes: "Hà Vy12/03/2022".
        return stamp_line(text[glued.start() :]) if parse_credit(text[: glued.start()]) else None
    parts = _parts(text)
    stamp = stamp_line(parts[-1]) if len(parts) == 2 else None
    return stamp if stamp and (parse_credit(parts[0]) or has_role("credit_group", parts[0])) else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN_PARTS.split(text) if part.strip()]
