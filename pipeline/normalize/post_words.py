"""Words that readings of posts share: classes of roles, and what begins, ends or never makes a house's name.

All are rows of ``lexicons/role_classes.csv``, ``house_kinds.csv``, ``house_words.csv`` and ``house_closers.csv``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import WORD_END, alternation
from pipeline.resources import rows


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
def house_words(kind: str) -> frozenset[str]:
    """Single words: ``no-house`` (capitals that name none), ``union-owner`` (goes on a union's name in lower case)."""
    return frozenset(match_form(row["word"]) for row in rows("lexicons/house_words.csv") if row["kind"] == kind)


@cache
def closer_pattern() -> re.Pattern[str]:
    """A word, after its space, that no name goes on with: a verb of saying, a function word, a word of time."""
    phrases = {match_form(row["phrase"]) for row in rows("lexicons/house_closers.csv")}
    return re.compile(f" (?:{alternation(phrases)}|(?<!việc )làm){WORD_END}")


def closes(form: str, text: str, offset: int, limit: int) -> bool:
    """Whether a closer stands at ``offset`` (its space); a capitalized one is a word of the name ("Quê Hương")."""
    return text[offset + 1 : offset + 2].islower() and bool(closer_pattern().match(form, offset, limit))
