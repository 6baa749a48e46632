"""Lines in an article's own box whose markup says that the page speaks, not the article: told by shape, not by wording.

A content management system writes an article's paragraphs in one shape. What its templates set among or below them,
a poll, a pull quote, a call to subscribe, a note on the author, has a named box or a name of its own.
"""

from __future__ import annotations

import re
from collections import Counter

from scrapers.bylines import parse_credit
from scrapers.furniture import has_role, is_terminated
from scrapers.lines import Lines
from scrapers.markup import BOLD, CAPTION, CENTER, HEADING, ITALIC, LARGE, SMALL
from scrapers.page_lines import is_running
from scrapers.stamps import stamp_line

_RUNS_MIN = 2
_UNIFORM_MIN = 3
_UNIFORM_SHARE = 0.8
_OWN_SHARE = 0.4
_FOREIGN_SHARE = 0.25
_SHORT_BOX, _SHORT_SHARE = 250, 0.7
_NOTE_MAX = 100
_TALK_MAX = 220
_PLAIN = frozenset({"div", "section", "aside"})
_ENTRIES = frozenset(["li", "tr", "td", "th", "dd", "dt", "table", "thead", "tbody", "blockquote", "pre", "figcaption"])
_KEPT_ROLES = frozenset({"text", "lead", "caption", "format"})
_QUOTED = re.compile(r"[“\"‘].*[.!?…][”\"’]?|[“\"‘].*[”\"’][.!?…]")
_SET_OFF = ITALIC | SMALL | CENTER


def without_foreign(lines: Lines, kept: list[int], shown: frozenset[int], dead: bytearray) -> list[int]:
    """The lines ``kept`` without those in boxes and paragraphs foreign to the text's shape, captions aside.

    ``dead``: the lines that are known to be none of the article's.
    """
    kept = [index for index in kept if index in shown or not _heads_dead(lines, index, dead)]
    runs = [index for index in kept if is_running(lines.pieces[index])]
    own = _own(lines, runs)
    if len(own) < _RUNS_MIN:
        return kept
    holder = _place(lines, own[0])
    shapes = Counter(_shape(lines, lines.pieces[index].box) for index in own)
    foreign = _foreign_boxes(lines, kept, own, shapes, shown)
    usual, count = shapes.most_common(1)[0]
    # The lead and the note itself may have shapes of their own.
    uniform = count >= max(_UNIFORM_MIN, min(len(own) - 2, _UNIFORM_SHARE * len(own)))
    held = Counter(_shape(lines, lines.pieces[index].box) for index in kept)
    return [
        index
        for index in kept
        # Below the picture in a box about the author stands no caption.
        if (index in shown and (lines.pieces[index].marks & CAPTION or _child(lines, index, holder) not in foreign))
        or not (
            _child(lines, index, holder) in foreign
            or (uniform and held[_shape(lines, lines.pieces[index].box)] == 1 and _is_note(lines, index, own, holder))
            or _talks(lines, index, own, usual)
        )
    ]


def _heads_dead(lines: Lines, index: int, dead: bytearray) -> bool:
    """Whether a short line opens a box of which all else is none of the article's."""
    box = lines.boxes[lines.boxes[lines.pieces[index].box].parent]
    if box.start != index or box.end <= index + 1 or len(lines.pieces[index].text) > _NOTE_MAX:
        return False
    return 0 not in dead[index + 1 : box.end] and not is_terminated(lines.pieces[index].text)


def _own(lines: Lines, runs: list[int]) -> list[int]:
    """The paragraphs that stand in the box that holds most of them; none where no box does."""
    weights: Counter[int] = Counter()
    for index in runs:
        weights[_place(lines, index)] += len(lines.pieces[index].text)
    if not weights:
        return []
    holder, weight = weights.most_common(1)[0]
    if weight < _OWN_SHARE * weights.total():
        return []
    return [index for index in runs if _place(lines, index) == holder]


def _place(lines: Lines, index: int) -> int:
    """The box that holds the line's paragraph."""
    box = lines.boxes[lines.pieces[index].box]
    return box.parent if box.end - box.start == 1 else lines.pieces[index].box


def _shape(lines: Lines, box: int) -> tuple[str, str]:
    return lines.boxes[box].tag, lines.boxes[box].kind


