"""Reads lengths of time, what repeats, and lunar days."""

from __future__ import annotations

from decimal import Decimal

from pipeline.normalize.calendar import Point
from pipeline.normalize.numerals import parse_number
from pipeline.normalize.timex_context import CONTEXTS, WORDS, left, next_word
from pipeline.normalize.timex_mention import Match, Mention, Scan, edge, month_number, words_before

_UNITS = WORDS["unit"]
_QUOTES = {"“": "”", '"': '"', "‘": "’", "«": "»"}
_HALF = {"Y": "P6M", "M": "P15D", "100Y": "P50Y"}
_TITLE_REACH = 70


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _period(number: Decimal, unit: str) -> str:
    """P5Y, P6M, P1.5Y, a quarter as three months."""
    if unit == "Q":
        return f"P{_plain(number * 3)}M"
    if unit[0].isdigit():
        return f"P{_plain(number * int(unit[:-1]))}{unit[-1]}"
    return f"P{_plain(number)}{unit}"


def is_in_title(scan: Scan, start: int) -> bool:
    """Whether a short quoted name of a campaign, a movement or a prize holds ``start``."""
    window = scan.text[max(0, start - _TITLE_REACH) : start]
    window = window[window.rfind("\n") + 1 :]
    for quote, closes in _QUOTES.items():
        at = window.rfind(quote)
        if at < 0 or closes in window[at + 1 :] or (at and window[at - 1].isalnum()) or window[at + 1 : at + 2] == " ":
            continue
        end = scan.text.find(closes, start, start + _TITLE_REACH)
        said = window[:at].rstrip()[-1:] == ":"
        opens = at == 0 or window[:at].rstrip()[-1:] in (".", "!", "?")
        # A name has a capital; a citation goes on the sentence, and who said a whole one follows it.
        cited = window[at + 1 : at + 2].islower() or (opens and scan.text[end + 1 : end + 2] in (",", " -"))
        if end > 0 and "\n" not in scan.text[start:end] and not said and not cited:
            return not any(sign in window[at:] + scan.text[start:end] for sign in ",;.")
    return False


def _length(scan: Scan, rule: str, match: Match, value: str) -> list[Mention]:
    """A length of time unless it is an age, an ordinal, a rate, vague or part of a quoted name."""
    low, start = scan.low, match.start()
    word, earlier = words_before(scan, start)
    word = word.lstrip("(“\"'")
    glue = low[start - 1]
    if word in WORDS["ordinal"] or f"{earlier} {word}" in WORDS["ordinal"] or glue in "/.":
        return []
    follows = next_word(low, match.end())
    aged = follows in WORDS["vague"] and not CONTEXTS["seniority"].match(low, match.end())
    if aged or CONTEXTS["pay"].match(low, match.end()) or low[match.end() : match.end() + 2] == "/l":
        return []
    one = match.groupdict().get("n") in WORDS["one"]
    if one and (word in WORDS["rate"] or (match["n"] == "một" and follows == "mới") or follows in WORDS["vague_one"]):
        return []
    if one and value == "P1Y" and follows in WORDS["mood"] and (word == "là" or word not in WORDS["spent"]):
        return []
    if scan.found and scan.found[-1].literal.startswith("PT") and low[scan.floor : start].strip() in ("", "trong"):
        return []
    if is_in_title(scan, start):
        return []
    at, modifier = start, WORDS["modifier"].get(word)
    if word in WORDS["modifier"] and modifier in ("approx", ""):
        at = start - len(word) - 1
    elif f"{earlier} {word}" in WORDS["modifier"]:
        at, modifier = start - len(word) - len(earlier) - 2, "approx"
    else:
        modifier = modifier if modifier in ("before", "after") else None
    celebrated = word in WORDS["anniversary"] or CONTEXTS["founded"].match(low, match.end())
    function = "anniversary" if celebrated else "period"
    return [
        Mention(at, match.end(), rule, literal=value, type="DURATION", modifier=modifier or None, function=function)
    ]


