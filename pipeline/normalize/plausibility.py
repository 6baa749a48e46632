"""What an amount can be (``figure_bounds.csv``)."""

from __future__ import annotations

from decimal import Decimal

from pipeline.normalize.fold import lower
from pipeline.resources import rows

_BOUNDS: dict[tuple[str, str, str], Decimal] = {
    (row["measure"], unit, row["scale"]): Decimal(row["maximum"])
    for row in rows("lexicons/figure_bounds.csv")
    for unit in row["units"].split("|")
}
_PER_HEAD = _BOUNDS[("per_head", "VND", "")]


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
