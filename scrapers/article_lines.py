"""Which lines of an article's place on its page are its own: buttons, links, tags and calls left out, ends trimmed.

What wording rows don't know, place tells: a heading with nothing below it but links, what follows links or the author's
name behind the last paragraph, a short line in markup of its own among paragraphs.
"""

from __future__ import annotations

import re

from scrapers.body import Found
from scrapers.bylines import parse_credit
from scrapers.foreign import without_foreign
from scrapers.furniture import has_caption_cue, has_role, is_terminated, line_key, starts_role
from scrapers.layout import is_junk
from scrapers.lines import Lines, Piece
from scrapers.markup import BOLD, FLOAT, HEADING, RIGHT
from scrapers.metadata import Metadata
from scrapers.page_lines import are_columns, is_running
from scrapers.page_stamps import signed_day
from scrapers.stamps import stamp_line

_TAIL_MAX = 60
_HEADING_MAX = 90
_HEAD_WORDS = 3
_LEADING_WORDS = 8
_LINK_SHARE = 0.8
_LINKS_SHARE = 0.65
_TEASED_SHARE = 0.5
_TEASED_MIN = 40
_SIGNED_TAIL_MAX = 3
_LEAD_WITHIN = 12
_AFTERWORD_RUNS = 3
_AFTERWORD_SHARE = 0.25
_LEAD_MIN = 30
_LEAD_LENGTH = 100
_STATED_MIN = 400
_STATED_SHARE = 0.9
_LABEL_WORDS = 4
_FACTS_MAX = 16
_LISTED = frozenset(
    ["p", "li", "td", "th", "tr", "dd", "dt", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "thead", "tbody"]
)
_ENTRIES = frozenset(["li", "tr", "dd", "dt", "table", "thead", "tbody"])
_SUBHEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
# "Đọc thêm: ", "Bài 1 - ": a few words before a link that goes on to the line's end.
_LEADING_AWAY = re.compile(r"[^:»>]{2,40}[:»>] ?\S")


def article_lines(
    lines: Lines, found: Found, metadata: Metadata, title: str | None, shown: frozenset[int]
) -> list[int]:
    """The article's lines among ``found.body``. ``shown``: those that are captions."""
    title_key = line_key(title or "")
    paragraphs = [lines.pieces[i] for i in found.body if is_running(lines.pieces[i])]
    usual = frozenset(lines.boxes[piece.box].tag for piece in paragraphs)
    # A whole column may float; where its paragraphs don't, what floats is an aside.
    aside = 0 if any(piece.marks & FLOAT for piece in paragraphs) else FLOAT
    facts = _facts(lines)
    kept = []
    for index in found.body:
        piece = lines.pieces[index]
        if (
            index in shown
            or (is_running(piece) and not is_junk(piece.text))
            or not (
                _is_away(piece)
                or line_key(piece.text) in ("", title_key)
                or is_junk(piece.text)
                or signed_day(piece.text)
                or _leads_away(piece)
                or _is_stray(lines, index, usual)
                or _heads_links(lines, found, index)
                or _names_field(lines, index)
                or piece.marks & aside
                or piece.box in facts
            )
        ):
            kept.append(index)
    kept = _without_afterword(lines, without_foreign(lines, kept, shown, found.dead), shown, metadata)
    lead = _unfinished_lead(lines, found, kept, metadata)
    kept = _trimmed(lines, found, kept, shown, lead)
    kept = _with_captions(lines, found, kept, shown)
    kept = sorted({*kept, *lead})
    return _stated(lines, found, kept, shown, metadata.body or "")


def _with_captions(lines: Lines, found: Found, kept: list[int], shown: frozenset[int]) -> list[int]:
    """With the captions between the title and the text, where a picture has a box of its own."""
    if not kept or found.title is None or kept[0] - found.title > _LEAD_WITHIN:
        return kept
    first = next((index for index in kept[1:] if is_running(lines.pieces[index])), kept[0])
    between = range(found.title + 1, first)
    pictured = {
        i
        for i in between
        if i in shown
        and not found.dead[i]
        and lines.pieces[i].linked <= _TEASED_SHARE
        and len(lines.pieces[i].text.split()) > _HEAD_WORDS
        and stamp_line(lines.pieces[i].text) is None
    }
    return sorted({*kept, *pictured})


