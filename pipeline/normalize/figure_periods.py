"""When a figure holds: the date beside it, the one that opens its sentence, or one that its text goes on from.

Cues are rows of ``figure_periods.csv``. A date that may belong to something else leaves the figure without a period.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date as Day
from operator import attrgetter
from typing import NamedTuple

from pipeline.normalize.phrases import words
from pipeline.resources import rows
from pipeline.values import DateValue

_ROWS = rows("lexicons/figure_periods.csv")


def _words(role: str) -> str:
    return words(row["phrase"] for row in _ROWS if row["role"] == role)


_FRONT = re.compile(rf"[\s“\"(–•*+-]*(?:{_words('front')}[ ,]*){{0,4}}\Z")
_SINCE = re.compile(r"(?:từ|kể từ|tính từ) \Z")
_UNTIL = re.compile(r"(?:đến|tới|hết|tính đến|tính tới|hết)(?: (?:ngày|cuối|hết))? \Z")
_LINK = re.compile(rf"(?: (?!(?:{_words('against')}|{_words('is')}))[^\W\d_]+){{0,4}}? (?:{_words('link')} )?\Z")
_IS = re.compile(rf",? (?:{_words('is')} ?){{1,2}}\Z")
_AGAINST = re.compile(rf"{_words('against')}(?: (?:trong|ngày|năm|tháng|cuối|đầu))? \Z")
_SPEECH = re.compile(_words("speech"))
_ELSEWHEN = re.compile(_words("elsewhen"))
_OCCASION = re.compile(rf"[\s“\"(–•*+-]*{_words('occasion')}")
_GIVEN = re.compile(words(row["phrase"] for row in rows("lexicons/figure_agents.csv") if row["role"] == "give"))
_DONE = re.compile(words(row["phrase"] for row in rows("lexicons/figure_agents.csv") if row["role"] in ("give", "do")))
_NEAR = 40
_REACH = 300
_DAYS = frozenset(("day", "part_of_day", "minute"))


class Time(NamedTuple):
    """An expression of time at [start, end) of the text."""

    start: int
    end: int
    value: DateValue


class Period(NamedTuple):
    """Inclusive bounds, and how they are known: stated, inherited, none. One open end is None."""

    first: Day | None = None
    last: Day | None = None
    kind: str = "none"


NO_PERIOD = Period()


def is_calendar(value: DateValue) -> bool:
    """Whether it names days that can be known, and no jubilee's."""
    return value.type in ("DATE", "TIME") and value.date_from is not None and value.function != "anniversary"


class Sentence(NamedTuple):
    """A sentence with its calendar times, in order."""

    start: int
    end: int
    times: Sequence[Time]


def stated(form: str, sentence: Sentence, start: int, end: int) -> Period:
    """The period that the figure's own sentence gives to the figure at [start, end)."""
    times = sentence.times
    number = bisect_right(times, start, key=attrgetter("start"))
    behind = times[number] if number < len(times) else None
    if behind and 0 <= behind.start - end <= _NEAR and _LINK.fullmatch(form, end, behind.start):
        return _bounds(form, sentence.start, behind, "stated")
    if not number:
        return NO_PERIOD
    last = times[number - 1]
    if form[last.end : start] == ": ":
        return _bounds(form, sentence.start, last, "stated") if number == 1 and opens(form, sentence) else NO_PERIOD
    if start - last.end <= _NEAR and _IS.fullmatch(form, last.end, start):
        against = _AGAINST.search(form, max(sentence.start, last.start - _NEAR), last.start)
        return NO_PERIOD if against else _bounds(form, sentence.start, last, "stated")
    alone = number == 1 and start - last.end <= _REACH and opens(form, sentence)
    return (
        _bounds(form, sentence.start, last, "stated")
        if alone and not _SPEECH.search(form, last.end, start)
        else NO_PERIOD
    )


def opens(form: str, sentence: Sentence) -> bool:
    """Whether the sentence begins with its first time."""
    at = sentence.times[0].start if sentence.times else sentence.start + _NEAR
    return at - sentence.start < _NEAR and _FRONT.fullmatch(form, sentence.start, at) is not None


def inherited(form: str, sentence: Sentence, earlier: Sequence[Sentence], start: int, day: Time | None) -> Period:
    """The period of a figure in a sentence without any time.

    ``earlier``: the sentences before it in the same paragraph, nearest first. ``day``: what title and lead report on,
    which a gift "at the ceremony" shares.
    """
    if sentence.times or start - sentence.start > _REACH or _ELSEWHEN.search(form, sentence.start, start):
        return NO_PERIOD
    if _SPEECH.search(form, sentence.start, start):
        return NO_PERIOD
    if _OCCASION.match(form, sentence.start, start):
        given = day is not None and _GIVEN.search(form, sentence.start, start)
        return _bounds(form, 0, day, "inherited") if day and given else NO_PERIOD
    if not _DONE.search(form, sentence.start, start):
        return NO_PERIOD
    for other in earlier:
        if _ELSEWHEN.match(form, other.start):
            return NO_PERIOD
        if other.times:
            time = other.times[0]
            alone = len(other.times) == 1 and time.value.granularity not in _DAYS and opens(form, other)
            period = _bounds(form, other.start, time, "inherited") if alone else NO_PERIOD
            return period if period.first and period.last else NO_PERIOD
    return NO_PERIOD


def reported_day(sentences: Sequence[Sentence]) -> Time | None:
    """The one day that the first sentences tell of; None where they tell of several or of none."""
    days = [time for sentence in sentences for time in sentence.times if time.value.granularity in _DAYS]
    same = {(time.value.date_from, time.value.date_to) for time in days}
    return days[0] if len(same) == 1 else None


def _bounds(form: str, sentence_start: int, time: Time, kind: str) -> Period:
    """ "từ năm 2018" has no end that is said, "tính đến ngày 30/6" no beginning."""
    first, last = time.value.date_from, time.value.date_to
    lead = max(sentence_start, time.start - 20)
    if time.value.granularity == "range":
        return Period(first, last, kind)
    if _UNTIL.search(form, lead, time.start):
        return Period(None, last, kind)
    if _SINCE.search(form, lead, time.start):
        return Period(first, None, kind)
    return Period(first, last, kind)
