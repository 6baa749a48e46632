"""Who takes part in a happening, read from the words around its trigger.

A sentence is reduced to its words with one sign for each organization and person (a person with its post is one), each
time, the trigger; the rows of ``participant_patterns.csv`` are expressions over that. A named group of an expression is
a role: its signs take that role, or where the name ends in ``_group`` its words do. Pure: text and bounds in.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from pipeline.resources import rows
from pipeline.values import Participant

S = TypeVar("S", bound=tuple[Any, ...])

# Private characters stand for what a sentence names; those of a page itself are read as spaces.
_ORGANIZATION, _PERSON = 0xE000, 0xE800
_TRIGGER, _TIME, _POST = "\uf800", "\uf801", "\uf802"
_SIGNS = {"O": "[\ue000-\ue7ff]", "P": "[\ue800-\uefff]", "U": "[\ue000-\uefff]", "E": _TRIGGER, "T": _TIME}
_SIGN = re.compile(_SIGNS["U"])
_OWN = re.compile("[\ue000-\uf8ff\n\t]")
_PART = re.compile(r"\{(\w+)\}")
# A list of all who came is cut here, and so is a sentence without end.
_LONGEST = 1500
_MOST = 0x700
# How many sentences after the trigger's tell who chaired and who came.
_NEAR = 4


class Named(NamedTuple):
    """An organization or person that the text names at [start, end)."""

    start: int
    end: int
    name: str
    is_person: bool = False
    org_id: str | None = None


class Happening(NamedTuple):
    """A trigger at [start, end)."""

    start: int
    end: int
    type: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a text gives to find participants in; all in text order, ``form`` the text's match form."""

    text: str
    form: str
    sentences: Sequence[tuple[int, int]]
    named: Sequence[Named]
    posts: Sequence[tuple[int, int]]  # a person with what is said to be its post, or a post without a person
    times: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class _Pattern:
    types: frozenset[str]
    near: bool
    needs: tuple[str, ...]
    names: bool  # each of its roles is a name's
    written: str

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Compiled when a sentence first asks for it: most articles ask for few."""
        return re.compile(self.written)


@dataclass(slots=True)
class _Reduced:
    """A sentence with signs; ``pieces`` are (offset in it, offset in the text) of the words between."""

    words: str
    named: dict[str, Named]
    pieces: list[tuple[int, int]]

    def origin(self, offset: int) -> int:
        """Where the word at ``offset`` stands in the text."""
        reduced, text = self.pieces[bisect_right(self.pieces, (offset, len(self.words) << 32)) - 1]
        return text + offset - reduced


def participants(scene: Scene, happening: Happening, others: Sequence[int] = ()) -> tuple[Participant, ...]:
    """The participants of one happening, in text order; ``others`` are the sentences that tell of another one."""
    found: dict[Participant, int] = {}
    told = sentences_of(scene.form, scene.sentences, happening, others)
    for number in told:
        reduced = _reduce(scene, scene.sentences[number], happening)
        for offset, one in sorted(_matches(scene, reduced, happening.type, near=number > told[0]), key=itemgetter(0)):
            found.setdefault(one, offset)
    # Its own committees among the guests do not make the organizer one.
    hosts = {one.organization for one in found if one.role == "organizer"} - {None}
    return tuple(one for one in found if one.role != "attendee" or one.organization not in hosts)


def sentences_of(
    form: str, sentences: Sequence[tuple[int, int]], happening: Happening, others: Sequence[int] = ()
) -> list[int]:
    """The sentences that may name a happening's participants: its own, and after a main one those with a cue."""
    first = max(0, bisect_right(sentences, (happening.start, len(form) + 1)) - 1)
    told = [first]
    for number in range(first + 1, min(first + 1 + (_NEAR if happening.is_main else 0), len(sentences))):
        if number in others or _parts()["away"].match(form, *sentences[number]):
            break
        if _near_cues().search(form, *sentences[number]):
            told.append(number)
    return told


def _matches(scene: Scene, reduced: _Reduced, kind: str, *, near: bool) -> list[tuple[int, Participant]]:
    """(offset, participant) of all patterns; a name has one role a sentence, that of the row that stands first."""
    found: list[tuple[int, Participant]] = []
    taken: set[int | str] = set()
    words = reduced.words
    for pattern in _patterns_of(kind, near):
        if (pattern.names and not reduced.named) or (pattern.needs and not _any_in(pattern.needs, words)):
            continue
        for match in pattern.expression.finditer(words):
            for name, captured in match.groupdict().items():
                if captured:
                    found += _told(scene, reduced, name, match.span(name), taken)
    return found


def _any_in(needs: tuple[str, ...], words: str) -> bool:
    for need in needs:  # noqa: SIM110 - a generator costs more than what it asks
        if need in words:
            return True
    return False


def _told(
    scene: Scene, reduced: _Reduced, name: str, span: tuple[int, int], taken: set[int | str]
) -> list[tuple[int, Participant]]:
    role = name.partition("_")[0]
    if name.endswith("_group"):
        start = reduced.origin(span[0])
        group = scene.text[start : start + span[1] - span[0]].strip(" -–")
        if start in taken or not group:
            return []
        taken.add(start)
        return [(start, Participant(role, group=group))]
    found = []
    for sign in _SIGN.findall(reduced.words, *span):
        one = reduced.named[sign]
        if one.name not in taken:
            taken.add(one.name)
            who = Participant(role, person=one.name) if one.is_person else None
            found.append((one.start, who or Participant(role, organization=one.name, org_id=one.org_id)))
    return found


