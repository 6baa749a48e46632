"""Event mentions of a snapshot in the making, taken into memory a portion at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dataset.relations import Connection
from pipeline.event_pairs import Mention, Numbers

# Happenings of a day, or of some that are close: comparable by day.
DATED = """
CREATE OR REPLACE TEMP VIEW dated_event_mentions AS
SELECT row_id, type, date_from, date_to FROM told_event_mentions
WHERE date_precision IN ('day', 'range') AND date_to - date_from <= 14"""

# Rows with their words are many bytes: those of some portions are taken at once, no more.
_PORTIONS = 10
_BATCH = """
CREATE TEMP TABLE batch AS
SELECT portion, row_id, article_id, sentence FROM told_event_mentions
    JOIN (FROM chosen WHERE portion >= $first AND portion < $first + $portions) USING (row_id)"""
_TOUCHED = "CREATE TEMP TABLE touched_at_hand AS SELECT portion, row_id FROM batch SEMI JOIN touched USING (row_id)"

# Mentions in the order of heads (pipeline.copies), those of an article in text order.
_AT_HAND = """
CREATE TEMP TABLE at_hand AS
SELECT portion, row_id, head, source_id, type, date_from, date_to,
    coalesce(date_precision IN ('day', 'range') AND date_to - date_from <= 14, false) AS dated, place, is_main,
    confidence, coalesce(title, '') || ' ' || evidence AS words, number, start, "end"
FROM told_event_mentions JOIN (SELECT portion, row_id FROM batch) USING (row_id) JOIN numbered USING (article_id)"""

# Who organizes or gives is one; the others are those that its sentence names.
_ORGS_AT_HAND = """
CREATE TEMP TABLE orgs_at_hand AS
SELECT portion, row_id, org_id, true AS acts FROM told_event_participants JOIN batch ON event_row_id = row_id
WHERE role IN ('organizer', 'giver') AND org_id IS NOT NULL
UNION ALL
SELECT portion, batch.row_id, org_id, false FROM told_organization_mentions JOIN batch USING (article_id, sentence)
WHERE org_id IS NOT NULL"""

_LINKS_AT_HAND = """
CREATE TEMP TABLE links_at_hand AS
SELECT a.portion, one AS row_id, other, coalesce(a.portion = b.portion, false) AS inside
FROM copied_event_mentions JOIN batch a ON one = a.row_id LEFT JOIN batch b ON other = b.row_id
UNION ALL
SELECT b.portion, other, NULL, false FROM copied_event_mentions JOIN batch b ON other = b.row_id
    LEFT JOIN batch a ON one = a.row_id
WHERE a.portion IS DISTINCT FROM b.portion"""

_MENTIONS = """
SELECT row_id, head, source_id, type, date_from, date_to, dated, place, is_main, confidence, words
FROM at_hand WHERE portion = $portion ORDER BY number, start, "end", row_id"""
_TOUCHED_OF = "SELECT row_id FROM touched_at_hand WHERE portion = $portion"
_ORGS = "SELECT row_id, org_id, acts FROM orgs_at_hand WHERE portion = $portion"
_LINKS = "SELECT row_id, other, inside FROM links_at_hand WHERE portion = $portion"


@dataclass(frozen=True, slots=True)
class Portion:
    """Mentions in order. ``touched``: those to cluster again; ``linked``: those that copies connect with others."""

    mentions: list[Mention]
    touched: Numbers
    linked: Numbers
    copied: list[tuple[int, int]]


def portions(con: Connection) -> Iterator[Portion]:
    """Those of the temp table ``chosen`` (row_id, portion), which also says what stands in one portion.

    ``copied_event_mentions`` (one, other), ``touched`` (row_id) and the view that ``DATED`` makes must be there.
    """
    (n,) = con.execute("SELECT coalesce(max(portion) + 1, 0) FROM chosen").fetchall()[0]
    for first in range(0, n, _PORTIONS):
        con.execute(_BATCH, {"first": first, "portions": _PORTIONS})
        for made in (_TOUCHED, _ORGS_AT_HAND, _LINKS_AT_HAND, _AT_HAND):
            con.execute(made)
        for number in range(first, min(n, first + _PORTIONS)):
            portion = _portion(con, number)
            # A set larger than a portion leaves numbers without mentions.
            if portion.mentions:
                yield portion
        for table in ("batch", "touched_at_hand", "orgs_at_hand", "links_at_hand", "at_hand"):
            con.execute(f"DROP TABLE {table}")


def _portion(con: Connection, number: int) -> Portion:
    of_it = {"portion": number}
    mentions = [Mention(*said) for said in con.execute(_MENTIONS, of_it).fetchall()]
    numbers = {m.row_id: n for n, m in enumerate(mentions)}
    touched, linked, copied = np.zeros(len(mentions), dtype=bool), np.zeros(len(mentions), dtype=bool), []
    touched[[numbers[row_id] for (row_id,) in con.execute(_TOUCHED_OF, of_it).fetchall()]] = True
    for row_id, org_id, acts in con.execute(_ORGS, of_it).fetchall():
        m = mentions[numbers[row_id]]
        (m.orgs if acts else m.named).add(org_id)
    for row_id, other, inside in con.execute(_LINKS, of_it).fetchall():
        if inside:
            copied.append((numbers[row_id], numbers[other]))
        else:
            linked[numbers[row_id]] = True
    copied.sort(key=lambda pair: pair[1])
    return Portion(mentions, touched, linked, copied)


def insert(con: Connection, table: str, columns: dict[str, object] | pa.Table) -> None:
    """Add rows to a temp table, by the names of their columns."""
    con.register("arriving", columns if isinstance(columns, pa.Table) else pa.table(columns))
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM arriving")  # noqa: S608 - a name of ours
    con.unregister("arriving")
