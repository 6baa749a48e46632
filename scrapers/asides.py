"""Which of a page's lines are no article's: boxes, records and sections that hold something else."""

from __future__ import annotations

from collections.abc import Sequence

from scrapers.furniture import has_role
from scrapers.lines import Box, Piece
from scrapers.markup import CAPTION, FLOAT, HEADING
from scrapers.page_lines import PageLines, is_running
from scrapers.stamps import find_stamp, stamp_line

_TITLE_MIN = 12
_TITLE_MAX = 300
_DEAD_ROLES = frozenset({"comment", "related", "share", "nav", "side", "ad", "foot", "tags", "profile"})
# What site builders name an article's box too: "elementor-widget", "print-area", "article-share".
_MISLEADING = frozenset({"share", "side", "nav", "ad", "tags", "profile", "foot"})
_NEAR = 12
_OWN_TEXT_MIN = 300
_OWN_LINKS_MAX = 0.3
_GUARDED_SHARE = 0.7
_GUARDED_COMMENT = 0.97
_LINK_DENSE = 0.5
_LINKS_ONLY = 0.85
_TEASER_MAX = 4
_LINKED_TITLE_MIN = 25
_RECORDS_MIN = 2
_FLAT_RECORDS_MIN = 3
_RECORD_MAX = 8
_RECORD_SHARE = 0.7
_ASIDE_SHARE = 0.5
_SIGNED_MAX = 80
_FORM_LINES = 8
_LABEL_WORDS = 4
_ROW_DEPTH = 4
_CELL = " | "
_PLAIN = frozenset({"div", "aside", "section"})
_FORM_SHARE = 0.2
_FORM_DEPTH = 8
_WRAPPED = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def kill_repeated(page: PageLines, title: int | None, repeated: frozenset[str]) -> None:
    """Mark the lines that the host's pages share, but for the title and the lead: other pages tease with them."""
    at = -1 if title is None else title
    lead = next((i for i in range(at + 1, len(page.pieces)) if page.runs[i]), -1) if repeated else -1
    for index, key in enumerate(page.keys if repeated else ()):
        if key in repeated and index not in (at, lead):
            page.dead[index] = page.shared[index] = 1
    page.weigh()


def kill(page: PageLines, title: int | None, *, by_role: bool = True) -> None:
    """Mark the lines of boxes that hold something else; ``by_role``: what class names say counts."""
    total = max(1, page.weight(0, len(page.pieces)))
    at = -1 if title is None else title
    own = _first_text(page, at)
    for index, box in enumerate(page.boxes[1:], 1):
        # A heading that the host's pages share opens its section, but not where its own box is another's.
        live = page.dead[box.start : box.end].count(0) or page.shared[box.start : box.end].count(1)
        if box.start >= box.end or box.start <= at < box.end or not live:
            continue
        share = page.weight(box.start, box.end) / total
        told = (box.roles & _DEAD_ROLES if by_role else frozenset()) - (_MISLEADING if index in own else frozenset())
        if _is_other(page, box, told, share):
            _kill(page, box.start, box.end)
    _kill_forms(page, at, total)
    _kill_lone_teasers(page, at)
    first = next((i for i in range(at + 1, len(page.pieces)) if page.runs[i]), -1) if at >= 0 else -1
    for index in range(len(page.boxes)):
        _kill_records(page, index, at, first)
    _kill_flat_records(page, at)
    page.weigh()
    _kill_dated_records(page, at)
    _kill_behind_headings(page, at)
    page.weigh()


def _kill(page: PageLines, start: int, end: int) -> None:
    page.dead[start:end] = b"\1" * (end - start)
    page.shared[start:end] = bytes(end - start)


def _first_text(page: PageLines, title: int) -> frozenset[int]:
    """The boxes around the paragraphs that stand first behind the title, where they are an article's by their text."""
    first = next((i for i in range(title + 1, min(len(page.pieces), title + _NEAR)) if page.runs[i]), None)
    if title < 0 or first is None:
        return frozenset()
    box = page.holder(first)
    start, end = page.boxes[box].start, page.boxes[box].end
    chars, links = page.chars[end] - page.chars[start], page.links[end] - page.links[start]
    if page.weight(start, end) < _OWN_TEXT_MIN or sum(page.runs[start:end]) < 2 or links > _OWN_LINKS_MAX * chars:
        return frozenset()
    found = set()
    while box and not page.boxes[box].start <= title < page.boxes[box].end:
        found.add(box)
        box = page.boxes[box].parent
    return frozenset(found)


