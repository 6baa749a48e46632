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
from itertools import pairwise

from scrapers.asides import kill, kill_repeated
from scrapers.bylines import parse_credit
from scrapers.furniture import is_terminated
from scrapers.lines import Box, Lines
from scrapers.page_lines import PageLines, are_columns
from scrapers.titles import find_title, guess_title, is_section

_REGION_MIN = 60
_LEAD_ONLY = 900
_BETWEEN_MAX = 6
_ADJACENT = 3
_TOOL_MAX = 30
_LIST_MIN = 4
_GAP_MAX = 3
_APART_MAX = 10
_ROWS_APART = 60
_NAMED_SHARE = 0.8
_LINKED_MAX = 0.6
_APART = frozenset({"div", "section"})


@dataclass(slots=True)
class Found:
    """``title``: the title's line; ``body``: the lines of the article's text and captions; ``main``: its box."""

    title: int | None
    body: list[int] = field(default_factory=list)
    main: int = 0
    dead: bytearray = field(default_factory=bytearray)


def find_article(lines: Lines, titles: Sequence[str], repeated: frozenset[str] = frozenset()) -> Found:
    """The lines of the page's article. ``titles``: what metadata call it; ``repeated``: keys of the host's lines."""
    page = PageLines(lines)
    title = find_title(page, titles)
    kill_repeated(page, title, repeated)
    shared = bytes(page.dead)
    kill(page, title)
    if title is None or is_section(page, title, titles):
        title = guess_title(page, title)
    body, main = _read_body(page, title)
    if not body:
        # Class names that say of all text that it is something else say nothing.
        page.dead[:] = shared
        page.weigh()
        kill(page, title, by_role=False)
        body, main = _read_body(page, title)
    return Found(title, body, main, page.dead)


def _read_body(page: PageLines, title: int | None) -> tuple[list[int], int]:
    """The lines of the article, and the box that holds most of them."""
    at = -1 if title is None else title
    region = page.boxes[_region(page, at)]
    clusters: Counter[int] = Counter()
    for index in range(max(region.start, at + 1), region.end):
        if page.runs[index] and not page.dead[index]:
            clusters[page.holder(index)] += len(page.pieces[index].text)
    if not clusters:
        return [], 0
    top = max(clusters.values())
    main = next(box for box, weight in clusters.items() if weight >= 0.5 * top)
    main = _behind_lead(page, main, list(clusters), at)
    inside = _included(page, main, clusters, at, region)
    return inside, main


def _behind_lead(page: PageLines, main: int, clusters: Sequence[int], title: int) -> int:
    """The cluster right behind ``main`` where that is only a lead's one line."""
    lines = [i for i in range(title + 1, len(page.pieces)) if page.runs[i] and not page.dead[i]]
    own = [i for i in lines if page.holder(i) == main]
    following = next((i for i in lines if own and i > own[-1]), None)
    if len(own) != 1 or following is None or page.holder(following) not in clusters:
        return main
    return page.holder(following) if _opens_behind(page, own[0], following) else main


def _opens_behind(page: PageLines, lead: int, following: int) -> bool:
    """Whether the box of the next long line begins right behind the lead, nothing but tools between."""
    # The box may open with a picture, its caption and links of its own before the first long line.
    opening = page.holder(following)
    while opening and page.boxes[page.boxes[opening].parent].start > lead:
        opening = page.boxes[opening].parent
    between = range(lead + 1, max(lead + 1, page.boxes[opening].start))
    away = any(page.ends[i] or (page.pieces[i].is_link and len(page.pieces[i].text) > _TOOL_MAX) for i in between)
    return len(between) <= _ADJACENT and not away


def _region(page: PageLines, title: int) -> int:
    """The smallest box around the title with text behind it, widened where that is only a lead."""
    if title < 0:
        return 0
    box, parents = page.pieces[title].box, []
    while box:
        parents.append(box)
        box = page.boxes[box].parent
    parents.append(0)
    region, held = 0, 0
    for box in parents:
        weight = page.weight(title + 1, page.boxes[box].end)
        if not held:
            if weight >= _REGION_MIN:
                region, held = box, weight
        elif held < _LEAD_ONLY and _widens(page, title, region, box, weight - held, held):
            region, held = box, weight
    return region


