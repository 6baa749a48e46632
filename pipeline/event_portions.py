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

# Mentions in the order of heads (pipeline.copies), those of an article in text order.
_AT_HAND = """
CREATE OR REPLACE TEMP TABLE at_hand AS
SELECT portion, row_id, head, source_id, m.type, m.date_from, m.date_to, d.row_id IS NOT NULL AS dated, place, is_main,
    confidence, coalesce(title, '') || ' ' || evidence AS words, t.row_id IS NOT NULL AS touched, number, start, "end"
FROM chosen JOIN told_event_mentions m USING (row_id) JOIN numbered USING (article_id)
    LEFT JOIN dated_event_mentions d USING (row_id) LEFT JOIN touched t USING (row_id)
ORDER BY portion, number, start, "end", row_id"""

# Who organizes or gives is one; the others are those that its sentence names.
_ORGS_AT_HAND = """
CREATE OR REPLACE TEMP TABLE orgs_at_hand AS
SELECT DISTINCT portion, row_id, org_id, true AS acts FROM chosen JOIN told_event_participants ON event_row_id = row_id
WHERE role IN ('organizer', 'giver') AND org_id IS NOT NULL
UNION ALL
SELECT DISTINCT portion, row_id, o.org_id, false FROM chosen JOIN told_event_mentions m USING (row_id)
    JOIN told_organization_mentions o USING (article_id, sentence)
WHERE o.org_id IS NOT NULL ORDER BY portion"""

_LINKS_AT_HAND = """
CREATE OR REPLACE TEMP TABLE links_at_hand AS
SELECT a.portion, one AS row_id, other, coalesce(a.portion = b.portion, false) AS inside
FROM copied_event_mentions JOIN chosen a ON one = a.row_id LEFT JOIN chosen b ON other = b.row_id
UNION ALL
SELECT b.portion, other, NULL, false FROM copied_event_mentions JOIN chosen b ON other = b.row_id
    LEFT JOIN chosen a ON one = a.row_id
WHERE a.portion IS DISTINCT FROM b.portion ORDER BY ALL"""

_MENTIONS = """
SELECT touched, row_id, head, source_id, type, date_from, date_to, dated, place, is_main, confidence, words
FROM at_hand WHERE portion = $portion ORDER BY number, start, "end", row_id"""
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
    for made in (_AT_HAND, _ORGS_AT_HAND, _LINKS_AT_HAND):
        con.execute(made)
    for (number,) in con.execute("SELECT DISTINCT portion FROM chosen ORDER BY portion").fetchall():
        yield _portion(con, number)
    con.execute("DROP TABLE at_hand; DROP TABLE orgs_at_hand; DROP TABLE links_at_hand")


def _portion(con: Connection, number: int) -> Portion:
    of_it = {"portion": number}
    mentions, touched = [], []
    for is_touched, *said in con.execute(_MENTIONS, of_it).fetchall():
        mentions.append(Mention(*said))
        touched.append(is_touched)
    numbers = {m.row_id: n for n, m in enumerate(mentions)}
    for row_id, org_id, acts in con.execute(_ORGS, of_it).fetchall():
        m = mentions[numbers[row_id]]
        (m.orgs if acts else m.named).add(org_id)
    linked, copied = np.zeros(len(mentions), dtype=bool), []
    for row_id, other, inside in con.execute(_LINKS, of_it).fetchall():
        if inside:
            copied.append((numbers[row_id], numbers[other]))
        else:
            linked[numbers[row_id]] = True
    copied.sort(key=lambda pair: pair[1])
    return Portion(mentions, np.array(touched, dtype=bool), linked, copied)


def insert(con: Connection, table: str, columns: dict[str, object] | pa.Table) -> None:
    """Add rows to a temp table, by the names of their columns."""
    con.register("arriving", columns if isinstance(columns, pa.Table) else pa.table(columns))
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM arriving")  # noqa: S608 - a name of ours
    con.unregister("arriving")
