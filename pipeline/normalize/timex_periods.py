"""Reads months, quarters, halves, years, terms and other periods of the calendar."""

from __future__ import annotations

import re

from pipeline.normalize import phrases
from pipeline.normalize.calendar import Point
from pipeline.normalize.numerals import parse_number
from pipeline.normalize.timex_context import CONTEXTS, WORDS, counts, is_free, next_word
from pipeline.normalize.timex_mention import (
    RELATIVE,
    Match,
    Mention,
    Scan,
    edge,
    follows,
    month_number,
    second_year,
    words_before,
)

_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
_ROMAN = {"xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20, "xxi": 21}


def month(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """A month: tháng 8, tháng Tư, 6/2022, T6/2022."""
    got = match.groupdict()
    number, lunar = month_number(got["m"])
    year = int(got["y"]) if got.get("y") else None
    start, modifier, word = edge(scan, match.start())
    bare = scan.low[match.start()].isdigit()
    if bare and not _is_month(scan, match, word):
        return []
    if not bare and (
        word in WORDS["revolution"] or (word.isdigit() and CONTEXTS["days_old"].match(scan.low, match.end()))
    ):
        return []
    named = got["m"].isdigit() or scan.text[match.start("m")].isupper()
    worded = not bare and not named and year is None and not got.get("rel") and not lunar
    if worded and (not (word in WORDS["medium"] or modifier) or counts(scan.low, match.end())):
        return []
    if not bare and year is None and next_word(scan.low, match.end()) in WORDS["month_object"]:
        return []
    mention = Mention(start, match.end(), rule, Point(year, number, lunar=lunar or bool(got.get("lunar"))))
    mention.word, mention.modifier, mention.function = word, modifier, "period"
    if got.get("rel") or got.get("near"):
        mention.relative = ("Y", RELATIVE[got.get("rel") or got["near"]])
    return [mention]


def _is_month(scan: Scan, match: Match, word: str) -> bool:
    """Whether 6/2022 without "tháng" is a month and no document's number."""
    if word in WORDS["place"] or word in WORDS["statute"]:
        return False
    glue = scan.low[match.start() - 1]
    if "/" in match[0]:
        return is_free(scan.text, scan.low, match.end()) and glue in ' (\n“"–-—,'
    return glue == "(" or word in WORDS["medium"] or word in WORDS["modifier"] or follows(scan, match.start(), "month")


def month_span(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """Two months of one year: tháng 3-5/2022."""
    year = second_year(match)
    first, last = int(match["m"]), int(match["m2"])
    if year is None and counts(scan.low, match.end()):
        return []
    start, _, word = edge(scan, match.start())
    opening = Point(year - 1 if year and first > last else year, first)
    return [Mention(start, match.end(), rule, opening, Point(year, last), word=word, function="period")]


def month_list(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """Months of one year, each a date: tháng 6, 7/2022."""
    year = second_year(match)
    ends = [match.end("m"), *(match.start("more") + m.end() for m in re.finditer(r"[0-9]+", match["more"]))]
    found = []
    for end in [*ends, match.end("m2")]:
        start = match.start() if end == match.end("m") else scan.low.rfind(" ", 0, end) + 1
        digits = re.search(r"[0-9]+\Z", scan.low[start:end])
        assert digits
        stop = match.end() if end == match.end("m2") else end
        start = start + digits.start() if end != match.end("m") else start
        found.append(Mention(start, stop, rule, Point(year, int(digits[0])), function="period"))
    return found


def _year_of(mention: Mention, match: Match) -> Mention:
    rel = match.groupdict().get("rel")
    if rel:
        mention.relative = ("Y", RELATIVE[rel])
    return mention


def quarter(scan: Scan, rule: str, match: Match) -> list[Mention]:
    year = second_year(match)
    start, modifier, word = edge(scan, match.start())
    point = Point(year, span=f"Q{_QUARTERS[match['q']]}")
    return [_year_of(Mention(start, match.end(), rule, point, word=word, modifier=modifier, function="period"), match)]


def quarter_list(scan: Scan, rule: str, match: Match) -> list[Mention]:
    year = second_year(match)
    return [
        Mention(match.start(), match.end("q"), rule, Point(year, span=f"Q{_QUARTERS[match['q']]}"), function="period"),
        Mention(
            match.start("q2"), match.end(), rule, Point(year, span=f"Q{_QUARTERS[match['q2']]}"), function="period"
        ),
    ]


def months_of_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """The first or last N months of a year; six are its half."""
    number = parse_number(match["n"])
    if number is None or not 1 <= number < 12 or number != int(number):
        return []
    plain = "end" not in match.groupdict()
    if plain and words_before(scan, match.start())[0] in WORDS["strong"]:
        return []
    count, opens = int(number), plain or match["end"] == "đầu"
    months = (1, count) if opens else (13 - count, 12)
    span = ("H1" if opens else "H2") if count == 6 else "M{}-{}".format(*months)
    point = Point(second_year(match), span=span)
    return [_year_of(Mention(match.start(), match.end(), rule, point, function="period"), match)]


def half_of_year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    point = Point(second_year(match), span="H1" if match["end"] == "đầu" else "H2")
    return [_year_of(Mention(match.start(), match.end(), rule, point, function="period"), match)]


# --- years ----------------------------------------------------------------------------------------------------------

_TERMS = re.compile(
    r"(?:^|[\s(“\"'])(?P<word>" + phrases.alternation(WORDS["term"]) + r")(?: [ivxl0-9]{1,6},?)? ?[:(]? ?\Z"
)


def _term(scan: Scan, start: int) -> tuple[int, str]:
    """nhiệm kỳ, khóa, giai đoạn, năm học before a range of years: where it begins, and term, period or school."""
    floor = max(scan.floor, start - 26)
    match = _TERMS.search(scan.low, floor, start)
    return (match.start("word"), WORDS["term"][match["word"]]) if match else (start, "")


def years(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """A term, a school year, a period: 2018–2023."""
    first, last = int(match["y"]), int(match["y2"])
    start, kind = _term(scan, match.start())
    if not kind and not (1900 <= first <= last <= 2100):
        return []
    if "/" in match[0] and kind != "school":
        return []
    if scan.low[match.start() - 1] in ":." or (not kind and counts(scan.low, match.end())):
        return []
    mention = Mention(
        start, match.end(), rule, Point(first), Point(last), function="term" if kind == "term" else "period"
    )
    return [mention]


def years_short(scan: Scan, rule: str, match: Match) -> list[Mention]:
    start, kind = _term(scan, match.start())
    first = int(match["y"])
    last = first // 100 * 100 + int(match["yy"])
    if kind not in ("school", "term") or not first < last <= first + 6:
        return []
    function = "term" if kind == "term" else "period"
    return [Mention(start, match.end(), rule, Point(first), Point(last), function=function)]


def year(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """A year: after năm, in a list of years, or bare beside what is held in that year."""
    low, start, end = scan.low, match.start(), match.end()
    number = int(match["y"])
    chunk = low[max(scan.floor, start - 24) : start]
    words = chunk[chunk.rfind("\n") + 1 :].split(" ")
    glue, word = words[-1], words[-2].lstrip("(“\"'‘") if len(words) > 1 else ""
    if not glue and word == "năm":
        if CONTEXTS["decade"].search(low, max(0, start - 24), start):
            point = Point(number) if number % 10 else Point(number, span="D")
            return [Mention(start - 4, end, rule, point, function="period")]
        at, modifier, before = edge(scan, start - 4)
        return [Mention(at, end, rule, Point(number), word=before, modifier=modifier, function="period")]
    if not 1930 <= number <= 2050 or counts(low, end):
        return []
    if follows(scan, start, "year"):
        return [Mention(start, end, rule, Point(number), function="period")]
    if not _is_bare_year(scan, start, end, glue, word):
        return []
    value = WORDS["year"].get(word)
    return [Mention(start, end, rule, Point(number), word=word, modifier=value or None, function="period")]


def _is_bare_year(scan: Scan, start: int, end: int, glue: str, word: str) -> bool:
    """A year without năm: "từ 2010 đến …", "Festival 2019", "(2019)"."""
    if glue == "(":
        return scan.low[end : end + 1] == ")" and not word[-1:].isdigit()
    if glue or not word:
        return False
    if word in WORDS["year"] or scan.low.endswith("so với ", 0, start):
        return True
    if CONTEXTS["new_year"].search(scan.low, max(0, start - 26), start):
        return True
    if not is_free(scan.text, scan.low, end):
        return False
    if word in WORDS["label"] or word in WORDS["quantity"]:
        return False
    return word[-1].isalpha() or word[-1] in "”\"’'"


def decade(scan: Scan, rule: str, match: Match) -> list[Mention]:
    written = match.groupdict().get("y")
    number = int(written) if written else 1900 + int(match["decade"])
    return (
        [] if number % 10 else [Mention(match.start(), match.end(), rule, Point(number, span="D"), function="period")]
    )


def century(scan: Scan, rule: str, match: Match) -> list[Mention]:
    written = match["century"]
    number = int(written) if written.isdigit() else _ROMAN[written]
    return [Mention(match.start(), match.end(), rule, Point(number * 100, span="C"), function="period")]