def _widens(page: PageLines, title: int, region: int, wider: int, more: int, held: int) -> bool:
    """Whether the text behind ``region`` is more of the article: it follows without lists of links between, and
    outweighs what may be a lead.
    """
    end = page.boxes[region].end
    last = max((i for i in range(title + 1, end) if page.runs[i] and not page.dead[i]), default=title)
    following = (i for i in range(end, page.boxes[wider].end) if page.runs[i] and not page.dead[i])
    first = next(following, None)
    if first is None:
        return False
    others = sum(page.dead[i] or page.pieces[i].is_link for i in range(last + 1, first))
    if sum(page.runs[i] and not page.dead[i] for i in range(title + 1, end)) > 1:
        return False
    if more >= max(held, 100):
        return others <= _BETWEEN_MAX
    return (first - last <= _ADJACENT and not others) or _opens_behind(page, last, first)


def _included(page: PageLines, main: int, clusters: Counter[int], title: int, region: Box) -> list[int]:
    box = page.boxes[main]
    signed = _is_signed(page, main)
    like = {other for other in clusters if other == main or _is_like(page, main, other, signed)}
    around = set()
    parent = main
    while parent:
        parent = page.boxes[parent].parent
        around.add(parent)
    first = next(i for i in range(box.start, box.end) if page.runs[i] and not page.dead[i] and i > title)
    found: set[int] = set()
    end = box.start
    for held in sorted((page.boxes[other] for other in like), key=lambda held: held.start):
        # Headings and pictures stand between the parts of an article that is laid out in several boxes.
        found.update(range(end if 0 < held.start - end <= _GAP_MAX else held.start, held.end))
        end = max(end, held.end)
    last = max(i for i in found if page.runs[i] and not page.dead[i])
    for index in range(max(region.start, title + 1), region.end):
        if index in found or page.dead[index] or not page.runs[index]:
            continue
        if (
            (index < first and not are_columns(page, index, first))
            or (page.holder(index) in around and _goes_on(page, last, index) and not _is_apart(page, main, index))
            or _is_next_row(page, first, last, index)
        ):
            found.add(index)
            last = max(last, index)
    _add_between(page, found)
    _add_last_words(page, found, last)
    found = _within_text(page, main, found)
    return _without_afterword(page, sorted(i for i in found if i > title and not page.dead[i]))


def _is_next_row(page: PageLines, first: int, last: int, index: int) -> bool:
    """Whether a line stands in a row of the first paragraph's shape and names, nothing between that ends an article."""
    if index <= last or index - last > _ROWS_APART:
        return False
    between = range(last + 1, index)
    live = [page.pieces[i].text for i in between if not page.dead[i] and not page.pieces[i].is_link]
    if any(page.ends[i] and not page.dead[i] for i in between) or any(map(parse_credit, live)):
        return False
    one, two = page.pieces[first].box, page.pieces[index].box
    return _is_cousin(page, one, two, named=True)


def _add_between(page: PageLines, found: set[int]) -> None:
    """Add what stands between two paragraphs close to each other: headings, lists, captions in boxes of their own."""
    runs = sorted(i for i in found if page.runs[i])
    for before, behind in pairwise(runs):
        if behind - before <= _APART_MAX:
            found.update(i for i in range(before, behind) if not page.dead[i])


def _add_last_words(page: PageLines, found: set[int], last: int) -> None:
    """Add short sentences in rows of the paragraphs' shape behind the last one ("Xin trân trọng cảm ơn!")."""
    shaped = page.pieces[last].box
    for index in range(last + 1, min(last + 1 + _GAP_MAX, len(page.pieces))):
        piece = page.pieces[index]
        if (
            page.dead[index]
            or piece.is_link
            or not is_terminated(piece.text)
            or not _is_cousin(page, shaped, piece.box)
        ):
            return
        found.add(index)


