"""What one text gives to judge its events by: sentences, cues, triggers and days, and what the layout tells.

Pure: text and bounds in, bounds and verdicts out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day

from pipeline.normalize.cues import Cue
from pipeline.normalize.timing import TimeMention
from pipeline.normalize.triggers import Hit

# How many sentences after the title may say the main event's day and place.
LEAD = 6
# A sentence that opens with a duty ("Nhiệm vụ 6 tháng cuối năm …") makes the rest of its paragraph one.
OPENING = 25
_NEAR = 60
# Where a page has no captions of its own, a sentence before "Ảnh: …" in the lead is one.
_CREDIT = re.compile(r"\(?Ảnh(?: chụp)?(?: minh họa)? ?:")
_STOPS = frozenset(".!?…:;,")
_HEADING = 100
_REPORTS = re.compile(r",? (?:đưa tin|dẫn lời|dẫn nguồn|cho biết|cho hay|viết)(?!\w)")
# … and before its day: "kêu gọi hôm 16/12", "đưa tin ngày 25/9".
_REPORTED = re.compile(
    r"(?<!\w)(?:đưa tin|cho biết|cho hay|nói|kêu gọi|tuyên bố|phát biểu|khẳng định|viết|nhận định|bình luận)"
    r"(?: vào| hôm| ngay)?(?: hôm)? ?\Z"
)


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
    last_day: Day | None = None  # the latest day that the text says
    story: int | None = None  # the sentence that a paper's mark opens
    effects: Sequence[frozenset[str]] = ()  # by cue row
    zones: Sequence[str] = ()  # by sentence

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
            if number > 1 and text[bounds[number - 2][0] - 1 : bounds[number - 2][0]] == "\n":
                found.add(number - 2)
    return found


def is_telling(form: str, mention: TimeMention) -> bool:
    """ "CNN ngày 5/1 đưa tin", "nói hôm 5/1": the day of a report."""
    if _REPORTS.match(form, mention.end):
        return True
    return _REPORTED.search(form, max(0, mention.start - 30), mention.start) is not None


def split_at_dateline(form: str, bounds: list[tuple[int, int]], dateline: re.Pattern[str]) -> int | None:
    """Cut the sentence that a paper's mark stands in ("… phát biểu (NLĐ) - Sáng 5/3"); the sentence that follows it.

    What stands before the mark in a story's first paragraph is a picture's caption.
    """
    for number, (start, end) in enumerate(bounds[: LEAD + 1]):
        found = dateline.search(form, start, end)
        if found:
            if found.start() <= start + 1:
                return number
            bounds[number : number + 1] = [(start, found.start()), (found.start(), end)]
            return number + 1
    return None


def opens(reading: Reading, hit: Hit, found: Sequence[Cue]) -> bool:
    """ "Kỷ niệm 30 năm thành lập, sáng 4/5 công ty tổ chức …": the first words of a sentence that goes on to tell."""
    end = reading.bounds[hit.sentence][1]
    comma = reading.form.find(",", hit.end, end)
    after = bisect_left(found, comma, key=start_of)
    return hit.offset < OPENING and comma > 0 and after < len(found) and found[after].start < end


def is_heading(reading: Reading, number: int) -> bool:
    """A short line without a stop inside the text says what is to come."""
    start, end = reading.bounds[number]
    if end - start > _HEADING or number + 1 >= len(reading.bounds):
        return False
    line = reading.text[start:end].rstrip().rstrip("”\"'’)")
    return reading.text[start - 1 : start] == "\n" and bool(line) and line[-1] not in _STOPS


def is_planned(reading: Reading, number: int) -> bool:
    """Whether something in the sentence is still to come."""
    return any("planned" in reading.effects[cue.row] for cue in reading.cues.get(number, ()))


def is_own_month(mention: TimeMention, hit: Hit) -> bool:
    """A month beside the trigger, that opens its sentence, or of a plan; others tell of work done meanwhile."""
    opens = hit.start - hit.offset + OPENING >= mention.start and mention.end <= hit.start
    return opens or "planned" in hit.effects or max(hit.start - mention.end, mention.start - hit.end) <= _NEAR


def refused(row: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, row["not_after"].split("|")))


def follows(form: str, cue: Cue, refused: frozenset[str]) -> bool:
    """Whether the cue goes on what the word before it began: "gia đình công nhân" holds no "đình công"."""
    if not refused:
        return False
    before = form[max(0, cue.start - 12) : cue.start].split()
    return bool(before) and before[-1] in refused


def is_other_name(row: Mapping[str, str], surface: str) -> bool:
    """A verb in capitals is a person's name ("Lê Vinh Danh"); a country in small letters is a word ("đạo đức")."""
    if row["kind"] not in ("name", "verb") or (row["kind"] == "verb" and surface.islower()):
        return False
    capitals = [word[:1].isupper() for word in surface.split()]
    if row["kind"] == "name":
        return not capitals[-1]
    return len(capitals) > 1 and all(capitals) and not surface.isupper()