def duration(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """40 ngày, hai mươi năm, một năm rưỡi."""
    number, unit = parse_number(match["n"]), _UNITS[match["u"]]
    if number is None or number == 0 or number >= 100000:
        return []
    after = scan.low[match.end() : match.end() + 6]
    # "đợt 2 năm 2022", "khối 5 tháng 6": the number belongs to what stands before it; but "trong 2 ngày 13.4 và 20.4".
    dated = after[:1] == " " and (after[1:2].isdigit() or CONTEXTS["counted_day"].match(after))
    if dated and (unit != "D" or number > 9 or words_before(scan, match.start())[0] in WORDS["hour_label"]):
        return []
    if match["half"]:
        if unit[0].isdigit():
            number, unit = number * int(unit[:-1]) + int(unit[:-1]) // 2, unit[-1]
            return _length(scan, rule, match, _period(number, unit))
        if unit == "Y":
            return _length(scan, rule, match, f"P{_plain(number * 12 + 6)}M")
        number += Decimal("0.5")
    if unit == "M" and words_before(scan, match.start())[0] in WORDS["strong"]:
        return []
    if match["n"] == "năm" and unit == "M" and not words_before(scan, match.start())[0]:
        return []
    return _length(scan, rule, match, _period(number, unit))


def duration_mixed(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """1 năm 6 tháng"""
    got = match.groupdict()
    first, second = parse_number(got["n"]), parse_number(got.get("n2") or got.get("nw2") or "")
    if first is None or second is None:
        return []
    return _length(scan, rule, match, f"P{_plain(first)}Y{_plain(second)}M")


def duration_months_days(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """2 tháng 5 ngày"""
    first, second = parse_number(match["n"]), parse_number(match["n2"])
    if first is None or second is None:
        return []
    return _length(scan, rule, match, f"P{_plain(first)}M{_plain(second)}D")


def duration_span(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """A length between two: both ends, on one span."""
    first, second, unit = parse_number(match["n"]), parse_number(match["n2"]), _UNITS[match["u"]]
    after = scan.low[match.end() : match.end() + 2]
    if first is None or second is None or first >= second or (after[:1] == " " and after[1:].isdigit()):
        return []
    low = _length(scan, rule, match, _period(first, unit))
    return low + _length(scan, rule, match, _period(second, unit)) if low else []


def half_duration(scan: Scan, rule: str, match: Match) -> list[Mention]:
    return _length(scan, rule, match, _HALF[_UNITS[match["u"]]])


def hours(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """48 giờ/tuần, hơn 3 giờ, 2 giờ 30 phút, 45 phút: a length, where nothing says that the clock is read."""
    number, unit, minutes = parse_number(match["n"]), match["u"], match.groupdict().get("n2")
    if not number or not _is_spent(scan, match):
        return []
    value = f"PT{_plain(number)}{'M' if unit == 'phút' else 'H'}" + (f"{int(minutes)}M" if minutes else "")
    return _length(scan, rule, match, value)


def _is_spent(scan: Scan, match: Match) -> bool:
    """Whether hours or minutes are a length: more than a day has, told as spent, or counted for each day."""
    low, unit = scan.low, match["u"]
    word, earlier = words_before(scan, match.start())
    word = word.lstrip("(“\"'")
    follows = next_word(low, match.end())
    if unit == "phút":
        return word not in WORDS["clock"] and low[match.start() - 1] not in ":h" and follows not in WORDS["vague"]
    if unit == "tiếng":
        named = low[match.end() : match.end() + 1] == " " and scan.text[match.end() + 1 : match.end() + 2].isupper()
        return match["whole"] is not None or not (named or follows in WORDS["sound"])
    if match["whole"] or CONTEXTS["each"].match(low, match.end()):
        return True
    if follows in WORDS["hour"] or follows.isdigit() or low[match.end() : match.end() + 1] in "-–":
        return False
    number = match["n"]
    if number.isdigit() and int(number) > 24:
        return word not in WORDS["label"]
    return word in WORDS["spent"] or f"{earlier} {word}" in WORDS["spent"]


def frequency(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """Once every so often: 2 năm/1 lần."""
    number = parse_number(match["n"])
    if not number or words_before(scan, match.start())[0] in WORDS["ordinal"]:
        return []
    return [Mention(match.start(), match.end(), rule, literal=_period(number, _UNITS[match["u"]]), type="SET")]


def repeated(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """hằng năm, mỗi tháng"""
    if is_in_title(scan, match.start()):
        return []
    number = Decimal(match.groupdict().get("n") or 1)
    start, modifier, _ = edge(scan, match.start())
    value = _period(number, _UNITS[match["u"]])
    return [Mention(start, match.end(), rule, literal=value, type="SET", modifier=modifier)] if number else []


# --- lunar ----------------------------------------------------------------------------------------------------------


def lunar_day(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """29 Tết, 15/8 âm lịch: kept as a lunar day, no day of the sun's calendar is reckoned."""
    before = left(scan.low, scan.floor, match.start())
    day, month = int(match["d"]), match["m"] or match["mw"]
    if match[0].endswith("tết"):
        if month is None and day in (28, 29, 30):
            month = "12"
        elif month is None and before.word not in WORDS["lunar_first"]:
            return []
        month = month or "1"
    if month is None:
        return []
    return [Mention(before.start, match.end(), rule, Point(None, month_number(month)[0], day, lunar=True))]


def first_days(scan: Scan, rule: str, match: Match) -> list[Mention]:
    """mùng 3 Tết; a "mùng 8/3" is a day of the sun's calendar."""
    before = left(scan.low, scan.floor, match.start())
    day = int(match["d"])
    if day > 10:
        return []
    written = match["m"] or match["mw"]
    month, lunar = month_number(written) if written else (1, True)
    if not written:
        sentence = scan.low[max(0, match.start() - 120) : match.end() + 60]
        if not match["lunar"] and "tết" not in sentence:
            return []
    lunar = lunar or bool(match["lunar"])
    point = Point(None, month, day, time=before.time, lunar=lunar)
    return [Mention(before.start, match.end(), rule, point, type="TIME" if before.time else "DATE")]


def full_moon(scan: Scan, rule: str, match: Match) -> list[Mention]:
    month, _ = month_number(match["m"])
    return [Mention(match.start(), match.end(), rule, Point(None, month, 15, lunar=True))]
