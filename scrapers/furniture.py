"""What stands around an article on its page, and what tells a caption from a paragraph.

The rules are rows of ``data/lexicons/page_furniture.csv`` (role, match, pattern): matched on a line's key, that is
lower case with the older tone placement kept as it is, spaces folded and signs at both ends dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from scrapers.page import Block
from scrapers.resources import rows

_WORDS = re.compile(r"[^\W_]+")
_EDGES = " .:!?…–-|*•»›>\t"
_TERMINAL = re.compile(r"[.!?…;][\"”’)\]]*\Z")
_CAPTION_MAX = 250
# "– Khai thuế", "3.3 Báo cáo", "a) Chi phí", "Điều 43. Vi phạm": entries and headings of a list.
_LIST_MARK = re.compile(
    r"[^\w\s“\"‘'(]|\(?[0-9a-zđIVX]{1,4}[.)/]|\d++(?:[.,]\d++)*+(?! [a-zđà-ỹ])"
    r"|(?:Điều|Chương|Mục|Khoản|Phần|Bước) [\dIVX]"
)
_REPEATED_MIN = 40


class Line(NamedTuple):
    """One line of a text: ``apart`` where a blank line stands before it."""

    text: str
    apart: bool


@cache
def _exact(role: str) -> frozenset[str]:
    return frozenset(row["pattern"] for row in _of(role) if row["match"] == "exact")


@cache
def _pattern(role: str) -> re.Pattern[str]:
    """The role's regex and prefix rows as one alternation, each group of its own kind of end."""
    whole = [row["pattern"] for row in _of(role) if row["match"] == "regex"]
    begun = [re.escape(row["pattern"]) + ".*" for row in _of(role) if row["match"] == "prefix"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in whole + begun) or r"(?!)", re.IGNORECASE)


def _of(role: str) -> list[dict[str, str]]:
    return [row for row in rows("lexicons/page_furniture.csv") if row["role"] == role]


def has_role(role: str, text: str) -> bool:
    """Whether the whole of a line is furniture of this role."""
    return _has_short_role(role, text) if len(text) <= _CAPTION_MAX else _has_role(role, text)


@lru_cache(maxsize=4096)
def _has_short_role(role: str, text: str) -> bool:
    # A page's reading asks of each line several times, and a host's pages share their lines.
    return _has_role(role, text)


def _has_role(role: str, text: str) -> bool:
    key = " ".join(text.lower().split())
    return key.strip(_EDGES) in _exact(role) or _pattern(role).fullmatch(key.lstrip("*•● ")) is not None


def starts_role(role: str, text: str) -> re.Match[str] | None:
    """The role's rule at the start of ``text``."""
    return _pattern(role).match(text)


def ends_role(role: str, text: str) -> re.Match[str] | None:
    """The role's rule at the end of ``text`` (which is short: a name's line or a paragraph's last characters)."""
    return next((match for match in _pattern(role).finditer(text) if match.end() == len(text)), None)


def exact_of(role: str) -> frozenset[str]:
    """The patterns of a role that are compared whole."""
    return _exact(role)


def line_key(text: str) -> str:
    """What two lines are compared by: their words in lower case."""
    return " ".join(_WORDS.findall(text.lower()))


def lines_of(text: str) -> list[Line]:
    """The lines of a cleaned text that hold anything."""
    lines, apart = [], False
    for raw in text.split("\n"):
        if raw.strip():
            lines.append(Line(raw.strip(), apart))
        apart = not raw.strip()
    return lines


def is_terminated(text: str) -> bool:
    """Whether the line ends as a sentence does."""
    return _TERMINAL.search(text[-4:]) is not None


def has_caption_cue(text: str) -> bool:
    """A photographer's credit, or an opening that captions have and sentences without a full stop don't."""
    if len(text) > 2 * _CAPTION_MAX:
        return False
    tail = text[-80:].lower()
    # Every credit has one of the two; most lines have neither.
    if (":" in tail or "ảnh" in tail) and ends_role("photo_credit", text[-80:]):
        return True
    return len(text) <= _CAPTION_MAX and not is_terminated(text) and has_role("caption_opener", text)


def is_caption(text: str) -> bool:
    """A short line without a final stop that is no heading of a list and no list entry."""
    if has_caption_cue(text):
        return True
    if len(text) > _CAPTION_MAX or is_terminated(text) or text.endswith((":", ",")) or " | " in text:
        return False
    return len(text.split()) >= 4 and not _LIST_MARK.match(text)


def is_paragraph(text: str) -> bool:
    """Running text: long, or a sentence of some length."""
    return len(text) > _CAPTION_MAX or (len(text) >= 60 and is_terminated(text) and not has_caption_cue(text))


def article_end(texts: Sequence[str]) -> int:
    """Where a page goes on after its article: the first known heading (comment form, link list) little text follows."""
    ends = [has_role("end", text) for text in texts]
    runs = [not end and is_paragraph(text) for end, text in zip(ends, texts, strict=True)]
    total, before = sum(runs), 0
    for index, end in enumerate(ends):
        if end and index and (total - before) * 3 <= before:
            return index
        before += runs[index]
    return len(texts)


def zoned(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Lines as blocks: captions told from paragraphs, the first paragraph the lead, each repeated line once.

    A line that comes back is a picture's caption that the page gives again with the picture.
    """
    keys = [line_key(line.text) for line in lines]
    count: dict[str, int] = {}
    for key in keys:
        count[key] = count.get(key, 0) + 1
    blocks: list[Block] = []
    seen: set[str] = set()
    has_lead = False
    for key, line in zip(keys, lines, strict=True):
        # Cells of a table repeat too, but are short.
        again = count[key] > 1 and len(line.text) >= _REPEATED_MIN
        if again and key in seen:
            continue
        seen.add(key)
        repeated = again and len(line.text) <= _CAPTION_MAX
        # What opens an article is its lead even where the page left the full stop out.
        caption = has_caption_cue(line.text) or repeated or (has_lead and is_caption(line.text))
        zone = "caption" if caption else "body" if has_lead else "lead"
        has_lead = has_lead or zone == "lead"
        blocks.append(Block(zone, line.text))
    return tuple(blocks)
