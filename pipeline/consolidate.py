"""Across articles: repeated pages, copies, organizations, persons, tenures, events.

What is not sure to be one stays two, and what becomes one says why in a column. Everything is derived anew from the
shards' rows and depends on neither their order nor on who made them; what takes time (extraction, signatures) stands in
the shards, so that a run with a few new articles costs these and one scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline import gazetteers
from pipeline.annotations import NOTHING, Annotations, Problem
from pipeline.copies import copies
from pipeline.corrections import correct
from pipeline.dataset import durable
from pipeline.dataset.changes import Changes
from pipeline.dataset.relations import Connection, register_shards
from pipeline.dataset.schema import DERIVED_TABLES, REJECTS, REPEATED_SCHEMA, TABLES
from pipeline.dataset.shards import Shard, write_tables
from pipeline.event_clusters import events
from pipeline.judged_organizations import judge_organizations
from pipeline.judgements import Judgements
from pipeline.normalize.fold import match_form, search_form
from pipeline.people import persons, tenures
from pipeline.resources import rows

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Consolidated:
    """``n_repeated``: articles that are in no table but ``rejects``. ``problems``: annotations not applied."""

    n_repeated: int
    problems: tuple[Problem, ...]


def consolidate(
    dataset: Path, shards: Sequence[Shard], run_id: str, name: str, said: Annotations = NOTHING
) -> Consolidated:
    """Write ``derived/<name>/``: the derived tables, and the derived columns of the shards' tables.

    What people ``said`` of facts comes first, so that all that is derived rests on it.
    """
    with duckdb.connect() as con:
        register_shards(con, dataset, shards)
        repeated, rejects = repeated_pages(con, run_id)
        register_shards(con, dataset, shards, repeated)
        corrected = correct(con, said.corrections)
        judgements = Judgements(said.judgements)
        register_shards(con, dataset, shards, repeated, corrected.changes())
        changes = judge_organizations(con, judgements, corrected)
        register_shards(con, dataset, shards, repeated, changes, wrong=False)
        copied = copies(con)
        con.register("copies", copied)
        con.execute(_NUMBERED)
        people, who, taking_part = persons(con, judgements)
        con.register("who", who)
        happened, told = events(con, judgements)
        named = organizations(con, changes)
        tables = {
            "sources": sources(con),
            "organizations": named,
            "organization_aliases": organization_aliases(con, named),
            "persons": people,
            "tenures": tenures(con),
            "events": happened,
            "corrections": _from_rows(corrected.applied, "corrections"),
            "judgements": _from_rows(judgements.applied, "judgements"),
        }
        problems = (*said.problems, *corrected.problems, *judgements.problems)
        files = {
            **tables,
            "repeated": repeated,
            "rejects": pa.concat_tables([rejects, not_applied(problems, run_id)]),
            "articles_derived": copied,
            "officials_derived": who,
            "event_mentions_derived": told,
            "event_participants_derived": taking_part,
            **changes.files,
        }
    assert set(tables) == {table.name for table in DERIVED_TABLES}
    with durable.folder(dataset / "derived" / name) as folder:
        write_tables(folder, files)
    return Consolidated(int(repeated.num_rows), problems)


def not_applied(problems: Iterable[Problem], run_id: str) -> pa.Table:
    """The rows of ``rejects`` of annotations."""
    found = (
        {
            "run_id": run_id,
            "input_ref": problem.source,
            "stage": "consolidate",
            "error": problem.error,
            "message": problem.message,
            "attempts": 1,
        }
        for problem in problems
    )
    return _from_rows(found, REJECTS.name)


def _from_rows(found: Iterable[Row], table: str) -> pa.Table:
    return pa.Table.from_pylist(list(found), schema=TABLES[table].arrow)


# --- articles -------------------------------------------------------------------------------------------------------

_REPEATED = """
SELECT shard, article_id, archive_ref, first_ref FROM (
    SELECT *, row_number() OVER same AS place, first(archive_ref) OVER same AS first_ref FROM shard_articles
    WINDOW same AS (PARTITION BY article_id ORDER BY fetched_at DESC NULLS LAST, shard_number)
) WHERE place > 1 ORDER BY shard_number, file_row_number"""

_NUMBERED = """
CREATE TEMP TABLE numbered AS
SELECT article_id, coalesce(dup_of, article_id) AS head, source_id, published_date, title, number
FROM ranked LEFT JOIN copies USING (article_id)"""


def repeated_pages(con: Connection, run_id: str) -> tuple[pa.Table, pa.Table]:
    """Articles of which another shard has a version fetched later or read before, and the rejects that say so."""
    found = con.execute(_REPEATED).fetchall()
    rejects = [
        {
            "run_id": run_id,
            "input_ref": ref,
            "stage": "consolidate",
            "error": "duplicate",
            "message": f"same article as {first}, which is kept",
            "attempts": 1,
        }
        for _, _, ref, first in found
    ]
    repeated = [{"shard": shard, "article_id": article} for shard, article, _, _ in found]
    return pa.Table.from_pylist(repeated, schema=REPEATED_SCHEMA), _from_rows(rejects, REJECTS.name)


def sources(con: Connection) -> pa.Table:
    """The hosts met, with what the gazetteer knows of them."""
    known = {row["host"]: row for row in rows("gazetteers/sources.csv")}
    met = con.execute("SELECT DISTINCT source_id FROM shard_articles WHERE source_id IS NOT NULL ORDER BY ALL")
    return _from_rows(
        (
            {
                "source_id": host,
                "name": known.get(host, {}).get("name", host),
                "publisher_type": known.get(host, {}).get("publisher_type"),
                "scale": known.get(host, {}).get("scale"),
            }
            for (host,) in met.fetchall()
        ),
        "sources",
    )


# --- organizations --------------------------------------------------------------------------------------------------

_ORGANIZATIONS = """
WITH named AS (
    SELECT org_id, name, org_type, 1 AS rank FROM shard_organization_mentions
    UNION ALL
    SELECT org_id, coalesce(organization, org_id), 'other', 2 FROM shard_officials WHERE org_id IS NOT NULL
    UNION ALL
    SELECT org_id, org_id, 'other', 3 FROM shard_event_participants WHERE org_id IS NOT NULL
    UNION ALL
    SELECT who_org_id, who_org_id, 'other', 3 FROM shard_figures WHERE who_org_id IS NOT NULL
), counted AS (
    SELECT org_id, name, org_type, min(rank) AS rank, count(*) AS n FROM named GROUP BY ALL
)
SELECT org_id, first(name ORDER BY rank, n DESC, name) AS name,
    first(org_type ORDER BY rank, org_type = 'other', n DESC, org_type) AS org_type
