"""Figures of a text: every number that counts or measures, read where it stands.

One scan finds digits and number words; each is then read from its place on: amount, unit or counted noun, range,
comparator, rate. Dates, labels, names and numbers inside an organization's name are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from pipeline.normalize.ages import bare_ages
from pipeline.normalize.counted import NounPhrase, per_before, read_noun_phrase, read_per
from pipeline.normalize.counting import counts, is_code
from pipeline.normalize.figure_starts import digits, stands_free, words
from pipeline.normalize.figure_status import StatusReader
from pipeline.normalize.plausibility import is_implausible
from pipeline.normalize.quantities import (
    Amount,
    Unit,
    comparator_after,
    comparator_ahead,
    comparator_before,
    inherit,
    is_difference,
    is_place,
    read_amount,
    read_change,
    read_range,
    read_total,
    read_unit,
    words_before,
)
from pipeline.normalize.stated_counts import stated_counts
from pipeline.values import FigureValue

# A number after a number counts nothing: settled before anything else is read.
_NUMBER_AHEAD = re.compile(r" (?:hai|bốn|sáu|bảy|bẩy|tám|chín|mười|mươi|trăm|nghìn|ngàn|triệu)(?![^\W_])")
_ZERO, _MILLION = Decimal(0), Decimal(1_000_000)
# "2/3 công nhân" is a share of them; "9/11 chỉ tiêu" are nine and eleven.
_SHARES = 5
_SHARE_UNITS = frozenset(("%", "‰", "điểm phần trăm", "lần"))
_MONEY_CUE = re.compile(
    r"(?<![^\W_])(?:tiền|lương|thưởng|giá|phí|vốn|thu nhập|mức|trị giá|quỹ|lãi|nợ|đồng|chi)(?![^\W_])"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a text: [start, end) with its value and the rule that read it."""

    start: int
    end: int
    rule: str
    value: FigureValue
    amount: Amount


class Spans(Protocol):
    """Places in a text that are something else already."""

    def overlaps(self, start: int, end: int) -> bool: ...


