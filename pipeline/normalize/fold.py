"""Folding: forms to compare by. All keep the length of NFC text, so offsets found in them hold in the text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Tone on the glide's vowel ("hoà", "uỷ") against the head vowel ("hòa", "ủy"): NFC does not merge the two spellings.
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_MOVED = {
    glide + unicodedata.normalize("NFC", head + tone): unicodedata.normalize("NFC", glide + tone) + head
    for glide, head in (("o", "a"), ("o", "e"), ("u", "y"))
    for tone in _TONES[1:]
}
# "quý" has one spelling only: its u belongs to the consonant.
_GLIDE = re.compile(r"(?<![qQ])(?:" + "|".join(_MOVED) + r")(?![^\W\d_])")
_BASE = {"đ": "d", "Đ": "D"}


def lower(text: str) -> str:
    """Lower case, one character for one ("İ" alone has two in lower case, the second a mark)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.replace("İ", "i").lower()


def match_form(text: str) -> str:
    """Lower case with the tone on the older place ("Uỷ ban Hoà Bình" → "ủy ban hòa bình"); same length as ``text``."""
    return _GLIDE.sub(lambda m: _MOVED[m[0]], lower(text))


@lru_cache(maxsize=4096)
def _base(character: str) -> str:
    if character in _BASE:
        return _BASE[character]
    decomposed = unicodedata.normalize("NFD", character)[0]
    return decomposed if len(decomposed) == 1 else character


def strip_marks(text: str) -> str:
    """Without tone and vowel marks, đ → d, same length: "Công đoàn Điện lực" → "Cong doan Dien luc"."""
    return "".join(map(_base, text))


def search_form(text: str) -> str:
    """What ``text_fold`` and ``name_fold`` hold: lower case without marks."""
    return strip_marks(lower(text))
