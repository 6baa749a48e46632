"""Figures that the ones beside them contradict: an amount no one gives to so few, a total that its parts don't make."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from pipeline.normalize.figures import Found
from pipeline.normalize.plausibility import is_implausible_per_head

# "210 tỷ đồng cho 21 công nhân": so much money for so many.
_FOR = re.compile(r"[^.;\n\d]{0,30}?cho \Z")
_TOTAL = re.compile(r"(?<![^\W_])tổng(?![^\W_])[^.;\n\d]{0,40}\Z")
_NEAR = 40
_CLAUSE = 70
# Rounding and things that the total leaves out move it less than a slip of its unit does.
_SLIP = 5


def check(low: str, found: list[Found]) -> list[Found]:
    """The figures in text order, those that another one contradicts flagged "implausible"."""
    wrong: set[int] = set()
    for i, (money, heads) in enumerate(pairwise(found)):
        if money.value.currency == "VND" and heads.value.measure == "count" and heads.start - money.end <= _NEAR:
            per_head = is_implausible_per_head(Decimal(money.value.value), Decimal(heads.value.value))
            if per_head and _FOR.match(low, money.end, heads.start):
                wrong.add(i)
    for i, (things, first, second) in enumerate(zip(found, found[1:], found[2:], strict=False)):
        if things.value.measure == "count" and first.value.measure == second.value.measure == "money":
            total = _contradicted(low, things, first, second)
            if total is not None:
                wrong.add(i + 1 + total)
    return [_flagged(figure) if i in wrong else figure for i, figure in enumerate(found)]


def _contradicted(low: str, things: Found, first: Found, second: Found) -> int | None:
    """Which of the two amounts (0, 1) is a total that so many things at the other one's rate never make."""
    for number, rate, total in ((1, first, second), (0, second, first)):
        per = (rate.value.per or "").partition("/")[0]
        if not per or total.value.per or not things.value.unit.lower().startswith(per.lower()):
            continue
        if first.start - things.end > _CLAUSE or second.start - first.end > _CLAUSE or things.value.value <= 1:
            continue
        if not _TOTAL.search(low, max(things.end, total.start - _CLAUSE), total.start):
            continue
        made = things.value.value * rate.value.value
        if made and rate.value.unit == total.value.unit and not 1 / _SLIP < total.value.value / made < _SLIP:
            return number
    return None


def _flagged(figure: Found) -> Found:
    if "implausible" in figure.value.flags:
        return figure
    return replace(figure, value=replace(figure.value, flags=(*figure.value.flags, "implausible")))
