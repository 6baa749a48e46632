"""Reads what is relative to a day: hôm nay, tuần trước, năm ngoái, cùng ngày."""

from __future__ import annotations

from pipeline.normalize.calendar import Point
from pipeline.normalize.timex_context import CONTEXTS, WORDS, clock, left
from pipeline.normalize.timex_lengths import is_in_title
from pipeline.normalize.timex_mention import RELATIVE, Match, Mention, Scan, edge, words_before

_COUNTED = frozenset(WORDS["counted"])


def _relative(scan: Scan, rule: str, match: Match, unit: str) -> list[Mention]:
    start, modifier, word = edge(scan, match.start())
    if (
        word in _COUNTED
        or (word[-1:].isdigit() and match["rel"] != "ngoái")
        or word == "/"
        or scan.low[start - 1] == "/"
        or is_in_title(scan, start)
    ):
        return []
    mention = Mention(start, match.end(), rule, relative=(unit, RELATIVE[match["rel"]]), word=word, modifier=modifier)
    mention.function = "period"
    return [mention]


def relative_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    if match["rel"] == "trước" and "năm sau" in scan.low[max(0, match.start() - 60) : match.start()]:
        return []
    if match["rel"] == "sau":
        after = scan.low[match.end() : match.end() + 60]
        if after[:1] not in " ,.;)\n" or "năm trước" in after:
            return []
    return _relative(scan, rule, match, "Y")


def relative_month(scan: Scan, rule: str, match: Match) -> list[Mention]:
    return _relative(scan, rule, match, "M")


def relative_quarter(scan: Scan, rule: str, match: Match) -> list[Mention]:
    return _relative(scan, rule, match, "Q")


def relative_week(scan: Scan, rule: str, match: Match) -> list[Mention]:
    return _relative(scan, rule, match, "W")


def school_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    unit = "new-S" if match["rel"] in WORDS["school_ahead"] else "S"
    steps = 0 if unit == "new-S" else RELATIVE[match["rel"]]
    return [Mention(match.start(), match.end(), rule, relative=(unit, steps), function="period")]


def next_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    return [Mention(match.start(), match.end(), rule, relative=("Y", 1), function="period")]


def this_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    return [Mention(match.start(), match.end(), rule, relative=("Y", 0), modifier="start", function="period")]


def year_end(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """The end of this year, where a stretch from now leads up to it ("từ nay đến cuối năm")."""
    if words_before(scan, match.start())[0] not in WORDS["up_to"]:
        return []
    return [Mention(match.start(), match.end(), rule, relative=("Y", 0), modifier="end", function="period")]


def relative_day(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """hôm nay, ngày mai; not "thế hệ hôm nay"."""
    before = left(scan.low, scan.floor, match.start())
    if before.word in WORDS["depicted"] or is_in_title(scan, match.start()):
        return []
    word = match["rel"]
    if word == "mai" and not _is_tomorrow(scan, match, before.word):
        return []
    steps = {"kia": -2 if match[0].startswith("hôm") else 2}.get(word, RELATIVE.get(word, 0))
    kind = "TIME" if before.time else "DATE"
    point = Point(time=before.time)
    return [Mention(before.start, match.end(), rule, point, relative=("D", steps), type=kind, word=before.word)]


def _is_tomorrow(scan: Scan, match: Match, word: str) -> bool:
    """Whether "ngày mai" is a day: after a noun it is the future, unless its day is written beside it."""
    sign = not word or not word[-1].isalnum()
    return sign or word in WORDS["before_tomorrow"] or CONTEXTS["tomorrow"].match(scan.low, match.end()) is not None


def part_of_relative_day(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """sáng nay, tối qua, sáng mai"""
    word = match["rel"]
    if scan.text[match.start("rel")].isupper():
        return []
    point = Point(time=WORDS["part"][match["part"]])
    return [Mention(match.start(), match.end(), rule, point, relative=("D", RELATIVE[word]), type="TIME")]


def same_day(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """cùng ngày: the day told last."""
    before = left(scan.low, scan.floor, match.start())
    time, start = before.time, before.start
    if not time:
        start, time = clock(scan.low, scan.floor, match.start())
    point = Point(time=time)
    return [Mention(start, match.end(), rule, point, relative=("same", 0), type="TIME" if time else "DATE")]


def weekday_of_week(scan: Scan, rule: str, match: Match) -> list[Mention]:
    before = left(scan.low, scan.floor, match.start())
    number = int(WORDS["weekday"].get(match["wd"] or "", "6"))
    kind = "TIME" if before.time else "DATE"
    relative = (f"week:{number}", RELATIVE[match["rel"]])
    return [Mention(before.start, match.end(), rule, Point(time=before.time), relative=relative, type=kind)]


def weekday(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """A weekday that a part of the day, "ngày" or "từ" makes one: "thứ hai" alone is mostly "second"."""
    before = left(scan.low, scan.floor, match.start())
    ordinal = scan.low.startswith("ngày", before.start) and before.word != "vào" and match[0].startswith("thứ")
    closed = before.word in WORDS["weekday_from"] and scan.low[match.end() : match.end() + 1] in ",.;)\n"
    if (before.strength < 2 and not closed) or ordinal or before.word in WORDS["plural"]:
        return []
    number = int(WORDS["weekday"].get(match["wd"] or "", "6"))
    kind = "TIME" if before.time else "DATE"
    point = Point(time=before.time)
    return [Mention(before.start, match.end(), rule, point, relative=(f"weekday:{number}", 0), type=kind)]
