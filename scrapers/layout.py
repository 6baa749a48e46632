"""A page layout as selectors, and the one way to read a page by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapers.bylines import parse_credit, take_byline
from scrapers.errors import InputError, LayoutChanged
from scrapers.furniture import Line, article_end, has_caption_cue, has_role, is_paragraph, is_terminated, line_key
from scrapers.html import Tree, attribute, canonical_url, host_of, meta, parse_tree, select, select_one, text_of
from scrapers.lines import Lines, Piece, read_lines
from scrapers.markup import BOLD, CAPTION, CENTER, HEADING, ITALIC, RIGHT, SMALL
from scrapers.metadata import json_ld_stamp, meta_stamp
from scrapers.page import Article, Block, Page, Published
from scrapers.stamps import find_stamp, labelled_stamp, parse_iso, stamp_line, text_stamp

# A line, and whether it is a caption.
Shown = tuple[Piece, bool]
_CAPTION_MAX, _FRAMED_MAX, _SENTENCE_MIN = 300, 180, 80
_REPEATED_MIN = 40
_CELL = " | "
_ELSEWHERE = frozenset({"related", "share", "tags", "ad", "comment", "profile"})
_BYLINE_MAX = 80
_SIGNATURE_MAX = 50
# Fewer words than this are no article, be they text or the captions of a gallery.
_ARTICLE_MIN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """CSS selectors of a site's article page; without ``title``, ``body`` or ``stamp`` the layout has changed.

    ``dropped``: what stands inside the body and is none of it. ``optional``: fields that some sound pages lack
    (``stamp``). ``month_first``: the site writes US dates. ``since``: from when on its pages look so, for the reader.
    """

    title: str
    body: str
    stamp: str
    lead: str | None = None
    byline: str | None = None
    section: str | None = None
    tags: str | None = None
    dropped: str | None = None
    optional: tuple[str, ...] = ()
    month_first: bool | None = None
    since: str | None = None


def read_layout(page: Page, *layouts: Layout) -> Article:
    """The page's article by the first layout that fits. Raises LayoutChanged where none does, InputError."""
    tree = parse_tree(page)
    changed: LayoutChanged | None = None
    for layout in layouts:
        try:
            return _read(page, tree, layout)
        except LayoutChanged as error:
            changed = changed or error
    assert changed is not None
    raise changed


def _read(page: Page, tree: Tree, layout: Layout) -> Article:
    title = text_of(_required(page, tree, layout.title))
    body = _required(page, tree, layout.body)
    stamp = _stamp(tree, layout)
    if stamp is None and "stamp" not in layout.optional and select_one(tree.root, layout.stamp) is None:
        raise LayoutChanged(page.url, layout.stamp)
    lead = select_one(tree.root, layout.lead) if layout.lead else None
    found = _shown(lead, layout, title) if lead is not None and lead not in body.iterdescendants() else []
    found += _shown(body, layout, title)
    found, stated = without_stamp(found)
    found, byline = without_byline(found)
    return assemble(
        page,
        tree,
        found,
        title=title,
        byline=_byline(tree, layout) or byline,
        published=stamp or meta_stamp(tree) or json_ld_stamp(tree) or stated,
        section=text_of(select_one(tree.root, layout.section)) if layout.section else None,
        tags=tuple(filter(None, map(text_of, select(tree.root, layout.tags)))) if layout.tags else (),
    )


def _shown(root: Any, layout: Layout, title: str | None) -> list[Shown]:
    """The lines of a part that the layout names, up to the first heading of what follows an article there."""
    dropped = select(root, layout.dropped) if layout.dropped else []
    for element in dropped:
        # The tail is the text behind the element, not its own.
        element.clear(keep_tail=True)
    lines = read_lines(root)
    marked = captions(lines, title)
    dead = link_boxes(lines)
    shown = [
        (piece, index in marked)
        for index, piece in enumerate(lines.pieces)
        if not dead[index] and not _leads_away(lines, dead, index)
    ]
    end = article_end([piece.text for piece, _ in shown])
    return shown[:end]


