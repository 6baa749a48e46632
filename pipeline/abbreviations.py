"""Abbreviations that a text itself defines: "Công đoàn Dầu khí Việt Nam (CĐ DKVN)".

After Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (2003): the
short form stands in parentheses after the long one. Vietnamese abbreviates by the first letters of syllables, keeps Đ
apart from D, often leaves out "và" and "các", and mixes letters with whole words ("CĐ Y tế VN"); names known by a
foreign brand ("VCCI") are taken where they are written as one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.normalize.names import name_key

_DEFINED = re.compile(
    r" ?\((?:gọi tắt là|viết tắt là|viết tắt|gọi tắt|sau đây gọi là|tên viết tắt là|tắt là)?:? ?"
    r"[“\"]?([^()“”\"\n]{2,28}?)[”\"]?\)"
)
_SYLLABLE = re.compile(r"[^\W\d_]+")
_SMALL = frozenset(("và", "các", "của", "cơ"))
# Treaties and measures in parentheses abbreviate no organization before them.
_NO_BODY = re.compile(r"[A-Z]*FTA|CPTPP|TPP|RCEP|GDP|FDI|ODA|CSR|ISO|USD|VND")
_BRAND = re.compile(r"[A-ZĐƯ][\w&.-]*(?: [A-ZĐƯ][\w&.-]*){0,2}\Z")


@lru_cache(maxsize=16384)
def initials(name: str) -> str:
    """First letters of the syllables, an acronym's letters whole: "Công đoàn DKVN", "CĐ DKVN" → "CĐDKVN"."""
    letters = []
    for syllable in _SYLLABLE.findall(name):
        if syllable.lower() in _SMALL and syllable.lower() != "cơ":
            continue
        letters.append(syllable if len(syllable) > 1 and syllable.isupper() else syllable[0].upper())
    return "".join(letters)


def is_short_for(short: str, long: str) -> bool:
    """Whether the letters of ``short`` are first letters of ``long``'s syllables, the first and the last among them.

    >>> is_short_for("CĐ DKVN", "Công đoàn Dầu khí Việt Nam")
    True
    """
    wanted = initials(short)
    given = [syllable[0].upper() for syllable in _SYLLABLE.findall(long)]
    if not wanted or not given or wanted[0] != given[0] or len(wanted) < 2:
        return False
    position = 0
    for letter in wanted:
        while position < len(given) and given[position] != letter:
            position += 1
        if position == len(given):
            return False
        position += 1
    return len(wanted) * 2 >= len(given)


def defined_after(text: str, end: int, name: str) -> tuple[str, int, int] | None:
    """(short form, start, end) where a parenthesis after ``end`` abbreviates ``name`` or gives its brand."""
    match = _DEFINED.match(text, end)
    if match is None:
        return None
    short = match[1].strip()
    if is_short_for(short, name) or (_is_brand(short) and name_key(short) != name_key(name)):
        return short, match.start(1), match.start(1) + len(match[1])
    return None


def _is_brand(short: str) -> bool:
    if _NO_BODY.fullmatch(short):
        return False
    return bool(_BRAND.match(short)) and short.isascii() and sum(map(str.isupper, short)) >= 2 and len(short) <= 16
