"""A tree's text as lines in reading order, each with what its markup says of it, and the boxes the lines stand in.

A line ends where a block element begins or ends and at ``<br>``. Boxes are the block elements; as lines are in document
order, a box is a range of them, and all later reasoning runs on numbers instead of on the tree.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from scrapers.errors import InputError
from scrapers.furniture import has_role, is_terminated
from scrapers.markup import (
    BLOCK,
    BOLD,
    CAPTION,
    CENTER,
    CONTROLS,
    HEADING,
    LARGE,
    LINK,
    MARKS,
    PRE,
    RIGHT,
    SET_APART,
    SKIPPED,
    box_kind,
    cell_marks,
    class_roles,
    data_cells,
    is_picture,
    read_attributes,
)
from scrapers.page import clean_text

_PLAIN = re.compile(r"[^\x00-\x1f&\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ud800-\udfff\ufeff]*\Z")
_CELL = " | "
_MAX_LINES = 30_000
_MAX_CHARS = 2_000_000
_ICON_MAX = 32
_IMAGES = frozenset({"img", "amp-img"})
_STAMPED = frozenset({"datePublished", "schema:datePublished", "schema:dateCreated"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One line. ``box`` is the innermost box it stands in; ``marks`` hold for all of its text, ``linked`` is the share
    of its characters inside links and ``opening`` the length of the link that it opens with; ``after_image``: the first
    line behind a picture; ``machine``: the stamp that a ``<time>`` in it states for machines.
    """

    text: str
    box: int = 0
    marks: int = 0
    linked: float = 0.0
    after_image: bool = False
    machine: str | None = None
    opening: int = 0

    @property
    def is_link(self) -> bool:
        """Nothing but links."""
        return bool(self.marks & LINK)


@dataclass(slots=True)
class Box:
    """A block element: its parent's index, tag, roles that its class names tell, and its lines [start, end).

    ``kind`` is its first class name without digits: elements that hold the same sort of thing share it.
    """

    parent: int
    tag: str
    roles: frozenset[str]
    start: int
    end: int = 0
    images: int = 0
    controls: int = 0
    marks: int = 0
    kind: str = ""


