"""What one text gives to judge its events by: sentences, cues, triggers and days, and what the layout tells.

Pure: text and bounds in, bounds and verdicts out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day

from pipeline.normalize.cues import Cue
from pipeline.normalize.timing import TimeMention
from pipeline.normalize.triggers import Hit

# How many sentences after the title may say the main event's day and place.
LEAD = 6
_NEAR = 60
# Where a page has no captions of its own, a sentence before "Ảnh: …" in the lead is one.
_CREDIT = re.compile(r"\(?Ảnh(?: chụp)?(?: minh họa)? ?:")
_STOPS = frozenset(".!?…:;,")
_HEADING = 100
_REPORTS = re.compile(r",? (?:đưa tin|dẫn lời|dẫn nguồn|cho biết|cho hay|viết)(?!\w)")


@dataclass(slots=True)
class Reading:
    """What one Doc gives to judge its events by."""

    text: str
    form: str
    bounds: list[tuple[int, int]]
    starts: list[int]
    cues: dict[int, list[Cue]]  # by sentence
    hits: list[Hit]
    days: list[TimeMention]  # days and spans of days that are no anniversary, deadline or holiday
    times: list[TimeMention]  # months, years and terms too
    published: Day | None = None

    def sentence_at(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def within(self, mentions: list[TimeMention], sentence: int) -> list[TimeMention]:
        start, end = self.bounds[sentence]
        first = bisect_left(mentions, start, key=start_of)
        return mentions[first : bisect_left(mentions, end, lo=first, key=start_of)]


def start_of(found: Cue | TimeMention | Hit) -> int:
    return found.start


def inside(spans: list[tuple[int, int]], hit: Hit) -> bool:
    """Whether one of the ordered spans holds the trigger."""
    number = bisect_right(spans, (hit.start, len(spans) and spans[-1][1])) - 1
    return number >= 0 and spans[number][1] >= hit.end


def credited(text: str, bounds: list[tuple[int, int]]) -> set[int]:
    """The sentences at the beginning of a text's paragraphs that a photographer's credit follows."""
    found = set()
    for number, (start, _) in enumerate(bounds[1 : LEAD + 1], 1):
        if _CREDIT.match(text, start) and text[start - 1 : start] != "\n":
            found.add(number - 1)
    return found


def is_telling(form: str, mention: TimeMention) -> bool:
    """ "CNN ngày 5/1 đưa tin": the day of a report."""
    return _REPORTS.match(form, mention.end) is not None


def is_heading(reading: Reading, number: int) -> bool:
    """A short line without a stop inside the text says what is to come."""
    start, end = reading.bounds[number]
    if end - start > _HEADING or number + 1 >= len(reading.bounds):
        return False
    line = reading.text[start:end].rstrip().rstrip("”\"'’)")
    return reading.text[start - 1 : start] == "\n" and bool(line) and line[-1] not in _STOPS


def is_own_month(mention: TimeMention, hit: Hit) -> bool:
    """A month beside the trigger, or the month of a plan; others tell of work done meanwhile."""
    return "planned" in hit.effects or max(hit.start - mention.end, mention.start - hit.end) <= _NEAR


def refused(row: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, row["not_after"].split("|")))


def follows(form: str, cue: Cue, refused: frozenset[str]) -> bool:
    """Whether the cue goes on what the word before it began: "gia đình công nhân" holds no "đình công"."""
    return bool(refused) and form[max(0, cue.start - 12) : cue.start].rstrip().rpartition(" ")[2] in refused


def is_other_name(row: Mapping[str, str], surface: str) -> bool:
    """A verb in capitals is a person's name ("Lê Vinh Danh"); a country in small letters is a word ("đạo đức")."""
    if row["kind"] not in ("name", "verb") or (row["kind"] == "verb" and surface.islower()):
        return False
    capitals = [word[:1].isupper() for word in surface.split()]
    if row["kind"] == "name":
        return not capitals[-1]
    return len(capitals) > 1 and all(capitals) and not surface.isupper()
