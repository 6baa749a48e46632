"""What follows from a corrected value: the columns of its row that say the same in other words.

Where a correction names such a column itself, it has the last word.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

from pipeline import gazetteers
from pipeline.normalize import calendar
from pipeline.normalize.calendar import Point
from pipeline.resources import rows
from pipeline.rows import discovered_org_id

Row = dict[str, Any]

_POINT = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:-(\d\d)(T(?:\d\d:\d\d|[A-Z]{2}))?)?|(Q[1-4]|H[12]|W[0-5]\d)))?")


def follow(table: str, row: Row, given: Row) -> Row:
    """The columns of ``row`` that are another value where it has ``given``, without those in ``given``."""
    found: Row = {}
    if table == "dates":
        found = _date(given)
    elif table == "organization_mentions":
        found = _mention(given)
    elif table == "officials":
        found = _official(row, given)
    elif table == "figures":
        found = _figure(given)
    elif table == "event_mentions":
        found = _event(row, given)
    return {name: value for name, value in found.items() if name not in given}


def bounds(value: str) -> tuple[Point, tuple[date, date]] | None:
    """A TIMEX3 value's point of the calendar and its days; None where it covers no days that can be known.

    >>> bounds("2022-Q1")[1]
    (datetime.date(2022, 1, 1), datetime.date(2022, 3, 31))
    """
    found = _POINT.fullmatch(value)
    if not found:
        return None
    year, month, day, time, span = found.groups()
    point = Point(int(year), int(month) if month else None, int(day) if day else None, span or "", time or "")
    try:
        days = calendar.bounds(point)
    except ValueError:  # a month 13, a week 53 that the year has not
        return None
    return (point, days) if days else None


def _date(given: Row) -> Row:
    if "value" not in given:
        return {}
    first, _, last = given["value"].partition("/")
    begins, ends = bounds(first), bounds(last or first)
    if not begins or not ends:
        return {"date_from": None, "date_to": None}
    kind = "range" if last else calendar.granularity(begins[0])
    return {"date_from": begins[1][0], "date_to": ends[1][1], "granularity": kind}


def _named(name: str) -> str:
    """The id of the organization that bears the name."""
    found = {alias.org_id for alias in gazetteers.find_organizations(name)}
    return found.pop() if len(found) == 1 else discovered_org_id(name)


def _mention(given: Row) -> Row:
    found: Row = {}
    if "org_id" in given or "name" in given:
        org_id = given["org_id"] if "org_id" in given else _named(given["name"])
        found = {"org_id": org_id, "link_method": "judged", "link_score": None}
        if known := gazetteers.organizations().get(org_id):
            found |= {"name": known.name, "org_type": known.org_type}
    return found


def _official(row: Row, given: Row) -> Row:
    found: Row = {}
    if "organization" in given:
        found["org_id"] = _named(given["organization"]) if given["organization"] else None
    elif known := gazetteers.organizations().get(given.get("org_id") or ""):
        found["organization"] = known.name
    if "role_id" in given and row["role_rank"] not in (ranks := _ranks()[given["role_id"]]):
        found["role_rank"] = ranks.most_common(1)[0][0]
    return found


@cache
def _ranks() -> dict[str, Counter[int]]:
    ranks: dict[str, Counter[int]] = {}
    for row in rows("lexicons/roles.csv"):
        if row["rank"]:
            ranks.setdefault(row["role_id"], Counter())[int(row["rank"])] += 1
    return ranks


def _figure(given: Row) -> Row:
    found: Row = {}
    if "value_max" in given and given["value_max"] is None:
        found["comparator_max"] = None
    if given.get("currency"):
        found |= {"unit": given["currency"], "measure": "money"}
    if given.get("period_from") or given.get("period_to"):
        found["period_kind"] = "stated"
    return found


def _event(row: Row, given: Row) -> Row:
    """One day, where only the first is given and the row had none or one."""
    found: Row = {}
    if {"date_from", "date_to"} & set(given):
        if "date_from" in given and row["date_from"] == row["date_to"]:
            found["date_to"] = given["date_from"]
        both = {**row, **found, **given}
        first, last = both["date_from"], both["date_to"]
        known = first is not None and last is not None
        found["date_precision"] = "none" if not known else "day" if first == last else "range"
        found["date_kind"] = "stated" if known else "none"
    return found
