"""Where numbers begin in a text, in digits or words, and whether one stands free of what is before it."""

from __future__ import annotations

import re

from pipeline.resources import rows

# Most numbers end a clause or a line, where nothing is counted. Atomic, and only from where a number begins: linear.
_DIGITS = re.compile(
    r"[0-9](?<![0-9][0-9])(?<![0-9][.,][0-9])(?>[0-9]*(?:[.,][0-9]+)*)(?= ?(?:[^\W\d_]|[%‰$€£¥°º–—~/-])| [“\"‘'(])"
)
_ROUND = "|".join(row["word"] for row in rows("lexicons/number_words.csv") if row["round"])
_ONE = rf"một(?= (?:{_ROUND}|phần|[“\"]))|(?:chỉ|có|nhất|là|thiểu|vẹn|đa|quá) một(?= )"
_WORDS = re.compile(
    rf"[ \n\"“(](?:{_ONE}|(?:hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín|mười)(?= )"
    rf"|(?:gần|hơn|ngót) (?=(?:{_ROUND}) ))"
)
_GLUED_BEFORE = frozenset("./-:_+#@&%")


def digits(low: str) -> list[int]:
    """Where numbers in digits begin before something that they may count or measure."""
    return [match.start() for match in _DIGITS.finditer(low)]


def words(low: str) -> list[int]:
    """Where numbers in words begin."""
    starts = []
    # A line's start before the text, so that its first word is found like any other's.
    for match in _WORDS.finditer("\n" + low):
        lead = match[0].endswith((" ", " một"))
        starts.append((match.end() - 3 * match[0].endswith("một") if lead else match.start() + 1) - 1)
    return starts


def stands_free(text: str, low: str, start: int) -> bool:
    """Whether no letter, sign or hyphen ties the number at ``start`` to what stands before it."""
    before = low[max(0, start - 3) : start]
    if before in (" m ", "/m ") and low[start] in "23":
        return False  # "150 m 2", "triệu đồng/m 2": a lost superscript
    if not before or before[-1] in " \n":
        return not before.endswith(("- ", "/ ")) or before[0] in " \n" or len(before) < 3
    if before[-1] in _GLUED_BEFORE:
        # "đóng góp.10 người": a lost space after a whole word; "-10 suất": a list's dash.
        word = len(before) == 3 and before[:2].isalpha() and text[start - 3 : start - 1].islower()
        dash = before[-1] == "-" and (len(before) < 2 or before[-2] == "\n")
        return (before[-1] in ".:" and word) or dash
    return not before[-1].isalnum()
