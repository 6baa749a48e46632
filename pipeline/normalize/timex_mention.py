"""An expression of time as it was read, the text it was read in, and what all readings share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.normalize.calendar import Point
from pipeline.normalize.timex_context import CONTEXTS, WORDS

Match = re.Match[str]
RELATIVE: dict[str, int] = {word: int(steps) for word, steps in WORDS["relative"].items()}


@dataclass(slots=True)
class Mention:
    """An expression of time as written; ``first`` and ``last`` are completed when it is anchored."""

    start: int
    end: int
    rule: str
    first: Point | None = None
    last: Point | None = None
    type: str = "DATE"
    literal: str = ""  # the value of a DURATION or a SET
    relative: tuple[str, int] | None = None  # unit (D W M Q Y S same weekday:N), steps from the anchor
    modifier: str | None = None
    function: str | None = None
    word: str = ""  # the word before it
    recurring: bool = False
    inferred: bool = False


@dataclass(slots=True)
class Scan:
    """A text being read from left to right: ``found`` is what was read so far."""

    text: str
    low: str
    month_first: bool = False  # the site writes US dates
    found: list[Mention] = field(default_factory=list)

    @property
    def floor(self) -> int:
        return self.found[-1].end if self.found else 0


def month_number(word: str) -> tuple[int, bool]:
    """The month's number and whether it is a lunar one (tháng Giêng, tháng Chạp)."""
    if word.isdigit():
        return int(word), False
    value = WORDS["month"][word]
    return int(value.lstrip("L")), value.startswith("L")


def follows(scan: Scan, start: int, *granular: str) -> bool:
    """Whether [.., start) ends a list or a range whose last part is a day, a month or a year."""
    if not scan.found or scan.found[-1].first is None:
        return False
    previous = scan.found[-1]
    point = previous.last or previous.first
    assert point is not None
    kind = "day" if point.day else "month" if point.month else "year"
    return kind in granular and CONTEXTS["goes_on"].fullmatch(scan.low, previous.end, start) is not None


def words_before(scan: Scan, start: int) -> tuple[str, str]:
    """The two words before ``start``, "" where a sign stands between."""
    chunk = scan.low[max(scan.floor, start - 24) : start]
    words = chunk[chunk.rfind("\n") + 1 :].split(" ")
    if words.pop():
        return "", ""
    return (words[-1] if words else ""), (words[-2] if len(words) > 1 else "")


def before_or_after(word: str) -> str | None:
    value = WORDS["medium"].get(word)
    return value if value in ("before", "after", "approx") else None


def edge(scan: Scan, start: int) -> tuple[int, str | None, str]:
    """đầu, giữa, cuối before a period: where the expression then begins, its modifier, the word before."""
    chunk = scan.low[max(scan.floor, start - 24) : start]
    words = chunk[chunk.rfind("\n") + 1 :].split(" ")
    if len(words) < 2 or words[-1]:
        return start, None, ""
    word = words[-2].lstrip("(“\"'")
    modifier = WORDS["modifier"].get(word)
    if modifier in ("start", "mid", "end"):
        previous = words[-3].lstrip("(“\"'") if len(words) > 2 else ""
        return start - len(word) - 1, modifier, previous
    return start, before_or_after(word), word


def second_year(match: Match) -> int | None:
    got = match.groupdict()
    written = got.get("y") or got.get("y2")
    return int(written) if written else None
