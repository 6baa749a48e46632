"""Words that readings of posts share: classes of roles, and what begins, ends or never makes a house's name.

All are rows of ``lexicons/role_classes.csv``, ``house_kinds.csv``, ``house_words.csv`` and ``house_closers.csv``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import WORD_END, WORD_START, alternation
from pipeline.resources import rows

_COMPOUND = 24  # characters


@cache
def role_class(*names: str) -> frozenset[str]:
    """The role_ids of the classes: ``own``, ``houseless``, ``chair``, ``manager``, ``board``, ``elected`` …"""
    return frozenset(row["role_id"] for row in rows("lexicons/role_classes.csv") if row["class"] in names)


@cache
def names_of(kind: str) -> re.Pattern[str]:
    """How the names of a kind of organization begin: ``union``, ``state``, ``party group``; for match forms."""
    return re.compile(f"{alternation(beginnings(kind))}{WORD_END}")


@cache
def beginnings(kind: str) -> frozenset[str]:
    return frozenset(match_form(row["name_begins"]) for row in rows("lexicons/house_kinds.csv") if row["kind"] == kind)


@cache
def _title_house(kind: str) -> re.Pattern[str]:
    return re.compile(f"(?<= ){alternation(beginnings(kind))}\\Z")


def title_house(role: str, kind: str = "title house") -> str | None:
    """What ends a title and may begin its house's name: "giám đốc | bệnh viện"; ``party house``: "bí thư | đảng ủy".
    ``role`` is a match form."""
    found = _title_house(kind).search(role)
    return found[0] if found else None


@cache
def house_words(kind: str) -> frozenset[str]:
    """Single words: ``no-house`` (capitals that name none), ``union-owner`` (goes on a union's name in lower case)."""
    return frozenset(match_form(row["word"]) for row in rows("lexicons/house_words.csv") if row["kind"] == kind)


def _phrases(*kinds: str) -> set[str]:
    return {match_form(row["phrase"]) for row in rows("lexicons/house_closers.csv") if row["kind"] in kinds}


@cache
def _closers(units: bool) -> re.Pattern[str]:
    kinds = ("says", "function", "time", *(("unit",) if units else ()))
    return re.compile(f" {alternation(_phrases(*kinds))}{WORD_END}")


@cache
def _compounds() -> re.Pattern[str]:
    return re.compile(f"{WORD_START}{alternation(_phrases('compound'))}{WORD_END}")


def closes(form: str, text: str, offset: int, limit: int, *, unit: bool = False) -> bool:
    """Whether a word stands at ``offset`` (its space) that no name goes on with: a verb of saying, a function word, a
    word of time; ``unit``: nor a department. Capitalized ("Quê Hương") or in a compound ("việc làm") it ends none."""
    if not text[offset + 1 : offset + 2].islower() or not _closers(unit).match(form, offset, limit):
        return False
    window = max(0, offset - _COMPOUND)
    return not any(
        found.start() <= offset + 1 < found.end()
        for found in _compounds().finditer(form, window, min(len(form), offset + _COMPOUND))
    )
