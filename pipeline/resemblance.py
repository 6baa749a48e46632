"""Which of many MinHash signatures resemble each other, in little memory: banded locality-sensitive hashing.

Two signatures are compared that have all hashes of one band in common. Leskovec, Rajaraman & Ullman (2020), "Mining of
Massive Datasets", 3.4. On disk for n signatures: 860 n bytes; in memory: some 200 n bytes and 60 MB.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.signatures import PERMUTATIONS

Numbers = NDArray[np.int64]
Pairs = tuple[Numbers, Numbers]

# 42 bands of 3: a pair of 0.45 is missed once in fifty.
_BANDS, _BAND = 42, 3
_BANDED = _BANDS * _BAND
# Of all that have a band in common each is compared with so many that stand before it, and with the first.
RUN = 50
# Pairs compared at once: few, for what one block finds saves the next the comparison of worse ones.
_BLOCK = 1 << 14
# Multilinear hashing of a band, or of a whole signature, into 64 bits. What it confuses is found out by comparison.
_FACTORS = np.random.RandomState(1).randint(0, 1 << 64, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
_KEY = np.dtype(np.uint64).itemsize
_SIGNATURE = PERMUTATIONS * 4


class Resembling(NamedTuple):
    """Pairs of numbers, ``earlier`` below ``later``, and how many of their 128 hashes are ``equal``."""

    later: Numbers
    earlier: Numbers
    equal: Numbers


class Signatures:
    """Signatures in a temporary file, of which memory has a byte of each hash.

    ``most`` is how many there can be, ``folder`` where the file is made (the system's where None).
    """

    def __init__(self, most: int, folder: Path | None = None) -> None:
        self._most = most
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (closed with the object)
        self._bytes = np.empty((most, PERMUTATIONS), np.uint8)
        self._numbers = np.empty(most, np.int64)
        self._order = np.empty(0, np.int64)
        self._n = 0

    def __enter__(self) -> Signatures:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, numbers: Numbers, rows: NDArray[np.uint32]) -> None:
        """Take ``rows`` of 128 hashes; their ``numbers`` are in no order, and none comes twice."""
        at, end = self._n, self._n + len(numbers)
        self._numbers[at:end] = numbers
        self._bytes[at:end] = rows.astype(np.uint8)  # the lowest, which differ most
        self._write(at * _SIGNATURE, rows)
        for band, keys in enumerate(_keys(rows)):
            self._write(self._keys_at(band) + at * _KEY, keys)
        self._n = end

    def pairs(self, worth: Callable[[Resembling], NDArray[np.bool_]]) -> Iterator[Resembling]:
        """Pairs that have all hashes of a band in common, in no order and once for each such band.

        Asked first, with an upper bound in the place of ``equal``, is whether a pair is ``worth`` comparing. Of the k
        signatures that have one band in common each is paired with the ``RUN`` before it and with the first of all,
        so that n signatures give at most 43 (RUN + 1) n pairs; where k is RUN + 2 or less, these are all pairs.
        Signatures that are equal throughout count as a band: each is paired with the first of them.
        """
        self._order = np.argsort(self._numbers[: self._n])
        for later, earlier in _blocks(self._candidates()):
            bound = Resembling(self._numbers[later], self._numbers[earlier], self._at_most(later, earlier))
            kept = np.flatnonzero(worth(bound))
            equal = self._equal(later[kept], earlier[kept])
            kept, equal = kept[equal > 0], equal[equal > 0]
            yield Resembling(bound.later[kept], bound.earlier[kept], equal)

    def _candidates(self) -> Iterator[Pairs]:
        for band in range(_BANDS + 1):
            self._file.seek(self._keys_at(band))
            keys = np.empty(self._n, np.uint64)
            self._read(keys)
            for later, earlier in _neighbours(keys[self._order]):
                yield self._order[later], self._order[earlier]

    def _at_most(self, later: Numbers, earlier: Numbers) -> Numbers:
        alike = np.packbits(self._bytes[later] == self._bytes[earlier], axis=1).view(np.uint64)
        return np.bitwise_count(alike[:, 0]) + np.bitwise_count(alike[:, 1]).astype(np.int64)

    def _equal(self, later: Numbers, earlier: Numbers) -> Numbers:
        """Number of equal hashes, 0 for a pair that has no band in common."""
        places, which = np.unique(np.concatenate([later, earlier]), return_inverse=True)
        rows = np.empty((len(places), PERMUTATIONS), np.uint32)
        for row, place in zip(rows, places.tolist(), strict=True):
            self._file.seek(place * _SIGNATURE)
            self._read(row)
        alike = rows[which[: len(later)]] == rows[which[len(later) :]]
        banded = alike[:, :_BANDED].reshape(-1, _BANDS, _BAND).all(axis=2).any(axis=1)
        return np.where(banded, np.count_nonzero(alike, axis=1), 0)

    def _keys_at(self, band: int) -> int:
        return self._most * (_SIGNATURE + band * _KEY)

    def _write(self, at: int, values: NDArray[Any]) -> None:
        self._file.seek(at)
        left = np.ascontiguousarray(values).data.cast("B")
        while left:
            left = left[self._file.write(left) :]

    def _read(self, into: NDArray[Any]) -> None:
        left = into.data.cast("B")
        while left:
            left = left[self._file.readinto(left) :]


def _keys(rows: NDArray[np.uint32]) -> Iterator[NDArray[np.uint64]]:
    """A key for each band of ``rows`` of signatures, then one for the whole."""
    for start in range(0, _BANDED, _BAND):
        yield _hashed(rows[:, start : start + _BAND])
    yield _hashed(rows)


def _hashed(rows: NDArray[np.uint32]) -> NDArray[np.uint64]:
    hashed = np.zeros(len(rows), np.uint64)
    for column, factor in zip(rows.T, _FACTORS, strict=False):
        hashed += column * factor
    return hashed


def _neighbours(keys: NDArray[np.uint64]) -> Iterator[Pairs]:
    """Places of equal keys: each with the ``RUN`` before it and with the first."""
    order = np.argsort(keys, kind="stable")
    places = np.arange(len(keys))
    starts = np.ones(len(keys), np.bool_)
    starts[1:] = keys[order[1:]] != keys[order[:-1]]
    first = np.maximum.accumulate(np.where(starts, places, 0))
    rank = places - first
    members = np.flatnonzero(~starts)
    members = members[np.argsort(-rank[members], kind="stable")]
    many = members[: np.count_nonzero(rank > RUN)]
    yield order[many], order[first[many]]
    # The farthest first: of equal scores the earlier wins, and what comes later need not be compared.
    for step in range(min(RUN, int(rank.max(initial=0))), 0, -1):
        near = members[: np.count_nonzero(rank >= step)]
        yield order[near], order[near - step]


def _blocks(pairs: Iterable[Pairs]) -> Iterator[Pairs]:
    """The pairs in the same order, at most ``_BLOCK`` at a time."""
    held: list[Pairs] = []
    n = 0
    for pair in pairs:
        held.append(pair)
        n += len(pair[0])
        if n >= _BLOCK:
            yield from _cut(held)
            held, n = [], 0
    yield from _cut(held)


def _cut(held: list[Pairs]) -> Iterator[Pairs]:
    if held:
        later, earlier = (np.concatenate(side) for side in zip(*held, strict=True))
        for at in range(0, len(later), _BLOCK):
            yield later[at : at + _BLOCK], earlier[at : at + _BLOCK]
