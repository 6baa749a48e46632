"""Ages whose "tuổi" stands elsewhere in the sentence: "45, 50 hay 60 tuổi", "tuổi nghỉ hưu của nữ là 55"."""

from __future__ import annotations

import re
from itertools import pairwise

_AGE = r"(?<![\w.,/-])[0-9]{2}(?![\w%/-]|[.,][0-9])"
_LINK = r"(?:,| hay(?: là)?| hoặc(?: là)?| và| còn)(?: (?:nam|nữ)(?: giới)?(?: là| lên| xuống| còn)?)? "
_LISTED = re.compile(rf"{_AGE}(?:{_LINK}{_AGE}){{1,5}}(?= tuổi(?![^\W_]))")
_EACH = re.compile(_AGE)
# What a bare number may be followed by: nothing that it could count.
_CLOSED = (
    r"(?=[,;:)…?!\"”\n]|\.(?![0-9])|\Z| (?:và|hay|hoặc|đối|nhưng|còn|thì|như|để|theo|từ|vào|mà|mới|vẫn|đã|trở lên|\())"
)
_SEX = r"(?:nam|nữ)(?: giới)?(?: là| lên| xuống| còn)?"
_NAMED = re.compile(
    r"(?<![^\W_])tuổi (?:nghỉ hưu|nghỉ|về hưu|hưu|lao động|đời)(?![^\W_])[^.;:!?\d\n]{0,60}?"
    rf" (?:là|lên|xuống|còn|nam|nữ) ({_AGE}){_CLOSED}(?:, {_SEX} ({_AGE}){_CLOSED})?"
)
# "tuổi nghỉ hưu của nữ từ 55 lên 58 thay vì 60": every age that a word of change leads to, in the rest of the clause.
_OF_RETIREMENT = re.compile(r"(?<![^\W_])tuổi (?:nghỉ hưu|về hưu|hưu)(?![^\W_])[^.;:!?\n]{0,110}")
_CHANGED = re.compile(
    rf"(?<![^\W_])(?:từ|lên|xuống|còn|đến|tới|thay vì|thành|lắm là) ({_AGE})"
    rf"(?:{_CLOSED}|(?= (?:lên|xuống|đến|tới|thay|thành)(?! \d\d tuổi)))"
)
_RETIRED_FROM, _RETIRED_UNTIL = 40, 75
# "nghỉ hưu ở tuổi 50 hoặc 45", "độ tuổi từ 18 đến 35".
_LEADS = "|".join(
    f"(?<= {word} tuổi)"
    for word in ("ở", "vào", "đến", "tới", "đủ", "sang", "qua", "hơn", "sau", "trước", "đúng", "độ")
)
# The literal first, so that the search runs from one to the next.
_AT = re.compile(
    rf"tuổi(?:{_LEADS}) (?:từ )?({_AGE})"
    rf"(?: (?:hoặc|hay|đến|và|tới) ({_AGE})| ?[-–] ?({_AGE}))?{_CLOSED}"
)


def bare_ages(low: str) -> dict[int, int]:
    """Start → end of each bare age of the lower-cased text; the list's last one, which has its unit, is none.

    A list without "hay" or "và" has three members at least and rises, so that "số 12, 45 tuổi" is none.
    """
    found: dict[int, int] = {}
    if "tuổi" not in low:
        return found
    for match in _LISTED.finditer(low):
        members = list(_EACH.finditer(low, match.start(), match.end()))
        rising = all(int(a[0]) < int(b[0]) for a, b in pairwise(members))
        if (rising and len(members) > 2) or not match[0].replace(" ", "").replace(",", "").isdecimal():
            found |= {m.start(): m.end() for m in members[:-1]}
    for match in _AT.finditer(low):
        found |= {match.start(group): match.end(group) for group in (1, 2, 3) if match[group]}
    for clause in _OF_RETIREMENT.finditer(low):
        for match in _CHANGED.finditer(low, clause.start(), clause.end()):
            if _RETIRED_FROM <= int(match[1]) <= _RETIRED_UNTIL:
                found[match.start(1)] = match.end(1)
    for match in _NAMED.finditer(low):
        found |= {match.start(group): match.end(group) for group in (1, 2) if match[group]}
    return found
