"""When: which of a sentence's expressions of time is an event's own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date as Day
from functools import lru_cache
from typing import NamedTuple

from pipeline.values import DateValue

_DAY = re.compile(r"(?:\d{4}|XXXX)-\d\d-\d\d")
_PERIOD = re.compile(r"\d{4}(?:-(?:\d\d|Q\d|H\d))?")
_KIND = {4: "year", 7: "month", 10: "day"}


class TimeMention(NamedTuple):
    """A date mention at [start, end) with its value."""

    start: int
    end: int
    value: DateValue


class EventTime(NamedTuple):
    """An event's time as ``EventValue`` holds it. ``kind``: stated, inherited, none."""

    value: str | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    precision: str = "none"
    kind: str = "none"


NO_TIME = EventTime()


@lru_cache(maxsize=4096)
def event_value(value: str) -> str | None:
    """The TIMEX value without part of day or clock time; None for what is no calendar time (P5Y, PXW)."""
    ends = [end.partition("T")[0] for end in value.split("/")]
    if not all(_DAY.fullmatch(end) or _PERIOD.fullmatch(end) or end.startswith("XXXX-") for end in ends):
        return None
    return "/".join(ends)


def precision(value: str) -> str:
    """day, month, quarter, half, year or range."""
    if "/" in value:
        return "range"
    if "-Q" in value or "-H" in value:
        return "quarter" if "-Q" in value else "half"
    return _KIND.get(len(value), "day")


def event_time(mention: TimeMention, kind: str) -> EventTime:
    """The mention as an event's time."""
    value = event_value(mention.value.value)
    if value is None:
        return NO_TIME
    return EventTime(value, mention.value.date_from, mention.value.date_to, precision(value), kind)


def is_day(mention: TimeMention) -> bool:
    """A day or a span of days."""
    value = event_value(mention.value.value)
    return value is not None and all(_DAY.fullmatch(end) for end in value.split("/"))


def is_months(mention: TimeMention) -> bool:
    """A month or a span of months."""
    value = event_value(mention.value.value)
    return value is not None and not is_day(mention) and all(end[4:5] == "-" for end in value.split("/"))


def is_calendar(mention: TimeMention) -> bool:
    """Any calendar time, a year or a term too."""
    return event_value(mention.value.value) is not None


def nearest(mentions: list[TimeMention], start: int, end: int) -> TimeMention | None:
    """The mention closest to the trigger at [start, end); one before it wins over one as far behind it."""

    def distance(mention: TimeMention) -> float:
        return start - mention.end if mention.end <= start else (mention.start - end) * 1.5

    return min(mentions, key=distance, default=None)


def joined(mentions: list[TimeMention], last: TimeMention, form: str) -> TimeMention:
    """The days that ``last`` ends as one span ("ngày 12 và 13/4"); ``last`` itself where it stands alone."""
    number = mentions.index(last)
    first = last
    for before in reversed(mentions[:number]):
        if not is_day(before) or form[before.end : first.start].strip() not in ("và", ",", "-", "–", "đến"):
            break
        first = before
    if first is last or first.value.value >= last.value.value:
        return last
    start, end = first.value, last.value
    value = f"{(event_value(start.value) or '').partition('/')[0]}/{(event_value(end.value) or '').rpartition('/')[2]}"
    return TimeMention(first.start, last.end, replace(end, value=value, date_from=start.date_from, granularity="range"))
