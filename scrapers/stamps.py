"""Stamps: what a page says about when it was published, in the many orders that sites write it.

Local time (Asia/Ho_Chi_Minh). A day-month order is decided by what is possible, then by AM/PM (a clock that US
software wrote comes with a US date), then Vietnamese: day first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache

from scrapers.bylines import parse_credit
from scrapers.furniture import exact_of, has_role, is_paragraph
from scrapers.page import Published
from scrapers.resources import rows

_ZONE = timezone(timedelta(hours=7))  # Vietnam has had no other since 1975
_MAX_LINE = 100
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def _month_words(language: str) -> str:
    words = [row["word"] for row in rows("lexicons/stamp_months.csv") if row["language"] == language]
    return "|".join(sorted(words, key=len, reverse=True))


_CLOCK = (
    r"(?P<{0}h>[01]?\d|2[0-4])\s?(?:[:hg]|giờ)\s?(?P<{0}m>[0-5]\d)['’′]?(?: phút)?(?::[0-5]\d)?"
    r"(?:\s?(?P<{0}half>[AP]\.?M\.?|SA|CH))?"
)
_DAY = (
    r"(?P<{0}first>\d{{1,2}})\s?(?P<{0}sign>[/.-])\s?(?P<{0}second>\d{{1,2}})\s?(?P={0}sign)\s?"
    r"(?P<{0}year>(?:19|20)\d\d|\d\d)(?!\d)"
)
_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?!\d)"
_WORDED = (
    r"(?P<d>\d{1,2}) (?:th\.?|thg\.?|tháng) ?(?P<m>\d{1,2}|"
    + _month_words("vi")
    + r")(?: năm |,? ?)"
    + _YEAR.format("y")
)
# "Tháng Ba 12, 2021" and "Mar 12, 2021", "12 March 2021".
_MONTH_FIRST = (
    r"(?:tháng (?P<m2>\d{1,2}|"
    + _month_words("vi")
    + r")|\b(?P<e2>"
    + _month_words("en")
    + r")\.?) (?P<d2>\d{1,2}), ?"
    + _YEAR.format("y2")
)
_ENGLISH = r"(?P<d3>\d{1,2})[ -](?P<e3>" + _month_words("en") + r")\.?,?[ -]" + _YEAR.format("y3")
_SORTABLE = r"(?P<y4>(?:19|20)\d\d)-(?P<m4>\d\d)-(?P<d4>\d\d)(?!\d)"
_JOIN = (
    r"[\s,|()–-]{0,4}(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)[\s,|()–-]{1,4})?"
    r"(?:ngày|lúc|vào lúc)?[\s,|()–-]{0,4}"
)
_STAMP = re.compile(
    r"(?<!\d)(?:"
    + _CLOCK.format("a")
    + _JOIN
    + _DAY.format("a")
    + "|"
    + _DAY.format("b")
    + f"(?:{_JOIN}"
    + _CLOCK.format("b")
    + ")?|"
    + f"(?:{_CLOCK.format('e')}{_JOIN})?"
    + f"(?:{_WORDED}|{_MONTH_FIRST}|{_ENGLISH}|{_SORTABLE})"
    + f"(?:T?{_JOIN}"
    + _CLOCK.format("c")
    + ")?)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ISO = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_WEEKDAYS = {row["word"]: int(row["weekday"]) for row in rows("lexicons/weekdays.csv")}
_WEEKDAY = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(_WEEKDAYS, key=len, reverse=True)))})(?![^\W\d_])", re.IGNORECASE
)
# Without a border before it: text saved from a page glues what stood in two boxes.
_WEEKDAY_GLUED = re.compile(_WEEKDAY.pattern.removeprefix(r"\b") + r"[\s,|–-]*(?:(?:ngày|lúc)\s*)?\Z", re.I)
_TO_PLACE = re.compile(r"\s*,?\s*(?:tại|ở|đến|cho đến)\b", re.IGNORECASE)
_UNLABELLED = re.compile(r"(?:vào lúc|vào ngày|lúc|ngày|vào)\s*\Z", re.IGNORECASE)
_SEPARATORS = frozenset("|❘¦-–—•∙·,/)>»")
_BESIDE_MAX = 5
_OPENING = 2
_LABEL_WORDS = 8
_WEAK_LABELS = frozenset({"ngày", "lúc", "vào", "on", "date", "đăng", "created"})
_ZONE_NAME = re.compile(r"\(?(?:gmt|utc)\s?\+?0?7(?::00)?\)?", re.IGNORECASE)


def parse_iso(text: str, method: str = "meta") -> Published | None:
    """An ISO 8601 stamp; one with another offset is told in local time. None for anything else (sites malform it)."""
    text = text.strip()
    if not _ISO.fullmatch(text):
        return None
    try:
        value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if value.tzinfo is not None:
        value = value.astimezone(_ZONE).replace(tzinfo=None)
    return Published(value, method, text, has_time=len(text) > len("2022-08-10"))


def find_stamp(text: str, *, month_first: bool | None = None, method: str = "site") -> Published | None:
    """The first stamp in a short ``text``, None where there is none or no such day.

    ``month_first`` is what is known of the site's order; None lets AM/PM tell.
    """
    match = _STAMP.search(text[: 2 * _MAX_LINE])
    if match is None:
        return None
    value = _numeric(match, month_first) if match["afirst"] or match["bfirst"] else _worded(match)
    if value is None:
        return None
    has_time = any(match[group] is not None for group in ("ah", "bh", "ch", "eh"))
    return Published(value, method, text.strip()[:_MAX_LINE], has_time)


@lru_cache(maxsize=1024)
def stamp_line(text: str) -> Published | None:
    """The stamp of a line that holds nothing else: weekday, label ("Cập nhật lúc") and time zone aside."""
    if len(text) > _MAX_LINE or not _DIGIT.search(text):
        return None
    found = find_stamp(text)
    if found is None:
        return None
    rest = _ZONE_NAME.sub(" ", _WEEKDAY.sub(" ", _STAMP.sub(" ", text, count=1)).lower())
    words = _words(rest)
    named = words in exact_of("stamp_label") and not has_role("other_stamp", words)
    return found if not words or named else None


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:\+7)?", text))


def signed_stamp(text: str) -> tuple[Published, str] | None:
    """A stamp with a clock time in a line that says little else, and the words before it: the author, a short form of
    the paper's name, a number of comments ("Nguyễn Hiền - Thứ ba, 14/09/2021 08:12 (GMT+7) 3 bình luận").
    """
    found = stamp_line(text)
    if found is not None:
        return found, ""
    match = _STAMP.search(text) if len(text) <= _MAX_LINE else None
    found = find_stamp(text) if match else None
    if match is None or found is None or not found.has_time:
        return None
    opening = _UNLABELLED.sub("", _WEEKDAY_GLUED.sub("", text[: match.start()])).rstrip()
    before, after = opening.strip(" ,|-–•·"), text[match.end() :]
    signed = parse_credit(_without_label(before)) is not None
    # A line that opens with its stamp goes on with counters and tools: "1.024 lượt xem In bài viết".
    behind = _BESIDE_MAX if before else _LABEL_WORDS
    if (len(before.split()) > _BESIDE_MAX and not signed) or len(_words(_ZONE_NAME.sub("", after)).split()) > behind:
        return None
    if _TO_PLACE.match(after) or has_role("other_stamp", _words(before.lower())):
        return None
    # "Hội nghị lúc 8h00 ngày 12/3/2022" and "Ngày in: …" tell of something else; a stamp follows a name or a sign.
    if opening and opening[-1] not in _SEPARATORS and not signed:
        return None
    return found, _without_label(before.rpartition("|")[2].strip() or before)


def _without_label(text: str) -> str:
    """A name without what was done: "Hà Vy đăng" → "Hà Vy"."""
    words = text.split()
    for start in range(max(1, len(words) - 2), len(words)):
        if " ".join(words[start:]).lower() in exact_of("stamp_label"):
            return " ".join(words[:start])
    return text


def labelled_stamp(text: str) -> Published | None:
    """The stamp of a short line that says what the stamp is ("Đăng bởi Admin vào 12/03/2022 | 35 lượt xem")."""
    if len(text) > _MAX_LINE:
        return None
    match = _STAMP.search(text)
    found = find_stamp(text) if match else None
    if match is None or found is None:
        return None
    before = _words(_WEEKDAY.sub(" ", text[: match.start()].lower())).split()
    if has_role("other_stamp", " ".join(before)):
        return None
    labels = exact_of("stamp_label")
    # "Ngày", "lúc" and "vào" alone open sentences too.
    named = [
        " ".join(before[start:end])
        for start in (0, 1, 2)
        for end in range(start + 1, min(len(before), start + 4) + 1)
        if end - start > 1 or before[start] not in _WEAK_LABELS
    ]
    after = _words(text[match.end() :]).split()
    if len(before) > _LABEL_WORDS or len(after) > _LABEL_WORDS or not labels.intersection(named):
        return None
    return found


def text_stamp(texts: Sequence[str]) -> tuple[int, bool, Published] | None:
    """A stamp with a clock time on a line of an article's own text: its place, whether the article ends there, itself.

    One that opens the text stands above it; behind the last paragraph only section, tags and the source's name follow.
    """
    last = max((index for index, text in enumerate(texts) if is_paragraph(text)), default=0)
    for index, text in enumerate(texts):
        stamp = stamp_line(text) if index < _OPENING or index > last else None
        if stamp is not None and stamp.has_time and len(texts) > 1:
            return index, index > last, Published(stamp.value, "text", stamp.raw, stamp.has_time)
    return None


def has_weekday(text: str) -> bool:
    """Whether the line names a day of the week, as the clock in a page's header does."""
    return _WEEKDAY.search(text) is not None


