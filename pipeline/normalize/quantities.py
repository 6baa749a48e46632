"""Amounts, units, comparators and rates at a place in a text: regular expressions that match from there only.

All functions take the lower-cased text (same length as the text) and an offset, and look no further than they must,
so that a text with many numbers takes time in proportion to its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.normalize.money import CURRENCY, currency
from pipeline.normalize.numerals import DIGITS, NUMBER_WORDS, SCALES, parse_number
from pipeline.resources import rows

_END = r"(?![^\W_])"
# "2 tỷ lệ" would be a ratio, "10 triệu" a million: a scale word ends where the word ends and heads no compound.
_SCALE = rf"(?:(?: ?(?:chục|trăm|nghìn|ngàn|triệu|tr|vạn|(?:tỷ|tỉ)(?! (?:lệ|số|giá|trọng|suất|phú){_END}))|k){_END})"
_WRITTEN = re.compile(rf"({DIGITS})({_SCALE}{{0,3}})((?: {DIGITS}{_SCALE}{{1,3}}){{0,3}}(?: rưỡi{_END})?)")
_REPEAT = re.compile(rf" ?\(({NUMBER_WORDS})\)(?= )")
_SPELLED = re.compile(NUMBER_WORDS)
_SCALE_WORD = re.compile("|".join(sorted(SCALES, key=len, reverse=True)))
_ROUND = re.compile(r"(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)(?= )")
_NEXT_WORD = re.compile(r" ?([^\W_]+)")

_UNITS = {row["surface"]: row for row in rows("lexicons/units.csv")}
_LOWER_ONLY = frozenset(("m", "lần", "điểm", "tạ", "yến", "sào", "lít", "tấn"))
_CHANGE = re.compile(r" (?:lên|xuống)(?: (?:đến|tới|còn|mức))? (?=\d)")
_TOTAL = re.compile(r" trong (?:(?:tổng )?số )?(?:hơn |gần |khoảng |trên )?(?=\d)")
_WORD_UNITS = sorted((u for u in _UNITS if u[-1].isalnum()), key=len, reverse=True)
_SIGN_UNITS = sorted((u for u in _UNITS if not u[-1].isalnum()), key=len, reverse=True)
_UNIT = re.compile(rf" ?({'|'.join(map(re.escape, _SIGN_UNITS))}|(?:{'|'.join(map(re.escape, _WORD_UNITS))}){_END})")
_MONEY = re.compile(rf" ?({CURRENCY})")

_RANGE = re.compile(r"(?: ?(?:--?|–|—|~) ?| (?:đến|tới) )(?=\d|[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: ``text`` with its scale words, ``scale`` their product (None without any)."""

    start: int
    end: int
    text: str
    digits: str  # "" for a number in words
    scale: Decimal | None
    contradicted: bool = False  # by the number that repeats it in words

    def value(self, *, whole: bool = False) -> Decimal | None:
        """The number; ``whole`` where things are counted ("1,863 đoàn viên" is 1863)."""
        return parse_number(self.text, whole=whole and self.scale is None)


@dataclass(frozen=True, slots=True)
class Unit:
    """A measured unit: ``measure`` and ``unit`` as SCHEMA.md has them, and where it ends."""

    end: int
    measure: str
    unit: str
    currency: str | None = None


def read_amount(low: str, start: int) -> Amount | None:
    """The number that begins at ``start``, in digits or words, with its scale words."""
    match = _WRITTEN.match(low, start)
    if match is None:
        spelled = _SPELLED.match(low, start)
        if spelled is None:
            return _read_round(low, start)
        scales = _SCALE_WORD.findall(spelled[0]) if " " in spelled[0] else []
        return Amount(start, spelled.end(), spelled[0], "", SCALES[scales[-1]] if scales else None)
    for end in (match.end(), match.end(2)):
        text = low[start:end]
        # What is digits alone, with or without scale words, always reads.
        if (not match[3] and match[1].isdecimal()) or parse_number(text) is not None:
            break
    else:
        return None
    scale = Decimal(1)
    for word in _SCALE_WORD.findall(match[2]):
        scale *= SCALES[word]
    end, contradicted = _after_repeat(low, end, text)
    return Amount(start, end, text, match[1], scale if scale > 1 else None, contradicted)


def _read_round(low: str, start: int) -> Amount | None:
    """A scale word alone, one of it: "gần *chục* doanh nghiệp", "hơn *triệu* lao động"."""
    match = _ROUND.match(low, start)
    if match is None:
        return None
    return Amount(start, match.end(), f"một {match[0]}", "", SCALES.get(match[0]))


def _after_repeat(low: str, end: int, text: str) -> tuple[int, bool]:
    """Past the number repeated in words ("05 (năm) suất", "3.000.000 (ba triệu) đồng"), and whether it is another."""
    repeat = _REPEAT.match(low, end)
    restated = parse_number(repeat[1]) if repeat else None
    if repeat is None or restated is None:
        return end, False
    return repeat.end(), restated not in (parse_number(text), parse_number(text, whole=True))


def read_unit(text: str, low: str, amount: Amount) -> Unit | None:
    """The currency, percent sign or unit of measure right after ``amount``."""
    match = _MONEY.match(low, amount.end)
    if match:
        following = _NEXT_WORD.match(low, match.end())
        iso = currency(
            text[match.start(1) : match.end(1)], following[1] if following else "", scaled=bool(amount.scale)
        )
        if iso:
            return Unit(match.end(), "money", iso, iso)
    match = _UNIT.match(low, amount.end)
    if match is None:
        return None
    row = _UNITS[match[1]]
    following = _NEXT_WORD.match(low, match.end())
    if following and row["not_before"] and following[1] in row["not_before"].split("|"):
        return None
    # "10 Lần" is a heading's word, "29M-2270" a number plate.
    written = text[match.start(1) : match.end(1)]
    plate = (
        match[0][0] != " "
        and low[match.end() : match.end() + 1] == "-"
        and low[match.end() + 1 : match.end() + 2].isdigit()
    )
    named = written[0].isupper() and written.lower() in _LOWER_ONLY
    return None if plate or named else Unit(match.end(), row["measure"], row["unit"])


