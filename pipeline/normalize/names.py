"""Canonical form of an organization's name: abbreviations expanded, spacing, dashes and case made one.

The rows of ``lexicons/abbreviations.csv`` are compared by their letters: "LĐ - TB & XH" and "LĐTBXH" are one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.normalize.fold import match_form, search_form
from pipeline.normalize.phrases import alternation
from pipeline.resources import rows

_DOTS = re.compile(r"[-‐‑‒–—.,\s]+")
_SIGNS = re.compile(r"[“”\"'‘’«»]")
_PARENTHESES = re.compile(r" ?\([^()]*\)")
_JOINED = re.compile(r"(?<!\w)[A-ZĐƯ][A-ZĐƯa-z]{0,3}(?: ?[-–&.] ?(?:[A-ZĐƯ]{1,4}|và XH))+(?!\w)")
_INITIALS = re.compile(r"[A-ZĐƯ](?:\.[A-ZĐƯ])+")
_LEVEL = re.compile(
    r"(?<![\w.])(?<![A-ZĐƯ]-)(?:(?P<city>T\.?[Pp]|tp)(?:\. ?| |(?=$))|(?P<town>T[Xx])(?:\. ?| )|"
    r"(?P<district>Q)(?:\. ?|(?=\d)))"
)
_WIDE_DASH = re.compile(r" [-–—] ?|[-–—] | ?[–—] ?|-(?=CTCP)")
_AT_WILL = re.compile(r",? (?:và |& |&amp; )?(?:ngành )?(?=\w)|,(?= )")
_LEVEL_TWICE = re.compile(r"\b((?:tỉnh|thành|huyện|quận|thị) (?:ủy|đoàn)) (?:tỉnh|thành phố|huyện|quận|thị xã) ")
_VIETNAM = re.compile(r"(?<!\w)việt nam(?!\w)", re.IGNORECASE)
_DOUBLED = re.compile(r"\b((?:[^\W\d_]+ ){0,1}[^\W\d_]+) \1\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_COMPANY = re.compile(
    r"(?:(?:CĐ|Công đoàn)(?:CS| cơ sở)? )?(?:Công ty|Cty|Tổng công ty|TCT|Tập đoàn|Câu lạc bộ|CLB)(?!\w)", re.I
)
_SPOKEN = re.compile(r"[^aeiouy]{0,3}[aeiouy]{1,3}[^aeiouy]{0,2}")
_NEXT = re.compile(r" ([^\W\d_]{2,})")
_LETTERS = re.compile(r"[^\w]|và")


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """What two spellings of one name share: "Bà Rịa – Vũng Tàu", "Bà rịa-Vũng tàu" → "bà rịa vũng tàu"."""
    return _DOTS.sub(" ", _SIGNS.sub("", match_form(name))).strip()


@lru_cache(maxsize=65536)
def loose_key(name: str) -> str:
    """``name_key`` without what is said or left out at will: "Công đoàn ngành Y tế", "Quận ủy quận 5", "A và B".

    >>> loose_key("Sở Lao động - Thương binh & Xã hội") == loose_key("Sở Lao động, Thương binh và Xã hội")
    True
    """
    return _LEVEL_TWICE.sub(r"\1 ", _AT_WILL.sub(" ", name_key(name))).replace("trường đại học", "đại học")


@cache
def _abbreviations() -> dict[str, str]:
    return {row["abbreviation"]: row["expansion"] for row in rows("lexicons/abbreviations.csv")}


@cache
def _abbreviated() -> re.Pattern[str]:
    """The abbreviations that are one word."""
    spelled = alternation(short for short in _abbreviations() if len(short) > 1 and short.isalpha())
    return re.compile(rf"(?<!\w){spelled}(?!\w)")


@cache
def _fields() -> frozenset[str]:
    return frozenset(row["abbreviation"] for row in rows("lexicons/abbreviations.csv") if row["kind"] == "field")


def _joined(match: re.Match[str]) -> str:
    if _INITIALS.fullmatch(match[0]) and match[0] not in ("T.Ư", "T.W"):
        return match[0]  # "Công ty K.T" hides a name, it shortens none
    return _abbreviations().get(_LETTERS.sub("", match[0]), match[0])


def _single(match: re.Match[str]) -> str:
    return match[0] if _is_brand(match) or _is_syllable(match) else _abbreviations()[match[0]]


def _is_brand(match: re.Match[str]) -> bool:
    """ "Tập đoàn viễn thông KT", "CLB ĐA-TP": letters that end a company's name are its own."""
    text = match.string
    if match.end() < len(text) or not _COMPANY.match(text):
        return False
    stem, dash, _ = text[: match.start()].rpartition("-")
    hyphened = (
        bool(dash) and len(match[0]) == 2 and len(stem) + 1 == match.start() and stem.rpartition(" ")[2].isupper()
    )
    before = text[: match.start()].split()
    return hyphened or (match[0] in _fields() and len(before) > 2 and before[-1].islower())


def _is_syllable(match: re.Match[str]) -> bool:
    """ "TƯ VẤN" in capitals: a syllable among syllables shortens nothing."""
    if not _SPOKEN.fullmatch(search_form(match[0])):
        return False
    following = _NEXT.match(match.string, match.end())
    return bool(following and following[1].isupper() and _SPOKEN.fullmatch(search_form(following[1])))


def _level(match: re.Match[str]) -> str:
    return "thành phố " if match["city"] else "thị xã " if match["town"] else "quận "


@lru_cache(maxsize=16384)
def canonical(name: str) -> str:
    """ "CĐ TCT Thép VN-CTCP" → "Công đoàn Tổng công ty Thép Việt Nam - CTCP".

    A parenthesis inside goes ("Liên đoàn Lao động (LĐLĐ) huyện Thạch Thất"), so does a word said twice.
    """
    text = _PARENTHESES.sub("", name) if "(" in name else name
    text = text.replace("&amp;", "&")  # pages that escape twice
    text = _JOINED.sub(_joined, text)
    text = _LEVEL.sub(_level, text)
    text = _abbreviated().sub(_single, text)
    text = _WIDE_DASH.sub(" - ", text)
    text = _VIETNAM.sub("Việt Nam", text)
    text = _SPACES.sub(" ", text).strip()
    return _DOUBLED.sub(r"\1", text)