FROM counted GROUP BY org_id ORDER BY org_id"""

_SPELLINGS = "SELECT DISTINCT org_id, surface FROM shard_organization_mentions ORDER BY ALL"


def organizations(con: Connection, changes: Changes) -> pa.Table:
    """The organizations that mentions and officials point to, and those the gazetteer has above and after them."""
    known, merged = gazetteers.organizations(), changes.merged_into
    named = {org_id: (name, org_type) for org_id, name, org_type in con.execute(_ORGANIZATIONS).fetchall()}
    listed, asked = set[str](), list(named)
    while asked:
        org_id = asked.pop()
        if org_id not in listed:
            listed.add(org_id)
            related = (known[org_id].parent, known[org_id].successor) if org_id in known else ()
            asked += [merged.get(other, other) for other in related if other in known]
    return _from_rows(
        (_organization(org_id, named.get(org_id, (org_id, "other")), merged) for org_id in sorted(listed)),
        "organizations",
    )


def _organization(org_id: str, named: tuple[str, str], merged: Mapping[str, str]) -> Row:
    known = gazetteers.organizations().get(org_id)
    if known is None:
        name, org_type = named
        row: Row = {"name": name, "org_type": org_type, "origin": "discovered"}
    else:
        row = {
            "name": known.name,
            "name_en": known.name_en,
            "org_type": known.org_type,
            "parent_org_id": _merged(known.parent, org_id, merged),
            "valid_to": known.valid_to,
            "successor_org_id": _merged(known.successor, org_id, merged),
            "origin": "gazetteer",
        }
    return {"org_id": org_id, "name_fold": search_form(str(row["name"])), **row}


def _merged(other: str | None, org_id: str, merged: Mapping[str, str]) -> str | None:
    """The id that ``other`` has now; None where it is the organization itself."""
    now = merged.get(other, other) if other else None
    return None if now == org_id else now


def organization_aliases(con: Connection, listed: pa.Table) -> pa.Table:
    """The gazetteer's aliases of the organizations listed, and each other spelling met."""
    names = dict(zip(listed.column("org_id").to_pylist(), listed.column("name").to_pylist(), strict=True))
    best: dict[tuple[str, str], Row] = {}
    for alias in gazetteers.aliases():
        if alias.org_id in names:
            row = {"org_id": alias.org_id, "alias": alias.alias, "kind": alias.kind, "origin": "gazetteer"}
            best.setdefault((alias.org_id, alias.alias), row)
    for org_id, alias in con.execute(_SPELLINGS).fetchall():
        official = match_form(alias) == match_form(names[org_id])
        kind = "official" if official else "acronym" if _is_acronym(alias) else "short"
        row = {"org_id": org_id, "alias": alias, "kind": kind, "origin": "discovered"}
        best.setdefault((org_id, alias), row)
    return _from_rows((best[key] for key in sorted(best)), "organization_aliases")


def _is_acronym(alias: str) -> bool:
    return alias.isupper() and len(alias.split()) <= 2
