"""Which mentions of one type and day may tell of one happening, and how surely.

All that two mentions must share to be a pair (pairs of syllables, organizers, organizations named) stands in one sparse
matrix, a row a mention, its columns apart by type and day: a product with its own transpose counts what is shared, and
what shares nothing never meets. Rows are multiplied in slices, so memory is bounded however many mentions a day has;
the time of a day's n mentions that are all alike still grows with n².
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pipeline.normalize.fold import lower, match_form
from pipeline.venues import CONFLICT, SAME, relation

Numbers = np.ndarray[Any, np.dtype[Any]]

# Share of the shorter one's pairs of syllables that both have, by what else is equal; the surest first.
ENOUGH = {"place+organizer": 0.0, "organizer": 0.2, "place+words": 0.35, "words": 0.5}
ORDER = tuple(ENOUGH)
_SHARES = np.array(tuple(ENOUGH.values()))
_BOTH, _ORGANIZER, _PLACE, _WORDS = range(4)

# What a product's entry holds: shared pairs of syllables below 2^20, organizers below 2^40, named above.
_BITS = 20
_MASK = (1 << _BITS) - 1
_ACTING, _NAMED = 1 << (_BITS // 2), 1 << _BITS
# Entries of a slice's product, some 60 bytes each while it is looked at.
_SLICE = 500_000
_WORD = re.compile(r"\w+")
_ONE = int(np.float64(1).view(np.int64))


@dataclass(slots=True)
class Mention:
    """A row of ``event_mentions`` with what tells it from others; ``head``: the article that its article copies."""

    row_id: str
    head: str
    source_id: str | None
    type: str
    date_from: date | None
    date_to: date | None
    dated: bool  # of a day, or of some that are close
    place: str | None
    is_main: bool
    confidence: float
    words: str  # headline and sentence
    orgs: set[str] = field(default_factory=set)  # who organizes or gives
    named: set[str] = field(default_factory=set)  # in its sentence


class Pairs(NamedTuple):
    """Arrays of one length: numbers of mentions, ``one`` before ``other``; ``rank`` in ORDER; ``share`` of words."""

    one: Numbers
    other: Numbers
    rank: Numbers
    share: Numbers

    def taken(self, which: Numbers) -> Pairs:
        """Those of a mask or of positions."""
        return Pairs(*(column[which] for column in self))

    @property
    def keys(self) -> Keys:
        """What they are sorted by: no two have the same."""
        falling = (_ONE - self.share.view(np.int64)).astype(np.uint64)
        return Keys((self.rank.astype(np.uint64) << np.uint64(62)) | falling, (self.one << 32) | self.other)


class Keys(NamedTuple):
    """Pairs as two arrays of integers, in whose order the surest come first: rank and falling share; one and other."""

    major: Numbers
    minor: Numbers

    @property
    def pairs(self) -> Iterator[tuple[int, int, int]]:
        """(one, other, rank) of each."""
        columns = (self.minor >> 32, self.minor & 0xFFFFFFFF, self.major >> np.uint64(62))
        return zip(*(column.tolist() for column in columns), strict=True)

    def after(self, key: tuple[int, int]) -> Keys:
        """Those behind ``key``."""
        major, minor = key
        behind = (self.major > major) | ((self.major == major) & (self.minor > minor))
        return Keys(self.major[behind], self.minor[behind])

    def first(self, limit: int) -> Keys:
        """The first ``limit`` in order."""
        order = np.lexsort((self.minor, self.major))[:limit]
        return Keys(self.major[order], self.minor[order])


class Alike:
    """The pairs of ``mentions``, in slices or the surest first; ``mentions`` are in the order of heads."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.mentions = mentions
        days: dict[tuple[object, ...], list[int]] = {}
        for number, m in enumerate(mentions):
            if m.dated:
                days.setdefault((m.type, m.date_from, m.date_to), []).append(number)
        blocks = [numbers for numbers in days.values() if len(numbers) > 1]
        self._numbers = np.array([number for numbers in blocks for number in numbers], dtype=np.int64)
        sizes = np.array([len(numbers) for numbers in blocks], dtype=np.int64)
        self._ends = np.repeat(np.cumsum(sizes), sizes)
        told = [mentions[number] for number in self._numbers]
        self._heads = _codes([m.head for m in told])
        # A place that is "" is said and says nothing.
        self._places = _codes([m.place for m in told])
        self._place_of = {int(code): m.place for code, m in zip(self._places, told, strict=True)}
        self._has_place = np.array([bool(m.place) for m in told], dtype=bool)
        self._has_orgs = np.array([bool(m.orgs) for m in told], dtype=bool)
        self._has_named = np.array([bool(m.named) for m in told], dtype=bool)
        self._said, self._sizes = _incidence(told, np.repeat(np.arange(len(blocks)), sizes))

    def pairs(self, groups: Numbers | None = None) -> Iterator[Pairs]:
        """All pairs that may be one, in slices; of each pair of ``groups`` (a number a mention), if given."""
        for first, last in self._slices():
            end = self._ends[last - 1]
            product = (self._said[first:last] @ self._said[first:end].T.tocsr()).tocoo()
            one, other, shared = product.row + first, product.col + first, product.data
            wanted = one < other
            if groups is not None:
                wanted &= groups[self._numbers[one]] != groups[self._numbers[other]]
            yield self._may_be_one(one[wanted], other[wanted], shared[wanted])

    def _slices(self) -> Iterator[tuple[int, int]]:
        entries = np.cumsum(self._ends - np.arange(len(self._ends)))
        first = 0
        while first < len(entries):
            before = entries[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(entries, before + _SLICE, side="right")))
            yield first, last
            first = last

    def _may_be_one(self, one: Numbers, other: Numbers, shared: Numbers) -> Pairs:
        """Those that nothing said speaks against and that share enough: see ``ENOUGH``."""
        share = (shared & _MASK) / np.maximum(1, np.minimum(self._sizes[one], self._sizes[other]))
        organizer = ((shared >> _BITS) & _MASK) > 0
        likely = organizer | (share >= _SHARES[_PLACE])
        # One form of words, other names: each paper's list of what was done that day.
        likely &= organizer | ~(self._has_orgs[one] & self._has_orgs[other])
        likely &= organizer | ~(self._has_named[one] & self._has_named[other]) | ((shared >> 2 * _BITS) > 0)
        one, other, share, organizer = one[likely], other[likely], share[likely], organizer[likely]
        same_place, conflict = self._places_of(one, other)
        rank = np.where(organizer, np.where(same_place, _BOTH, _ORGANIZER), np.where(same_place, _PLACE, _WORDS))
        enough = (share >= _SHARES[rank]) & ~conflict
        # Two triggers in one article are two happenings unless all is said twice.
        enough &= (self._heads[one] != self._heads[other]) | (rank == _BOTH)
        found = Pairs(self._numbers[one], self._numbers[other], rank, share)
        return found.taken(enough)

    def _places_of(self, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
        """Whether both say one place; whether they say places that can't be one."""
        a, b = self._places[one], self._places[other]
        same, conflict = (a == b) & self._has_place[one], np.zeros(len(a), dtype=bool)
        differ = np.flatnonzero((a != b) & self._has_place[one] & self._has_place[other])
        if len(differ):
            least, most = np.minimum(a, b)[differ], np.maximum(a, b)[differ]
            codes, which = np.unique((least << 32) | most, return_inverse=True)
            found = [relation(self._place_of[int(c) >> 32], self._place_of[int(c) & 0xFFFFFFFF]) for c in codes]
            same[differ] = np.array([where == SAME for where in found])[which]
            conflict[differ] = np.array([where == CONFLICT for where in found])[which]
        return same, conflict

    def surest(self, limit: int, groups: Numbers, after: tuple[int, int] | None) -> tuple[Keys, bool]:
        """The first ``limit`` pairs of different ``groups`` behind the key ``after``; whether there may be more."""
        held, more = Keys(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)), False
        for found in self.pairs(groups):
            keys = found.keys if after is None else found.keys.after(after)
            held = Keys(*map(np.concatenate, zip(held, keys, strict=True)))
            if len(held.major) > 2 * limit:
                held, more = held.first(limit), True
        return held.first(limit), more or len(held.major) > limit

    def components(self, joined: Sequence[tuple[int, int]]) -> Numbers:
        """The number of the set of each mention, where pairs and what is ``joined`` are in one."""
        groups = np.arange(len(self.mentions))
        if joined:
            groups = _connected(groups, *np.array(joined, dtype=np.int64).T)
        for found in self.pairs():
            groups = _connected(groups, found.one, found.other)
        return groups


