"""Which mentions tell of one happening: those of one type, day, place and organizer, and those of copies.

Two sites rarely say all of it alike. Where a place or an organizer is not said in one of two mentions, the words of
headline and sentence must speak for it; where two are said and differ, nothing does. What is not sure to be one stays
two. Depends on the mentions only, not on their order.

A mention's event depends on what pairs (pipeline.event_pairs) and copies connect it with, and on nothing else. So only
what is connected with mentions that are new, gone or of an article with another head is clustered again, in portions of
whole connected sets: memory grows with the largest of these, not with the dataset.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.dataset import making
from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.event_merging import Clusters
from pipeline.event_pairs import Alike, Mention, Numbers
from pipeline.event_portions import DATED, Portion, insert, portions
from pipeline.judgements import Judgements
from pipeline.rows import digest

# Mentions in memory at once, unless more than these are connected.
PORTION = 10_000

_TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched AS
WITH former AS (
    SELECT event_id FROM gone_event_mentions
    UNION SELECT event_id FROM event_mentions SEMI JOIN moved USING (article_id)
)
SELECT row_id FROM told_event_mentions
WHERE article_id IN (SELECT article_id FROM fresh UNION ALL SELECT article_id FROM moved)
    OR event_id IN (SELECT event_id FROM former WHERE event_id IS NOT NULL)"""

# The nth mention of a type with the same words in two copies of one article.
_COPIED = """
CREATE OR REPLACE TEMP TABLE copied_event_mentions AS
WITH copied AS (
    SELECT row_id, article_id, head, type, surface, number, start, "end" FROM told_event_mentions
    JOIN (FROM numbered WHERE head IN (SELECT head FROM numbered GROUP BY head HAVING count(*) > 1)) USING (article_id)
), forms AS (
    SELECT surface, match_form(surface) AS form FROM (SELECT DISTINCT surface FROM copied)
), counted AS (
    SELECT *, row_number() OVER (PARTITION BY article_id, type, form ORDER BY start, "end", row_id) AS nth
    FROM copied JOIN forms USING (surface)
)
SELECT first_value(row_id) OVER same AS one, row_id AS other FROM counted
WINDOW same AS (PARTITION BY head, type, form, nth ORDER BY number, start, "end", row_id) QUALIFY one != other"""

_NEXT_DAYS = """
CREATE OR REPLACE TEMP TABLE days AS
WITH reached AS (
    SELECT DISTINCT type, date_from, date_to FROM dated_event_mentions SEMI JOIN touched USING (row_id)
), sized AS (
    SELECT type, date_from, date_to, count(*) AS n FROM dated_event_mentions
    JOIN (FROM reached ANTI JOIN seen_days USING (type, date_from, date_to)) USING (type, date_from, date_to)
    GROUP BY ALL HAVING n > 1
)
SELECT * EXCLUDE (n), (sum(n) OVER (ORDER BY type, date_from, date_to) - n)::BIGINT // $portion AS portion FROM sized"""

_OF_DAYS = """
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT row_id, portion FROM dated_event_mentions JOIN days USING (type, date_from, date_to)"""

_OF_SETS = """
CREATE OR REPLACE TEMP TABLE chosen AS
WITH members AS (SELECT row_id, connected FROM nodes JOIN sets USING (node)), taken AS (
    SELECT connected, count(*) AS n FROM members
    WHERE connected IN (SELECT connected FROM members SEMI JOIN touched USING (row_id)) GROUP BY ALL
), packed AS (
    SELECT connected, (sum(n) OVER (ORDER BY connected) - n)::BIGINT // $portion AS portion FROM taken
)
SELECT row_id, portion FROM members JOIN packed USING (connected)"""

# What is connected on its day and by copies beyond it; what copies tell, as long as nobody looked at its day, is one by
# itself. What waits for nothing is clustered when its day is.
_NODES = """
CREATE OR REPLACE TEMP TABLE nodes AS
SELECT row_id, node FROM waiting UNION ALL
SELECT row_id, $waiting + row_number() OVER () - 1 FROM (
    SELECT one AS row_id FROM copied_event_mentions UNION SELECT other FROM copied_event_mentions
) ANTI JOIN (
    SELECT row_id FROM dated_event_mentions SEMI JOIN seen_days USING (type, date_from, date_to)
) USING (row_id)"""

_NODE_LINKS = """
SELECT a.node AS one, b.node AS other FROM copied_event_mentions JOIN nodes a ON one = a.row_id
    JOIN nodes b ON other = b.row_id"""