class Reader:
    """One text's figures. ``taken`` are dates, ``names`` organizations without their first character."""

    def __init__(self, text: str, low: str, taken: Spans, names: Spans, quoted: Spans) -> None:
        self.text, self.low = text, low
        self.taken, self.names = taken, names
        self.quoted = quoted
        self.ages = bare_ages(low)
        self.stated = stated_counts(text, low)
        self.status = StatusReader(low)
        self.last: Found | None = None
        self.passed = 0  # past a number in words: none of its own words begins another

    def read(self) -> Iterator[Found]:
        end = 0
        starts = {*digits(self.low), *words(self.low), *self.ages, *self.stated}
        for start in sorted(starts):
            if start < end or self.taken.overlaps(start, start + 1) or self.names.overlaps(start, start + 1):
                continue
            figures = self._at(start)
            end = max(end, self.passed)
            for figure in figures:
                end = max(end, figure.end)
                self.last = figure
                yield figure

    def _at(self, start: int) -> list[Found]:
        if not self._stands_free(start):
            return []
        amount = read_amount(self.low, start)
        if amount is None or _NUMBER_AHEAD.match(self.low, amount.end):
            self.passed = amount.end if amount and not amount.digits else 0
            return []
        if not amount.digits:
            self.passed = amount.end
        if is_code(amount) or self.taken.overlaps(start, amount.end) or self.quoted.overlaps(start, start + 1):
            return []
        if self.low[amount.end : amount.end + 1] == "/":
            return self._ratio(amount)
        if start in self.ages:
            figure = self._build(amount, Unit(amount.end, "age", "tuổi"), None, rule="figure.age-bare")
        else:
            figure = self._plain(amount) or self._stated(amount)
        return [figure] if figure else []

    def _stands_free(self, start: int) -> bool:
        """Whether nothing ties the number to what stands before it; a ratio's second number is tied to the first."""
        if self.last is not None and self.last.end == start - 1 and self.low[start - 1] == "/":
            return self.last.value.measure == "count" and self.low[start : start + 2] != "1 "
        return stands_free(self.text, self.low, start)

    # --- forms ------------------------------------------------------------------------------------------------------

    def _plain(self, amount: Amount) -> Found | None:
        unit = read_unit(self.text, self.low, amount)
        return self._range(amount, unit) or self._single(amount, unit)

    def _single(self, amount: Amount, unit: Unit | None) -> Found | None:
        if unit:
            return self._build(amount, unit, None)
        phrase = self._phrase(amount)
        if self._is_bare_money(amount, phrase):
            return self._build(amount, Unit(amount.end, "money", "VND", "VND"), None, rule="figure.money-bare")
        return self._build(amount, None, phrase) if phrase else self._changed(amount) or self._part(amount)

    def _stated(self, amount: Amount) -> Found | None:
        """ "số đoàn viên của quận là 1.250": what is counted stands before."""
        if amount.start not in self.stated:
            return None
        phrase = self.stated[amount.start][1]
        here = replace(phrase, start=amount.start, end=amount.end)
        figure = self._build(amount, None, here, rule="figure.count-stated")
        return replace(figure, value=replace(figure.value, unit_raw=phrase.unit)) if figure else None

    def _changed(self, amount: Amount) -> Found | None:
        """ "từ 3,25 lên 3,43 triệu đồng": the old value has the new one's scale and unit."""
        begin = read_change(self.low, amount.end)
        new = read_amount(self.low, begin) if begin else None
        if new is None or self.taken.overlaps(new.start, new.end):
            return None
        unit = read_unit(self.text, self.low, new)
        if unit is None or unit.measure not in ("money", "percent", "age"):
            return None
        amount = inherit(amount, new)
        return self._build(amount, replace(unit, end=amount.end), None, rule="figure.change", upper=new)

    def _part(self, amount: Amount) -> Found | None:
        """ "3.500 trong số 41.000 công nhân": the part counts what the whole does."""
        # "là 1 trong 6 đơn vị" is one of them, as "một trong" is.
        begin = read_total(self.low, amount.end) if amount.text not in ("1", "01", "một") else None
        whole = read_amount(self.low, begin) if begin else None
        phrase = self._phrase(whole) if whole else None
        figure = self._build(amount, None, phrase, rule="figure.part", upper=whole) if phrase else None
        return replace(figure, end=amount.end) if figure else None

    def _range(self, lower: Amount, own: Unit | None) -> Found | None:
        """ "15 - 20 triệu đồng", "từ 1,2 triệu đến dưới 3 triệu đồng": one figure with two ends."""
        begin = read_range(self.low, own.end if own else lower.end)
        if begin is None:
            return None
        sign, begin = comparator_ahead(self.low, begin)
        upper = read_amount(self.low, begin)
        if upper is None or self.taken.overlaps(begin, upper.end):
            return None
        unit = read_unit(self.text, self.low, upper)
        phrase = None if unit else self._phrase(upper)
        if not unit and not phrase and self._is_bare_money(upper, phrase):
            unit = Unit(upper.end, "money", "VND", "VND")
        if own and (unit is None or own.unit != unit.unit):
            return None
        lower = inherit(lower, upper)
        low, high = lower.value(whole=unit is None), upper.value(whole=unit is None)
        if low is None or high is None or low >= high or not (unit or phrase):
            return None
        figure = self._build(lower, unit, phrase, rule="figure.range", upper=upper)
        if figure is None:
            return None
        # What the lower end says of itself ("khoảng 3-5 người") holds for the upper one too, "từ" for none.
        value = replace(figure.value, value_max=float(high), comparator_max=sign)
        return replace(figure, value=value)

    def _ratio(self, part: Amount) -> list[Found]:
        """ "250/350 công nhân": two figures of one unit. "2/3 số công nhân": a share."""
        whole = read_amount(self.low, part.end + 1) if self.low[part.end + 1 : part.end + 2].isdigit() else None
        if whole is None:
            figure = self._plain(part)
            return [figure] if figure else []
        named = replace(whole, end=whole.end + 3) if self.low.startswith(" số ", whole.end) else whole
        phrase = self._phrase(named)
        if phrase is None or phrase.kind == "open" or part.scale or whole.scale:
            return []
        above, below = part.value(whole=True), whole.value(whole=True)
        if above is None or below is None or named is not whole or above < below <= _SHARES:
            figure = self._build(part, None, phrase, rule="figure.share", upper=whole)
            if figure is None or above is None or not below:
                return []
            return [replace(figure, value=replace(figure.value, value=float(above / below)))]
        first = self._build(part, None, phrase, rule="figure.ratio", upper=whole)
        second = self._build(whole, None, phrase, rule="figure.ratio")
        if first is None or second is None:
            return []
        return [replace(first, end=part.end), replace(second, start=whole.start)]

    def _phrase(self, amount: Amount) -> NounPhrase | None:
        """The counted noun after ``amount`` and one space."""
        end = amount.end
        return read_noun_phrase(self.text, end + 1) if self.low[end : end + 1] == " " else None

    def _is_bare_money(self, amount: Amount, phrase: NounPhrase | None) -> bool:
        """ "150 triệu": đồng is meant where millions have no noun, or one that no row knows in a context of money."""
        if amount.scale is None or amount.scale < _MILLION:
            if phrase and phrase.kind == "open" and phrase.unit.split(" ")[0] == "tiền":
                value = amount.value(whole=True)
                return value is not None and value >= 1000
            return amount.scale == 1000 and bool(amount.digits) and self.low[amount.end : amount.end + 1] == "/"
        if phrase is None:
            return words_before(self.low, amount.start)[-2:] != ["dân", "số"]
        # "150.000 tiền ăn", "1.400 tỷ bảo hiểm": things that no row knows are never counted by the billion.
        if phrase.kind == "open" and ((amount.scale > _MILLION and amount.digits) or phrase.unit.startswith("tiền")):
            return True
        context = self.low[max(0, amount.start - 40) : amount.start]
        return phrase.kind == "open" and bool(_MONEY_CUE.search(context))

    # --- value ------------------------------------------------------------------------------------------------------

    def _build(
        self, amount: Amount, unit: Unit | None, phrase: NounPhrase | None, rule: str = "", upper: Amount | None = None
    ) -> Found | None:
        sign, begin = comparator_before(self.low, amount.start)
        if not counts(self.text, self.low, amount, unit, phrase, begin):
            return None
        end = unit.end if unit else phrase.end if phrase else amount.end
        per, _ = read_per(self.text, self.low, end, counted=unit is None)
        if sign and is_difference(self.low, begin, amount.start, end, share=bool(unit and unit.unit in _SHARE_UNITS)):
            sign = None
        if sign and phrase and is_place(self.low, begin, amount.start, phrase.unit, amount.value(whole=True) or _ZERO):
            sign, begin = None, amount.start
        after, after_end = comparator_after(self.low, end)
        if after:
            sign, end = after, after_end
        if self.low[max(0, begin - 3) : begin] == "từ " and (after or rule == "figure.range"):
            begin -= 3
        value = amount.value(whole=unit is None)
        if value is None:
            return None
        measure = unit.measure if unit else "count"
        name = unit.unit if unit else phrase.unit if phrase else ""
        mantissa = value / amount.scale if amount.scale else value
        last = upper or amount
        unit_from = last.start + len(last.digits) if last.digits else last.end
        implausible = amount.contradicted or is_implausible(measure, name, value, mantissa, amount.scale)
        figure = FigureValue(
            measure=measure,
            value=float(value),
            unit=name,
            unit_raw=self.text[unit_from : unit.end if unit else phrase.end if phrase else end].strip(),
            counted=self._counted(unit, phrase),
            currency=unit.currency if unit else None,
            comparator=sign or "=",
            per=per or (per_before(self.low, begin) if measure == "money" else None),
            status=self.status.read(begin, end, name) if rule != "figure.change" else "actual",
            confidence=_confidence(unit, phrase, amount),
            flags=("implausible",) if implausible else (),
        )
        return Found(begin, end, rule or _rule(unit, phrase, amount), figure, amount)

    def _counted(self, unit: Unit | None, phrase: NounPhrase | None) -> str | None:
        if phrase:
            return phrase.unit
        if unit and unit.measure in ("percent", "other") and self.low[unit.end : unit.end + 1] == " ":
            counted = read_noun_phrase(self.text, unit.end + 1)
            return counted.unit if counted and counted.kind != "open" else None
        return None


def _rule(unit: Unit | None, phrase: NounPhrase | None, amount: Amount) -> str:
    if unit:
        return f"figure.{unit.measure}"
    if not amount.digits:
        return "figure.count-in-words"
    return {"open": "figure.count-open", "named": "figure.count-named"}.get(
        phrase.kind if phrase else "", "figure.count"
    )


def _confidence(unit: Unit | None, phrase: NounPhrase | None, amount: Amount) -> float:
    if unit:
        return 0.98 if amount.digits else 0.9
    if phrase and phrase.kind == "open":
        return 0.7
    return 0.95 if amount.digits else 0.85
