"""Pictures as SVG text: bars that a page carries in itself, readable without colours by their titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

# Eight hues told apart by most colour-blind readers (Okabe and Ito 2008), then greys.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#444444", "#888888", "#BBBBBB")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 900, 260, 46, 46, 12
_LABELS = 14  # below the bars, at most


@dataclass(frozen=True, slots=True)
class Chart:
    """An SVG picture, and its legend as (name, colour)."""

    svg: str
    legend: tuple[tuple[str, str], ...]


def stacked_bars(counts: Mapping[str, Mapping[str, int]], title: str) -> Chart:
    """One bar a key of ``counts`` in its order, each a stack of its parts; the parts most counted get colours."""
    totals: dict[str, int] = {}
    for parts in counts.values():
        for part, n in parts.items():
            totals[part] = totals.get(part, 0) + n
    ranked = sorted(totals, key=lambda part: (-totals[part], part))
    colours = {part: PALETTE[min(place, len(PALETTE) - 1)] for place, part in enumerate(ranked)}
    highest = max((sum(parts.values()) for parts in counts.values()), default=0) or 1
    step = (_WIDTH - _LEFT) / max(1, len(counts))
    room = _HEIGHT - _BOTTOM - _TOP
    drawn = []
    for place, (key, parts) in enumerate(counts.items()):
        x, y = _LEFT + place * step, float(_HEIGHT - _BOTTOM)
        for part in ranked:
            if n := parts.get(part, 0):
                height = room * n / highest
                y -= height
                drawn.append(_bar(x, y, step * 0.85, height, colours[part], f"{key} {part}: {n:,}"))
    labels = _labels(list(counts), step)
    svg = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{_axis(highest, room)}{''.join(drawn)}{labels}</svg>"
    )
    return Chart(svg, tuple(colours.items()))


def _bar(x: float, y: float, width: float, height: float, colour: str, title: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _axis(highest: int, room: float) -> str:
    marks = sorted({highest, round(highest / 2)})
    lines = []
    for n in marks:
        y = _HEIGHT - _BOTTOM - room * n / highest
        lines.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ccc"/>'
            f'<text x="{_LEFT - 4}" y="{y + 4:.1f}" text-anchor="end" font-size="12">{n:,}</text>'
        )
    return "".join(lines)


def _labels(keys: Sequence[str], step: float) -> str:
    every = -(-len(keys) // _LABELS) if keys else 1
    y = _HEIGHT - _BOTTOM + 16
    return "".join(
        f'<text x="{_LEFT + (place + 0.4) * step:.1f}" y="{y}" text-anchor="middle" font-size="12">{escape(key)}</text>'
        for place, key in enumerate(keys)
        if place % every == 0
    )
