"""Organizations that people say are one, or that a name is not.

"The same" gives all rows of the one the id of the other, the gazetteer's where it has one of them. "Different", of an
organization and a name as written, takes the mentions so written from it, and with them what the same sentence, or an
article that names it in no other way, says of it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline import gazetteers
from pipeline.annotations import Line
from pipeline.corrections import Corrected, changed_rows
from pipeline.dataset.changes import MERGED_SCHEMA, ORGANIZATION_COLUMNS, Changes
from pipeline.dataset.relations import Connection
from pipeline.judgements import Groups, Judgements, Settled
from pipeline.normalize.fold import match_form
from pipeline.rows import discovered_org_id

Row = dict[str, Any]

_SAID = """
CREATE OR REPLACE TEMP TABLE said AS
SELECT article_id, sentence, bool_and(surface IN (SELECT surface FROM so_written)) AS whole,
    bool_or(surface IN (SELECT surface FROM so_written)) AS part
FROM shard_organization_mentions WHERE org_id = $one GROUP BY article_id, sentence"""

_OF_THEM = """
SELECT t.* FROM ({rows}) t
JOIN (SELECT article_id, bool_and(whole) AS everywhere FROM said GROUP BY article_id HAVING bool_or(part))
    USING (article_id)
LEFT JOIN (SELECT article_id, sentence, whole FROM said) here
    ON here.article_id = t.article_id AND here.sentence = t.sentence
WHERE t.{column} = $one AND coalesce(whole, everywhere)"""

_PARTICIPANTS = """
SELECT p.*, sentence FROM shard_event_participants p
JOIN (SELECT row_id AS event_row_id, sentence FROM shard_event_mentions) USING (event_row_id)"""


def judge_organizations(con: Connection, judgements: Judgements, corrected: Corrected) -> Changes:
    """All changes of rows: those corrected, with what is judged of organizations.

    Reads the views ``shard_<table>`` with the corrections made.
    """
    lines = judgements.of("organization")
    if not lines:
        return corrected.changes()
    union = " UNION ".join(f"SELECT {column} FROM shard_{table}" for table, column in ORGANIZATION_COLUMNS.items())
    met = {org_id for (org_id,) in con.execute(union).fetchall() if org_id} | gazetteers.organizations().keys()
    splits = [line for line in lines if line["verdict"] == "different" and line["other"] not in met]
    for line in splits:
        if line["one"] in met and _so_written(con, line):
            met.add(discovered_org_id(line["other"]))

    def find(name: str) -> str | None:
        """An id, or a name: of an organization discovered, else of the only one in the gazetteer that bears it."""
        org_id = name if name in met else discovered_org_id(name)
        known = {alias.org_id for alias in gazetteers.find_organizations(name)}
        return org_id if org_id in met else known.pop() if len(known) == 1 else None

    settled = judgements.settle(lines, find)
    rows = {table: dict(found) for table, found in corrected.rows.items()}
    were_one = set()
    for pair in settled.different:
        if pair.line in splits and (taken := _split(con, pair.line, corrected)):
            were_one.add(pair.line)
            for table, found in taken.items():
                rows.setdefault(table, {}).update(found)
    merged = _merged(settled)
    for pair in (*settled.same, *settled.different):
        one, other = merged.get(pair.one, pair.one), merged.get(pair.other, pair.other)
        judgements.note(pair.line, one, other, was_one=pair.one == pair.other or pair.line in were_one)
    pairs = [{"from_org_id": known, "to_org_id": merged[known]} for known in sorted(merged)]
    made = {table: changed_rows(table, list(found.values())) for table, found in sorted(rows.items()) if found}
    return Changes(made, pa.Table.from_pylist(pairs, schema=MERGED_SCHEMA))


def _merged(settled: Settled[str]) -> dict[str, str]:
    """Each id that is another's → that one: the gazetteer's, else the one named first."""
    named = [org_id for pair in settled.same for org_id in (pair.one, pair.other)]
    registry = gazetteers.organizations()
    groups = Groups(sorted(dict.fromkeys(named), key=lambda org_id: org_id not in registry))
    for pair in settled.same:
        groups.join(pair.one, pair.other)
    return {org_id: groups.find(org_id) for org_id in named if groups.find(org_id) != org_id}


def _so_written(con: Connection, line: Line) -> list[str]:
    """The spellings, among those of the organization ``one``, that are the name ``other``."""
    sql = "SELECT DISTINCT surface FROM shard_organization_mentions WHERE org_id = $one ORDER BY ALL"
    name = match_form(line["other"])
    return [found for (found,) in con.execute(sql, {"one": line["one"]}).fetchall() if match_form(found) == name]


def _split(con: Connection, line: Line, corrected: Corrected) -> dict[str, dict[Any, Row]]:
    """Table → key → row of what is not of ``one`` but of an organization called ``other``."""
    con.register("so_written", pa.table({"surface": _so_written(con, line)}))
    con.execute(_SAID, {"one": line["one"]})
    new_id, found = discovered_org_id(line["other"]), dict[str, dict[Any, Row]]()
    mentions = "SELECT * FROM shard_organization_mentions WHERE surface IN (SELECT surface FROM so_written)"
    for table, column in ORGANIZATION_COLUMNS.items():
        if table == "organization_mentions":
            sql = f"{mentions} AND org_id = $one AND link_method <> 'judged'"
        else:
            source = _PARTICIPANTS if table == "event_participants" else f"SELECT * FROM shard_{table}"
            sql = _OF_THEM.format(rows=source, column=column)
        answer: pa.Table = con.sql(sql, params={"one": line["one"]}).to_arrow_table()
        for row in answer.to_pylist():
            key = (row["event_row_id"], row["ordinal"]) if table == "event_participants" else row["row_id"]
            before = corrected.before.get(row.get("row_id", ""))
            if before and before[column] != row[column]:
                continue  # somebody said so of this very row
            row[column] = new_id
            if table == "organization_mentions":
                row |= {"name": line["other"], "link_method": "judged", "link_score": None}
            elif table == "officials":
                row["organization"] = line["other"]
            found.setdefault(table, {})[key] = row
    return found