def _connected(groups: Numbers, one: Numbers, other: Numbers) -> Numbers:
    """``groups`` with those joined that the pairs connect."""
    n = int(groups.max()) + 1 if len(groups) else 0
    links = csr_array((np.ones(len(one), dtype=bool), (groups[one], groups[other])), shape=(n, n))
    labels: Numbers = connected_components(links, directed=False)[1]
    return labels[groups].astype(np.int64)


def _codes(values: Sequence[str | None]) -> Numbers:
    codes: dict[str | None, int] = {}
    return np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.int64)


def _incidence(told: Sequence[Mention], blocks: Numbers) -> tuple[csr_array, Numbers]:
    """(mentions, what two or more of a block say) and each mention's number of pairs of syllables."""
    words = _columns(*_syllable_pairs(told), blocks)
    acting, named = (_columns(*_names([getattr(m, of) for m in told]), blocks) for of in ("orgs", "named"))
    parts, width = [], 0
    for weight, (rows, columns) in ((1, words), (_ACTING, acting), (_NAMED, named)):
        parts.append((np.full(len(rows), weight), rows, columns + width))
        width += int(columns.max(initial=-1)) + 1
    values, rows, columns = (np.concatenate(part) for part in zip(*parts, strict=True))
    # What one mention alone says meets nothing.
    shared = np.bincount(columns, minlength=width)[columns] > 1
    where = (rows[shared], columns[shared])
    return csr_array((values[shared], where), shape=(len(told), max(width, 1)), dtype=np.int64), np.bincount(
        words[0], minlength=len(told)
    )