def _leads_away(lines: Lines, dead: bytearray, index: int) -> bool:
    """A heading such as "Tin liên quan" with links behind it."""
    following = index + 1
    if not has_role("end", lines.pieces[index].text) or following >= len(lines.pieces):
        return False
    return bool(dead[following]) or lines.pieces[following].is_link


def link_boxes(lines: Lines) -> bytearray:
    """The lines of boxes inside an article that lead elsewhere: related articles, share bars, tags."""
    dead = bytearray(len(lines.pieces))
    for box in lines.boxes[1:]:
        if (box.roles & _ELSEWHERE or box.tag == "aside") and box.end - box.start < len(lines.pieces):
            dead[box.start : box.end] = b"\1" * (box.end - box.start)
    return dead


def captions(lines: Lines, title: str | None = None) -> frozenset[int]:
    """The lines that are captions: marked as such, in a picture's frame, or below a picture and set apart.

    Between a picture and its caption the ``title`` may stand, leaked from the picture's alternative text.
    """
    title_key, leaked = line_key(title or ""), False
    found = set()
    for index, piece in enumerate(lines.pieces):
        below = piece.after_image or leaked
        leaked = below and bool(title_key) and line_key(piece.text) == title_key
        told = piece.marks & CAPTION or (below and _is_set_apart(lines, piece))
        if told and len(piece.text) <= _CAPTION_MAX:
            found.add(index)
    for box in lines.boxes[1:]:
        # A table or figure around a picture: what else is in it is the caption.
        if box.tag in ("table", "figure") and box.images > 0 and box.end - box.start <= 2 * box.images + 1:
            inside = range(box.start, box.end)
            if all(len(lines.pieces[index].text) <= _CAPTION_MAX for index in inside):
                found.update(inside)
    return frozenset(index for index in found if not has_role("line", lines.pieces[index].text))


def _is_set_apart(lines: Lines, piece: Piece) -> bool:
    # A picture beside a name is the author's.
    if (piece.marks & HEADING and lines.boxes[piece.box].tag not in ("h5", "h6")) or parse_credit(piece.text):
        return False
    # A lead below a picture may be bold and italic; it is a whole sentence.
    if piece.marks & (ITALIC | CENTER | SMALL):
        return not (piece.marks & BOLD and len(piece.text) >= _SENTENCE_MIN and is_terminated(piece.text))
    # A subheading below a picture is bold; text that shares its paragraph with a picture describes it.
    box = piece.box
    while box and lines.boxes[box].end - lines.boxes[box].start == 1 and len(piece.text) <= _FRAMED_MAX:
        if lines.boxes[box].images:
            return True
        box = lines.boxes[box].parent
    return not is_terminated(piece.text) and not piece.marks & BOLD


def is_junk(text: str) -> bool:
    """A line that pages have around and inside articles, no matter where."""
    if has_role("line", text) or has_role("end", text):
        return True
    return any(character.isdigit() for character in text) and bool(stamp_line(text) or labelled_stamp(text))


def blocks(found: Sequence[Shown], title: str | None) -> tuple[Block, ...]:
    """Lines as blocks: captions where marked or by their cue; the first paragraph is the lead.

    Furniture, lines that are nothing but a link, and the title said again (an image's leaked text) are left out.
    """
    title_key = line_key(title or "")
    result: list[Block] = []
    seen: set[str] = set()
    has_lead = False
    for piece, marked in found:
        key = line_key(piece.text)
        if not key or key == title_key or has_role("line", piece.text) or (piece.is_link and not marked):
            continue
        # A page built for two screens says it all twice.
        if key in seen and len(piece.text) >= _REPEATED_MIN:
            continue
        seen.add(key)
        caption = marked or has_caption_cue(piece.text)
        zone = "caption" if caption else "body" if has_lead or _CELL in piece.text else "lead"
        has_lead = has_lead or zone == "lead"
        result.append(Block(zone, piece.text))
    return tuple(result)


