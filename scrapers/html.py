"""From a page's bytes to a tree, and from a part of the tree to clean lines: what the site parsers share."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from scrapers.charset import decode
from scrapers.errors import InputError
from scrapers.furniture import has_caption_cue, has_role, is_paragraph, is_terminated, line_key
from scrapers.page import Block, Page, Published, clean_text
from scrapers.stamps import parse_iso

_NAMES = re.compile(r"\w+")
_BLOCK = frozenset(
    _NAMES.findall(
        "address article aside blockquote br center dd div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6"
        " header hr li main ol p pre section table tbody td tfoot th thead tr ul"
    )
)
_SKIPPED = frozenset(
    _NAMES.findall(
        "script style noscript template iframe object svg canvas select button input textarea nav aside head"
        " video audio"
    )
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_RIGHT = re.compile(r"text-align\s*:\s*right|;right\Z")
_HIDDEN_CLASSES = frozenset({"hidden", "d-none"})
_CAPTION_CLASS = re.compile(r"caption|photo-?desc|img-?desc|chuthich", re.IGNORECASE)
_MAX_CAPTION = 300
_CELL = " | "


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a tree.

    ``caption``: marked as one, or the line below an image; ``linked``: nothing but a link; ``right``: set flush right,
    as authors' names are.
    """

    text: str
    caption: bool = False
    linked: bool = False
    right: bool = False


def parse_tree(page: Page) -> BeautifulSoup:
    """The page's tree. Raises InputError: empty, binary, encoding."""
    if not page.body.strip():
        raise InputError(page.ref, "empty", "the page is empty; fetch it again or leave it out")
    text, _ = decode(page.body, ref=page.ref, header=_header_charset(page), markup=True)
    # lxml recodes text that declares another charset, and NUL ends its input.
    with warnings.catch_warnings():
        # XHTML is read as HTML, as browsers do.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text.replace("\0", ""), "lxml")


def host_of(url: str | None) -> str | None:
    """The URL's host without "www.", None where there is none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def text_of(tag: Tag | None) -> str | None:
    """A tag's text on one line, None where it holds none."""
    return (" ".join(clean_text(tag.get_text(" ")).split()) or None) if tag is not None else None


def attribute(tag: Tag | None, name: str) -> str | None:
    """A tag's attribute on one line."""
    value = tag.get(name) if tag is not None else None
    return " ".join(clean_text(value).split()) or None if isinstance(value, str) else None


def meta(tree: BeautifulSoup, *names: str) -> str | None:
    """The first of the named meta properties that holds anything."""
    for name in names:
        for key in ("property", "name", "itemprop"):
            found = attribute(tree.find("meta", attrs={key: name}), "content")
            if found:
                return found
    return None


def canonical_url(tree: BeautifulSoup) -> str | None:
    """What the page says its address is."""
    found = attribute(tree.find("link", rel="canonical"), "href") or meta(tree, "og:url")
    return found if found and host_of(found) else None


def meta_stamp(tree: BeautifulSoup) -> Published | None:
    """The stamp of the page's metadata: meta tags, then JSON-LD. A malformed one is none."""
    named = meta(tree, "article:published_time", "datePublished", "pubdate", "DC.date.issued")
    found = parse_iso(named) if named else None
    for script in tree.find_all("script", type="application/ld+json"):
        if found is not None:
            break
        try:
            data = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        found = next(filter(None, map(parse_iso, _json_values(data, "datePublished"))), None)
    return found


def pieces(root: Tag) -> list[Piece]:
    """The lines below ``root`` in reading order, scripts, forms, menus and hidden parts left out."""
    return _Lines().read(root)


def blocks(found: Sequence[Piece], title: str | None) -> tuple[Block, ...]:
    """Lines as blocks: captions where marked, below an image or by their cue; the first paragraph is the lead.

    Furniture, lines that are nothing but a link, and the title said again (an image's leaked text) are left out.
    """
    title_key = line_key(title or "")
    result: list[Block] = []
    seen: set[str] = set()
    has_lead = False
    for piece in found:
        key = line_key(piece.text)
        if not key or key == title_key or has_role("line", piece.text) or (piece.linked and not piece.caption):
            continue
        # A page built for two screens says it all twice.
        if key in seen and len(piece.text) >= 40:
            continue
        seen.add(key)
        caption = piece.caption or has_caption_cue(piece.text)
        zone = "caption" if caption else "body" if has_lead or _CELL in piece.text else "lead"
        has_lead = has_lead or zone == "lead"
        result.append(Block(zone, piece.text))
    return tuple(result)