def _within_text(page: PageLines, main: int, found: set[int]) -> set[int]:
    """Without what stands behind the innermost box that is named an article's text and holds nearly all of it."""
    total = sum(len(page.pieces[i].text) for i in found if page.runs[i] and not page.dead[i])
    box = main
    while box:
        held = page.boxes[box]
        if "text" in held.roles and page.weight(held.start, held.end) >= _NAMED_SHARE * total:
            return {i for i in found if i < held.end}
        box = held.parent
    return found


def _is_like(page: PageLines, main: int, other: int, signed: bool) -> bool:
    """Whether another cluster goes on where ``main`` ends: a sibling of its shape, or one right behind it."""
    one, two = page.boxes[main], page.boxes[other]
    if two.parent != one.parent or two.tag != one.tag:
        return not signed and _is_cousin(page, main, other) and bool(page.shapes(main) & page.shapes(other))
    if two.start < one.start:
        return True
    if signed:
        return False
    between = range(one.end, two.start)
    if two.kind == one.kind:
        return True
    alike = bool(page.shapes(main) & page.shapes(other))
    return alike and _goes_on(page, one.end - 1, two.start) and not any(page.runs[i] for i in between)


def _is_cousin(page: PageLines, main: int, other: int, *, named: bool = False) -> bool:
    """Whether two boxes stand in rows of one shape: the same tags and names down to each from where they part.

    ``named``: at least one of them has a name.
    """
    one, two = _lineage(page, main), _lineage(page, other)
    shared = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rows = [[(page.boxes[box].tag, page.boxes[box].kind) for box in line[shared:]] for line in (one, two)]
    return bool(rows[0]) and rows[0] == rows[1] and (not named or any(kind for _, kind in rows[0]))


def _lineage(page: PageLines, box: int) -> list[int]:
    """The box and those around it, the outermost first."""
    line = []
    while box:
        line.append(box)
        box = page.boxes[box].parent
    return line[::-1]


def _is_signed(page: PageLines, box: int) -> bool:
    """Whether a box ends with its author's name: what follows it is none of the article's."""
    last = next((i for i in range(page.boxes[box].end - 1, page.boxes[box].start, -1) if not page.dead[i]), None)
    return last is not None and parse_credit(page.pieces[last].text) is not None


def _without_afterword(page: PageLines, found: list[int]) -> list[int]:
    """Without a last line behind a list of links: what stands there is the page's, not the article's."""
    runs = [i for i in found if page.runs[i]]
    if len(runs) < 2:
        return found
    before, last = runs[-2], runs[-1]
    start = max(before + 1, page.boxes[page.holder(last)].start)
    links = sum(page.dead[i] or page.pieces[i].is_link for i in range(start, last))
    if links < _LIST_MIN:
        return found
    away = next((i for i in range(start, last) if page.dead[i]), start)
    return [i for i in found if i < away]


def _goes_on(page: PageLines, last: int, index: int) -> bool:
    """Whether the line at ``index`` may be the article's that ran as far as ``last``: no name signs it between."""
    if page.shape(index) != page.shape(last) and page.boxes[page.pieces[index].box].tag == "div":
        return False
    return _is_near(page, last, index) and not any(parse_credit(page.pieces[i].text) for i in range(last + 1, index))


def _is_apart(page: PageLines, main: int, index: int) -> bool:
    """Whether a line stands alone in boxes behind ``main`` of which one has a name that none around ``main`` has."""
    known = {page.boxes[box].kind for box in _lineage(page, main)}
    box, holder = page.pieces[index].box, page.holder(index)
    while box and box != holder:
        held = page.boxes[box]
        if held.tag in _APART and held.kind and held.kind not in known:
            return True
        box = held.parent
    return False


def _is_near(page: PageLines, last: int, index: int) -> bool:
    between = range(last + 1, index)
    return len(between) <= 4 and not any(
        page.dead[i] or page.ends[i] or page.pieces[i].linked > _LINKED_MAX for i in between
    )
