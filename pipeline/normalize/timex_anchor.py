"""Completes what was left out: the year of a day, the day of "hôm qua", the ends of a range.

The anchor is the day of publication; without one the text's own full dates, terms and years ground it; without those
the year stays XXXX. HeidelTime (Strötgen & Gertz 2010) resolves news the same way, by tense and the document's date.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date as Day
from datetime import timedelta

from pipeline.normalize import calendar
from pipeline.normalize.calendar import Point
from pipeline.normalize.timex_context import CONTEXTS, WORDS, cues
from pipeline.normalize.timex_grounds import Grounds
from pipeline.normalize.timex_mention import Mention

_BESIDE, _SENTENCE = 40, 200  # characters
_BESIDE_GAPS = (" ", ", ", " (", " - ", " – ")
_SAME_QUARTER = timedelta(days=120)
_SAME_TIME = timedelta(days=31)
_SCHOOL_OPENS, _SCHOOL_PREPARES = 8, 4  # months
_TENSE = cues("future", "past")


def tense(low: str, bounds: tuple[int, int], start: int, end: int) -> str:
    """future, past or "": the cue nearest to [start, end) in its sentence."""
    after = _TENSE.search(low, end, min(bounds[1], end + 120))
    *_, before = None, *_TENSE.finditer(low, max(bounds[0], start - _BESIDE), start)
    if after is None and before is None:
        return ""
    near = after if before is None or (after and after.start() - end <= start - before.end()) else before
    assert near
    return "future" if near[0] in WORDS["future"] else "past"


# --- completing -----------------------------------------------------------------------------------------------------


def complete(low: str, found: list[Mention], base: Grounds, sentences: list[tuple[int, int]]) -> list[Mention]:
    """Each mention with its year and day; those that nothing grounds stay XXXX, relative ones are left out."""
    coming: Mention | None = None
    before: Mention | None = None
    for mention in found:
        open_year = mention.first is not None and mention.first.year is None and not mention.first.lunar
        if open_year and not mention.relative and not mention.recurring and not _shares_year(low, before, mention):
            _infer(low, mention, base, sentences, coming)
        elif base.published and mention.first and mention.first.year == base.published.year + 1:
            coming = mention
        before = mention
    if base.published is None:
        _spread(found)
    kept: list[Mention] = []
    last_day: Point | None = None
    last_past: Point | None = None
    today = base.today(low, found)
    for mention in found:
        same = last_day
        if mention.relative and mention.relative[0] == "same" and last_past and last_past != last_day:
            # A day yet to come is not the one on which something was done.
            done = _tense_of(low, mention, sentences) == "past"
            same = last_past if done else last_day
        if mention.relative and not _resolve(mention, base, today, same):
            continue
        kept.append(mention)
        point = mention.last or mention.first
        if point and point.day and not mention.recurring and not point.lunar and mention.word not in WORDS["bound"]:
            last_day = point
            opens = calendar.bounds(point)
            last_past = point if not base.published or (opens and opens[0] <= base.published) else last_past
    return kept


def _tense_of(low: str, mention: Mention, sentences: list[tuple[int, int]]) -> str:
    index = max(0, bisect_right(sentences, (mention.start, len(low))) - 1)
    return tense(low, sentences[index], mention.start, mention.end)


def _is_planned(low: str, mention: Mention, year: int, base: Grounds, coming: Mention | None) -> bool:
    """Whether the sentence speaks of next year before it names a month or a quarter that is over in this one."""
    point = mention.first
    if coming is None or point is None or point.day or base.published is None or mention.start - coming.end > _SENTENCE:
        return False
    gap = low[coming.end : mention.start]
    bounds = calendar.bounds(point._replace(year=year))
    return "\n" not in gap and ". " not in gap and bounds is not None and bounds[1] < base.published


def _infer(low: str, mention: Mention, base: Grounds, sentences: list[tuple[int, int]], coming: Mention | None) -> None:
    assert mention.first
    if CONTEXTS["recurs"].match(low, mention.end):
        mention.recurring = True
        return

    def told() -> str:
        told = _tense_of(low, mention, sentences)
        return "future" if mention.modifier == "before" and told != "past" else told

    year = base.year_of(mention.first, mention.start, told)
    if year is None:
        return
    if _is_planned(low, mention, year, base, coming) and told() != "past":
        year += 1
    mention.first, mention.inferred = mention.first._replace(year=year), True
    if mention.last and mention.last.year is None:
        opening, closing = calendar.bounds(mention.first), calendar.bounds(mention.last._replace(year=year))
        later = bool(opening and closing and closing[0] < opening[0])
        mention.last = mention.last._replace(year=year + 1 if later else year)


def _shares_year(low: str, before: Mention | None, mention: Mention) -> bool:
    """Give a day the year of what stands right before it ("quý I-2019, chiều 4-4"); whether it has one."""
    point, told = mention.first, before.first if before else None
    if point is None or told is None or before is None or not point.day or mention.last or before.last:
        return False
    if told.year is None or before.relative or before.inferred or low[before.end : mention.start] not in _BESIDE_GAPS:
        return False
    near = calendar.bounds(told)
    own = calendar.bounds(point._replace(year=told.year))
    if told.day or near is None or own is None or abs(own[0] - near[1]) > _SAME_QUARTER:
        return False
    mention.first, mention.inferred = point._replace(year=told.year), True
    return True


def _spread(found: list[Mention]) -> None:
    """Gives the year of a day to the days and months beside it in the calendar: one text tells of one time."""
    known = {day: m.first.year for m in found if m.inferred and m.first and (day := _opens(m.first))}
    if not known:
        return
    for mention in found:
        point = mention.first
        if point is None or point.year or point.lunar or mention.recurring or mention.relative or mention.last:
            continue
        near = [
            (abs(reading - day), year)
            for day in known
            for year in range(day.year - 1, day.year + 2)
            if (reading := _opens(point._replace(year=year)))
        ]
        if near and min(near)[0] <= _SAME_TIME:
            mention.first, mention.inferred = point._replace(year=min(near)[1]), True


def _opens(point: Point) -> Day | None:
    bounds = calendar.bounds(point)
    return bounds[0] if bounds else None


def _resolve(mention: Mention, base: Grounds, today: Day | None, last_day: Point | None) -> bool:
    assert mention.relative
    unit, steps = mention.relative
    point = mention.first or Point()
    if unit == "same":
        if last_day is None:
            return False
        mention.first = last_day._replace(time=point.time)
        return True
    if unit == "Y":
        year = base.this_year(today)
        if year is None:
            # "tháng 10 năm ngoái" is an October all the same.
            return point.month is not None
        mention.first = point._replace(year=year + steps)
        return True
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
