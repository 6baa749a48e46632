"""Which mentions tell of one happening: those of one type, day, place and organizer, and those of copies.

Two sites rarely say all of it alike. Where a place or an organizer is not said in one of two mentions, the words of
headline and sentence must speak for it; where two are said and differ, nothing does. What is not sure to be one stays
two. Depends on the mentions only, not on their order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations, pairwise

import pyarrow as pa

from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.judgements import Judgements, Settled
from pipeline.normalize.fold import match_form
from pipeline.rows import digest
from pipeline.venues import CONFLICT, SAME, relation

# Mentions in the order of heads (pipeline.copies), those of an article in text order. Who organizes or gives is one.
_MENTIONS = """
WITH actors AS (
    SELECT event_row_id AS row_id, list(DISTINCT org_id) AS orgs FROM shard_event_participants
    WHERE role IN ('organizer', 'giver') AND org_id IS NOT NULL GROUP BY ALL
), named AS (
    SELECT article_id, sentence, list(DISTINCT org_id) AS named FROM shard_organization_mentions GROUP BY ALL
)
SELECT row_id, article_id, head, source_id, type, m.date_from, m.date_to,
    date_precision IN ('day', 'range') AND m.date_to - m.date_from <= 14 AS dated, place, coalesce(orgs, []) AS orgs,
    coalesce(named, []) AS named, is_main, confidence, surface, coalesce(title, '') || ' ' || evidence AS words
FROM shard_event_mentions m JOIN numbered USING (article_id) LEFT JOIN actors USING (row_id)
    LEFT JOIN named USING (article_id, sentence)
ORDER BY number, start, "end", row_id"""

_WORD = re.compile(r"\w+")
# Share of the shorter one's pairs of syllables that both have, by what else is equal.
_ENOUGH = {"place+organizer": 0.0, "organizer": 0.2, "place+words": 0.35, "words": 0.5}
_ORDER = tuple(_ENOUGH)
_UNSAID: Settled[int] = Settled()


@dataclass(slots=True)
class _Mention:
    row_id: str
    article_id: str
    head: str
    source_id: str | None
    type: str
    date_from: date | None
    date_to: date | None
    dated: bool | None
    place: str | None
    orgs: frozenset[str]
    named: frozenset[str]  # in its sentence
    is_main: bool
    confidence: float
    surface: str
    words: str
    reason: str | None = None


@dataclass(slots=True)
class _Cluster:
    members: list[int]
    orgs: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def events(con: Connection, judgements: Judgements) -> tuple[pa.Table, pa.Table]:
    """``events``, and the derived columns of ``event_mentions``; ``numbered`` must be there."""
    mentions = [_mention(row) for row in con.execute(_MENTIONS).fetchall()]
    clusters = _judged_clusters(mentions, judgements)
    ids = {number: _event_id(mentions[cluster.members[0]]) for number, cluster in clusters.items()}
    found = [_event(ids[number], [mentions[m] for m in cluster.members]) for number, cluster in clusters.items()]
    of = {mentions[m].row_id: ids[number] for number, cluster in clusters.items() for m in cluster.members}
    derived = [{"row_id": m.row_id, "event_id": of[m.row_id], "merge_reason": m.reason} for m in mentions]
    return pa.Table.from_pylist(found, schema=TABLES["events"].arrow), pa.Table.from_pylist(
        derived, schema=joined_schema(TABLES["event_mentions"])
    )


def _mention(row: tuple[object, ...]) -> _Mention:
    made = _Mention(*row)  # type: ignore[arg-type]
    made.orgs, made.named = frozenset(made.orgs), frozenset(made.named)
    return made


def _event_id(first: _Mention) -> str:
    """Of the first mention: what is published later changes no id."""
    return f"e-{digest('event', first.row_id)}"


def _event(event_id: str, told: list[_Mention]) -> dict[str, object]:
    best = max(told, key=lambda m: (m.is_main, m.confidence))
    return {
        "event_id": event_id,
        "type": told[0].type,
        "date_from": told[0].date_from,
        "date_to": told[0].date_to,
        # The place that says most: "Cung Văn hóa Lao động, Hà Nội" rather than "Hà Nội".
        "place": max((m.place for m in told if m.place), key=len, default=None),
        "n_articles": len({m.head for m in told}),
        "n_sources": len({m.source_id for m in told if m.source_id}),
        "best_row_id": best.row_id,
    }


def _judged_clusters(mentions: list[_Mention], judgements: Judgements) -> dict[int, _Cluster]:
    lines = judgements.of("event")
    if not lines:
        return _clusters(mentions)
    numbers = {m.row_id: number for number, m in enumerate(mentions)}
    numbers |= {_event_id(m): number for number, m in enumerate(mentions)}
    settled = judgements.settle(lines, numbers.get)
    before = _of_members(_clusters([replace(m) for m in mentions]))
    clusters = _clusters(mentions, settled)
    after = _of_members(clusters)
    for pair in (*settled.same, *settled.different):
        one, other = (_event_id(mentions[after[member]]) for member in (pair.one, pair.other))
        judgements.note(pair.line, one, other, was_one=before[pair.one] == before[pair.other])
    return clusters


def _of_members(clusters: dict[int, _Cluster]) -> dict[int, int]:
    return {member: number for number, cluster in clusters.items() for member in cluster.members}


# --- clustering -----------------------------------------------------------------------------------------------------


def _clusters(mentions: list[_Mention], settled: Settled[int] = _UNSAID) -> dict[int, _Cluster]:
    """First member → its cluster; sets each later member's ``reason``."""
    cluster_of: dict[int, _Cluster] = {}
    for number, mention in enumerate(mentions):
        places = {mention.place} if mention.place else set[str]()
        cluster_of[number] = _Cluster([number], set(mention.orgs), places)
    for pair in settled.same:
        _join(mentions, cluster_of, pair.one, pair.other, "judged")
    apart = _Apart(settled, cluster_of)
    for one, other in _in_copies(mentions):
        if apart.allows(cluster_of[one], cluster_of[other]):
            _join(mentions, cluster_of, one, other, "copy")
    for one, other, reason in _alike(mentions):
        a, b = cluster_of[one], cluster_of[other]
        if a is not b and _may_be_one(a, b) and apart.allows(a, b):
            _join(mentions, cluster_of, one, other, reason)
    return {cluster.members[0]: cluster for cluster in cluster_of.values()}