def _unfinished_lead(lines: Lines, found: Found, kept: list[int], metadata: Metadata) -> list[int]:
    """A lead that is no sentence: named one by its box or by metadata, between title and text."""
    first = next((index for index in kept if is_running(lines.pieces[index])), None)
    if first is None or found.title is None or first - found.title > _LEAD_WITHIN:
        return []
    said = line_key(metadata.description or "")
    for index in range(found.title + 1, first):
        piece = lines.pieces[index]
        box = lines.boxes[piece.box]
        key = line_key(piece.text)
        named = key == said or "lead" in box.roles | lines.boxes[box.parent].roles
        if len(key) >= _LEAD_MIN and named and not is_junk(piece.text) and piece.linked <= _TEASED_SHARE:
            return [index]
    return []


def _stated(lines: Lines, found: Found, kept: list[int], shown: frozenset[int], body: str) -> list[int]:
    """The lines that metadata give as the article's text, where they give all of it, with lead and captions."""
    whole = f" {line_key(body)} "
    if len(whole) < _STATED_MIN:
        return kept
    own = set(kept)
    start = -1 if found.title is None else found.title
    named = [
        index
        for index in range(start + 1, len(lines.pieces))
        if (index in own or is_running(lines.pieces[index])) and f" {line_key(lines.pieces[index].text)} " in whole
    ]
    if sum(len(line_key(lines.pieces[index].text)) + 1 for index in named) < _STATED_SHARE * len(whole):
        return kept
    return sorted({*named, *(index for index in kept if index < named[0] or index in shown)})


def _facts(lines: Lines) -> frozenset[int]:
    """The boxes of terms and values that tell of the article: who wrote it, when, how long it is."""
    found: set[int] = set()
    for index, box in enumerate(lines.boxes):
        if box.tag == "dl" and box.end - box.start <= _FACTS_MAX:
            inside = lines.pieces[box.start : box.end]
            if any(stamp_line(piece.text) for piece in inside) and not any(is_running(piece) for piece in inside):
                found.update({index, *(piece.box for piece in inside)})
    return frozenset(found)


def _is_away(piece: Piece) -> bool:
    """A line of links, be there a few words beside them."""
    return piece.linked > (_LINK_SHARE if is_terminated(piece.text) else _LINKS_SHARE)


def _leads_away(piece: Piece) -> bool:
    """A few words and a link to another article's title."""
    return (
        piece.linked > _TEASED_SHARE
        and len(piece.text) >= _TEASED_MIN
        and not is_terminated(piece.text)
        and _LEADING_AWAY.match(piece.text) is not None
    )


def _is_stray(lines: Lines, index: int, usual: frozenset[str]) -> bool:
    """A short line in markup of its own among paragraphs: a button, a counter, a label."""
    piece = lines.pieces[index]
    box = lines.boxes[piece.box]
    if is_terminated(piece.text) or box.tag in usual or box.tag in _LISTED or len(piece.text) > _TAIL_MAX:
        return False
    if piece.marks & BOLD and box.kind:
        return False
    return stamp_line(piece.text) is None and parse_credit(piece.text) is None


def _heads_links(lines: Lines, found: Found, index: int) -> bool:
    """A heading of links: a short line with two of them right behind it, or one behind a colon."""
    piece = lines.pieces[index]
    listed = lines.boxes[piece.box].tag in _ENTRIES
    if len(piece.text) > _HEADING_MAX or listed or is_terminated(piece.text) or parse_credit(piece.text):
        return False
    following = range(index + 1, min(index + 3, len(lines.pieces)))
    links = [i for i in following if lines.pieces[i].linked > _LINK_SHARE and not is_running(lines.pieces[i])]
    if index + 1 not in links:
        return False
    return _is_label(piece.text) or (len(links) > 1 and not piece.text.endswith(":"))


def _names_field(lines: Lines, index: int) -> bool:
    """The name of a field ("Nội dung") whose value stands in the next cell."""
    if index + 1 >= len(lines.pieces) or len(lines.pieces[index].text) > _TAIL_MAX:
        return False
    value = lines.boxes[lines.pieces[index + 1].box]
    return value.tag != "td" and are_columns(lines, index, index + 1)


# --- ends -----------------------------------------------------------------------------------------------------------


def _trimmed(lines: Lines, found: Found, kept: list[int], shown: frozenset[int], lead: list[int]) -> list[int]:
    """Without what stands above the first paragraph and is none of it, and without what follows the last."""
    pieces = lines.pieces
    runs = [position for position, index in enumerate(kept) if is_running(pieces[index])]
    if not runs:
        return kept
    head = _opening(lines, kept[: runs[0]], kept[runs[0]], shown, lead)
    tail = kept[runs[-1] + 1 :]
    if any(has_role("production", pieces[index].text) for index in tail):
        tail = [i for i in tail if not (has_role("production", pieces[i].text) or has_caption_cue(pieces[i].text))]
    tail = _connected(lines, found, kept[runs[-1]], tail, shown)
    while tail and tail[-1] not in shown and _heads_nothing(lines, tail[-1]):
        tail.pop()
    return head + kept[runs[0] : runs[-1] + 1] + tail


