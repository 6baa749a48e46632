"""From which day to which a sentence states a post: "giữ chức Trưởng ban từ ngày 1/10/2022", "(2008 - 2013)".

The words around the dates are read here, the days are those of the article's dates. Without them only bare years give
days; a month or day that no date was read for gives none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date as Day

from pipeline.normalize.pronouns import SENTENCE_REACH, sentence_before
from pipeline.values import DateValue

Dated = tuple[int, int, DateValue]
"""First character, one behind the last, and the value of a date with known days."""

_PART = r"(?:(?:ngày |tháng )?\d{1,2}(?: ?[/.-] ?| (?=tháng|năm)))"
_YEAR = rf"((?:sáng |chiều )?(?:đầu |cuối |giữa )?{_PART}{{0,2}}(?:tháng (?=\d{{4}}))?(?:năm )?(?:19|20)\d\d(?!\d))"
_UNTIL = rf"(?: ?[-–] ?| đến (?:hết )?| tới ){_YEAR}"
_AFTER = re.compile(
    rf" ?\(?(?:(?:từ|kể từ) {_YEAR}(?:{_UNTIL})?|(?:giai đoạn|những năm|các năm|trong các năm) {_YEAR}{_UNTIL}"
    rf"|{_YEAR} ?[-–] ?{_YEAR}\)|đến (?:hết )?{_YEAR})"
)
_BEFORE = re.compile(
    rf"(?<![^\W_])(?:từ|kể từ) {_YEAR}(?:{_UNTIL})?(?: đến nay)?[,:]? "
    rf"|(?:giai đoạn|trong các năm) {_YEAR}{_UNTIL}(?: đến nay)?[,:]? "
)
_LEAD_REACH = 70
_BARE = re.compile(r"(?:năm )?(\d{4})")


def years(form: str, start: int, end: int, dates: Callable[[], Sequence[Dated]]) -> tuple[Day | None, Day | None]:
    """First and last day that a sentence states for the post from ``start`` to ``end``; None what it leaves open.

    ``dates`` gives the article's dates; it is asked only where the words around the post state years.
    """
    match = _AFTER.match(form, end) or _before(form, start)
    if match is None:
        return None, None
    known = dates()
    spans = [match.span(i) for i in range(1, len(match.groups()) + 1) if match[i]]
    until = match[0].lstrip(" (").startswith("đến")
    if until:
        return None, _day(form, spans[0], known, last=True)
    first = _day(form, spans[0], known, last=False)
    last = _day(form, spans[1], known, last=True) if len(spans) > 1 else None
    return (None, None) if first and last and last < first else (first, last)


def _before(form: str, start: int) -> re.Match[str] | None:
    near = form[max(0, start - SENTENCE_REACH) : start]
    if not ("từ " in near or "giai đoạn" in near or "các năm" in near):
        return None
    begin = sentence_before(form, start)
    return _BEFORE.search(form, begin, min(start, begin + _LEAD_REACH))


def _day(form: str, stated: tuple[int, int], dates: Sequence[Dated], *, last: bool) -> Day | None:
    """The day that the words from ``stated[0]`` to ``stated[1]`` begin or end with."""
    for start, end, value in dates:
        if start < stated[1] <= end:
            inside = start <= stated[0]
            if inside or value.granularity not in ("year", "range"):
                return value.date_to if last else value.date_from
    bare = _BARE.fullmatch(form, *stated)
    if bare is None:
        return None
    return Day(int(bare[1]), 12, 31) if last else Day(int(bare[1]), 1, 1)
