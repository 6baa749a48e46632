"""How persons' names are written in Vietnamese news: family names, syllables, capitals, short references.

A name is family name, middle names and given name, two to five syllables; people are called by the given name
("bà Nga"), by the last two syllables ("bà Diệu Thúy"), foreigners by any part of their name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import WORD_START, alternation
from pipeline.normalize.phrases import words as on_borders
from pipeline.resources import rows

_LETTERS = [chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isalpha()]
UPPER = "".join(c for c in _LETTERS if c.isupper())
LOWER = "".join(c for c in _LETTERS if c.islower())
# "Nghiêm", "TRẦN", "Y", "K'Brêu", "Jong-un"; a word glued on ("AnhTrước") stays outside.
NAME_WORD = f"[{UPPER}](?:['’ʼ][{UPPER}]?[{LOWER}]+|[{LOWER}]+(?:-[{LOWER}]+)?|[{UPPER}]*(?![{LOWER}]))"
NAME_RUN = re.compile(f"{NAME_WORD}(?: {NAME_WORD}){{0,5}}")
_MAX_WORDS = 5
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    r"(?:[aăâeêioôơuưy]{1,3})(?:ng|nh|ch|[cmnpt])?\Z"
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


form_of = lru_cache(maxsize=1 << 15)(match_form)


@cache
def family_names() -> dict[str, str]:
    """Family name → strength: ``core`` (hardly anything else), ``strong``, ``weak`` (also a common word), ``mark``
    (a particle of minority names: Y, A, H', K')."""
    return {row["family_name"]: row["strength"] for row in rows("gazetteers/family_names.csv")}


@cache
def family_led() -> re.Pattern[str]:
    """A family name and the capitalized words after it, in title case or in capitals."""
    plain = [name for name in family_names() if not name.endswith("'")]
    glued = "|".join(re.escape(name[:-1]) + "['’ʼ]" for name in family_names() if name.endswith("'"))
    leads = alternation([*plain, *(name.upper() for name in plain if name.upper() != name)])
    return re.compile(
        f"{WORD_START}(?:{leads}(?= )|(?:{glued})[{UPPER}]?[{LOWER}]+(?= ))(?: {NAME_WORD}){{1,5}}",
    )


@cache
def strength(word: str) -> str | None:
    """How surely the word is a family name; None where it is none. Case and tone placement don't matter."""
    return _strengths().get(match_form(word))


@cache
def _strengths() -> dict[str, str]:
    return {match_form(name): value for name, value in family_names().items()}


@cache
def lookalikes() -> frozenset[str]:
    """Places and phrases that begin as a family name does, as match forms."""
    return frozenset(
        match_form(row["phrase"]) for row in rows("lexicons/name_lookalikes.csv") if row["kind"] != "prefix"
    )


@cache
def phrase_pattern() -> re.Pattern[str]:
    """Common phrases whose first syllable is also a family name ("đoàn thanh niên"), as match forms."""
    return re.compile(
        on_borders(row["phrase"] for row in rows("lexicons/name_lookalikes.csv") if row["kind"] == "prefix")
    )


@cache
def historical() -> dict[str, bool]:
    """Match form of persons whose names streets and awards carry → whether they may hold a post in the news."""
    return {match_form(row["name"]): row["holds_posts"] == "yes" for row in rows("lexicons/historical_persons.csv")}


@lru_cache(maxsize=1 << 15)
def is_vietnamese_syllable(word: str) -> bool:
    """Whether the word could be a Vietnamese syllable ("Quỳnh", not "Powley")."""
    bare = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word.lower())))
    return bool(_SYLLABLE.match(bare))


def looks_foreign(words: list[str]) -> bool:
    return any(not is_vietnamese_syllable(word) for word in words)


def hides(words: list[str]) -> bool:
    """Whether only initials are given ("Đ. V. T", "N.T.H"): nobody is named."""
    return all(len(part) < 2 for word in words for part in word.split(".")) and any("." in word for word in words)


def in_title_case(name: str) -> str:
    """ "TRẦN THỊ LAN" → "Trần Thị Lan"; a name in mixed case stays as it is."""
    if not name.isupper() or len(name) < 4:
        return name
    return " ".join(word[:1] + word[1:].lower() for word in name.split(" "))


def first_of_two(words: list[str]) -> int:
    """Index at which a second name begins inside a run ("Thạch Hà Nguyễn Văn Bách" → 2), 0 where none does.

    A hardly-anything-else family name may be a middle name in second place ("Phan Nguyễn Như Khuê"); later, or before
    "Thị" and "Văn", it leads a name of its own.
    """
    for i in range(1, len(words) - 1):
        value = strength(words[i])
        after = match_form(words[i + 1])
        if value and value != "mark" and after in ("thị", "văn") and len(words) - i >= 3:
            return i
        if i >= 2 and value == "core" and match_form(words[i]) in ("nguyễn", "trần", "phạm", "huỳnh", "đặng", "trương"):
            return i
    return 0


def tail_key(words: list[str]) -> str:
    """The words' match form: what two spellings of one name share."""
    return form_of(" ".join(words))


class Register:
    """The full names of one article, by what later references call them."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._tails: dict[str, set[str]] = {}

    def add(self, name: str) -> str:
        """Hold the name; returns its first spelling in the article."""
        words = name.split(" ")
        known = self._names.setdefault(tail_key(words), name)
        if known == name:
            tails = [words[i:] for i in range(1, len(words))]
            if looks_foreign(words):
                tails += [[word] for word in words]
            for tail in tails:
                self._tails.setdefault(tail_key(tail), set()).add(known)
        return known

    def full(self, short: str) -> str | None:
        """The one full name that the short reference can mean; None where none or several could."""
        names = self._tails.get(tail_key(short.split(" ")), ())
        return next(iter(names)) if len(names) == 1 else None
