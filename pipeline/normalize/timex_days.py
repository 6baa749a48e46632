"""Reads days: is a matched number a date here, and what of the calendar is written in it?"""

from __future__ import annotations

import re

from pipeline.normalize.calendar import Point
from pipeline.normalize.timex_context import (
    CONTEXTS,
    WORDS,
    Left,
    counts,
    is_amount,
    is_free,
    is_measured,
    left,
    next_word,
)
from pipeline.normalize.timex_mention import (
    RELATIVE,
    Match,
    Mention,
    Scan,
    before_or_after,
    follows,
    month_number,
    second_year,
)
from pipeline.resources import rows

_HOLIDAYS = {
    (int(row["day"]), int(row["month"])): re.compile(row["names"].replace("; ", ", "))
    for row in rows("lexicons/date_holidays.csv")
}
_DIGITS = re.compile(r"[0-9]+")
_SENTENCE = 40  # characters
_FRACTIONS = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5)})


def _is_holiday(scan: Scan, start: int, end: int, day: int, month: int, before: Left) -> bool:
    """Whether a day without a year is the holiday of that day, named beside it or called one."""
    names = _HOLIDAYS.get((day, month))
    if names is None or before.time:
        return False
    if WORDS["medium"].get(before.word) == "holiday":
        return True
    if scan.found and scan.found[-1].recurring and follows(scan, start, "day"):
        return True
    for name in names.finditer(scan.low, max(0, start - 60), start):
        if not CONTEXTS["named_before"].search(scan.low, name.end(), start):
            return True
    after = names.search(scan.low, end, end + 45)
    return bool(after and CONTEXTS["called"].match(scan.low, end))


def _is_day(scan: Scan, match: Match, before: Left, day: int, month: int) -> bool:
    """Whether a day and a month without a year are a date, and no score, share or amount."""
    low, start, end = scan.low, match.start(), match.end()
    if before.strength == 2:
        return "/" in low[start:end] or not is_measured(low, end)
    written = low[start:end]
    if (
        before.word in WORDS["place"]
        or is_amount(low, start, end)
        or CONTEXTS["score"].search(low, max(0, start - 30), start)
    ):
        return False
    if follows(scan, start, "day") or (scan.found and scan.found[-1].literal == f"P{_gap_days(scan, start)}D"):
        return not counts(low, end)
    if CONTEXTS["recurs"].match(low, end):
        return True
    if written[len(match["d"])] == " " and "/" not in written and "tháng" not in written:
        return False  # "3 - 5" is a stretch of numbers unless a word before it makes it a day
    if "tháng" in written:
        return before.strength == 1 or bool(match.groupdict().get("rel"))
    if before.word in WORDS["opening"] and CONTEXTS["until_day"].match(low, end):
        return True
    if (day, month) in _FRACTIONS and "/" in written and (day, month) not in _HOLIDAYS:
        return before.strength == 1 and next_word(low, end) == "" and before.word != "là"
    if CONTEXTS["paired"].match(low, end) and "/" in written:
        return True
    if before.glue.endswith("("):
        return low[end : end + 1] in ")," or is_free(scan.text, low, end)
    return before.strength == 1 and not before.glue and is_free(scan.text, low, end) and not counts(low, end)


def _gap_days(scan: Scan, start: int) -> str:
    """The number in "2 ngày 13.4": a length in days right before a day."""
    previous = scan.found[-1]
    return previous.literal[1:-1] if scan.low[previous.end : start] in (" ", ": ", " (") and previous.literal else ""


def _apposed(scan: Scan, start: int) -> Mention | None:
    """The relative day that a written one explains: "sáng nay (15/12)", "ngày mai 12-2"."""
    previous = scan.found[-1] if scan.found else None
    if previous is None or previous.relative is None or not previous.relative[0].startswith(("D", "weekday")):
        return None
    return previous if scan.low[previous.end : start] in (" ", ", ", " (", " - ", " – ") else None


def _is_yearly(scan: Scan, start: int) -> bool:
    """Whether a day is told as one that comes back: "cứ đến ngày 8/3", "chọn ngày 28/7"."""
    before = scan.low[max(scan.floor, start - _SENTENCE) : start].rstrip(" ")
    return CONTEXTS["habitual"].search(before) is not None or CONTEXTS["chosen"].search(before) is not None