def _columns(rows: Numbers, keys: Numbers, blocks: Numbers) -> tuple[Numbers, Numbers]:
    """Each different (row, key) once, with a column for each different (block, key); ``rows`` ascend."""
    keys = blocks[rows] * (int(keys.max(initial=0)) + 1) + keys
    # Stable: the rows of a key ascend, so that equal ones are neighbours.
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    new = np.diff(keys, prepend=-1) != 0
    distinct = new | (np.diff(rows, prepend=-1) != 0)
    return rows[distinct], np.cumsum(new)[distinct] - 1


def _names(sets: Sequence[set[str]]) -> tuple[Numbers, Numbers]:
    """(row, number of the name) of each name of each set."""
    rows = np.repeat(np.arange(len(sets)), np.array([len(names) for names in sets], dtype=np.int64))
    return rows, _codes([name for names in sets for name in names])


def _syllable_pairs(told: Sequence[Mention]) -> tuple[Numbers, Numbers]:
    """(row, number of the pair) of the pairs of neighbouring syllables of each mention's words."""
    forms: dict[str, int] = {}
    known: dict[str, int] = {}
    syllables: list[int] = []
    lengths = []
    for m in told:
        # Tone marks move within a syllable, so that each spelling is brought into match form once.
        words = _WORD.findall(lower(m.words))
        for word in words:
            if word not in known:
                known[word] = forms.setdefault(match_form(word), len(forms))
        syllables += [known[word] for word in words]
        lengths.append(len(words))
    ids = np.array(syllables, dtype=np.int64)
    rows = np.repeat(np.arange(len(told)), np.array(lengths, dtype=np.int64))
    within = np.flatnonzero(rows[1:] == rows[:-1])
    return rows[within], ids[within] * len(forms) + ids[within + 1]
