"""Words before a number that make it a label, a name or a group's name and no count (``number_labels.csv``)."""

from __future__ import annotations

import re

from pipeline.normalize.fold import match_form
from pipeline.resources import rows

_LABELS = {match_form(row["word"]): row["role"] for row in rows("lexicons/number_labels.csv")}
_LONGEST = max(word.count(" ") + 1 for word in _LABELS)
# A dot or colon joins an abbreviated label to its number: "Q. 10", "ĐT: 0911".
_BEFORE = re.compile(r"([^\W_]+(?: [^\W_]+)*)(?:[.:]? ?| )\Z")
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{1,100})[”\"]")
_SENTENCE_END = re.compile(r"[.!?…] ")


def label_before(low: str, start: int) -> str:
    """The role of the longest label that ends right before ``start``: label, group, name, count; "" without one."""
    match = _BEFORE.search(low[max(0, start - 40) : start])
    if match is None:
        return ""
    abbreviated = low[start - 1] != " " or low[start - 2 : start - 1] in (".", ":")
    words = match_form(match[1]).split(" ")
    for length in range(min(_LONGEST, len(words)), 0, -1):
        word = " ".join(words[-length:])
        role = _LABELS.get(word, "")
        if role and not (abbreviated and length > 1):
            return role if not abbreviated or len(word) <= 7 else ""
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