def _is_other(page: PageLines, box: Box, roles: frozenset[str], share: float) -> bool:
    if roles or box.tag == "footer":
        return share < (_GUARDED_COMMENT if "comment" in roles else _GUARDED_SHARE)
    chars, links = page.chars[box.end] - page.chars[box.start], page.links[box.end] - page.links[box.start]
    listed = box.end - box.start > 1 or links == chars
    if listed and links >= _LINK_DENSE * chars and box.tag not in _WRAPPED:
        # A box with running text of its own may be the article's with a long list behind it.
        return share == 0 or links >= _LINKS_ONLY * chars
    if box.controls and share == 0:
        return True
    # A box that text flows around is an aside unless it shows a picture.
    return bool(box.marks & FLOAT) and share < _ASIDE_SHARE and not box.images and box.end - box.start > 1


def _kill_forms(page: PageLines, title: int, total: int) -> None:
    """The small boxes around a form's fields: their heading and what it is for ("Nhận bản tin mỗi sáng")."""
    for index, field in enumerate(page.boxes):
        if not field.controls:
            continue
        box = index
        for _ in range(_FORM_DEPTH):
            held = page.boxes[box]
            few = held.end - held.start <= _FORM_LINES and page.counts[held.end] - page.counts[held.start] <= 1
            if (
                not box
                or not few
                or held.start <= title < held.end
                or page.weight(held.start, held.end) > _FORM_SHARE * total
            ):
                break
            _kill(page, held.start, held.end)
            box = held.parent


def _kill_records(page: PageLines, index: int, title: int, first: int) -> None:
    """Records of one shape: teasers (a linked title each), comments (a stamp or a reply link each).

    ``first``: the first text behind the title.
    """
    for (tag, _), children in _by_shape(page.boxes, page.children[index]).items():
        records = [child for child in children if page.boxes[child].end > page.boxes[child].start]
        if (
            len(records) < _RECORDS_MIN
            or tag in _HEADINGS
            or any(page.boxes[child].start <= title < page.boxes[child].end for child in records)
        ):
            continue
        told = [child for child in records if _is_record(page, page.boxes[child])]
        if len(told) >= _RECORDS_MIN and len(told) >= _RECORD_SHARE * len(records):
            for child in told:
                if not _is_first_post(page, page.boxes[child], first):
                    _kill(page, page.boxes[child].start, page.boxes[child].end)


def _is_first_post(page: PageLines, box: Box, first: int) -> bool:
    """Whether a record without a linked title holds the first text behind the title: the post that a forum answers."""
    if not box.start <= first < box.end:
        return False
    inside = page.pieces[box.start : box.end]
    return not any(piece.is_link and len(piece.text) >= _TITLE_MIN for piece in inside)


def _kill_lone_teasers(page: PageLines, title: int) -> None:
    """A box that opens with a linked title and tells no more than a teaser does, among the article's paragraphs."""
    first = next((i for i in range(title + 1, len(page.pieces)) if page.runs[i] and not page.dead[i]), 0)
    for index, piece in enumerate(page.pieces):
        if index > title and piece.opening >= _LINKED_TITLE_MIN and _is_beside_picture(page, piece):
            page.dead[index] = 1
    own = {page.shape(i) for i, run in enumerate(page.runs) if run and not page.dead[i]}
    for box in page.boxes[1:]:
        if not 2 <= box.end - box.start <= _TEASER_MAX or box.start <= first or page.dead[box.start]:
            continue
        head = page.pieces[box.start]
        teased = head.is_link and len(head.text) >= _LINKED_TITLE_MIN and sum(page.runs[box.start : box.end]) <= 1
        if teased or _is_title_list(page, box, own):
            _kill(page, box.start, box.end)


def _is_beside_picture(page: PageLines, piece: Piece) -> bool:
    """Whether a line is all that stands beside a picture in a row or box: what opens with a link there is a teaser."""
    box = piece.box
    for _ in range(_ROW_DEPTH):
        held = page.boxes[box]
        if held.end - held.start != 1 or held.tag in _WRAPPED:
            return False
        if held.images:
            return True
        box = held.parent
    return False


def _is_title_list(page: PageLines, box: Box, own: set[tuple[str, str]]) -> bool:
    """A label and titles without links below it, each in a box of its own, none a sentence."""
    head, *titles = page.pieces[box.start : box.end]
    if box.images or box.tag not in _PLAIN or len(head.text.split()) > _LABEL_WORDS or page.runs[box.start]:
        return False
    return all(
        len(piece.text) >= _LINKED_TITLE_MIN
        and not piece.text.endswith((".", ";", ":", ","))
        and _CELL not in piece.text
        and not piece.marks & CAPTION
        and (page.shape(index)[0] == "div" or (page.shape(index)[0] == "p" and page.shape(index) not in own))
        and page.boxes[piece.box].end - page.boxes[piece.box].start == 1
        for index, piece in enumerate(titles, box.start + 1)
    )