def _opening(lines: Lines, above: list[int], first: int, shown: frozenset[int], lead: list[int]) -> list[int]:
    """Of the lines above the first paragraph the captions, the sentences, and headings and lines of the text's own box
    that follow these.
    """
    opened, result = bool(lead), []
    for index in above:
        piece = lines.pieces[index]
        words = len(piece.text.split())
        if parse_credit(piece.text):
            continue
        led = piece.text.endswith(":") and words >= _LEADING_WORDS
        long = len(piece.text) >= _LEAD_LENGTH and piece.linked <= _TEASED_SHARE
        sentence = words > _HEAD_WORDS and (is_terminated(piece.text) or led or long)
        own = _parent(lines, index) == _parent(lines, first) or lines.boxes[piece.box].tag in _SUBHEADINGS
        within = opened and own and index > max(lead, default=-1)
        if sentence or within or (index in shown and words > _HEAD_WORDS):
            result.append(index)
            opened = opened or (sentence and index not in shown)
    return result


def _parent(lines: Lines, index: int) -> int:
    return lines.boxes[lines.pieces[index].box].parent


def _without_afterword(lines: Lines, kept: list[int], shown: frozenset[int], metadata: Metadata) -> list[int]:
    """Without what the site says behind the author's name, and without what it says of the author."""
    pieces = lines.pieces
    runs = [index for index in kept if is_running(pieces[index])]
    if len(runs) < _AFTERWORD_RUNS:
        return kept
    author = parse_credit(metadata.author or "") or ""
    signed = [index for index in kept if index > runs[1] and parse_credit(pieces[index].text) and index not in shown]
    entries = {lines.boxes[pieces[index].box].tag for index in signed} & _ENTRIES
    end = signed[0] if len(signed) == 1 and not entries else None
    if end is not None and end < runs[-1]:
        signature = pieces[end]
        named = line_key(signature.text) == line_key(author) or starts_role("credit_prefix", signature.text)
        sure = named or signature.marks & (RIGHT | BOLD)
        behind = sum(len(pieces[index].text) for index in runs if index > end)
        if sure and behind <= _AFTERWORD_SHARE * sum(len(pieces[index].text) for index in runs):
            kept = [index for index in kept if index <= end or index in shown]
    last = pieces[runs[-1]].text
    if len(author.split()) > 1 and last.startswith(f"{author} "):
        kept = [index for index in kept if index < runs[-1] or index in shown]
    return kept


def _connected(lines: Lines, found: Found, last: int, tail: list[int], shown: frozenset[int]) -> list[int]:
    """The tail as far as links or another part of the page interrupt it, or the author's name ends it."""
    pieces, result, signed, apart = lines.pieces, [], False, False
    names = sum(parse_credit(pieces[index].text) is not None for index in tail)
    for place, index in enumerate(tail):
        text = pieces[index].text
        apart = apart or any(found.dead[i] or pieces[i].linked > _LINK_SHARE for i in range(last + 1, index))
        mere = index in shown or parse_credit(text) is not None or stamp_line(text) is not None
        if apart and not mere and not _goes_on(lines, pieces[index]):
            break
        if signed and not mere and len(tail) - place <= _SIGNED_TAIL_MAX:
            continue
        # Of several names in a row none is the author's: winners, guests.
        alone = names == 1 or pieces[index].marks & RIGHT
        entry = lines.boxes[pieces[index].box].tag in _ENTRIES | _SUBHEADINGS
        signed = signed or (parse_credit(text) is not None and bool(alone) and not entry)
        result.append(index)
        last = index
    return result


def _goes_on(lines: Lines, piece: Piece) -> bool:
    """A sentence, one that leads to another, or an entry of a list or table."""
    led = piece.text.endswith(":") and not _is_label(piece.text)
    return led or is_terminated(piece.text) or lines.boxes[piece.box].tag in _ENTRIES


def _heads_nothing(lines: Lines, index: int) -> bool:
    """A heading that nothing of the article follows."""
    piece = lines.pieces[index]
    if has_role("end", piece.text):
        return True
    if is_terminated(piece.text) or len(piece.text) > _HEADING_MAX or parse_credit(piece.text):
        return False
    if _is_label(piece.text):
        return True
    return bool(piece.marks & (HEADING | BOLD)) and lines.boxes[piece.box].tag not in _ENTRIES


def _is_label(text: str) -> bool:
    """ "Bài viết liên quan:", no sentence that leads to a quotation."""
    return text.endswith(":") and len(text.split()) <= _LABEL_WORDS