@dataclass(slots=True)
class Lines:
    """All lines of a tree and its boxes; box 0 is the whole."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


def read_lines(root: Any, *, ref: str = "page") -> Lines:
    """The lines below ``root``, scripts, forms' fields, menus and hidden parts left out.

    Raises InputError (too_large) where there are more than any article's page has.
    """
    return _Walk(ref).read(root)


def one_line(text: str) -> str:
    """Clean text without line breaks."""
    text = " ".join(text.split())
    # Cleaning takes several passes; most lines need none.
    if _PLAIN.match(text) and unicodedata.is_normalized("NFC", text):
        return text
    return " ".join(clean_text(text).split())


class _Walk:
    """One walk over a tree, by events and not by recursion: damaged markup nests deep."""

    def __init__(self, ref: str) -> None:
        self.lines = Lines()
        self._ref = ref
        self._text: list[str] = []
        self._chars = self._linked = self._opening = self._total = 0
        self._marks = -1
        self._box = 0
        self._breaks = 0
        self._after_image = False
        self._machine: str | None = None

    def read(self, root: Any) -> Lines:
        boxes = self.lines.boxes
        boxes.append(Box(0, root.tag, frozenset(), 0))
        marks, skipped = [0], False
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                within = marks[-1]
                if element is root:
                    marks.append(within)
                    self._gather(element.text, within)
                    continue
                found = self._enter(element, tag, within)
                if found is None:
                    skipped = True
                    walk.skip_subtree()
                    continue
                marks.append(found)
                self._gather(element.text, found)
            elif skipped:
                skipped = False
                self._gather(element.tail, marks[-1])
            else:
                found = marks.pop()
                if element is root:
                    break
                if found & SET_APART and not marks[-1] & SET_APART:
                    self._end()
                if tag in BLOCK:
                    self._end()
                    boxes[self._box].end = len(self.lines.pieces)
                    self._box = boxes[self._box].parent
                    self._breaks = 0
                self._gather(element.tail, marks[-1])
        self._end()
        boxes[0].end = len(self.lines.pieces)
        return self.lines

    def _enter(self, element: Any, tag: str, within: int) -> int | None:
        """The marks of the element's text, None where its children are not to be walked."""
        if tag in SKIPPED or not isinstance(tag, str):
            if tag in CONTROLS and element.get("type") != "hidden":
                self.lines.boxes[self._box].controls += 1
            return None
        if tag == "br":
            self._break(within)
            return within
        attributes = element.attrib
        classes, own, hidden = "", MARKS.get(tag, 0), False
        if attributes:
            classes, own, hidden = read_attributes(attributes, own, tag == "table")
        roles = class_roles(classes) if classes else frozenset()
        if hidden or ("hidden" in roles and "shown" not in roles):
            return None
        if tag == "aside":
            roles |= {"side"}
        if "aria-label" in attributes and has_role("end", attributes["aria-label"]):
            roles |= {"related"}
        own |= (CAPTION if "caption" in roles else 0) | (BOLD if "bold" in roles else 0)
        own |= LARGE if "large" in roles else 0
        if tag in _IMAGES:
            self._image(attributes, roles)
        elif tag == "time" or attributes.get("itemprop", attributes.get("property")) in _STAMPED:
            # "updated" is another stamp; of several the first is the page's own.
            if "updated" not in roles or "published" in roles:
                self._machine = self._machine or attributes.get("datetime") or attributes.get("content")
        elif tag == "abbr":
            self._machine = attributes.get("title") or self._machine
        if tag not in BLOCK:
            if own & SET_APART:
                self._end()
            return within | own
        return self._enter_block(
            element, tag, within | own, Box(self._box, tag, roles, 0, marks=own, kind=box_kind(attributes))
        )

    def _enter_block(self, element: Any, tag: str, within: int, box: Box) -> int | None:
        self._end()
        self._breaks = 0
        if tag == "tr" and (cells := data_cells(element)):
            for index, cell in enumerate(cells):
                if index:
                    self._text.append(_CELL)
                self._gather(" ".join(" ".join(cell.itertext()).split()), within | cell_marks(cell))
            self._after_image = False
            self._end()
            return None
        box.start = len(self.lines.pieces)
        self.lines.boxes.append(box)
        self._box = len(self.lines.boxes) - 1
        if is_picture(element):
            self._image(element.attrib, box.roles)
        # An element may set its own alignment; what it stands in then says nothing. A table lays out anew.
        if box.marks & (RIGHT | CENTER):
            return within & ~(RIGHT | CENTER) | box.marks
        return within & ~(RIGHT | CENTER) if tag == "table" else within

    def _image(self, attributes: Any, roles: frozenset[str]) -> None:
        size = attributes.get("width") or attributes.get("height") or ""
        if "icon" in roles or (size.isdigit() and int(size) <= _ICON_MAX):
            return
        self._end()
        self._after_image = True
        box = self._box
        while True:
            self.lines.boxes[box].images += 1
            if box == 0:
                return
            box = self.lines.boxes[box].parent

    def _break(self, within: int) -> None:
        if within & HEADING:
            self._text.append(" ")
            return
        self._end()
        self._breaks += 1

    def _gather(self, text: str | None, within: int) -> None:
        if not text:
            return
        if within & PRE and "\n" in text:
            for line in text.split("\n"):
                self._gather(line, within & ~PRE)
                self._end()
            return
        self._text.append(text)
        if not text.isspace():
            self._marks &= within
            if within & LINK:
                self._opening += len(text) if self._linked == self._chars else 0
                self._linked += len(text)
            self._chars += len(text)

    def _end(self) -> None:
        if not self._text:
            return
        text = one_line("".join(self._text)) if self._chars else ""
        self._text.clear()
        if text:
            self._add(text)
        self._chars = self._linked = self._opening = 0
        self._marks = -1

    def _add(self, text: str) -> None:
        pieces = self.lines.pieces
        self._total += len(text)
        if len(pieces) >= _MAX_LINES or self._total > _MAX_CHARS:
            raise InputError(
                self._ref, "too_large", "more text than an article's page holds; give the page of one article"
            )
        marks = self._marks & SET_APART - 1
        linked, opening = min(1.0, self._linked / max(1, self._chars)), self._opening
        if self._breaks == 1 and pieces and pieces[-1].box == self._box and _goes_on(pieces[-1].text, text):
            # Old pages break their lines by hand.
            before = pieces.pop()
            text, marks = f"{before.text} {text}", marks & before.marks
            linked, opening = (before.linked + linked) / 2, before.opening
            self._after_image = before.after_image
        pieces.append(Piece(text, self._box, marks, linked, self._after_image, self._machine, opening))
        self._after_image, self._machine, self._breaks = False, None, 0


def _goes_on(before: str, text: str) -> bool:
    return text[:1].islower() and not is_terminated(before) and before[-1:] not in ":;" and len(before) >= 40
