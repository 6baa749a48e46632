"""A text with the stretches that facts stand on: nested and overlapping ones too, in pieces that HTML can nest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_MARKS = 5_000
MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A fact's stretch of the text: ``text[start:end]``."""

    row_id: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Text under the same marks, the innermost (shortest) last; ``opens`` are those that begin with it."""

    text: str
    marks: tuple[Mark, ...]
    opens: tuple[Mark, ...]


def paragraphs(text: str, marks: Sequence[Mark]) -> list[list[Piece]]:
    """The lines of ``text`` as pieces; all pieces' texts, joined, are the text without its line ends.

    Marks that are empty or reach out of the text are left out; of very long texts only the beginning is given.
    """
    text = text[:MOST_CHARACTERS]
    inside = sorted(
        (mark for mark in marks if 0 <= mark.start < mark.end <= len(text)),
        key=lambda mark: (mark.start, -mark.end, mark.row_id),
    )[:MOST_MARKS]
    breaks = {0, len(text)} | {mark.start for mark in inside} | {mark.end for mark in inside}
    lines: list[list[Piece]] = [[]]
    ordered = sorted(breaks)
    coming = 0
    active: list[Mark] = []
    for start, end in pairwise(ordered):
        active = [mark for mark in active if mark.end > start]
        opens = []
        while coming < len(inside) and inside[coming].start == start:
            opens.append(inside[coming])
            coming += 1
        active += opens
        under = tuple(sorted(active, key=lambda mark: (mark.start - mark.end, mark.start, mark.row_id)))
        for number, part in enumerate(text[start:end].split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Piece(part, under, tuple(opens)))
                opens = []
    return [line for line in lines if line]