def _child(lines: Lines, index: int, holder: int) -> int:
    """The box in ``holder`` that the line stands in; 0 where it stands elsewhere."""
    box = lines.pieces[index].box
    while box and lines.boxes[box].parent != holder:
        box = lines.boxes[box].parent
    return box


def _foreign_boxes(
    lines: Lines, kept: list[int], own: list[int], shapes: Counter[tuple[str, str]], shown: frozenset[int]
) -> frozenset[int]:
    """The named boxes among and behind the paragraphs, of a shape that holds little of the text, no picture's."""
    holder = _place(lines, own[0])
    inside: dict[int, list[int]] = {}
    for index in kept:
        if index > own[0] and (child := _child(lines, index, holder)):
            inside.setdefault(child, []).append(index)
    weights: Counter[tuple[str, str]] = Counter()
    heads: Counter[tuple[str, str]] = Counter()
    for child, held in inside.items():
        weights[_shape(lines, child)] += sum(len(lines.pieces[i].text) for i in held if is_running(lines.pieces[i]))
        heads[_shape(lines, child)] += len(held) == 1 and _is_heading(lines, held[0])
    usual = max(shapes.values())
    total = sum(len(lines.pieces[index].text) for index in own)
    # A short article's poll may be long beside it.
    most = max(_FOREIGN_SHARE * total, min(_SHORT_BOX, _SHORT_SHARE * total))
    return frozenset(
        child
        for child, held in inside.items()
        if lines.boxes[child].tag in _PLAIN
        and lines.boxes[child].kind
        and shapes[_shape(lines, child)] <= (usual >= _UNIFORM_MIN)
        and weights[_shape(lines, child)] <= most
        and heads[_shape(lines, child)] < 2
        and not shown.issuperset(held)
        and not _is_articles(lines, child, held, own[-1])
    )


def _is_heading(lines: Lines, index: int) -> bool:
    piece = lines.pieces[index]
    return bool(piece.marks & (BOLD | HEADING | LARGE)) and not is_terminated(piece.text)


def _is_articles(lines: Lines, box: int, held: list[int], last: int) -> bool:
    """Whether a box only wraps a list, a table, a quotation, a heading, a picture, or the author's name.

    ``last``: the article's last paragraph.
    """
    pieces = [lines.pieces[index] for index in held]
    running = any(map(is_running, pieces))
    if lines.boxes[box].roles & _KEPT_ROLES or (lines.boxes[box].images and not running):
        return True
    if len(held) == 1 and (_QUOTED.fullmatch(pieces[0].text) or (held[0] < last and _is_heading(lines, held[0]))):
        return True
    if all(lines.boxes[piece.box].tag in _ENTRIES or (piece.marks & HEADING and held[0] < last) for piece in pieces):
        return True
    return not running and any(_signs(piece.text) for piece in pieces)


def _signs(text: str) -> bool:
    return parse_credit(text) is not None or stamp_line(text) is not None or has_role("production", text)


def _is_note(lines: Lines, index: int, own: list[int], holder: int) -> bool:
    """A paragraph with a name of its own where all others share theirs: any at the end, else a short one set off."""
    piece = lines.pieces[index]
    box = lines.boxes[piece.box]
    if box.parent != holder or box.tag != "p" or not box.kind or box.roles & _KEPT_ROLES or index <= own[0]:
        return False
    if _signs(piece.text) or _QUOTED.fullmatch(piece.text):
        return False
    if index >= own[-1]:
        return True
    # A subheading may have a name of its own too; it is not set in italics or in the middle.
    short = len(piece.text) <= _NOTE_MAX and not is_terminated(piece.text)
    return short and bool(piece.marks & _SET_OFF) and not piece.marks & (BOLD | HEADING)


def _talks(lines: Lines, index: int, own: list[int], usual: tuple[str, str]) -> bool:
    """A line at either end, set off by its type or shape, that speaks of the article or to the reader."""
    piece = lines.pieces[index]
    if own[1] <= index < own[-1] or len(piece.text) > _TALK_MAX or _signs(piece.text):
        return False
    apart = piece.marks & _SET_OFF or _shape(lines, piece.box) != usual
    return bool(apart) and has_role("talk", piece.text)