# --- reducing -------------------------------------------------------------------------------------------------------


def _reduce(scene: Scene, bounds: tuple[int, int], happening: Happening) -> _Reduced:
    start, end = bounds[0], min(bounds[1], bounds[0] + _LONGEST)
    reduced = _Reduced("", {}, [])
    words: list[str] = []
    length, at = 0, start

    def put(piece: str) -> None:
        nonlocal length
        words.append(piece)
        length += len(piece)

    for piece_start, piece_end, sign, named in _segments(scene, start, end, happening):
        if piece_start < at and sign == _TIME:
            continue
        if piece_start > at:
            reduced.pieces.append((length, at))
            put(_OWN.sub(" ", scene.form[at:piece_start]))
        if named is not None and len(reduced.named) < _MOST:
            sign = chr((_PERSON if named.is_person else _ORGANIZATION) + len(reduced.named))
            reduced.named[sign] = named
        if sign:
            if piece_start <= at and words and _SIGN.match(words[-1]) and sign != _TRIGGER:
                put(", ")  # holders of one post
            before, after = _borders(scene.form, happening) if sign == _TRIGGER else (0, 0)
            if before:
                reduced.pieces.append((length, happening.start))
                put(scene.form[happening.start : happening.start + before] + " ")
            put(sign)
            if after:
                put(" ")
                reduced.pieces.append((length, happening.end - after))
                put(scene.form[happening.end - after : happening.end])
        at = max(at, piece_end)
    reduced.pieces.append((length, at))
    put(_OWN.sub(" ", scene.form[at:end]))
    reduced.words = "".join(words)
    return reduced


def _borders(form: str, happening: Happening) -> tuple[int, int]:
    """Lengths of the trigger's first and last words that say who stands beside it ("nhận …", "… với")."""
    parts = _parts()
    begins = parts["kept_before"].match(form, happening.start, happening.end)
    ends = parts["kept_after"].search(form, happening.start, happening.end)
    return (len(begins[0]) if begins else 0), (len(ends[0]) if ends else 0)


def _segments(scene: Scene, start: int, end: int, happening: Happening) -> list[tuple[int, int, str, Named | None]]:
    """What signs replace: (start, end, sign, name), in order. An organization within a person's post is none."""
    found: list[tuple[int, int, str, Named | None]] = []
    covered = _merged(_within(scene.posts, start, end))
    held = set()
    for one in _within(scene.named, start, end):
        within = next(((s, e) for s, e in covered if s <= one.start and one.end <= e), None)
        if within is None:
            found.append((one.start, one.end, "", one))
        elif one.is_person:
            # The words of the post go: its holder stands for all of it.
            found.append((*within, "", one))
            held.add(within)
    found += [(s, e, _POST, None) for s, e in covered if (s, e) not in held]
    if start <= happening.start < end:
        found.append((happening.start, happening.end, _TRIGGER, None))
    found += [(s, e, _TIME, None) for s, e in _within(scene.times, start, end)]
    return sorted(found, key=lambda one: (one[0], -one[1], one[2]))


def _within(spans: Sequence[S], start: int, end: int) -> Sequence[S]:
    """Those of the ordered spans that begin in [start, end)."""
    first = bisect_left(spans, start, key=lambda span: span[0])
    return spans[first : bisect_left(spans, end, lo=first, key=lambda span: span[0])]


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# --- patterns -------------------------------------------------------------------------------------------------------


@cache
def _parts() -> dict[str, re.Pattern[str]]:
    """The parts that stand for themselves."""
    own = ("kept_before", "kept_after", "away")
    return {
        row["name"]: re.compile(row["pattern"]) for row in rows("lexicons/participant_parts.csv") if row["name"] in own
    }


@cache
def _near_cues() -> re.Pattern[str]:
    return re.compile(
        "|".join(sorted({re.escape(word) for pattern in _patterns() if pattern.near for word in pattern.needs}))
    )


@cache
def _patterns() -> tuple[_Pattern, ...]:
    parts = {row["name"]: row["pattern"] for row in rows("lexicons/participant_parts.csv")} | _SIGNS
    return tuple(
        _Pattern(
            frozenset(filter(None, row["types"].split("|"))),
            row["scope"] == "near",
            tuple(filter(None, row["needs"].split("|"))),
            "_group>" not in row["pattern"],
            _filled(row["pattern"], parts),
        )
        for row in rows("lexicons/participant_patterns.csv")
    )


@cache
def _patterns_of(kind: str, near: bool) -> tuple[_Pattern, ...]:
    """Those for an event of a type, in its own sentence or in one near it."""
    return tuple(p for p in _patterns() if (p.near or not near) and (not p.types or kind in p.types))


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """The pattern with its parts in place, and theirs; a group that comes twice is numbered."""
    number = 0
    while any(match[1] in parts for match in _PART.finditer(pattern)):
        pattern = _PART.sub(lambda match: parts.get(match[1], match[0]), pattern)
    while "{n}" in pattern:
        number += 1
        pattern = pattern.replace("{n}", f"n{number}", 1)
    return pattern
