"""When an event was: the trigger's own day, for the event that the article reports else one of the lead.

Pure: a :class:`~pipeline.normalize.event_reading.Reading` and a trigger in, a time out.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.normalize import timing
from pipeline.normalize.event_reading import LEAD, OPENING, Reading, is_own_month, is_telling, start_of
from pipeline.normalize.timing import NO_TIME, EventTime, TimeMention
from pipeline.normalize.triggers import FAINT, Hit

# "từ ngày 1/1", said after what is asked for or decided, is the day it is to hold from.
_FROM = re.compile(r"(?<!\w)(?:từ|kể từ|trước|đến hết|hết)(?: ngày)? \Z")
# A day told so many days before another one of the text is history, no news.
_PAST = 3000
_SAME = re.compile(r" ?(?:\(|[,(]? ?(?:nhằm|tức)(?: là| vào)?(?: ngày)?) ?")
# Further down than the first sentences a day tells of the news only where it opens its sentence.
_FIRST, _DEEP = 2, 60
# … or stands so close behind a verb of holding.
_BESIDE = 12
# A word of speech or a whole title tells no day of its own: the lead does.
_WEAK = 1.0


def time_of(reading: Reading, hit: Hit, *, is_main: bool) -> tuple[EventTime, int]:
    """The event's time, and the sentence that says it: the trigger's; for the main event else one of the lead."""
    own = reading.within(reading.times, hit.sentence)
    if is_main and hit.weight < _WEAK and (day := _told_elsewhere(reading, hit)):
        return timing.event_time(day, "inherited"), reading.sentence_at(day.start)
    own = [m for m in own if not _is_same_again(reading, m)]
    if is_main:
        own = [m for m in own if timing.is_day(m) or (timing.is_months(m) and is_own_month(m, hit))]
        own = [m for m in own if not _is_other_day(reading, hit, m)]
    # "Ngày 13/7, ông A cho biết trong tháng 8 sẽ …": the first day is that of the telling.
    told = [mention for mention in own if mention.start >= _said(reading, hit)]
    if told or (is_main and hit.type != "other"):
        own = [mention for mention in told if timing.is_day(mention)] or told
    own = [mention for mention in own if not mention.value.value.startswith("XXXX")] or own
    found = timing.nearest(own, hit.start, hit.end)
    if found:
        found = timing.joined(reading.within(reading.times, hit.sentence), found, reading.form)
        return timing.event_time(found, "stated"), hit.sentence
    day = _told_elsewhere(reading, hit) if is_main else None
    return (timing.event_time(day, "inherited"), reading.sentence_at(day.start)) if day else (NO_TIME, hit.sentence)


def _is_other_day(reading: Reading, hit: Hit, mention: TimeMention) -> bool:
    """A day of the telling, or the day that a rule is to hold from: "đề nghị … từ 1/1"."""
    if is_telling(reading.form, mention) or _is_history(reading, mention):
        return True
    if hit.type != "policy":
        return False
    return _FROM.search(reading.form, max(0, mention.start - 14), mention.start) is not None


def _is_same_again(reading: Reading, mention: TimeMention) -> bool:
    """ "Chiều 8-2 (30 Tết)", "sáng 2-2, nhằm 28 tháng Chạp": the day before it, told in another calendar."""
    number = bisect_left(reading.times, mention.start, key=start_of)
    before = reading.times[number - 1] if number else None
    return before is not None and _SAME.fullmatch(reading.form, before.end, mention.start) is not None


def _is_history(reading: Reading, mention: TimeMention) -> bool:
    """A day long before the last one told, where the day of publication is not known."""
    day = mention.value.date_to
    if reading.published or day is None or reading.last_day is None:
        return False
    return (reading.last_day - day).days > _PAST


def _is_to_come(reading: Reading, main: Hit, day: TimeMention) -> bool:
    """A day that is to come, while the event is past."""
    cues = reading.cues[reading.sentence_at(day.start)]
    return "planned" not in main.effects and any(
        "planned" in reading.effects[cue.row] and cue.end <= day.start for cue in cues
    )


def _is_held(reading: Reading, day: TimeMention) -> bool:
    """ "tổ chức ngày 6/1", "diễn ra sáng 6/1"."""
    cues = reading.cues.get(reading.sentence_at(day.start), ())
    return any("held" in reading.effects[cue.row] and 0 <= day.start - cue.end <= _BESIDE for cue in cues)


def _is_spoken(reading: Reading, main: Hit, day: TimeMention) -> bool:
    """A day on which somebody spoke of the event: "Ngày 13/7, ông A cho biết …"."""
    for cue in reading.cues[reading.sentence_at(day.start)]:
        if "said" in reading.effects[cue.row] and cue.start >= day.end and main.type != "other":
            between = bisect_left(reading.hits, day.end, key=start_of)
            return between == len(reading.hits) or reading.hits[between].start > cue.start
    return False


def _is_before(reading: Reading, number: int) -> bool:
    """A caption, or a sentence that opens with what came before the news ("Trước đó, …")."""
    start = reading.starts[number]
    return 0 < number < (reading.story or 0) or any(
        "earlier" in reading.effects[cue.row] and cue.start - start <= OPENING for cue in reading.cues[number]
    )


def _said(reading: Reading, hit: Hit) -> int:
    """Where what somebody says begins, if that holds the trigger; else 0."""
    cues = reading.cues.get(hit.sentence, [])
    return max((c.end for c in cues if c.end <= hit.start and "said" in reading.effects[c.row]), default=0)


def _told_elsewhere(reading: Reading, main: Hit) -> TimeMention | None:
    """The first day of the lead; else the day beside the same trigger further down; of a plan the latter first."""
    again = _said_again(reading, main)
    if again and "planned" in main.effects:
        return again
    for number in range(min(LEAD, len(reading.bounds))):
        if _is_before(reading, number) or reading.zones[number] == "caption":
            continue
        for day in reading.within(reading.days, number):
            if _is_spoken(reading, main, day):
                return again if "planned" in main.effects else None
            if _is_other_day(reading, main, day) or _is_to_come(reading, main, day):
                continue
            if number <= _FIRST or day.start - reading.starts[number] <= _DEEP or _is_held(reading, day):
                return day
    return again


def _said_again(reading: Reading, main: Hit) -> TimeMention | None:
    """The day beside the main event's trigger where that is said again."""
    if main.weight < FAINT:  # a mere subject ("lương tối thiểu") is named beside many days
        return None
    words = set(main.text.split())
    for hit in reading.hits:
        again = hit.type == main.type and not hit.dropped and len(words & set(hit.text.split())) * 2 >= len(words)
        if again and hit.dated and hit is not main and "earlier" not in hit.effects:
            days = [
                d
                for d in reading.within(reading.days, hit.sentence)
                if d.start >= _said(reading, hit) and not _is_other_day(reading, main, d)
            ]
            return timing.nearest(days, hit.start, hit.end)
    return None
