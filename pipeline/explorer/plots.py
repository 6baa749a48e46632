"""Pictures of amounts and of times, as SVG without styles of its own; a table on the page says the same in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from pipeline.charts import PALETTE

_WIDTH, _LEFT, _TOP = 900, 140, 14
_HEIGHT, _BOTTOM = 280, 30
_BAND, _LABEL = 22, 330


@dataclass(frozen=True, slots=True)
class Spread:
    """What a year's figures are: how many, their middle and where most of them lie."""

    label: str
    n: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, by its name."""

    label: str
    first: date
    last: date


def spreads(rows: Sequence[Spread], title: str) -> str:
    """A line from low to high and a dot at the median for each row, on a logarithmic scale where it needs one."""
    values = [value for row in rows for value in (row.low, row.median, row.high)]
    if not values:
        return ""
    scale = _Scale(min(values), max(values))
    step = (_WIDTH - _LEFT) / len(rows)
    every = -(-len(rows) // 15)
    drawn = [_levels(min(values), max(values), scale)]
    for place, row in enumerate(rows):
        x = _LEFT + (place + 0.5) * step
        said = f"{row.label}: {row.n:,}; {_short(row.low)} – {_short(row.median)} – {_short(row.high)}"
        drawn.append(
            f"<g><title>{escape(said)}</title>"
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{scale(row.low):.1f}" y2="{scale(row.high):.1f}" '
            f'stroke="{PALETTE[4]}" stroke-width="6" stroke-linecap="round"/>'
            f'<circle cx="{x:.1f}" cy="{scale(row.median):.1f}" r="5" fill="{PALETTE[0]}"/></g>'
        )
        if place % every == 0:
            drawn.append(
                f'<text x="{x:.1f}" y="{_HEIGHT - 8}" text-anchor="middle" font-size="12">{escape(row.label)}</text>'
            )
    return _picture(_HEIGHT, title, "".join(drawn))


def spans(rows: Sequence[Span], title: str) -> str:
    """A bar for each row from its first to its last day, one below the other."""
    if not rows:
        return ""
    first, last = min(row.first for row in rows), max(row.last for row in rows)
    days = max(1, (last - first).days)
    room = _WIDTH - _LABEL - 10

    def across(day: date) -> float:
        return _LABEL + room * (day - first).days / days

    height = _TOP + _BAND * len(rows) + 22
    drawn = []
    for place, row in enumerate(rows):
        y = _TOP + place * _BAND
        label = row.label if len(row.label) <= 48 else row.label[:47] + "…"
        drawn.append(
            f"<g><title>{escape(f'{row.label}: {row.first} – {row.last}')}</title>"
            f'<text x="0" y="{y + 12}" font-size="12">{escape(label)}</text>'
            f'<rect x="{across(row.first):.1f}" y="{y}" rx="3" height="{_BAND - 8}" fill="{PALETTE[0]}" '
            f'width="{max(4.0, across(row.last) - across(row.first)):.1f}"/></g>'
        )
    ends = (
        f'<text x="{_LABEL}" y="{height - 6}" font-size="12">{first}</text>'
        f'<text x="{_WIDTH - 10}" y="{height - 6}" text-anchor="end" font-size="12">{last}</text>'
    )
    return _picture(height, title, "".join(drawn) + ends)


class _Scale:
    """Values to heights: logarithmic where all are positive and the largest is fifty times the smallest."""

    def __init__(self, low: float, high: float) -> None:
        self.logarithmic = low > 0 and high / low >= 50
        self.low, self.high = self._at(low), self._at(high)

    def _at(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value

    def __call__(self, value: float) -> float:
        wide = (self.high - self.low) or 1.0
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * (self._at(value) - self.low) / wide


def _levels(low: float, high: float, scale: _Scale) -> str:
    if scale.logarithmic:
        exponents = range(math.ceil(scale.low), math.floor(scale.high) + 1)
        marks = [10.0**exponent for exponent in exponents][:: max(1, len(exponents) // 6)] or [low, high]
    else:
        marks = sorted({low, (low + high) / 2, high})
    return "".join(
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{scale(mark):.1f}" y2="{scale(mark):.1f}" stroke="#ccc"/>'
        f'<text x="{_LEFT - 6}" y="{scale(mark) + 4:.1f}" text-anchor="end" font-size="12">{_short(mark)}</text>'
        for mark in marks
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"


def _picture(height: float, title: str, drawn: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )
