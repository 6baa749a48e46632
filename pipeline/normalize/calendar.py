"""Points of the calendar with what is written of them, as TIMEX3 values and as inclusive bounds. Pure arithmetic."""

from __future__ import annotations

from calendar import monthrange
from datetime import date as Day
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

_SPAN_MONTHS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "H1": (1, 6), "H2": (7, 12)}
_GRANULARITY = {"Q": "quarter", "H": "half", "W": "week", "M": "range", "D": "range", "C": "range"}


class Point(NamedTuple):
    """A point or a stretch of the calendar; None is what is not written.

    ``span`` is a part of ``year``: Q1–Q4, H1, H2, W01–W53 (ISO week), M1-9 (its months 1 to 9), D (the decade that
    begins with it), C (the century that ends with it). ``time`` is the TIMEX3 suffix of a day: TMO, T08:30.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    span: str = ""
    time: str = ""
    lunar: bool = False


def of_day(day: Day) -> Point:
    return Point(day.year, day.month, day.day)


def of_week(day: Day) -> Point:
    """The ISO week that holds ``day``."""
    year, week, _ = day.isocalendar()
    return Point(year, span=f"W{week:02}")


def value(point: Point) -> str:
    """The TIMEX3 value, XXXX and XX for what is not known.

    >>> value(Point(2022, 8, 10, time="TMO")), value(Point(None, 10, 20)), value(Point(2023, span="M1-9"))
    ('2022-08-10TMO', 'XXXX-10-20', '2023-01/2023-09')
    """
    year = "XXXX" if point.year is None else f"{point.year:04}"
    kind = point.span[:1]
    if kind == "M":
        first, last = point.span[1:].split("-")
        return f"{year}-{int(first):02}/{year}-{int(last):02}"
    if kind == "D":
        return year[:3]
    if kind == "C":
        return f"{((point.year or 1) - 1) // 100:02}"
    if kind:
        return f"{year}-{point.span}"
    if point.day is not None:
        month = "XX" if point.month is None else f"{point.month:02}"
        return f"{year}-{month}-{point.day:02}{point.time}"
    return year if point.month is None else f"{year}-{point.month:02}"


def granularity(point: Point) -> str:
    """minute, part_of_day, day, week, month, quarter, half, year or range."""
    if point.span:
        return _GRANULARITY[point.span[0]]
    if point.day is not None:
        return "day" if not point.time else "minute" if ":" in point.time else "part_of_day"
    return "year" if point.month is None else "month"


def exists(point: Point) -> bool:
    """Whether the calendar has that day in that year (29 February in some year, where none is known)."""
    if point.day is None or point.month is None:
        return True
    if point.lunar:
        return point.day <= 30
    return 1 <= point.month <= 12 and 1 <= point.day <= monthrange(point.year or 2000, point.month)[1]


@lru_cache(maxsize=4096)
def bounds(point: Point) -> tuple[Day, Day] | None:
    """First and last day, inclusive; None where the year is not known, the day does not exist or is lunar."""
    year = point.year
    if year is None or not 1 <= year <= 9990 or point.lunar or not exists(point):
        return None
    kind = point.span[:1]
    if kind == "W":
        first = Day.fromisocalendar(year, int(point.span[1:]), 1)
        return first, first + timedelta(days=6)
    if kind == "D":
        return Day(year, 1, 1), Day(year + 9, 12, 31)
    if kind == "C":
        return Day(year - 99, 1, 1), Day(year, 12, 31)
    if point.day is not None:
        return (Day(year, point.month, point.day),) * 2 if point.month else None
    first_month, last_month = _months(point)
    return Day(year, first_month, 1), Day(year, last_month, monthrange(year, last_month)[1])


def _months(point: Point) -> tuple[int, int]:
    if point.span[:1] == "M":
        first, last = point.span[1:].split("-")
        return int(first), int(last)
    if point.span:
        return _SPAN_MONTHS[point.span]
    return (point.month, point.month) if point.month else (1, 12)


def add_months(day: Day, months: int) -> Point:
    """The month that lies ``months`` after that of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return Point(index // 12, index % 12 + 1)


def add_quarters(day: Day, quarters: int) -> Point:
    """The quarter that lies ``quarters`` after that of ``day``."""
    index = day.year * 4 + (day.month - 1) // 3 + quarters
    return Point(index // 4, span=f"Q{index % 4 + 1}")
