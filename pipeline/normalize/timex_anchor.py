"""Completes what was left out: the year of a day, the day of "hôm qua", the ends of a range.

The anchor is the day of publication; without one the text's own full dates, terms and years ground it; without those
the year stays XXXX. HeidelTime (Strötgen & Gertz 2010) resolves news the same way, by tense and the document's date.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date as Day
from datetime import timedelta
from typing import NamedTuple

from pipeline.normalize import calendar
from pipeline.normalize.calendar import Point
from pipeline.normalize.timex_context import WORDS
from pipeline.normalize.timex_mention import Mention

_NEAR, _FAR = timedelta(days=60), timedelta(days=240)
_BESIDE, _NEXT_TO = 40, 14  # characters
_SCHOOL_OPENS, _SCHOOL_PREPARES = 8, 4  # months
_RECURS = re.compile(r" (?:hàng|hằng|mỗi) năm")


def _cues(*kinds: str) -> re.Pattern[str]:
    words = sorted((word for kind in kinds for word in WORDS[kind]), key=len, reverse=True)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(map(re.escape, words)) + r")(?![^\W_])")


_TENSE, _PLAN, _OLD, _AIM = _cues("future", "past"), _cues("plan"), _cues("old"), _cues("aim")
_REVIEW, _CONGRESS = _cues("review"), _cues("congress")


def tense(low: str, bounds: tuple[int, int], start: int, end: int) -> str:
    """future, past or "": the cue nearest to [start, end) in its sentence."""
    after = _TENSE.search(low, end, min(bounds[1], end + 120))
    *_, before = None, *_TENSE.finditer(low, max(bounds[0], start - _BESIDE), start)
    if after is None and before is None:
        return ""
    near = after if before is None or (after and after.start() - end <= start - before.end()) else before
    assert near
    return "future" if near[0] in WORDS["future"] else "past"


class Grounds(NamedTuple):
    """What fixes a year: ``published``; else ``reference``, a full date of the text; else ``year`` of the text.

    Where the text has both, ``year`` is set only if the text names that year alone, too.
    """

    published: Day | None
    reference: Day | None = None
    year: int | None = None
    planned: bool = False
    reviewed: bool = False

    def today(self, found: list[Mention]) -> Day | None:
        """The day that "hôm nay" and "năm nay" count from."""
        if self.published:
            return self.published
        for mention in found:
            point = mention.first
            if point and point.day and point.year and not mention.recurring and mention.function != "anniversary":
                bounds = calendar.bounds(point)
                if bounds and (self.reference is None or abs(bounds[0] - self.reference) < timedelta(days=400)):
                    return bounds[0]
        return None

    def this_year(self, found: list[Mention]) -> int | None:
        today = self.today(found) or self.reference
        return today.year if today else self.year

    def year_of(self, point: Point, told: str) -> int | None:
        """The year of a point that names none."""
        if self.published:
            return _by_tense(point, self.published, told)
        if self.reference:
            return _nearest(point, self.reference, self.year)
        if self.year is None:
            return None
        month = point.month or 6
        if self.planned and month >= 11:
            return self.year - 1
        return self.year + 1 if self.reviewed and month <= 2 and not self.planned else self.year


def _readings(point: Point, around: int) -> list[tuple[Day, int]]:
    found = ((calendar.bounds(point._replace(year=year)), year) for year in range(around - 1, around + 2))
    return [(bounds[0], year) for bounds, year in found if bounds]


def _nearest(point: Point, reference: Day, told: int | None) -> int:
    """The year that brings the point next to the reference; not far from it the year that the text tells."""
    readings = _readings(point, reference.year)
    if not readings:
        return reference.year
    day, year = min(readings, key=lambda reading: abs(reading[0] - reference))
    return told if told and abs(day - reference) > _NEAR else year


def _by_tense(point: Point, published: Day, told: str) -> int:
    """As past: the latest before publication; as coming: the next; near at hand whatever the tense."""
    if point.span:
        opens = calendar.bounds(point._replace(year=published.year))
        late = opens is not None and opens[0] > published and published.month <= 2 and told != "future"
        return published.year - 1 if late else published.year
    readings = _readings(point, published.year)
    past = [reading for reading in readings if reading[0] <= published]
    coming = [reading for reading in readings if reading[0] > published]
    if not past or not coming:
        return published.year
    since, until = published - past[-1][0], coming[0][0] - published
    if until <= _NEAR and since > _FAR and told != "past":
        return coming[0][1]
    if until <= timedelta(days=20) and since > _FAR:
        return coming[0][1]
    if since <= _NEAR and until > _FAR:
        return past[-1][1]
    if told:
        return coming[0][1] if told == "future" else past[-1][1]
    return coming[0][1] if since > _FAR else past[-1][1]


def grounds(low: str, found: list[Mention], published: Day | None) -> Grounds:
    """What the text itself says of its year, where the page does not say when it was published."""
    if published:
        return Grounds(published)
    full: list[Day] = []
    told: list[int] = []
    planned: list[int] = []
    for mention in found:
        point = mention.first
        if point is None or point.year is None or not 1990 <= point.year <= 2100 or point.span or mention.relative:
            continue
        before = low[max(0, mention.start - _BESIDE) : mention.start]
        if (point.day or point.month) and not (mention.function == "anniversary" and point.year < 2000):
            bounds = calendar.bounds(point)
            if bounds and not before.rstrip().endswith("sinh"):
                full.append(bounds[0])
        elif mention.last is None and not _OLD.search(before) and not _AIM.search(before[-_NEXT_TO:]):
            (planned if _PLAN.search(before) else told).append(point.year)
    if not full and not told and not planned:
        told = _congress_years(low, found)
    return _settle(low, full, told, planned)


def _settle(low: str, full: list[Day], told: list[int], planned: list[int]) -> Grounds:
    reviewed = _REVIEW.search(low) is not None
    if told:
        # Years far after the one told most often are aims.
        often = max(told, key=lambda year: (told.count(year), year))
        told = [year for year in told if year <= often + 3]
    if full:
        # A year long after the text's last day is an aim ("tuổi nghỉ hưu … 2035"), not the year it is told in.
        told = [year for year in told if year <= max(full).year + 3]
    if full and max(full).year >= max(told, default=0):
        return Grounds(None, max(full), max(told) if max(full).year in told else None)
    if told:
        last = max(told)
        coming = last + 1 in planned
        return Grounds(None, None, last + 1 if coming else last, coming, reviewed)
    if planned:
        return Grounds(None, None, min(planned), True, reviewed)
    return Grounds(None)


def _congress_years(low: str, found: list[Mention]) -> list[int]:
    """A congress or an election opens the term that it names."""
    terms = [m for m in found if m.function == "term" and m.first and m.last]
    return [m.first.year for m in terms if m.first and m.first.year and _is_opening(low, m)][:1]


def _is_opening(low: str, mention: Mention) -> bool:
    return _CONGRESS.search(low, max(0, mention.start - 160), mention.start) is not None


# --- completing -----------------------------------------------------------------------------------------------------


def complete(low: str, found: list[Mention], base: Grounds, sentences: list[tuple[int, int]]) -> list[Mention]:
    """Each mention with its year and day; those that nothing grounds stay XXXX, relative ones are left out."""
    for mention in found:
        open_year = mention.first is not None and mention.first.year is None and not mention.first.lunar
        if open_year and not mention.relative and not mention.recurring:
            _infer(low, mention, base, sentences)
    kept: list[Mention] = []
    last_day: Point | None = None
    for mention in found:
        if mention.relative and not _resolve(mention, base, found, last_day):
            continue
        kept.append(mention)
        point = mention.last or mention.first
        if point and point.day and not mention.recurring:
            last_day = point
    return kept


def _infer(low: str, mention: Mention, base: Grounds, sentences: list[tuple[int, int]]) -> None:
    assert mention.first
    if _RECURS.match(low, mention.end):
        mention.recurring = True
        return
    told = ""
    if base.published:
        index = max(0, bisect_right(sentences, (mention.start, len(low))) - 1)
        told = tense(low, sentences[index], mention.start, mention.end)
    year = base.year_of(mention.first, told)
    if year is None:
        return
    mention.first, mention.inferred = mention.first._replace(year=year), True
    if mention.last and mention.last.year is None:
        opening, closing = calendar.bounds(mention.first), calendar.bounds(mention.last._replace(year=year))
        later = bool(opening and closing and closing[0] < opening[0])
        mention.last = mention.last._replace(year=year + 1 if later else year)


def _resolve(mention: Mention, base: Grounds, found: list[Mention], last_day: Point | None) -> bool:
    assert mention.relative
    unit, steps = mention.relative
    point = mention.first or Point()
    if unit == "same":
        if last_day is None:
            return False
        mention.first = last_day._replace(time=point.time)
        return True
    if unit == "Y":
        year = base.this_year(found)
        if year is None:
            return False
        mention.first = point._replace(year=year + steps)
        return True
    today = base.today(found)
    if today is None:
        return False
    try:
        mention.first = _step(point, today, unit, steps)
    except (OverflowError, ValueError):
        return False
    return True


def _step(point: Point, today: Day, unit: str, steps: int) -> Point:
    """The point that lies ``steps`` days, weeks, months, quarters or school years from ``today``."""
    if unit == "D":
        return calendar.of_day(today + timedelta(days=steps))._replace(time=point.time)
    if unit == "W":
        return calendar.of_week(today + timedelta(weeks=steps))
    if unit == "M":
        month = calendar.add_months(today, steps)
        return month._replace(day=point.day, time=point.time)
    if unit == "Q":
        return calendar.add_quarters(today, steps)
    if unit in ("S", "new-S"):
        opens = _SCHOOL_OPENS if unit == "S" else _SCHOOL_PREPARES
        return Point((today.year if today.month >= opens else today.year - 1) + steps, span="S")
    kind, _, number = unit.partition(":")
    if kind == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=steps)
        return calendar.of_day(monday + timedelta(days=int(number)))._replace(time=point.time)
    back = (today.weekday() - int(number)) % 7
    return calendar.of_day(today - timedelta(days=back))._replace(time=point.time)
