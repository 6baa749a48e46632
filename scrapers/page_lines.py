"""A page's lines with what is known of each: running text or not, heading of something else, dead."""

from __future__ import annotations

import re
from itertools import accumulate

from scrapers.furniture import has_caption_cue, has_role, is_paragraph, is_terminated, line_key
from scrapers.lines import Lines, Piece
from scrapers.markup import CAPTION

_SENTENCE_MIN = 40
# Titles of the last hours, one behind the other.
_TICKER_MIN, _TICKER_CLOCKS = 200, 4
_CLOCK = re.compile(r"\b\d{1,2}[:h]\d\d\b")
_LINKED_MAX = 0.4
_WRAPPED = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption"})


class PageLines:
    """One page's lines and boxes with what is known of each; ``dead`` lines are none of the article's, the
    ``shared`` ones because other pages of the host hold them too.
    """

    def __init__(self, lines: Lines) -> None:
        self.pieces, self.boxes = lines.pieces, lines.boxes
        self.keys = [line_key(piece.text) for piece in self.pieces]
        self.ends = [has_role("end", piece.text) for piece in self.pieces]
        self.runs = [
            is_running(piece) and not (end or has_role("line", piece.text) or has_role("banner", piece.text))
            for piece, end in zip(self.pieces, self.ends, strict=True)
        ]
        self.dead = bytearray(len(self.pieces))
        self.shared = bytearray(len(self.pieces))
        self.children: list[list[int]] = [[] for _ in self.boxes]
        for index, box in enumerate(self.boxes[1:], 1):
            self.children[box.parent].append(index)
        self.counts = [0, *accumulate(self.runs)]
        self._shapes: dict[int, frozenset[tuple[str, str]]] = {}
        self.chars = [0, *accumulate(len(piece.text) for piece in self.pieces)]
        self.links = [0, *accumulate(int(len(piece.text) * piece.linked) for piece in self.pieces)]
        self.weigh()

    def weigh(self) -> None:
        """Weigh anew what is live."""
        self._shapes.clear()
        self._weights = [
            0,
            *accumulate(
                len(piece.text) if run and not dead else 0
                for piece, run, dead in zip(self.pieces, self.runs, self.dead, strict=True)
            ),
        ]

    def weight(self, start: int, end: int) -> int:
        """Characters of live running text in [start, end)."""
        return self._weights[end] - self._weights[start] if end > start else 0

    def signature(self, index: int) -> tuple[int, str]:
        box = self.pieces[index].box
        return self.holder(index), self.boxes[box].tag

    def shape(self, index: int) -> tuple[str, str]:
        """Tag and name of the line's own box."""
        box = self.boxes[self.pieces[index].box]
        return box.tag, box.kind

    def shapes(self, box: int) -> frozenset[tuple[str, str]]:
        """Tags and names of a box's live paragraphs."""
        if box not in self._shapes:
            held = self.boxes[box]
            live = (i for i in range(held.start, held.end) if self.runs[i] and not self.dead[i])
            self._shapes[box] = frozenset(map(self.shape, live))
        return self._shapes[box]

    def holder(self, index: int) -> int:
        """The box that holds the line and its siblings: the first with more in it than the line's own paragraph."""
        box = self.pieces[index].box
        if self.boxes[box].tag in _WRAPPED:
            box = self.boxes[box].parent
        while box and self.boxes[box].end - self.boxes[box].start == 1:
            box = self.boxes[box].parent
        return box


def are_columns(page: PageLines | Lines, one: int, other: int) -> bool:
    """Whether two lines stand in two cells of one row: columns of the page, or a field's name and value."""
    around = set()
    box = page.pieces[one].box
    while box:
        around.add(box)
        box = page.boxes[box].parent
    box = page.pieces[other].box
    while box and page.boxes[box].parent not in around:
        box = page.boxes[box].parent
    return bool(box) and box not in around and page.boxes[page.boxes[box].parent].tag == "tr"


def is_running(piece: Piece) -> bool:
    """Whether a line is running text: a sentence of some length that is no link."""
    text = piece.text
    if piece.linked > _LINKED_MAX or piece.marks & CAPTION:
        return False
    if len(text) > _TICKER_MIN and not is_terminated(text) and len(_CLOCK.findall(text)) >= _TICKER_CLOCKS:
        return False
    long = is_paragraph(text) or (len(text) >= _SENTENCE_MIN and is_terminated(text) and text.count(" ") >= 7)
    return long and not has_caption_cue(text)
