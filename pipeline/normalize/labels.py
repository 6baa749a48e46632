"""Words before a number that make it a label, a name or a group's name and no count (``number_labels.csv``)."""

from __future__ import annotations

import re

from pipeline.normalize.fold import match_form
from pipeline.resources import rows

_ROWS = [(match_form(row["word"]), row["role"]) for row in rows("lexicons/number_labels.csv")]
_JOINED = frozenset(word for word, role in _ROWS if role == "joined")
_EACH = frozenset(word for word, role in _ROWS if role == "each")
_DEEDS = frozenset(word for word, role in _ROWS if role == "deed")
_LABELS = {word: "label" if role == "joined" else role for word, role in _ROWS if role not in ("each", "part", "deed")}
LAW_PARTS: tuple[str, ...] = tuple(word for word, role in _ROWS if role == "part")
"""Parts of a law that are cited by number: điều, khoản …"""
LAWS: tuple[str, ...] = tuple(word for word, role in _ROWS if role == "document")
"""Kinds of legal documents: luật, nghị định …"""
_LONGEST = max(word.count(" ") + 1 for word in _LABELS)
# What ends the run of words that a label can be part of.
_LINE_START = re.compile(r"[^\w ]+ ?|\n")
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{1,100})[”\"]")
_SENTENCE_END = re.compile(r"[.!?…] ")


def label_before(low: str, start: int) -> str:
    """The role of the longest label that ends right before ``start``, "" without one: label, group, name, document;
    count where what looks like a label is none ("trong số").

    "mỗi tổ 5 người" has none. A dot, colon or hyphen may join some to their number: "Q. 10", "ĐT: 0911", "Covid - 19".
    """
    chunk = low[max(0, start - 40) : start]
    bare = chunk.rstrip(" .:-")
    abbreviated = len(chunk) - len(bare) != 1 or chunk[-1] != " "
    if len(chunk) - len(bare) > 3:
        return ""
    words = match_form(_LINE_START.split(bare)[-1]).split(" ")
    if abbreviated:
        return "label" if words[-1] in _JOINED else ""
    for length in range(min(_LONGEST, len(words)), 0, -1):
        role = _LABELS.get(" ".join(words[-length:]), "")
        if role in ("label", "group") and len(words) > length and words[-length - 1] in _EACH:
            return ""
        if role:
            return role
    return ""


def names_programme(low: str, start: int) -> bool:
    """Whether a naming noun and a deed stand right before the number: "chương trình *phát triển* 1 triệu đoàn viên"."""
    words = match_form(_LINE_START.split(low[max(0, start - 50) : start].rstrip(" "))[-1]).split(" ")
    if " ".join(words[-2:]) in _DEEDS:
        rest = words[:-2]
    elif words[-1] in _DEEDS:
        rest = words[:-1]
    else:
        return False
    return any(_LABELS.get(" ".join(rest[-length:])) == "name" for length in range(min(_LONGEST, len(rest)), 0, -1))


def quoted_names(text: str, low: str) -> list[tuple[int, int]]:
    """[start, end) of the short quotations that are names: nothing in them counts.

    A name follows a naming noun (Chương trình “75 nghìn sáng kiến”), or begins with its number and ends no sentence.
    """
    found = []
    for match in _QUOTED.finditer(text):
        inside = match[1]
        if _SENTENCE_END.search(inside):
            continue
        names = label_before(low, match.start()) == "name"
        if names or (inside[0].isdigit() and len(inside) <= 60):
            found.append(match.span())
    return found