def assemble(
    page: Page,
    tree: Tree,
    found: Sequence[Shown],
    *,
    title: str | None,
    byline: str | None,
    published: Published,
    section: str | None = None,
    tags: tuple[str, ...] = (),
) -> Article:
    """The Article of what was found on the page. Raises InputError where no text was."""
    url = page.url or canonical_url(tree)
    article = Article(
        page.ref,
        PurePosixPath(page.ref.partition("#")[0]).name,
        blocks(found, title),
        title=title,
        url=url,
        id=identity(url),
        byline=byline,
        section=section or meta(tree, "article:section"),
        tags=tags,
        published=published,
        fetched_at=page.fetched_at,
        site=host_of(url),
        charset=tree.charset,
    )
    if sum(len(block.text.split()) for block in article.blocks) < _ARTICLE_MIN_WORDS:
        raise InputError(page.ref, "no_article", "no text found on this page; give the page of one article")
    return article


def flagged(article: Article, flag: str) -> Article:
    """The article with one more flag."""
    return replace(article, flags=(*article.flags, flag))


def identity(url: str | None) -> str | None:
    """A short name of the article: its URL's last segment without ending, and what tells it apart in the query."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    segment = parts.path.rstrip("/").rpartition("/")[2]
    stem = segment.rpartition(".")[0] or segment
    return "-".join(filter(None, [stem, *(value for _, value in parse_qsl(parts.query))])) or None


def without_stamp(found: list[Shown]) -> tuple[list[Shown], Published]:
    """The lines without a stamp among them and what follows the article behind it, and that stamp."""
    stamp = text_stamp([piece.text for piece, _ in found])
    if stamp is None:
        return found, Published()
    index, at_end, published = stamp
    return found[:index] + ([] if at_end else found[index + 1 :]), published


def without_byline(found: list[Shown]) -> tuple[list[Shown], str | None]:
    """The lines without the author's one, and the author."""
    right = [i for i in range(len(found) - 1, max(-1, len(found) - 4), -1) if found[i][0].marks & RIGHT]
    signed = right[0] if right else None
    if len(right) > 1 and has_role("credit_source", found[right[0]][0].text.strip(" ()")):
        # "HÀ VY" and below it "(Theo Báo Lao Động)".
        author = parse_credit(found[right[1]][0].text)
        if author:
            return [line for i, line in enumerate(found) if i not in right[:2]], author
    if signed is not None:
        text = found[signed][0].text
        if len(text) <= _SIGNATURE_MAX and not is_terminated(text):
            return found[:signed] + found[signed + 1 :], parse_credit(text) or text
    lines, byline, end = take_byline([Line(piece.text, False) for piece, _ in found])
    if end is not None and _is_one_of_several(found, end):
        return found, None
    if end is not None:
        rest = found[:end] + found[end + 1 :]
        # Behind the author the source may stand: "Hà Vy", "(Theo Báo Lao Động)".
        if end == len(rest) > 1 and has_role("credit_source", found[end][0].text):
            author = parse_credit(rest[-1][0].text)
            return (rest[:-1], author) if author else (rest, byline)
        return rest, byline
    pairs = zip(found, lines, strict=True)
    return [(replace(piece, text=line.text), caption) for (piece, caption), line in pairs], byline


def _is_one_of_several(found: Sequence[Shown], name: int) -> bool:
    """Whether a name stands above a paragraph as others do: it heads a part, it signs nothing."""
    followed = any(is_paragraph(piece.text) for piece, _ in found[name + 1 :])
    return followed and sum(parse_credit(piece.text) is not None for piece, _ in found) > 1


def _required(page: Page, tree: Tree, selector: str) -> Any:
    element = select_one(tree.root, selector)
    if element is None or text_of(element) is None:
        raise LayoutChanged(page.url, selector)
    return element


def _stamp(tree: Tree, layout: Layout) -> Published | None:
    """The stamp that the layout shows; a machine's own form of it is the surer one."""
    element = select_one(tree.root, layout.stamp)
    machine = attribute(element, "datetime")
    found = parse_iso(machine) if machine else None
    return found or find_stamp(text_of(element) or "", month_first=layout.month_first)


def _byline(tree: Tree, layout: Layout) -> str | None:
    text = text_of(select_one(tree.root, layout.byline)) if layout.byline else None
    if text is None or len(text) > _BYLINE_MAX or has_role("line", text):
        return None
    # The selector says that it is the author, whatever the name looks like.
    return parse_credit(text) or text.rpartition(":")[2].strip() or None