def read_range(low: str, end: int) -> int | None:
    """Where the upper end begins after a dash or "đến" at ``end``; None where there is neither."""
    match = _RANGE.match(low, end)
    return match.end() if match else None


def read_change(low: str, end: int) -> int | None:
    """Where the new value begins after "lên" or "xuống" at ``end``: "từ 3,25 *lên 3,43* triệu đồng"."""
    match = _CHANGE.match(low, end)
    return match.end() if match else None


def read_total(low: str, end: int) -> int | None:
    """Where the whole begins after a part at ``end``: "2.000 *trong số 22.000* công nhân"."""
    match = _TOTAL.match(low, end)
    return match.end() if match else None


def inherit(lower: Amount, upper: Amount) -> Amount:
    """The lower end of a range takes the scale word of the upper one where it is the smaller number before it."""
    if lower.scale is not None or upper.scale is None or not upper.digits:
        return lower
    mantissa, top = lower.value(), replace(upper, text=upper.digits, scale=None).value()
    if mantissa is None or top is None or mantissa >= top:
        return lower
    return replace(lower, text=lower.text + upper.text[len(upper.digits) :], scale=upper.scale)


# --- comparators ----------------------------------------------------------------------------------------------------

_BEFORE: dict[str, str] = {}
_AFTER: dict[str, str] = {}
_COMPARATORS = rows("lexicons/comparators.csv")
for _row in _COMPARATORS:
    if _row["position"] in ("before", "difference", "after"):
        (_AFTER if _row["position"] == "after" else _BEFORE)[_row["phrase"]] = _row["comparator"]
_DIFFERENCES = tuple(f" {row['phrase']} " for row in _COMPARATORS if row["position"] in ("difference", "direction"))
_PLACES = frozenset(row["phrase"] for row in _COMPARATORS if row["position"] == "place")
_STANDARD = re.compile(r"[^.,;()\d\n]{0,25}? (?:so với|kế hoạch|chỉ tiêu|so cùng kỳ)(?![^\W_])")
_LONGEST = max(phrase.count(" ") + 1 for phrase in _BEFORE)
_FOLLOWS = re.compile(rf"(?: [^\W\d_]+){{0,2}}? ({'|'.join(_AFTER)}){_END}")
_LEADS = re.compile(rf"({'|'.join(sorted(filter(_BEFORE.get, _BEFORE), key=len, reverse=True))}) ")


def comparator_before(low: str, start: int) -> tuple[str | None, int]:
    """The comparator whose phrase ends at ``start`` (after one space), and where the phrase begins.

    Of two ("khoảng hơn 200") the one beside the number decides; the phrase takes in both.
    """
    found: str | None = None
    begin = start
    while True:
        words, sign, length = words_before(low, begin), None, 0
        for length in range(min(_LONGEST, len(words)), 0, -1):
            sign = _BEFORE.get(" ".join(words[-length:]))
            if sign is not None:
                break
        if not sign:
            return found, begin
        found = found if found not in (None, "=") else sign
        begin -= len(" ".join(words[-length:])) + 1


_AGAINST = re.compile(r"(?<![^\W_])so với [^.;\n]*\Z")


def is_difference(low: str, begin: int, start: int, end: int, *, share: bool) -> bool:
    """Whether the comparator at [begin, start) only says in which direction: "cao hơn 20%", "vượt 300 người so với …".

    ``share``: the figure, which ends at ``end``, is a percentage or a multiple.
    """
    if not low.endswith(_DIFFERENCES, max(0, start - 20), start):
        return False
    return (
        share or _STANDARD.match(low, end) is not None or _AGAINST.search(low, max(0, begin - 100), begin) is not None
    )


def is_place(low: str, begin: int, start: int, unit: str, value: Decimal) -> bool:
    """Whether "trên" at [begin, start) says where: "*trên 3 huyện*", "trên 63 tỉnh"; "trên 100 xã" is more of them."""
    if low[begin:start] != "trên " or unit.lower() not in _PLACES:
        return False
    return value < 10 or value % 10 != 0


def comparator_ahead(low: str, start: int) -> tuple[str | None, int]:
    """The comparator that begins at ``start``, and where the number after it begins ("đến *dưới 5* triệu")."""
    match = _LEADS.match(low, start)
    return (_BEFORE[match[1]], match.end()) if match else (None, start)


def comparator_after(low: str, end: int) -> tuple[str | None, int]:
    """The comparator behind a figure ("trở lên", at most two words later), and where it ends."""
    match = _FOLLOWS.match(low, end)
    return (_AFTER[match[1]], match.end()) if match else (None, end)


def words_before(low: str, start: int) -> list[str]:
    """Up to four words that stand right before ``start``, each after one space; none across a sign."""
    if start < 2 or low[start - 1] != " ":
        return []
    words: list[str] = []
    for word in reversed(low[max(0, start - 48) : start - 1].rsplit(" ", _LONGEST)[-_LONGEST:]):
        if not word.isalnum():
            # "góp\nHơn": what stands before the break belongs to another line.
            tail = word.rsplit("\n", 1)[-1]
            return [tail, *words] if "\n" in word and tail.isalnum() else words
        words.insert(0, word)
    return words