class _Lines:
    """One walk over a tree: text gathers until a block element begins or ends."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self._text: list[str] = []
        self._linked = self._italic = self._right = True
        self._caption = self._after_image = False

    def read(self, root: Tag) -> list[Piece]:
        self._walk(root)
        return self.found

    def _walk(self, root: Tag) -> None:
        # By hand, not by recursion: damaged markup nests deeper than Python's stack.
        stack: list[tuple[Iterator[PageElement], bool, frozenset[str]]] = [(iter(root.children), True, frozenset())]
        while stack:
            children, is_block, within = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if is_block:
                    self._end()
            elif isinstance(child, Tag):
                if self._enter(child, within):
                    stack.append((iter(child.children), child.name in _BLOCK, within | _marks(child)))
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self._gather(str(child), within)

    def _enter(self, tag: Tag, within: frozenset[str]) -> bool:
        """Whether the tag's children are to be walked; what a tag says by itself is taken here."""
        if tag.name in _SKIPPED or _is_hidden(tag):
            return False
        if tag.name in _BLOCK or tag.name == "img":
            self._end()
        if tag.name == "img":
            self._after_image = True
        elif tag.name == "tr" and len(cells := tag.find_all(["td", "th"], recursive=False)) > 1 and not tag.find("img"):
            self._gather(_CELL.join(text for cell in cells if (text := text_of(cell))), within)
            self._after_image = False
            self._end()
            return False
        return True

    def _gather(self, text: str, within: frozenset[str]) -> None:
        self._text.append(text)
        if text.strip():
            self._linked = self._linked and "link" in within
            self._italic = self._italic and "italic" in within
            self._right = self._right and "right" in within
            self._caption = self._caption or "caption" in within

    def _end(self) -> None:
        text = " ".join(clean_text("".join(self._text)).split())
        if text:
            short = len(text) <= _MAX_CAPTION
            below = self._after_image and short and (self._italic or not is_terminated(text))
            self.found.append(Piece(text, short and (self._caption or below), self._linked, self._right))
            self._after_image = False
        self._text.clear()
        self._linked = self._italic = self._right = True
        self._caption = False


def _marks(tag: Tag) -> frozenset[str]:
    if tag.name == "a":
        return frozenset({"link"})
    if tag.name in ("em", "i"):
        return frozenset({"italic"})
    classes = " ".join(filter(None, tag.get_attribute_list("class")))
    marks = set()
    if tag.name == "figcaption" or _CAPTION_CLASS.search(classes):
        marks.add("caption")
    style = f"{tag.get('style') or ''};{tag.get('align') or ''}".lower()
    if tag.name in _BLOCK and (_RIGHT.search(style) or "text-right" in classes):
        marks.add("right")
    return frozenset(marks)


def _is_hidden(tag: Tag) -> bool:
    style = tag.get("style")
    if isinstance(style, str) and _HIDDEN_STYLE.search(style):
        return True
    return tag.has_attr("hidden") or bool(_HIDDEN_CLASSES.intersection(tag.get_attribute_list("class")))


def _header_charset(page: Page) -> str | None:
    for name, value in page.headers:
        if name.lower() == "content-type" and "charset=" in value.lower():
            return value.lower().partition("charset=")[2].partition(";")[0].strip(" \"'") or None
    return None


def _json_values(data: Any, key: str) -> Iterator[str]:
    """All strings under ``key`` at any depth of a JSON value."""
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get(key), str):
                yield value[key]
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def paragraph_weights(root: Tag) -> list[tuple[Tag, int]]:
    """The parts that hold paragraphs right below them, each with its characters of running text, less links'."""
    texts: dict[int, tuple[Tag, list[str], list[int]]] = {}
    for string in root.find_all(string=True):
        if type(string) is not NavigableString or not string.strip():
            continue
        block, linked = string.parent, False
        while block is not None and block is not root and block.name not in _BLOCK:
            linked = linked or block.name == "a"
            block = block.parent
        if block is not None:
            _, parts, links = texts.setdefault(id(block), (block, [], []))
            parts.append(string)
            links.append(2 * len(string) if linked else 0)
    weights: dict[int, tuple[Tag, int]] = {}
    for block, parts, links in texts.values():
        text = " ".join("".join(parts).split())
        holder = block.parent
        if holder is not None and is_paragraph(text) and not has_role("end", text):
            weights[id(holder)] = (holder, weights.get(id(holder), (holder, 0))[1] + len(text) - sum(links))
    return list(weights.values())