def is_today(text: str) -> bool:
    """A header's "Thứ năm, ngày 18 tháng 07 năm 2024": a weekday and a day without a clock is the reader's day."""
    found = stamp_line(text)
    return found is not None and not found.has_time and has_weekday(text)


def _numeric(match: re.Match[str], month_first: bool | None) -> datetime | None:
    side = "a" if match["afirst"] else "b"
    first, second, year = (int(match[side + name]) for name in ("first", "second", "year"))
    half = (match[side + "half"] or "").replace(".", "").upper()
    year += 2000 if year < 100 else 0
    us = month_first if month_first is not None else half in ("AM", "PM") and _is_american(match, side)
    day, month = (second, first) if us else (first, second)
    named = None if month_first is not None else _named_weekday(match.string)
    if month > 12 >= day or (named is not None and _falls_on(year, day, month, named)):
        day, month = month, day
    return _datetime(year, month, day, match[side + "h"], match[side + "m"], half)


def _is_american(match: re.Match[str], side: str) -> bool:
    """Whether a stamp with AM or PM is as US software writes it: slashes, no leading zeros."""
    return match[side + "sign"] == "/" and not any(match[side + name].startswith("0") for name in ("first", "second"))


def _named_weekday(text: str) -> int | None:
    """The one day of the week that a short text names, Monday 0."""
    if len(text) > _MAX_LINE:
        return None
    words = {match[0].lower() for match in _WEEKDAY.finditer(text)}
    return _WEEKDAYS.get(words.pop()) if len(words) == 1 else None