def _is_us(scan: Scan, match: Match, before: Left) -> bool:
    """Whether a full date is a month before a day: software wrote it, on a site that does so or with AM or PM."""
    if "s" not in match.groupdict() or before.strength:
        return False
    return scan.month_first or CONTEXTS["us_clock"].match(scan.low, match.end()) is not None


def day(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """Day and month, with or without the year, with what leads up to them."""
    got = match.groupdict()
    month, lunar = month_number(got["m"])
    number = int(got["d"])
    year = int(got["y"]) if got.get("y") else None
    before = left(scan.low, scan.floor, match.start())
    if year and month <= 12 and number <= 12 and "/" in match[0] and _is_us(scan, match, before):
        month, number = number, month
    apposed = _apposed(scan, before.start)
    if apposed:
        assert apposed.first is not None
        scan.found.pop()
        end = match.end() + (scan.low[apposed.end : before.start] == " (" and scan.low[match.end()] == ")")
        point = Point(year, month, number, time=apposed.first.time or before.time, lunar=lunar)
        kind = "TIME" if point.time else "DATE"
        return [Mention(apposed.start, end, rule, point, type=kind, word=apposed.word)]
    holiday = False
    if not got.get("rel") and year is None and not lunar:
        holiday = _is_holiday(scan, match.start(), match.end(), number, month, before)
        if not holiday and not _is_day(scan, match, before, number, month):
            return []
        example = before.word in WORDS["example"] and (number, month) in _HOLIDAYS
        holiday = holiday or example or (before.word in WORDS["yearly"] and _is_yearly(scan, before.start))
    elif not got.get("rel") and before.word in WORDS["numbering"] and before.strength < 2 and not before.glue:
        return []
    point = Point(year, month, number, time=before.time, lunar=lunar)
    mention = Mention(before.start, match.end(), rule, point, word=before.word, modifier=before_or_after(before.word))
    mention.type = "TIME" if before.time else "DATE"
    mention.recurring, mention.function = holiday, "anniversary" if holiday else None
    if got.get("rel"):
        mention.relative = ("Y", RELATIVE[got["rel"]])
    return [mention]


def day_short_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """A day with two digits of the year: only where something says that it is one, or both parts are padded."""
    before = left(scan.low, scan.floor, match.start())
    padded = len(match["d"]) == len(match["m"]) == 2
    if before.strength == 0 and not (padded and is_free(scan.text, scan.low, match.end())):
        return []
    year = 2000 + int(match["yy"]) if int(match["yy"]) < 50 else 1900 + int(match["yy"])
    point = Point(year, int(match["m"]), int(match["d"]), time=before.time)
    return [Mention(before.start, match.end(), rule, point, type="TIME" if before.time else "DATE", word=before.word)]


def day_span(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """Two days of one month: 16-18/10/2023."""
    before = left(scan.low, scan.floor, match.start())
    year, month = second_year(match), int(match["m"])
    if year is None and (before.word in WORDS["place"] or counts(scan.low, match.end())):
        return []
    if year is None and not before.strength and not is_free(scan.text, scan.low, match.end()):
        return []
    if year is None and int(match["d"]) >= int(match["d2"]):
        return []
    first, last = Point(year, month, int(match["d"])), Point(year, month, int(match["d2"]))
    start = before.start if not before.time else match.start()
    return [Mention(start, match.end(), rule, first, last, word=before.word, function="period")]


def day_list(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """Days of one month, each a date: ngày 13 và 14-7."""
    before = left(scan.low, scan.floor, match.start())
    if before.strength < 2 and not (scan.found and scan.found[-1].literal == f"P{_gap_days(scan, match.start())}D"):
        return []
    year, month = second_year(match), int(match["m"])
    numbers = [match.start("d"), *(match.start("more") + m.start() for m in re.finditer(r"[0-9]+", match["more"]))]
    found = []
    for at in [*numbers, match.start("d2")]:
        digits = _DIGITS.match(scan.low, at)
        assert digits
        end = match.end() if at == match.start("d2") else digits.end()
        start = before.start if at == match.start("d") else at
        point = Point(year, month, int(digits[0]), time=before.time)
        found.append(Mention(start, end, rule, point, type="TIME" if before.time else "DATE", word=before.word))
    return found


def day_of_month(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """ngày 15 tháng này"""
    before = left(scan.low, scan.floor, match.start())
    if before.strength < 2:
        return []
    relative = ("M", RELATIVE[match["rel"]])
    return [Mention(before.start, match.end(), rule, Point(day=int(match["d"]), time=before.time), relative=relative)]
