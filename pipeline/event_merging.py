"""Mentions that tell of one happening, joined: the nth of the same words in copies first, then pairs, the surest first.

A pair joins two clusters only where no place or organizer of the one speaks against one of the other's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.event_pairs import ORDER, Alike, Mention, Numbers
from pipeline.judgements import Settled
from pipeline.venues import CONFLICT, relation

# Held at once, some 100 bytes each while they are sorted and used.
PAIRS = 500_000
UNSAID: Settled[int] = Settled()


@dataclass(slots=True)
class Cluster:
    """Numbers of mentions in order; who organizes and where, as all of them say."""

    members: list[int]
    orgs: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


class Clusters:
    """``of``: the cluster of each mention. ``reasons``: why a mention is no longer its cluster's first."""

    def __init__(self, mentions: Sequence[Mention], settled: Settled[int] = UNSAID) -> None:
        self.of = [Cluster([n], set(m.orgs), {m.place} if m.place else set()) for n, m in enumerate(mentions)]
        self.reasons: dict[int, str] = {}
        for pair in settled.same:
            self._join(pair.one, pair.other, "judged")
        self._others: defaultdict[int, set[int]] = defaultdict(set)
        for pair in settled.different:
            self._others[pair.one].add(pair.other)
            self._others[pair.other].add(pair.one)

    def firsts(self) -> Numbers:
        """The number of the first mention of each mention's cluster."""
        return np.array([cluster.members[0] for cluster in self.of], dtype=np.int64)

    def join_copies(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Join what copies tell with the same words."""
        for one, other in pairs:
            if self._allowed(self.of[one], self.of[other]):
                self._join(one, other, "copy")

    def join_alike(self, alike: Alike, taken: Numbers | None = None) -> None:
        """Join the pairs that may be one; where ``taken`` is given, those of this mask only."""
        after, more = None, True
        while more:
            groups = self.firsts()
            if taken is not None:
                groups[~taken] = -1
            surest, more = alike.surest(PAIRS, groups, after)
            for one, other, rank in surest.pairs:
                a, b = self.of[one], self.of[other]
                if a is not b and _may_be_one(a, b) and self._allowed(a, b):
                    self._join(one, other, ORDER[rank])
            if more:
                after = int(surest.major[-1]), int(surest.minor[-1])

    def _allowed(self, a: Cluster, b: Cluster) -> bool:
        """Whether nobody said that they are different."""
        if not self._others:
            return True
        few, many = sorted((a, b), key=lambda cluster: len(cluster.members))
        return not any(self.of[other] is many for member in few.members for other in self._others.get(member, ()))

    def _join(self, one: int, other: int, reason: str) -> None:
        a, b = sorted((self.of[one], self.of[other]), key=lambda cluster: cluster.members[0])
        if a is b:
            return
        # The later cluster's first mention had no reason: it now has this one.
        self.reasons[b.members[0]] = reason
        a.members = sorted(a.members + b.members)
        a.orgs |= b.orgs
        a.places |= b.places
        for member in b.members:
            self.of[member] = a


def _may_be_one(a: Cluster, b: Cluster) -> bool:
    """No member's place or organizer speaks against one of the other's."""
    if a.orgs and b.orgs and not a.orgs & b.orgs:
        return False
    return all(relation(one, other) != CONFLICT for one in a.places for other in b.places)
