"""What tags, attributes and class names say of the text in them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from scrapers.resources import rows

LINK, ITALIC, BOLD, CAPTION, RIGHT, CENTER, SMALL, LARGE, HEADING, FLOAT, PRE, SET_APART = (
    1 << bit for bit in range(12)
)
_NAMES = re.compile(r"\w+")
BLOCK = frozenset(
    _NAMES.findall(
        "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer"
        " form h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead"
        " tr ul"
    )
)
SKIPPED = frozenset(
    _NAMES.findall(
        "script style noscript template iframe object embed applet svg math canvas select datalist button input"
        " textarea label nav head audio video marquee map"
    )
)
CONTROLS = frozenset({"button", "input", "select", "textarea"})
MARKS = {
    "a": LINK, "em": ITALIC, "i": ITALIC, "b": BOLD, "strong": BOLD, "figcaption": CAPTION, "center": CENTER,
    "small": SMALL, "big": LARGE, "h1": HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING,
    "h6": HEADING, "pre": PRE,
}  # fmt: skip
# What says what an element holds: its names, microdata, its part in the page for screen readers.
_NAMING = ("class", "id", "itemprop", "role")
_ALIGNS = {"right": RIGHT, "center": CENTER, "middle": CENTER}
_STYLE = re.compile(
    r"(?P<hidden>display:none|visibility:hidden)|(?P<block>display:(?:block|list-item|table))|text-align:(?P<align>right|center|left|justify)"
    r"|(?P<italic>font-style:italic)|(?P<large>font-size:(?:(?:1[89]|[2-9]\d)(?:px|pt)|1[4-9]pt|(?:1\.[3-9]|[2-9])\d*(?:\.\d+)?r?em|(?:x-|xx-)?large))"
    r"|(?P<bold>font-weight:(?:bold|[6-9]00))|(?P<float>float:(?:left|right))"
)
_STYLED = {"italic": ITALIC, "bold": BOLD, "large": LARGE, "block": SET_APART, "float": FLOAT}
_PICTURE = re.compile(r"background(?:-image)?\s*:[^;]{0,80}url\((?![^)]{0,200}\.svg)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CELL_MAX = 200
_FIELD_NAME_MAX, _FIELD_TEXT_MIN = 25, 60
_BLANK = " \t\r\n\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff"
_IN_CELLS = frozenset(_NAMES.findall("table ul ol dl img form h1 h2 h3 h4 h5 h6 iframe object figure hr"))


@lru_cache(maxsize=4096)
def class_roles(classes: str) -> frozenset[str]:
    """What an element's class names and id say it is for (rows of ``data/lexicons/page_classes.csv``)."""
    words = re.sub(r"[^a-z0-9 ]+", "-", _CAMEL.sub("-", classes).lower())
    return frozenset(role for role, pattern in _class_patterns() if pattern.search(words))


@cache
def _class_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    around = {
        "word": ("(?<![a-z0-9])", "(?![a-z0-9])"),
        # "widget" is a side column's box, "elementor-widget" any box.
        "token": ("(?<![^ ])", "(?![^ ])"),
        "part": ("", ""),
    }
    patterns: dict[str, list[str]] = {}
    for row in rows("lexicons/page_classes.csv"):
        before, behind = around[row["match"]]
        patterns.setdefault(row["role"], []).append(before + re.escape(row["pattern"]) + behind)
    return tuple((role, re.compile("|".join(words))) for role, words in patterns.items())


def box_kind(attributes: Any) -> str:
    """An element's first class name without digits, "" where it has none."""
    return _kind(attributes.get("class") or "")


@lru_cache(maxsize=4096)
def _kind(classes: str) -> str:
    return re.sub(r"\d+", "", next(iter(classes[:300].split()), ""))


def read_attributes(attributes: Any, own: int, floats: bool) -> tuple[str, int, bool]:
    """Class names and id, marks, and whether the element is hidden; ``floats``: text flows around an aligned one."""
    hidden = "hidden" in attributes
    classes = " ".join(filter(None, (attributes.get(name) for name in _NAMING)))[:300].strip()
    if "text-right" in classes or "text-end" in classes:
        own |= RIGHT
    elif "text-center" in classes:
        own |= CENTER
    if "align" in attributes:
        align = attributes["align"].lower()
        # A table's alignment is its own place on the page, not its text's.
        own |= (FLOAT if align in ("left", "right") else 0) if floats else _ALIGNS.get(align, 0)
    style = attributes.get("style")
    if style:
        for match in _STYLE.finditer(style[:500].lower().replace(" ", "")):
            if match["hidden"]:
                hidden = True
            elif match["align"]:
                own = own & ~(RIGHT | CENTER) | _ALIGNS.get(match["align"], 0)
            else:
                own |= next(mark for name, mark in _STYLED.items() if match[name])
    if "size" in attributes:
        size = attributes["size"]
        own |= SMALL if size in ("1", "-1", "-2") else LARGE if size in ("4", "5", "6", "+1", "+2", "+3") else 0
    return classes, own, hidden


def is_picture(element: Any) -> bool:
    """Whether an empty element shows a picture as its background."""
    style = element.get("style")
    return bool(style and not len(element) and not (element.text or "").strip(_BLANK) and _PICTURE.search(style[:500]))


def data_cells(row: Any) -> list[Any] | None:
    """The cells of a row of data; None for one that lays out the page (paragraphs, pictures, lists in its cells)."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2:
        return None
    for cell in cells:
        size = paragraphs = 0
        for part in cell.iter():
            if part.tag in _IN_CELLS:
                return None
            if part.tag in ("p", "div", "br"):
                paragraphs += 1
            size += len(part.text or "") + len(part.tail or "")
        if paragraphs > 3 or size > _CELL_MAX + 100:
            return None
    if len(cells) == 2 and _is_field(cells[0], cells[1]):
        return None
    return [cell for cell in cells if "".join(cell.itertext()).strip(_BLANK)]


def _is_field(name: Any, value: Any) -> bool:
    """Whether two cells are a field's name and its text, set as a paragraph: a form's page, no table of data."""
    text = "".join(value.itertext()).strip(_BLANK)
    named = 0 < len("".join(name.itertext()).strip(_BLANK)) <= _FIELD_NAME_MAX and name.find(".//p") is None
    return named and len(text) >= _FIELD_TEXT_MIN and text[-1] in ".!?…" and value.find(".//p") is not None


def cell_marks(cell: Any) -> int:
    linked = sum(len("".join(link.itertext()).strip()) for link in cell.iter("a"))
    return LINK if linked and linked >= 0.8 * len("".join(cell.itertext()).strip()) else 0