_REACHED = """
INSERT INTO touched
WITH members AS (SELECT row_id, connected FROM nodes JOIN sets USING (node))
SELECT row_id FROM members WHERE connected IN (SELECT connected FROM members SEMI JOIN touched USING (row_id))
    AND row_id NOT IN (SELECT row_id FROM touched)"""

_MADE = """
CREATE OR REPLACE TEMP TABLE waiting (row_id VARCHAR, node BIGINT);
CREATE OR REPLACE TEMP TABLE seen_days (type VARCHAR, date_from DATE, date_to DATE);
CREATE OR REPLACE TEMP TABLE merged_event_mentions (row_id VARCHAR, event_id VARCHAR, merge_reason VARCHAR);
CREATE OR REPLACE TEMP TABLE merged_events AS FROM events LIMIT 0"""

# What was merged with nothing is an event by itself; ids are those of pipeline.rows.digest.
_DERIVED = """
CREATE OR REPLACE TEMP TABLE derived_event_mentions AS
SELECT row_id, coalesce(event_id, 'e-' || left(sha256('event|' || row_id), 20)) AS event_id, merge_reason
FROM touched LEFT JOIN merged_event_mentions USING (row_id)"""

_FORMER = """
DELETE FROM events WHERE event_id IN (
    SELECT event_id FROM event_mentions SEMI JOIN touched USING (row_id) UNION ALL
    SELECT event_id FROM gone_event_mentions)"""

# A slice at a time: sorting and joining all of a large dataset does not fit into what DuckDB may hold.
_SLICE = 250_000
_SINGLE_EVENTS = """
INSERT INTO events BY NAME
SELECT event_id, type, date_from, date_to, nullif(place, '') AS place, 1 AS n_articles,
    (nullif(source_id, '') IS NOT NULL)::BIGINT AS n_sources, row_id AS best_row_id
FROM (
    SELECT row_id, event_id FROM derived_event_mentions ANTI JOIN merged_event_mentions USING (row_id)
    WHERE hash(row_id) % $slices = $slice
) JOIN (
    SELECT row_id, article_id, type, date_from, date_to, place FROM told_event_mentions
    WHERE hash(row_id) % $slices = $slice
) USING (row_id) JOIN (SELECT article_id, source_id FROM numbered) USING (article_id)
ORDER BY date_from, type, event_id"""

_DONE = """
DROP VIEW dated_event_mentions;
DROP TABLE touched; DROP TABLE copied_event_mentions; DROP TABLE IF EXISTS days; DROP TABLE seen_days;
DROP TABLE chosen; DROP TABLE waiting; DROP TABLE IF EXISTS nodes; DROP TABLE IF EXISTS sets;
DROP TABLE merged_event_mentions; DROP TABLE merged_events; DROP TABLE derived_event_mentions"""


def events(con: Connection, judgements: Judgements) -> None:
    """Bring ``events`` and the derived columns of ``event_mentions`` up to date with all mentions.

    ``con`` is a snapshot in the making (pipeline.dataset.making, pipeline.consolidate). With lines about events all
    mentions have to be fresh, and are in memory at once, since a line may connect any two.
    """
    con.execute(_TOUCHED)
    con.execute(DATED)
    con.execute(_COPIED)
    con.execute(_MADE)
    if judgements.of("event"):
        _cluster_judged(con, judgements)
    else:
        _cluster_days(con)
        con.execute(_OF_SETS, {"portion": PORTION})
        for portion in portions(con):
            _cluster(con, portion, Alike(portion.mentions))
    con.execute(_DERIVED)
    con.execute(_FORMER)
    con.execute("INSERT INTO events BY NAME FROM merged_events ORDER BY date_from, type, event_id")
    slices = con.execute("SELECT count(*) FROM touched").fetchall()[0][0] // _SLICE + 1
    for number in range(slices):
        con.execute(_SINGLE_EVENTS, {"slices": slices, "slice": number})
    making.update(con, TABLES["event_mentions"], "derived_event_mentions")
    con.execute(_DONE)


# --- what is connected ----------------------------------------------------------------------------------------------


def _cluster_days(con: Connection) -> None:
    """Cluster what is connected on its day only; what copies connect with other days is left in ``nodes``, ``sets``."""
    waiting = 0
    _connect(con, waiting)
    while _next_days(con):
        for portion in portions(con):
            waiting += _cluster_day(con, portion, waiting)
        _connect(con, waiting)


def _next_days(con: Connection) -> bool:
    """Choose the mentions of the days of what was touched since; False where there are none."""
    con.execute(_NEXT_DAYS, {"portion": PORTION})
    con.execute("INSERT INTO seen_days SELECT type, date_from, date_to FROM days")
    con.execute(_OF_DAYS)
    return bool(con.execute("SELECT count(*) FROM days").fetchall()[0][0])


