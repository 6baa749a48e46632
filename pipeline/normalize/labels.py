"""Words before a number that make it a label, a name or a group's name and no count (``number_labels.csv``)."""

from __future__ import annotations

import re

from pipeline.normalize.fold import match_form
from pipeline.resources import rows

_LABELS = {match_form(row["word"]): row["role"] for row in rows("lexicons/number_labels.csv")}
_LONGEST = max(word.count(" ") + 1 for word in _LABELS)
# What ends the run of words that a label can be part of.
_LINE_START = re.compile(r"[^\w ]+ ?|\n")
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{1,100})[”\"]")
_SENTENCE_END = re.compile(r"[.!?…] ")


def label_before(low: str, start: int) -> str:
    """The role of the longest label that ends right before ``start``: label, group, name, count; "" without one.

    A dot, colon or hyphen may join an abbreviated one to its number: "Q. 10", "ĐT: 0911", "Covid - 19".
    """
    chunk = low[max(0, start - 40) : start]
    bare = chunk.rstrip(" .:-")
    abbreviated = len(chunk) - len(bare) != 1 or chunk[-1] != " "
    if len(chunk) - len(bare) > 3:
        return ""
    words = match_form(_LINE_START.split(bare)[-1]).split(" ")
    for length in range(min(1 if abbreviated else _LONGEST, len(words)), 0, -1):
        word = " ".join(words[-length:])
        if word in _LABELS and (not abbreviated or len(word) <= 7):
            return _LABELS[word]
    return ""


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
