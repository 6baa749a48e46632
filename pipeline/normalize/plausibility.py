"""What an amount can be (``figure_bounds.csv``) and whether it was reached or is aimed at (``figure_status.csv``)."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.normalize.fold import lower
from pipeline.resources import rows

_BOUNDS: dict[tuple[str, str, str], Decimal] = {
    (row["measure"], unit, row["scale"]): Decimal(row["maximum"])
    for row in rows("lexicons/figure_bounds.csv")
    for unit in row["units"].split("|")
}
_PER_HEAD = _BOUNDS[("per_head", "VND", "")]
_LEADS = {row["phrase"]: row["status"] for row in rows("lexicons/figure_status.csv") if row["position"] == "before"}
_FOLLOWS = {row["phrase"]: row["status"] for row in rows("lexicons/figure_status.csv") if row["position"] == "after"}
_LEAD = re.compile(r"(?<![^\W_])(?:" + "|".join(sorted(_LEADS, key=len, reverse=True)) + r")(?![^\W_])")
_FOLLOW = re.compile(r" ?(" + "|".join(sorted(_FOLLOWS, key=len, reverse=True)) + r")(?![^\W_])")
_CLAUSE = 90
_CLAUSE_END = re.compile(r"[.;:!?](?!\d)|\n")


def is_implausible(measure: str, unit: str, value: Decimal, mantissa: Decimal, scale: Decimal | None) -> bool:
    """Whether ``value`` passes the bound of its kind, or its written part that of its scale word.

    >>> is_implausible("money", "VND", Decimal(210_000_000 * 10**6), Decimal(210_000_000), Decimal(10**6))
    True
    """
    unit = lower(unit)
    bound = _BOUNDS.get((measure, unit if measure != "money" else unit.upper(), ""))
    if bound is not None and value > bound:
        return True
    written = _BOUNDS.get((measure, unit.upper(), str(int(scale)))) if scale else None
    return written is not None and mantissa > written


def is_implausible_per_head(amount: Decimal, heads: Decimal) -> bool:
    """Whether so many đồng for so many people is more than anyone ever gives to one."""
    return heads > 0 and amount / heads > _PER_HEAD


def status(low: str, start: int, end: int) -> str:
    """actual, target or planned: the last cue before the figure in its clause, or one right behind it."""
    follow = _FOLLOW.match(low, end)
    if follow:
        return _FOLLOWS[follow[1]]
    clause = low[max(0, start - _CLAUSE) : start]
    cues = _LEAD.findall(_CLAUSE_END.split(clause)[-1])
    return _LEADS[cues[-1]] if cues else "actual"