def _falls_on(year: int, day: int, month: int, weekday: int) -> bool:
    """Whether only the other order of day and month falls on the weekday that stands beside them."""
    one, other = _datetime(year, month, day, None, None, ""), _datetime(year, day, month, None, None, "")
    return other is not None and other.weekday() == weekday and (one is None or one.weekday() != weekday)


def _worded(match: re.Match[str]) -> datetime | None:
    side = "c" if match["ch"] else "e"
    half = (match[side + "half"] or "").replace(".", "").upper()
    year, month, day = (
        next(value for name in names if (value := match[name]) is not None)
        for names in (("y", "y2", "y3", "y4"), ("m", "m2", "e2", "e3", "m4"), ("d", "d2", "d3", "d4"))
    )
    number = int(month) if month.isdigit() else _months()[month.lower()]
    return _datetime(int(year), number, int(day), match[side + "h"], match[side + "m"], half)


@cache
def _months() -> dict[str, int]:
    return {row["word"]: int(row["month"]) for row in rows("lexicons/stamp_months.csv")}


def _datetime(year: int, month: int, day: int, hour: str | None, minute: str | None, half: str) -> datetime | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    hours = int(hour or 0) % 24
    if half in ("PM", "CH") and hours < 12:
        hours += 12
    elif half in ("AM", "SA") and hours == 12:
        hours = 0
    try:
        return datetime(year, month, day, hours, int(minute or 0))
    except ValueError:
        return None
