"""Which of a page's lines are its article, on any layout: by text and link density, sibling structure and headings.

No class name of any site is asked for. A box (block element) that class names of general use, its links, or its
repeating records tell from an article is dead; the article is the cluster of running text that stands nearest to the
title in the tree, with the leads between the two. (Text and link density after Kohlschütter et al. 2010, "Boilerplate
Detection using Shallow Text Features"; growth from the best cluster to its like siblings after Arc90's Readability.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from scrapers.furniture import has_caption_cue, has_role, is_paragraph, is_terminated, line_key
from scrapers.lines import BOLD, CAPTION, FLOAT, HEADING, LARGE, Box, Lines, Piece
from scrapers.stamps import find_stamp, stamp_line

_TITLE_MIN, _TITLE_MAX = 12, 300
_WITH_MORE, _NAMED_MIN, _SECTION_MAX = 0.6, 0.35, 25
_SENTENCE_MIN = 40
_LINKED_MAX = 0.4
_DEAD_ROLES = frozenset({"comment", "related", "share", "nav", "side", "ad", "foot", "tags", "profile"})
_GUARDED_SHARE, _GUARDED_COMMENT = 0.7, 0.97
_LINK_DENSE, _LINKS_ONLY = 0.5, 0.85
_RECORDS_MIN, _FLAT_RECORDS_MIN, _RECORD_MAX = 2, 3, 8
_RECORD_SHARE = 0.7
_REGION_MIN = 60
_LEAD_ONLY = 900
_BETWEEN_MAX = 6
_ADJACENT = 3
_LIST_MIN = 4
_ASIDE_SHARE = 0.5
_SIGNED_MAX = 80
_WRAPPED = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class Found:
    """``title``: the title's line; ``body``: the lines of the article's text and captions; ``main``: its box."""

    title: int | None
    body: list[int] = field(default_factory=list)
    main: int = 0
    dead: bytearray = field(default_factory=bytearray)


def find_article(lines: Lines, titles: Sequence[str], repeated: frozenset[str] = frozenset()) -> Found:
    """The lines of the page's article. ``titles``: what metadata call it; ``repeated``: keys of the host's lines."""
    page = _Page(lines)
    title = page.find_title(titles)
    page.kill_repeated(title, repeated)
    page.kill(title)
    if title is None:
        title = page.guess_title()
    body, main = page.read_body(title)
    return Found(title, body, main, page.dead)


def is_running(piece: Piece) -> bool:
    """Whether a line is running text: a sentence of some length that is no link."""
    text = piece.text
    if piece.linked > _LINKED_MAX or piece.marks & CAPTION:
        return False
    long = is_paragraph(text) or (len(text) >= _SENTENCE_MIN and is_terminated(text) and text.count(" ") >= 7)
    return long and not has_caption_cue(text)


class _Page:
    """One page's lines and boxes with what is known of each."""

    def __init__(self, lines: Lines) -> None:
        self.pieces, self.boxes = lines.pieces, lines.boxes
        self.keys = [line_key(piece.text) for piece in self.pieces]
        self.ends = [has_role("end", piece.text) for piece in self.pieces]
        self.runs = [
            is_running(piece) and not (end or has_role("line", piece.text) or has_role("banner", piece.text))
            for piece, end in zip(self.pieces, self.ends, strict=True)
        ]
        self.dead = bytearray(len(self.pieces))
        self.children: list[list[int]] = [[] for _ in self.boxes]
        for index, box in enumerate(self.boxes[1:], 1):
            self.children[box.parent].append(index)
        self._chars = [0, *accumulate(len(piece.text) for piece in self.pieces)]
        self._links = [0, *accumulate(int(len(piece.text) * piece.linked) for piece in self.pieces)]
        self._weigh()

    def _weigh(self) -> None:
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

    # --- title ------------------------------------------------------------------------------------------------------

    def find_title(self, titles: Sequence[str]) -> int | None:
        """The line that metadata repeat, or the heading: the last such line that running text follows."""
        keys = [line_key(title) for title in titles]
        best, best_score = None, 0.0
        for index, piece in enumerate(self.pieces):
            if not _TITLE_MIN <= len(piece.text) <= _TITLE_MAX or (piece.linked > 0.9 and not piece.marks & HEADING):
                continue
            score = self._title_score(index, piece, keys)
            if score > 0 and (best is None or score > best_score):
                best, best_score = index, score
        return best

    def _title_score(self, index: int, piece: Piece, keys: Sequence[str]) -> float:
        key = self.keys[index]
        if not key or piece.marks & CAPTION or has_role("banner", piece.text):
            return 0.0
        named = max((_likeness(key, title) for title in keys), default=0.0)
        tag = self.boxes[piece.box].tag
        heading = {"h1": 1.0, "h2": 0.7, "h3": 0.5}.get(tag, 0.0)
        if named < _NAMED_MIN:
            if heading < 0.7 or piece.linked > _LINKED_MAX:
                return 0.0
            # "Tin tức - Sự kiện" above all articles of a section is a heading too, but short.
            heading -= 0.5 * (len(piece.text) <= _SECTION_MAX)
            follows = any(self.runs[index + 1 : index + 5])
            if heading <= 0 or (tag == "h2" and not follows):
                return 0.0
        score = 2.0 * named + heading + 0.2 * bool(piece.marks & (BOLD | LARGE)) - 0.5 * piece.linked
        # The article's own title has text behind it before long; a breadcrumb's or a link list's copy has not.
        near = self.weight(index + 1, min(len(self.pieces), index + 15))
        return score + 0.5 * min(1.0, near / 200)

    def guess_title(self) -> int | None:
        """Where neither metadata nor a heading name it: the prominent line right above the text."""
        first = next((i for i, run in enumerate(self.runs) if run and not self.dead[i]), None)
        if first is None:
            return None
        could_be = [index for index in range(first - 1, max(-1, first - 12), -1) if self._could_be_title(index)]
        for index in could_be:
            piece = self.pieces[index]
            if piece.marks & (BOLD | LARGE | HEADING) or self.boxes[piece.box].tag in _HEADINGS:
                return index
        return could_be[0] if could_be and first - could_be[0] <= _ADJACENT else None

    def _could_be_title(self, index: int) -> bool:
        piece = self.pieces[index]
        if not _TITLE_MIN + 8 <= len(piece.text) <= _TITLE_MAX or self.dead[index] or piece.linked > _LINKED_MAX:
            return False
        return not (is_terminated(piece.text) or stamp_line(piece.text) or has_role("banner", piece.text))

    # --- what is no article -----------------------------------------------------------------------------------------

    def kill_repeated(self, title: int | None, repeated: frozenset[str]) -> None:
        """Mark the lines that the host's pages share, but for the title and the lead: other pages tease with them."""
        at = -1 if title is None else title
        lead = next((i for i in range(at + 1, len(self.pieces)) if self.runs[i]), -1) if repeated else -1
        for index, key in enumerate(self.keys if repeated else ()):
            if key in repeated and index not in (at, lead):
                self.dead[index] = 1
        self._weigh()

    def kill(self, title: int | None) -> None:
        """Mark the lines of boxes that hold something else."""
        total = max(1, self.weight(0, len(self.pieces)))
        at = -1 if title is None else title
        for index, box in enumerate(self.boxes[1:], 1):
            if box.start >= box.end or box.start <= at < box.end or self.dead[box.start : box.end].count(0) == 0:
                continue
            share = self.weight(box.start, box.end) / total
            if self._is_other(index, box, share):
                self._kill(box.start, box.end)
        for index in range(len(self.boxes)):
            self._kill_records(index, at)
        self._kill_flat_records(at)
        self._weigh()
        self._kill_dated_records(at)
        self._kill_behind_headings(at)
        self._weigh()

    def _kill(self, start: int, end: int) -> None:
        self.dead[start:end] = b"\1" * (end - start)

    def _is_other(self, index: int, box: Box, share: float) -> bool:
        roles = box.roles & _DEAD_ROLES
        if roles or box.tag == "footer":
            return share < (_GUARDED_COMMENT if "comment" in roles else _GUARDED_SHARE)
        chars, links = self._chars[box.end] - self._chars[box.start], self._links[box.end] - self._links[box.start]
        listed = box.end - box.start > 1 or links == chars
        if listed and links >= _LINK_DENSE * chars and box.tag not in _WRAPPED:
            # A box with running text of its own may be the article's with a long list behind it.
            return share == 0 or links >= _LINKS_ONLY * chars
        if box.controls and share == 0:
            return True
        # A box that text flows around is an aside unless it shows a picture.
        return bool(box.marks & FLOAT) and share < _ASIDE_SHARE and not box.images and box.end - box.start > 1

    def _kill_records(self, index: int, title: int) -> None:
        """Records of one shape: teasers (a linked title each), comments (a stamp or a reply link each)."""
        for tag, children in _by_tag(self.boxes, self.children[index]).items():
            records = [child for child in children if self.boxes[child].end > self.boxes[child].start]
            if (
                len(records) < _RECORDS_MIN
                or tag in _HEADINGS
                or any(self.boxes[child].start <= title < self.boxes[child].end for child in records)
            ):
                continue
            told = [child for child in records if self._is_record(self.boxes[child])]
            if len(told) >= _RECORDS_MIN and len(told) >= _RECORD_SHARE * len(records):
                for child in told:
                    self._kill(self.boxes[child].start, self.boxes[child].end)

    def _kill_flat_records(self, title: int) -> None:
        """Teasers without boxes of their own: a linked heading and one line, again and again."""
        index, count = 0, len(self.pieces)
        while index < count:
            start, cycles, headed = index, 0, True
            while index + 1 < count and index != title and self._is_teaser(index):
                headed = headed and self._is_headed(index)
                cycles, index = cycles + 1, index + 2
            if cycles >= (_RECORDS_MIN if headed else _FLAT_RECORDS_MIN):
                self._kill(start, index)
            index = max(index, start + 1)

    def _is_teaser(self, index: int) -> bool:
        first, second = self.pieces[index], self.pieces[index + 1]
        listed = first.is_link and len(first.text) >= _TITLE_MIN and not self.dead[index]
        told = not second.is_link and len(second.text) <= _TITLE_MAX and self.holder(index) == self.holder(index + 1)
        return listed and told

    def _is_headed(self, index: int) -> bool:
        return bool(self.pieces[index].marks & HEADING)

    def _is_record(self, box: Box) -> bool:
        if box.end - box.start > _RECORD_MAX:
            return False
        inside = self.pieces[box.start : box.end]
        if any(piece.is_link and len(piece.text) >= _TITLE_MIN for piece in inside):
            return True
        return (
            any(not is_running(piece) and (has_role("comment", piece.text) or _has_stamp(piece)) for piece in inside)
            and len(inside) > 1
        )

    def _kill_dated_records(self, title: int) -> None:
        """Comments without boxes of their own: a name with day and time, and text below it, twice or more."""
        started, dated = False, []
        for index in range(title + 1, len(self.pieces) - 1):
            run = self.runs[index] and not self.dead[index]
            if started and not run and not self.dead[index] and self.runs[index + 1] and _is_signed(self.pieces[index]):
                dated.append(index)
            started = started or run
        if len(dated) >= _RECORDS_MIN and self.holder(dated[0]) == self.holder(dated[-1]):
            self._kill(dated[0], self.boxes[self.holder(dated[0])].end)

    def _kill_behind_headings(self, title: int) -> None:
        """What follows a known heading ("Tin liên quan", "Bình luận"), as far as its box or the next own paragraph."""
        started = False
        for index in range(title + 1, len(self.pieces)):
            if self.dead[index]:
                continue
            started = started or self.runs[index]
            if started and self.ends[index]:
                self._kill(index, self._section_end(index, title))

    def _section_end(self, heading: int, title: int) -> int:
        box = self.pieces[heading].box
        # The largest box that the heading opens; with more in it than the heading, it is the section.
        while box and self.boxes[self.boxes[box].parent].start == heading:
            box = self.boxes[box].parent
        if self.boxes[box].start == heading and self.boxes[box].end > heading + 1:
            return self.boxes[box].end
        parent = self.boxes[box].parent if self.boxes[box].start == heading else box
        own = {self._signature(i) for i in range(max(0, title), heading) if self.runs[i] and not self.dead[i]}
        end = self.boxes[parent].end
        if has_role("comment_heading", self.pieces[heading].text):
            return end
        for index in range(heading + 1, end):
            shown = self.runs[index] or (self.pieces[index].after_image and not self.pieces[index].is_link)
            if shown and self._signature(index) in own and not self.dead[index]:
                return index
        return end

    def _signature(self, index: int) -> tuple[int, str]:
        box = self.pieces[index].box
        return self.holder(index), self.boxes[box].tag

    # --- the body ---------------------------------------------------------------------------------------------------

    def holder(self, index: int) -> int:
        """The box that holds the line and its siblings: the first with more in it than the line's own paragraph."""
        box = self.pieces[index].box
        if self.boxes[box].tag in _WRAPPED:
            box = self.boxes[box].parent
        while box and self.boxes[box].end - self.boxes[box].start == 1:
            box = self.boxes[box].parent
        return box

    def read_body(self, title: int | None) -> tuple[list[int], int]:
        """The lines of the article, and the box that holds most of them."""
        at = -1 if title is None else title
        region = self.boxes[self._region(at)]
        clusters: Counter[int] = Counter()
        for index in range(max(region.start, at + 1), region.end):
            if self.runs[index] and not self.dead[index]:
                clusters[self.holder(index)] += len(self.pieces[index].text)
        if not clusters:
            return [], 0
        top = max(clusters.values())
        main = next(box for box, weight in clusters.items() if weight >= 0.5 * top)
        main = self._behind_lead(main, list(clusters), at)
        inside = self._included(main, clusters, at, region)
        return inside, main

    def _behind_lead(self, main: int, clusters: Sequence[int], title: int) -> int:
        """The cluster right behind ``main`` where that is only a lead's one line."""
        lines = [i for i in range(title + 1, len(self.pieces)) if self.runs[i] and not self.dead[i]]
        own = [i for i in lines if self.holder(i) == main]
        following = next((i for i in lines if own and i > own[-1]), None)
        if len(own) != 1 or following is None or following - own[0] > _ADJACENT:
            return main
        other = self.holder(following)
        return other if other in clusters and self._is_near(own[0], following) else main

    def _region(self, title: int) -> int:
        """The smallest box around the title with text behind it, widened where that is only a lead."""
        if title < 0:
            return 0
        box, parents = self.pieces[title].box, []
        while box:
            parents.append(box)
            box = self.boxes[box].parent
        parents.append(0)
        region, held = 0, 0
        for box in parents:
            weight = self.weight(title + 1, self.boxes[box].end)
            if not held:
                if weight >= _REGION_MIN:
                    region, held = box, weight
            elif held < _LEAD_ONLY and self._widens(title, region, box, weight - held, held):
                region, held = box, weight
        return region

    def _widens(self, title: int, region: int, wider: int, more: int, held: int) -> bool:
        """Whether the text behind ``region`` is more of the article: it follows without lists of links between, and
        outweighs what may be a lead.
        """
        end = self.boxes[region].end
        last = max((i for i in range(title + 1, end) if self.runs[i] and not self.dead[i]), default=title)
        following = (i for i in range(end, self.boxes[wider].end) if self.runs[i] and not self.dead[i])
        first = next(following, None)
        if first is None:
            return False
        others = sum(self.dead[i] or self.pieces[i].is_link for i in range(last + 1, first))
        if sum(self.runs[i] and not self.dead[i] for i in range(title + 1, end)) > 1:
            return False
        return others <= _BETWEEN_MAX if more >= max(held, 100) else first - last <= _ADJACENT and not others

    def _included(self, main: int, clusters: Counter[int], title: int, region: Box) -> list[int]:
        box = self.boxes[main]
        like = {
            other
            for other in clusters
            if other == main or (self.boxes[other].parent == box.parent and self.boxes[other].tag == box.tag)
        }
        around = set()
        parent = main
        while parent:
            parent = self.boxes[parent].parent
            around.add(parent)
        first = next(i for i in range(box.start, box.end) if self.runs[i] and not self.dead[i] and i > title)
        found: set[int] = set()
        for other in like:
            found.update(range(self.boxes[other].start, self.boxes[other].end))
        last = max(i for i in found if self.runs[i] and not self.dead[i])
        for index in range(max(region.start, title + 1), region.end):
            if index in found or self.dead[index] or not self.runs[index]:
                continue
            if index < first or (self.holder(index) in around and self._is_near(last, index)):
                found.add(index)
                last = max(last, index)
        return self._without_afterword(sorted(i for i in found if i > title and not self.dead[i]))

    def _without_afterword(self, found: list[int]) -> list[int]:
        """Without a last line behind a list of links: what stands there is the page's, not the article's."""
        runs = [i for i in found if self.runs[i]]
        if len(runs) < 2:
            return found
        before, last = runs[-2], runs[-1]
        links = sum(self.dead[i] or self.pieces[i].is_link for i in range(before + 1, last))
        return [i for i in found if i <= before] if links >= _LIST_MIN else found

    def _is_near(self, last: int, index: int) -> bool:
        between = range(last + 1, index)
        return not any(self.dead[i] or self.ends[i] or self.pieces[i].is_link for i in between) and len(between) <= 4


def _likeness(key: str, title: str) -> float:
    """How much of a title a line is; a title with a little more behind it (a stamp, a counter) is one too."""
    if f" {key} " in f" {title} ":
        return len(key) / len(title)
    return len(title) / len(key) if title and key.startswith(title) and len(title) >= _WITH_MORE * len(key) else 0.0


def _by_tag(boxes: Sequence[Box], children: Sequence[int]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for child in children:
        groups.setdefault(boxes[child].tag, []).append(child)
    return groups


def _is_signed(piece: Piece) -> bool:
    """A name with a stamp to the minute."""
    if len(piece.text) > _SIGNED_MAX or piece.text.count(":") < 1:
        return False
    stamp = find_stamp(piece.text)
    return stamp is not None and stamp.has_time


def _has_stamp(piece: Piece) -> bool:
    return bool(piece.machine) or (any(c.isdigit() for c in piece.text) and stamp_line(piece.text) is not None)
