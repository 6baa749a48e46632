"""What stands before and after a number tells a date from a score, an address or an amount. Words: date_words.csv."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from pipeline.normalize import phrases
from pipeline.resources import rows


def _words() -> dict[str, dict[str, str]]:
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows("lexicons/date_words.csv"):
        kinds[row["kind"]][row["word"]] = row["value"]
    return dict(kinds)


WORDS: dict[str, dict[str, str]] = _words()
"""kind → word → value, of ``date_words.csv``."""

CONTEXTS: dict[str, re.Pattern[str]] = {
    row["name"]: re.compile(row["pattern"]) for row in rows("lexicons/date_contexts.csv")
}
"""name → what may stand beside an expression, of ``date_contexts.csv``."""


def cues(*kinds: str) -> re.Pattern[str]:
    """One pattern of all words of these kinds of ``date_words.csv``."""
    return re.compile(phrases.words(word for kind in kinds for word in WORDS[kind]))


_PARTS = WORDS["part"]
_STRONG = WORDS["strong"]
_MEDIUM = WORDS["medium"]
_WEEKDAYS = {*(f"{head} {word}" for head in WORDS["weekday_head"] for word in WORDS["weekday"]), *WORDS["sunday"]}
_CLOCK_ENDS = frozenset("0123456789ờhgt'")
_WORD = re.compile(r"[^\W_]+%?|%")
_REACH, _WORDS_BACK = 64, 10
_ENDS = frozenset(".,;:)!?…”\"’'\n-–—]/»(“")


class Left(NamedTuple):
    """What leads up to a number: ``strength`` 2 where it must be a date, 1 where it may, 0 where nothing says."""

    start: int
    strength: int = 0
    time: str = ""
    word: str = ""  # the word before all that was read
    glue: str = ""  # what touches the number


def left(low: str, floor: int, at: int) -> Left:
    """Reads backwards from ``at``, within the line, not before ``floor``: [clock] [part of day] [weekday] [ngày]."""
    chunk = low[max(floor, at - _REACH) : at]
    words = chunk[chunk.rfind("\n") + 1 :].rsplit(" ", _WORDS_BACK)
    glue = words.pop()
    start, strength, time = at, 0, ""
    if glue in _STRONG:
        # A page that lost a space: "ngày10/8".
        words.append(glue)
        start, glue = at + 1, ""
    if glue:
        return Left(at, word=words[-1] if words else "", glue=glue)
    while words:
        word, touched = _split(words[-1])
        two = "" if touched or len(words) < 2 else f"{_split(words[-2])[0]} {word}"
        if not time and (two in _PARTS or word in _PARTS):
            count, strength, time = (2 if two in _PARTS else 1), 2, _PARTS.get(two) or _PARTS[word]
        elif word in _STRONG:
            count, strength = 1, 2
        elif two in _WEEKDAYS or word in _WEEKDAYS:
            count, strength = 2, 2
        else:
            break
        touched = _split(words[-count])[1]
        start -= len(" ".join(words[-count:])) - len(touched) + 1
        del words[-count:]
        if touched:
            words.append(touched)
            break
    if strength == 2 and words and words[-1].rstrip(",")[-1:] in _CLOCK_ENDS:
        start, time = _clock(" ".join(words[-4:]), start, time)
    word = _split(words[-1])[0] if words else ""
    return Left(start, max(strength, 1 if word in _MEDIUM else 0), time, word)


def _split(word: str) -> tuple[str, str]:
    """A word without the comma after it and what touches it before: "(tvu)-sáng," → "sáng", "(tvu)-"."""
    word = word.rstrip(",")
    if word.isalnum():
        return word, ""
    at = len(word)
    while at and word[at - 1].isalnum():
        at -= 1
    return word[at:], word[:at]


def _clock(before: str, start: int, time: str) -> tuple[int, str]:
    """A clock time before a day; one that ends a stretch of hours is left, the day alone is meant."""
    match = CONTEXTS["clock"].search(before)
    if match is None or CONTEXTS["open_clock"].search(before, 0, match.start("h")):
        return start, time
    hour = int(match["h"])
    if time in ("TAF", "TEV", "TNI") and 1 <= hour <= 11:
        hour += 12
    return start - (len(before) - match.start("h")) - 1, f"T{hour:02}:{match['min'] or '00'}"


def clock(low: str, floor: int, at: int) -> tuple[int, str]:
    """The clock time right before ``at``: where it starts and its TIMEX3 suffix, "" where there is none."""
    chunk = low[max(floor, at - 24) : at]
    return _clock(chunk[chunk.rfind("\n") + 1 :].rstrip(" "), at, "")


def next_word(low: str, end: int) -> str:
    """The word after ``end`` on the same line, "" where a sign stands there."""
    if low[end : end + 1] != " ":
        return ""
    match = _WORD.match(low, end + 1)
    return match[0] if match else ""


def counts(low: str, end: int) -> bool:
    """Whether what follows is counted by the number."""
    return low[end : end + 1] == "%" or next_word(low, end) in WORDS["count"]


_PAIR = re.compile(r"[1-9][0-9]?[-–][1-9][0-9]?")
_COUNTED = {row["noun"]: row["class"] for row in rows("lexicons/counted_nouns.csv")}
_LONGEST = 3  # words of a counted noun that tell it from what happens on a day


def is_amount(low: str, start: int, end: int) -> bool:
    """Whether a rising pair counts what follows: "từ 1-2 công trình", but "Từ 1-7 công nhân được tăng lương"."""
    pair = low[start:end]
    if low[end : end + 1] != " " or _PAIR.fullmatch(pair) is None:
        return False
    first, second = map(int, re.split("[-–]", pair))
    if first >= second:
        return False
    words = re.split(r"[^\w ]", low[end + 1 : end + 32], maxsplit=1)[0].split(" ")[:_LONGEST]
    kinds = {_COUNTED.get(" ".join(words[:count])) for count in range(1, len(words) + 1)} - {None}
    if not kinds:
        return False
    # People, bodies and happenings may be what the sentence of a day goes on with, unless a verb leads to the number.
    return "thing" in kinds or CONTEXTS["led"].search(low, max(0, start - 5), start) is not None


def is_measured(low: str, end: int) -> bool:
    """Whether a unit of measure follows: "ngày 2-3 lần" is a rate."""
    return low[end : end + 1] == "%" or next_word(low, end) in WORDS["measure"]


def is_free(text: str, low: str, end: int) -> bool:
    """Whether what follows can stand after a date but not after the number of something."""
    follows = text[end : end + 1]
    if not follows or follows in _ENDS or follows.isupper():
        return True
    if follows != " ":
        return False
    after = text[end + 1 : end + 2]
    if not after or after in _ENDS or after in "&+=" or after.isupper():
        return True
    return next_word(low, end) in WORDS["follow"]
