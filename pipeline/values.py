"""Normalized values of spans: what ``span._.value`` holds, one frozen dataclass a kind.

Columns and their meaning: ``pipeline/dataset/schema.py``. Dates are local days (Asia/Ho_Chi_Minh); None is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day


@dataclass(frozen=True, slots=True)
class DateValue:
    """A TIMEX3 expression. ``value`` is ISO 8601 as gold/GUIDELINES has it, XXXX for a year that can't be known."""

    type: str  # DATE, TIME, DURATION, SET
    value: str
    date_from: Day | None = None
    date_to: Day | None = None  # inclusive
    granularity: str = "day"  # minute, part_of_day, day, week, month, quarter, half, year, range, duration, set
    is_relative: bool = False
    anchor_date: Day | None = None
    modifier: str | None = None  # start, mid, end, before, after, approx
    function: str | None = None  # event, term, period, deadline, anniversary
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganizationValue:
    """A mention of a named organization. ``name`` is the canonical form, abbreviations expanded."""

    name: str
    org_type: str = "other"
    org_id: str | None = None  # registry id, or None where not linked
    link_method: str = "none"  # exact, alias, in_text, rule, none
    link_score: float | None = None
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A mention of a person. ``name`` is the full name; a later short reference ("bà Nga") carries it too."""

    name: str
    honorific: str | None = None
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleValue:
    """A role mention: the title as written without the organization's name, and its controlled form."""

    role: str
    role_id: str
    rank: int
    kind: str  # union, party, state, enterprise, school, army, mass, other
    status: str = "current"  # current, former, acting, elected, appointed, retired
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficialValue:
    """One person in one role at one organization, as one place in the text states it."""

    person: str
    role: str
    role_id: str
    role_rank: int
    organization: str | None = None
    org_id: str | None = None
    honorific: str | None = None
    status: str = "current"
    stated_from: Day | None = None
    stated_to: Day | None = None
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A number that counts or measures. ``value_max`` stands on a range: one span, two ends."""

    measure: str  # count, money, percent, area, age, other
    value: float
    unit: str  # VND, USD, %, or the counted noun phrase's head as written
    value_max: float | None = None
    unit_raw: str = ""
    counted: str | None = None
    currency: str | None = None
    comparator: str = "="  # = > < ~ >= <=
    comparator_max: str | None = None  # of the range's upper end, where it is not the lower one's
    per: str | None = None
    status: str = "actual"  # actual, target, planned
    who: str | None = None  # canonical name of the organization that gave, did or has it
    who_org_id: str | None = None  # registry id, or None where not linked
    period_from: Day | None = None
    period_to: Day | None = None  # inclusive
    period_kind: str = "none"  # stated, inherited, none
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part in a happening: an organization, a person or a group, one of the three."""

    role: str  # organizer, chair, attendee, giver, recipient, counterparty
    organization: str | None = None  # canonical name
    org_id: str | None = None  # registry id, or None where not linked
    person: str | None = None  # full name
    group: str | None = None  # as written


@dataclass(frozen=True, slots=True)
class EventValue:
    """A happening. ``date`` is the TIMEX3 value of the event's own day or span of days, None where not said."""

    type: str
    is_main: bool = False
    realis: str = "occurred"  # occurred, ongoing, planned
    date: str | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    date_precision: str = "none"  # day, month, quarter, half, year, range, none
    date_kind: str = "none"  # stated, inherited, none
    place: str | None = None
    participants: tuple[Participant, ...] = ()
    confidence: float = 1.0
    flags: tuple[str, ...] = ()