def _kill_flat_records(page: PageLines, title: int) -> None:
    """Teasers without boxes of their own: a linked heading and one line, again and again."""
    index, count = 0, len(page.pieces)
    while index < count:
        start, cycles, headed = index, 0, True
        while index + 1 < count and index != title and _is_teaser(page, index):
            headed = headed and _is_headed(page, index)
            cycles, index = cycles + 1, index + 2
        if cycles >= (_RECORDS_MIN if headed else _FLAT_RECORDS_MIN):
            _kill(page, start, index)
        index = max(index, start + 1)


def _is_teaser(page: PageLines, index: int) -> bool:
    first, second = page.pieces[index], page.pieces[index + 1]
    listed = first.is_link and len(first.text) >= _TITLE_MIN and not page.dead[index]
    told = not second.is_link and len(second.text) <= _TITLE_MAX and page.holder(index) == page.holder(index + 1)
    return listed and told


def _is_headed(page: PageLines, index: int) -> bool:
    return bool(page.pieces[index].marks & HEADING)


def _is_record(page: PageLines, box: Box) -> bool:
    if box.end - box.start > _RECORD_MAX:
        return False
    inside = page.pieces[box.start : box.end]
    if any(piece.is_link and len(piece.text) >= _TITLE_MIN for piece in inside):
        return True
    return (
        any(not is_running(piece) and (has_role("comment", piece.text) or _has_stamp(piece)) for piece in inside)
        and len(inside) > 1
    )


def _kill_dated_records(page: PageLines, title: int) -> None:
    """Comments without boxes of their own: a name with day and time, and text below it, twice or more."""
    started, dated = False, []
    for index in range(title + 1, len(page.pieces) - 1):
        run = page.runs[index] and not page.dead[index]
        if started and not run and not page.dead[index] and page.runs[index + 1] and _is_signed(page.pieces[index]):
            dated.append(index)
        started = started or run
    if len(dated) >= _RECORDS_MIN and page.holder(dated[0]) == page.holder(dated[-1]):
        _kill(page, dated[0], page.boxes[page.holder(dated[0])].end)


def _kill_behind_headings(page: PageLines, title: int) -> None:
    """What follows a known heading ("Tin liên quan", "Bình luận"), as far as its box or the next own paragraph."""
    above: set[tuple[int, str]] = set()
    shapes: set[tuple[str, str]] = set()
    for index in range(title + 1, len(page.pieces)):
        if page.dead[index] and not page.shared[index]:
            continue
        if page.runs[index] and not page.dead[index]:
            above.add(page.signature(index))
            shapes.add(page.shape(index))
        elif above and page.ends[index]:
            _kill(page, index, _section_end(page, index, above, shapes))


def _section_end(page: PageLines, heading: int, above: set[tuple[int, str]], shapes: set[tuple[str, str]]) -> int:
    """Where the section of a heading ends. ``above``, ``shapes``: what the paragraphs before it stand in."""
    box = page.pieces[heading].box
    # The largest box that the heading opens; with more in it than the heading, it is the section.
    while box and page.boxes[page.boxes[box].parent].start == heading and not _resumes(page, box, heading, shapes):
        box = page.boxes[box].parent
    if page.boxes[box].start == heading and page.boxes[box].end > heading + 1:
        return page.boxes[box].end
    parent = page.boxes[box].parent if page.boxes[box].start == heading else box
    end = page.boxes[parent].end
    if has_role("comment_heading", page.pieces[heading].text):
        return end
    for index in range(heading + 1, end):
        shown = page.runs[index] or (page.pieces[index].after_image and not page.pieces[index].is_link)
        if shown and page.signature(index) in above and not page.dead[index]:
            return index
    return end


def _resumes(page: PageLines, box: int, heading: int, shapes: set[tuple[str, str]]) -> bool:
    """Whether behind ``box``, in the one around it, paragraphs of the shape go on that the text above has."""
    behind = range(page.boxes[box].end, page.boxes[page.boxes[box].parent].end)
    return page.boxes[box].end > heading + 1 and any(page.runs[i] and page.shape(i) in shapes for i in behind)


def _by_shape(boxes: Sequence[Box], children: Sequence[int]) -> dict[tuple[str, str], list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for child in children:
        groups.setdefault((boxes[child].tag, boxes[child].kind), []).append(child)
    return groups


def _is_signed(piece: Piece) -> bool:
    """A name with a stamp to the minute."""
    if len(piece.text) > _SIGNED_MAX or piece.text.count(":") < 1:
        return False
    stamp = find_stamp(piece.text)
    return stamp is not None and stamp.has_time


def _has_stamp(piece: Piece) -> bool:
    return bool(piece.machine) or (any(c.isdigit() for c in piece.text) and stamp_line(piece.text) is not None)
