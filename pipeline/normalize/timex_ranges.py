"""Two expressions side by side: a list shares its year, a range becomes one, an anniversary stays two."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from pipeline.normalize import calendar
from pipeline.normalize.calendar import Point
from pipeline.normalize.timex_context import CONTEXTS, WORDS
from pipeline.normalize.timex_mention import Mention

_DASH, _RANGE, _LIST = CONTEXTS["dash"], CONTEXTS["range"], CONTEXTS["list"]


def _kind(point: Point) -> str:
    if point.span:
        return "span"
    return "day" if point.day else "month" if point.month else "year"


def _joinable(mention: Mention) -> bool:
    return mention.first is not None and mention.last is None and not mention.recurring and not mention.first.lunar


@lru_cache(maxsize=4096)
def _between(gap: str) -> tuple[bool, bool, bool]:
    """Whether what stands between two expressions is a dash, "đến" or a sign of a list."""
    return _DASH.fullmatch(gap) is not None, _RANGE.fullmatch(gap) is not None, _LIST.fullmatch(gap) is not None


def link(low: str, first: Mention, second: Mention) -> str:
    """range, anniversary, list or "": how two neighbours stand to each other."""
    between = second.start - first.end
    if not 0 < between <= 44 or not _joinable(first) or not _joinable(second):
        return ""
    gap = low[first.end : second.start]
    dash, spread, listed = _between(gap)
    if not (dash or spread or listed):
        return ""
    opening, closing = first.first, second.first
    assert opening is not None and closing is not None
    same = _kind(opening) == _kind(closing)
    if dash and same and not first.relative and not second.relative:
        if _kind(opening) == "day" and opening[1:3] == closing[1:3] and opening.year and closing.year:
            return "anniversary"
        return "range"
    whole = first.word in WORDS["opening"] or "hết" in gap or (same and _kind(opening) != "year")
    if whole and spread:
        return "range"
    if listed and same and first.word not in WORDS["opening"]:
        return "list"
    return ""


def share_years(low: str, found: list[Mention]) -> list[str]:
    """Gives a year written once to its neighbours in a list or a range; returns each mention's link to the next."""
    links = [link(low, first, second) for first, second in pairwise(found)]
    for index in range(len(links) - 1, -1, -1):
        first, second = found[index], found[index + 1]
        if links[index] not in ("range", "list") or not first.first or not second.first or first.relative:
            continue
        if first.first.year is None and second.first.year is not None:
            first.first = first.first._replace(year=second.first.year)
            if _is_after(first.first, second.first):
                first.first = first.first._replace(year=second.first.year - 1)
    for index, how in enumerate(links):
        first, second = found[index], found[index + 1]
        if how == "anniversary":
            first.function = second.function = "anniversary"
        if how == "range" and first.first and first.first.year and second.first and second.first.year is None:
            year = first.first.year
            if second.relative is None:
                second.first = second.first._replace(year=year)
                if _is_after(first.first, second.first):
                    second.first = second.first._replace(year=year + 1)
    return links


def _is_after(first: Point, second: Point) -> bool:
    opening, closing = calendar.bounds(first), calendar.bounds(second)
    return bool(opening and closing and opening[0] > closing[1])


def join(low: str, found: list[Mention]) -> list[Mention]:
    """Ranges as one mention each; their ends are not listed again."""
    joined: list[Mention] = []
    for mention in found:
        previous = joined[-1] if joined else None
        if previous is None or link(low, previous, mention) != "range":
            joined.append(mention)
            continue
        assert previous.first is not None and mention.first is not None
        opening, closing = previous.first, mention.first
        if opening.year and closing.year and _is_after(opening, closing) and mention.inferred:
            closing = closing._replace(year=closing.year + 1)
        previous.last, previous.end = closing, mention.end
        previous.rule, previous.function, previous.modifier = "date.range", "period", None
        previous.inferred = previous.inferred or mention.inferred
        previous.type = "TIME" if "TIME" in (previous.type, mention.type) else "DATE"
    return joined
