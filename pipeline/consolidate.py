"""Across articles: repeated pages, copies, organizations, persons, tenures, events.

What is not sure to be one stays two, and what becomes one says why in a column. It is worked out in the snapshot that
is being made (pipeline.dataset.making). Where that began as a copy of the present one, only what new, changed and
former articles can touch is settled anew, and comes out as if all had been: it depends neither on the order of the
shards nor on who made them nor on what the dataset held before.

The steps meet in temp tables. ``fresh`` (article_id): articles whose rows are new in this file; from scratch, all.
``moved``: others whose head is now another article. ``gone_<table>``: rows taken out. ``told_<table>``: the rows of
articles but for those that people say are wrong. ``numbered``: each article with its head, in the order of heads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.annotations import NOTHING, Annotations, Problem
from pipeline.copies import copies
from pipeline.corrections import correct
from pipeline.dataset import durable, making
from pipeline.dataset.changes import UNCHANGED, Changes
from pipeline.dataset.relations import Connection, quoted, register_shards
from pipeline.dataset.schema import DERIVED_TABLES, REJECTS, SHARD_TABLES, TABLES, joined_schema
from pipeline.dataset.shards import Shard, write_tables
from pipeline.event_clusters import events
from pipeline.judged_organizations import judge_organizations
from pipeline.judgements import Judgements
from pipeline.listed_organizations import list_organizations
from pipeline.people import persons
from pipeline.resources import rows
from pipeline.tenures import tenures

Row = dict[str, Any]

_COPIED = """
CREATE TEMP TABLE redone AS
SELECT a.article_id, c.dup_of, c.dup_score, c.dup_reason, a.dup_of IS DISTINCT FROM c.dup_of AS is_moved
FROM articles a LEFT JOIN copied c USING (article_id)
WHERE (a.dup_of, a.dup_score, a.dup_reason) IS DISTINCT FROM (c.dup_of, c.dup_score, c.dup_reason);
CREATE TEMP TABLE moved AS SELECT article_id FROM redone ANTI JOIN fresh USING (article_id) WHERE is_moved;
CREATE TEMP TABLE numbered AS
SELECT article_id, coalesce(dup_of, article_id) AS head, source_id, published_date, title, number
FROM ranked LEFT JOIN copied USING (article_id)"""
_SOURCES = "SELECT DISTINCT source_id FROM told_articles WHERE source_id IS NOT NULL ORDER BY ALL"
_REPEATED = """
SELECT $run_id AS run_id, archive_ref AS input_ref, 'consolidate' AS stage, 'duplicate' AS error,
    'same article as ' || first_ref || ', which is kept' AS message, 1::BIGINT AS attempts
FROM repeated_pages"""


@dataclass(frozen=True, slots=True)
class Consolidated:
    """``n_repeated``: articles that are in no table but ``rejects``. ``problems``: annotations not applied."""

    n_repeated: int
    problems: tuple[Problem, ...]


def consolidate(
    con: Connection, dataset: Path, shards: Sequence[Shard], run_id: str, name: str, said: Annotations = NOTHING
) -> Consolidated:
    """Make the snapshot on ``con`` hold the rows of ``shards``, with all that is derived; write ``derived/<name>/``.

    What people ``said`` of facts comes first, so that all that is derived rests on it; a snapshot that is not begun
    from nothing must have been made without any (``said`` empty then and now).
    """
    making.choose(con, dataset, shards)
    repeated = con.sql("SELECT shard, article_id FROM repeated_pages").to_arrow_table()
    judgements = Judgements(said.judgements)
    corrections, problems, changes = _said_of_facts(con, dataset, shards, said, repeated, judgements)
    making.take_out(con)
    making.bring_in(con, dataset, shards, changes)
    making.register_told(con)
    _find_copies(con, dataset, shards, repeated)
    making.fill(con, TABLES["sources"], sources(con))
    list_organizations(con, changes.merged_into)
    persons(con, judgements)
    tenures(con)
    events(con, judgements)
    making.fill(con, TABLES["corrections"], _from_rows(corrections, "corrections"))
    making.fill(con, TABLES["judgements"], _from_rows(judgements.applied, "judgements"))
    unused = (*said.problems, *problems, *judgements.problems)
    rejects = pa.concat_tables(
        [
            con.sql(_REPEATED, params={"run_id": run_id}).to_arrow_table().cast(REJECTS.in_shard),
            not_applied(unused, run_id),
        ]
    )
    making.bring_in_rejects(con, dataset, shards)
    con.register("derived_rejects", rejects)
    con.execute(f"INSERT INTO {REJECTS.name} BY NAME FROM derived_rejects")
    _write_derived(con, dataset / "derived" / name, {"rejects": rejects, "repeated": repeated, **changes.files})
    return Consolidated(int(repeated.num_rows), unused)


def _said_of_facts(
    con: Connection,
    dataset: Path,
    shards: Sequence[Shard],
    said: Annotations,
    repeated: pa.Table,
    judgements: Judgements,
) -> tuple[list[Row], list[Problem], Changes]:
    """Rows for ``corrections``, lines not applied, and what becomes of the shards' rows."""
    if not said.corrections and not said.judgements:
        return [], [], UNCHANGED
    register_shards(con, dataset, shards, repeated)
    corrected = correct(con, said.corrections)
    register_shards(con, dataset, shards, repeated, corrected.changes())
    changes = judge_organizations(con, judgements, corrected)
    return corrected.applied, corrected.problems, changes


def _find_copies(con: Connection, dataset: Path, shards: Sequence[Shard], repeated: pa.Table) -> None:
    register_shards(con, dataset, shards, repeated)
    con.execute("CREATE OR REPLACE TEMP VIEW shard_articles AS FROM told_articles")
    con.register("found_copies", copies(con))
    con.execute("CREATE TEMP TABLE copied AS FROM found_copies")
    con.execute(_COPIED)
    making.update(con, TABLES["articles"], "redone")


def _write_derived(con: Connection, target: Path, files: dict[str, pa.Table]) -> None:
    """The derived tables and columns as Parquet: what the snapshot is rebuilt from."""
    with durable.folder(target) as folder:
        write_tables(folder, files)
        for table in DERIVED_TABLES:
            _copy(con, f"FROM {table.name}", folder / f"{table.name}.parquet")
        for table in SHARD_TABLES:
            if table.joined_in:
                columns = ", ".join(map(quoted, joined_schema(table).names))
                some = " OR ".join(f"{column.name} IS NOT NULL" for column in table.joined_in)
                _copy(con, f"SELECT {columns} FROM {table.name} WHERE {some}", folder / f"{table.name}_derived.parquet")


def _copy(con: Connection, sql: str, file: Path) -> None:
    con.execute(f"COPY ({sql}) TO '{making.literal(file)}' (FORMAT parquet, COMPRESSION zstd)")


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


def sources(con: Connection) -> pa.Table:
    """The hosts met, with what the gazetteer knows of them."""
    known = {row["host"]: row for row in rows("gazetteers/sources.csv")}
    met = con.execute(_SOURCES)
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
