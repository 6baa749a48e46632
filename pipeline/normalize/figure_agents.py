"""Who gave, did or has what a figure counts: the organization that is the subject of the verb before it.

Verbs and what stands beside them are rows of ``figure_agents.csv``. Only an organization that is named in the same
sentence, right before its verb, is taken; a second subject, another clause or a passive between the two leaves the
figure without one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.normalize.phrases import words
from pipeline.resources import rows

_ROWS = rows("lexicons/figure_agents.csv")


def _words(*roles: str) -> str:
    return words(row["phrase"] for row in _ROWS if row["role"] in roles)


_ADVERBS = rf"(?:,? {_words('adverb')}){{0,4}}"
_PARTNER = r"(?: (?:đã |vừa |sẽ )?(?:phối hợp|cùng)(?: (?:với|cùng))? [^,.;:\n]{2,80}?)?"
_ACT = re.compile(
    rf"(?: ?\([^()\n]{{1,60}}\))?{_PARTNER}{_ADVERBS} (?:(?P<have>{_words('have')})|(?P<do>{_words('give', 'do')}))"
)
_BLOCK = re.compile(_words("block"))
_FRONT = re.compile(rf"(?:{_words('front')}|[,:;(“\"–-]) ?\Z")
_BULLET = re.compile(r"[\s“\"(–•*+-]*\Z")
# "200 suất quà do Công đoàn … trao tặng", "được Công đoàn … hỗ trợ": the giver behind what was given.
_BY = re.compile(r"(?: [^\W\d_]+){0,3} (?:do|được) \Z")
_JOINTS = frozenset((",", "và", "cùng", "-", "–", "với", "phối hợp với", "phối hợp cùng"))
_LEAD = 40
_REACH = 200
_BEHIND = 30
_HELD = re.compile(r" (?:tổng số |tổng cộng |tất cả )?\Z")


class Actor(NamedTuple):
    """An organization at [start, end) of the text."""

    start: int
    end: int
    name: str
    org_id: str | None


class Act(NamedTuple):
    """What an organization does: its verb ends at ``verb_end``; ``has`` for a verb of having."""

    actor: Actor
    verb_end: int
    has: bool


Interval = tuple[int, int]


def acts_in(form: str, start: int, end: int, organizations: Sequence[Actor], dates: Sequence[Interval]) -> list[Act]:
    """The acts told in the sentence [start, end) of the match form, in order.

    ``organizations``, ``dates``: those that lie in the sentence, in order.
    """
    found = []
    date_ends = [end for _, end in dates]
    for i, actor in enumerate(organizations):
        if i and _joined(form, organizations[i - 1].end, actor.start):
            continue
        at = bisect_right(date_ends, actor.start)
        if not _opens(form, start, date_ends[at - 1] if at else -1, actor.start):
            continue
        match = _ACT.match(form, actor.end, end)
        if match:
            found.append(Act(actor, match.end(), match["have"] is not None))
    return found


def _joined(form: str, last: int, at: int) -> bool:
    """Whether the organization is one of several doers."""
    return at - last < 20 and form[last:at].strip() in _JOINTS


def _opens(form: str, start: int, date_end: int, at: int) -> bool:
    """Whether a clause begins at ``at``: after the sentence's start, a sign, a date or a word that opens one."""
    lead = form[max(start, at - _LEAD) : at]
    if (at - start < _LEAD and _BULLET.match(lead)) or _FRONT.search(lead):
        return True
    return date_end >= 0 and at - date_end < 4 and not form[date_end:at].strip(" ,")


def agent(form: str, acts: Sequence[Act], figure_start: int, figure_end: int) -> Actor | None:
    """The organization that gave, did or has what the figure at [start, end) counts; None where none is said."""
    number = bisect_right(acts, figure_start, key=attrgetter("verb_end"))
    if number:
        act = acts[number - 1]
        if figure_start - act.verb_end > _REACH:
            return None
        gap = form[act.verb_end : figure_start]
        if act.has:
            return act.actor if _HELD.match(gap) else None
        return act.actor if ";" not in gap and "\n" not in gap and not _BLOCK.search(gap) else None
    act = acts[0]
    behind = form[figure_end : act.actor.start] if 0 < act.actor.start - figure_end <= _BEHIND else ""
    return act.actor if behind and not act.has and _BY.match(behind) else None
