"""Vietnamese expressions of time in a text → TIMEX3 values with inclusive bounds.

One scan finds where an expression may begin (a digit, a word of time), the rules of ``date_rules.csv`` read what
stands there, then years are shared, anchored and ranges joined. Pure: text in, values out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Day
from functools import lru_cache
from typing import NamedTuple

from pipeline.normalize import (
    calendar,
    timex_anchor,
    timex_days,
    timex_grounds,
    timex_lengths,
    timex_periods,
    timex_ranges,
    timex_relative,
)
from pipeline.normalize.calendar import Point
from pipeline.normalize.fold import lower
from pipeline.normalize.timex_context import CONTEXTS, WORDS
from pipeline.normalize.timex_mention import Match, Mention, Scan
from pipeline.normalize.timex_rules import GROUPS, TRIGGER
from pipeline.values import DateValue

Builder = Callable[[Scan, str, Match], list[Mention]]
_ROOMS = (timex_days, timex_periods, timex_lengths, timex_relative)
_BIRTH = tuple(WORDS["birth"])
_CLAUSE = 80  # characters
_WRITTEN, _ANCHORED, _GROUNDED, _UNKNOWN = 0.98, 0.95, 0.85, 0.6


class Timex(NamedTuple):
    """An expression at [start, end) of the text, the rule that read it, its value."""

    start: int
    end: int
    rule: str
    value: DateValue


def _builder(name: str) -> Builder:
    for room in _ROOMS:
        found: Builder | None = getattr(room, name, None)
        if found:
            return found
    raise LookupError(f"date_rules.csv names the builder {name!r}, which no module of timex has")


_BUILDERS = {rule.builder: _builder(rule.builder) for group in GROUPS.values() for rule in group.rules}


def find(
    text: str,
    published: Day | None = None,
    sentences: list[tuple[int, int]] | None = None,
    month_first: bool = False,
) -> list[Timex]:
    """All expressions of time in ``text``, in order; ``published`` anchors what names no year.

    ``month_first``: the site writes US dates, so that 5/3/2021 without a Vietnamese word before it is the third of May.

    >>> [(t.value.type, t.value.value) for t in find("Sáng 15.12, sau 40 ngày phát động", Day(2020, 12, 16))]
    [('TIME', '2020-12-15TMO'), ('DURATION', 'P40D')]
    """
    scan = _scan(text, month_first)
    found = scan.found
    timex_ranges.share_years(scan.low, found)
    base = timex_grounds.grounds(scan.low, found, published)
    found = timex_anchor.complete(scan.low, found, base, sentences or [(0, len(text))])
    found = timex_ranges.join(scan.low, found)
    anchor = published or base.reference
    return [Timex(m.start, m.end, m.rule, _value(scan.low, m, anchor, published)) for m in found]


def _scan(text: str, month_first: bool) -> Scan:
    # The trigger wants a sign before a word, the text's first word has one too.
    low = "\n" + lower(text)
    scan = Scan("\n" + text, low, month_first)
    at = 0
    while (hit := TRIGGER.search(low, at)) is not None:
        start = hit.start("digits") if hit["digits"] else hit.start("key")
        at = hit.end("key")
        if hit["digits"] and _is_number_only(low, start, at, scan.floor):
            continue
        mentions = _read(scan, "0" if hit["digits"] else hit["key"].split(" ")[0], start)
        if mentions:
            scan.found.extend(mentions)
            at = mentions[-1].end
    for mention in scan.found:
        mention.start -= 1
        mention.end -= 1
    scan.text, scan.low = text, low[1:]
    return scan


def _is_number_only(low: str, start: int, end: int, floor: int) -> bool:
    """Whether digits go on a number that began before (the 404 of 6.404), or nothing of a date follows them."""
    if low[start - 1] in ".,/:-–" and low[start - 2].isdigit() and start - 1 > floor:
        return True
    return end - start != 4 and CONTEXTS["after_digits"].match(low, end) is None


def _read(scan: Scan, key: str, start: int) -> list[Mention]:
    group = GROUPS[key]
    for rule, match in group.match(scan.low, start):
        mentions = _BUILDERS[rule.builder](scan, rule.id, match)
        if mentions:
            return mentions
    return []


# --- values ---------------------------------------------------------------------------------------------------------


def _value(low: str, mention: Mention, anchor: Day | None, published: Day | None) -> DateValue:
    if mention.first is None:
        kind = "set" if mention.type == "SET" else "duration"
        return DateValue(
            mention.type,
            mention.literal,
            granularity=kind,
            modifier=mention.modifier,
            function=mention.function,
            confidence=_WRITTEN,
        )
    first, last = mention.first, mention.last
    if first.span == "S" and first.year is not None:
        opens = first.year
        first, last = Point(opens), Point(opens + 1)
    written, granularity, opening, closing, broken = _reading(first, last)
    flags: tuple[str, ...] = ("implausible",) if broken else ()
    if first.lunar:
        flags += ("lunar",)
    if mention.inferred:
        flags += ("inferred_year",)
    assumed = mention.inferred or mention.relative is not None
    return DateValue(
        mention.type,
        written,
        opening,
        closing,
        granularity,
        mention.relative is not None,
        anchor if assumed else None,
        mention.modifier,
        mention.function or _function(low, mention, first),
        _confidence(first, assumed, published),
        flags,
    )


@lru_cache(maxsize=4096)
def _reading(first: Point, last: Point | None) -> tuple[str, str, Day | None, Day | None, bool]:
    """The value, its granularity, its first and last day, and whether the calendar has no such day or range."""
    opening = calendar.bounds(first)
    closing = opening if last is None else calendar.bounds(last)
    broken = not calendar.exists(first) or (last is not None and not calendar.exists(last))
    broken = broken or bool(opening and closing and opening[0] > closing[1])
    known = opening is not None and closing is not None and not broken
    written = calendar.value(first) if last is None else f"{calendar.value(first)}/{calendar.value(last)}"
    granularity = "range" if last else calendar.granularity(first)
    if known and opening and closing:
        return written, granularity, opening[0], closing[1], broken
    return written, granularity, None, None, broken


def _confidence(first: Point, assumed: bool, published: Day | None) -> float:
    if first.year is None:
        return _UNKNOWN
    return _WRITTEN if not assumed else _ANCHORED if published else _GROUNDED


def _function(low: str, mention: Mention, first: Point) -> str | None:
    """What a day is for: a deadline where the words say so, none where it dates a paper, else a happening."""
    if not first.day:
        return None
    before = low[max(0, mention.start - _CLAUSE) : mention.start].rstrip(" ")
    if any(word in before for word in WORDS["deadline"]) and CONTEXTS["deadline"].search(before):
        return "deadline"
    paper = before.rpartition(" ")[2].rpartition("\n")[2]
    if "/" in paper or before.endswith(_BIRTH) or ("-" in paper and any(c.isdigit() for c in paper)):
        return None
    return "event"