class _Apart:
    """The mentions that people said tell of different happenings."""

    def __init__(self, settled: Settled[int], cluster_of: dict[int, _Cluster]) -> None:
        self._cluster_of = cluster_of
        self._others: defaultdict[int, set[int]] = defaultdict(set)
        for pair in settled.different:
            self._others[pair.one].add(pair.other)
            self._others[pair.other].add(pair.one)

    def allows(self, a: _Cluster, b: _Cluster) -> bool:
        """Whether the two may be one."""
        if not self._others:
            return True
        few, many = sorted((a, b), key=lambda cluster: len(cluster.members))
        return not any(
            self._cluster_of[other] is many for member in few.members for other in self._others.get(member, ())
        )


def _join(mentions: list[_Mention], cluster_of: dict[int, _Cluster], one: int, other: int, reason: str) -> None:
    a, b = sorted((cluster_of[one], cluster_of[other]), key=lambda cluster: cluster.members[0])
    if a is b:
        return
    # The later cluster's first mention had no reason: it now has this one.
    mentions[b.members[0]].reason = reason
    a.members = sorted(a.members + b.members)
    a.orgs |= b.orgs
    a.places |= b.places
    for member in b.members:
        cluster_of[member] = a


def _may_be_one(a: _Cluster, b: _Cluster) -> bool:
    """No member's place or organizer speaks against one of the other's."""
    if a.orgs and b.orgs and not a.orgs & b.orgs:
        return False
    return all(relation(one, other) != CONFLICT for one in a.places for other in b.places)


def _in_copies(mentions: list[_Mention]) -> Iterator[tuple[int, int]]:
    """The nth mention of a type with the same words in two copies of one article."""
    count: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    firsts: dict[tuple[str, str, str, int], int] = {}
    for number, m in enumerate(mentions):
        words = match_form(m.surface)
        nth = count[m.article_id, m.type, words]
        count[m.article_id, m.type, words] += 1
        first = firsts.setdefault((m.head, m.type, words, nth), number)
        if first != number:
            yield first, number


def _alike(mentions: list[_Mention]) -> list[tuple[int, int, str]]:
    """Pairs of one type and day that may be one, the surest first."""
    blocks: defaultdict[tuple[str, date | None, date | None], list[int]] = defaultdict(list)
    for number, m in enumerate(mentions):
        if m.dated and m.date_from:
            blocks[m.type, m.date_from, m.date_to].append(number)
    found = []
    for block in blocks.values():
        pairs = {number: _pairs(mentions[number].words) for number in block} if len(block) > 1 else {}
        for one, other in combinations(block, 2):
            reason = _equal(mentions[one], mentions[other])
            if reason:
                share = _share(pairs[one], pairs[other])
                if share >= _ENOUGH[reason]:
                    found.append((_ORDER.index(reason), -share, one, other))
    return [(one, other, _ORDER[rank]) for rank, _, one, other in sorted(found)]


def _equal(a: _Mention, b: _Mention) -> str | None:
    """What is equal beside type and day; None where something said in both differs."""
    where = relation(a.place, b.place)
    if where == CONFLICT or (a.orgs and b.orgs and not a.orgs & b.orgs):
        return None
    if a.head == b.head:
        # Two triggers in one article are two happenings unless all is said twice.
        return "place+organizer" if where == SAME and a.place and a.orgs & b.orgs else None
    if a.orgs & b.orgs:
        return "place+organizer" if where == SAME and a.place else "organizer"
    if a.named and b.named and not a.named & b.named:
        # One form of words, other names: each paper's list of what was done that day.
        return None
    return "place+words" if where == SAME and a.place else "words"


def _pairs(words: str) -> frozenset[tuple[str, str]]:
    syllables = _WORD.findall(match_form(words))
    return frozenset(pairwise(syllables))


def _share(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