def _cluster_day(con: Connection, portion: Portion, waiting: int) -> int:
    """Cluster what nothing connects with other days.

    The number of sets that have to wait for these; in ``waiting`` (row_id, node) they are numbered from ``waiting`` on.
    """
    alike = Alike(portion.mentions)
    if portion.touched.all() and not portion.linked.any():
        _cluster(con, portion, alike)
        return 0
    sets = alike.components(portion.copied)
    linked, touched = (np.bincount(sets, weights=which) > 0 for which in (portion.linked, portion.touched))
    taken = (touched & ~linked)[sets]
    _cluster(con, portion, alike, taken)
    insert(con, "touched", {"row_id": _row_ids(portion, taken & ~portion.touched)})
    numbers, nodes = np.unique(sets[linked[sets]], return_inverse=True)
    insert(con, "waiting", {"row_id": _row_ids(portion, linked[sets]), "node": nodes + waiting})
    return len(numbers)


def _row_ids(portion: Portion, which: Numbers) -> list[str]:
    return [portion.mentions[number].row_id for number in np.flatnonzero(which)]


def _connect(con: Connection, waiting: int) -> None:
    """Number what copies connect (``sets``: node, connected); what is connected with touched mentions is touched."""
    con.execute(_NODES, {"waiting": waiting})
    links = con.execute(_NODE_LINKS).fetchnumpy()
    n = int(con.execute("SELECT coalesce(max(node) + 1, 0) FROM nodes").fetchall()[0][0])
    graph = coo_array((np.ones(len(links["one"]), dtype=bool), (links["one"], links["other"])), shape=(n, n))
    connected = connected_components(graph, directed=False)[1] if n else np.empty(0, dtype=np.int32)
    con.execute("CREATE OR REPLACE TEMP TABLE sets (node BIGINT, connected BIGINT)")
    insert(con, "sets", {"node": np.arange(n), "connected": connected})
    con.execute(_REACHED)


# --- clusters -------------------------------------------------------------------------------------------------------


def _cluster(con: Connection, portion: Portion, alike: Alike, taken: Numbers | None = None) -> None:
    """Cluster the mentions of a portion, or those of the mask ``taken``, with which no other is connected."""
    clusters = Clusters(portion.mentions)
    clusters.join_copies([pair for pair in portion.copied if taken is None or taken[pair[0]]])
    clusters.join_alike(alike, taken)
    _write(con, portion.mentions, clusters)


def _cluster_judged(con: Connection, judgements: Judgements) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT row_id, 0 AS portion FROM told_event_mentions")
    none = np.empty(0, dtype=bool)
    (portion,) = list(portions(con)) or [Portion([], none, none, [])]
    mentions, alike = portion.mentions, Alike(portion.mentions)
    numbers = {m.row_id: number for number, m in enumerate(mentions)}
    numbers |= {_event_id(m): number for number, m in enumerate(mentions)}
    settled = judgements.settle(judgements.of("event"), numbers.get)
    before, after = Clusters(mentions), Clusters(mentions, settled)
    for clusters in (before, after):
        clusters.join_copies(portion.copied)
        clusters.join_alike(alike)
    for pair in (*settled.same, *settled.different):
        one, other = (_event_id(mentions[after.of[member].members[0]]) for member in (pair.one, pair.other))
        judgements.note(pair.line, one, other, was_one=before.of[pair.one] is before.of[pair.other])
    _write(con, mentions, after)


def _write(con: Connection, mentions: list[Mention], clusters: Clusters) -> None:
    """What has several mentions; the others are left to SQL."""
    derived, found = [], []
    for number, cluster in enumerate(clusters.of):
        if number != cluster.members[0] or len(cluster.members) == 1:
            continue
        event_id = _event_id(mentions[number])
        found.append(_event(event_id, [mentions[member] for member in cluster.members]))
        for member in cluster.members:
            reason = clusters.reasons.get(member)
            derived.append({"row_id": mentions[member].row_id, "event_id": event_id, "merge_reason": reason})
    if found:
        schema = joined_schema(TABLES["event_mentions"])
        insert(con, "merged_event_mentions", pa.Table.from_pylist(derived, schema=schema))
        insert(con, "merged_events", pa.Table.from_pylist(found, schema=TABLES["events"].arrow))


def _event_id(first: Mention) -> str:
    """Of the first mention: what is published later changes no id."""
    return f"e-{digest('event', first.row_id)}"


def _event(event_id: str, told: list[Mention]) -> dict[str, object]:
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
