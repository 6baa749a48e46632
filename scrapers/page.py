"""What travels from the front door to the corridor: a Page of raw bytes, an Article of clean zones."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

# Zero-width characters, soft hyphen, BOM and bidi marks carry no text; they split words that match nothing.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Entities that a page's software escaped once more than it unescaped: "G&amp;amp;H". Those that give "&" come first.
_AMPERSANDS = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:quot|apos|nbsp|lt|gt|#(?!0*38;)\d{1,6}|#x(?!0*26;)[0-9a-f]{1,5});", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_NEWLINES = re.compile(r" ?\n ?")


def clean_text(text: str) -> str:
    """Text as the dataset stores it: NFC, one kind of space, nothing invisible; line breaks kept.

    NFC comes first and only here, before any offset exists. Lone surrogates (they come out of broken JSON escapes and
    can't be written as UTF-8) become U+FFFD. HTML entities left over in text become what they stand for.
    """
    text = _ENTITY.sub(lambda match: unescape(match[0].lower()), _AMPERSANDS.sub("&", text))
    text = _SURROGATE.sub("\ufffd", text)
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\x0b", " ").replace("\x0c", "\n").replace("\x85", "\n")
    text = _INVISIBLE.sub("", text)
    text = _CONTROL.sub("", text)
    text = _SPACES.sub(" ", text)
    # Taking characters out can leave two that compose: NFC again so that the stored text is NFC.
    return unicodedata.normalize("NFC", _AROUND_NEWLINES.sub("\n", text)).strip()


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: bytes, never decoded text.

    ``ref`` names it in messages and ``rejects``: ``path``, ``path:line`` or ``file.warc.gz#offset``.
    """

    ref: str
    body: bytes
    url: str | None = None
    fetched_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or caption, clean text without line breaks. ``zone``: lead, body or caption."""

    zone: str
    text: str


@dataclass(frozen=True, slots=True)
class Published:
    """When the page says it was published, local time (Asia/Ho_Chi_Minh), no zone attached.

    ``method``: meta, site, text, url, none. ``raw`` is the stamp as written. ``has_time`` tells a midnight from a
    stamp without a clock time. A stamp that can't be known is ``value=None``, never a guess.
    """

    value: datetime | None = None
    method: str = "none"
    raw: str | None = None
    has_time: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """A page's article in clean zones; all text has passed :func:`clean_text`.

    ``blocks`` are in reading order and hold no title, byline or stamp. ``flags`` say what was unusual
    (``layout_changed``, ``generic``). ``charset`` is what the bytes were read as ("utf-8", "tcvn3", "utf-8 twice").
    """

    ref: str
    file: str
    blocks: tuple[Block, ...]
    title: str | None = None
    url: str | None = None
    id: str | None = None
    byline: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    published: Published = field(default_factory=Published)
    fetched_at: datetime | None = None
    archive_ref: str | None = None
    site: str | None = None
    flags: tuple[str, ...] = ()
    charset: str | None = None
