"""A snapshot in the making: a DuckDB file beside the present one, filled with the rows of shards, then swapped in.

It begins empty, or as a copy of the present snapshot, from which the rows of articles that are no longer there are
taken and to which those of new ones are added. Consolidation works in it (pipeline.consolidate): what it holds on disk
need not be in memory. Schema ``work`` of the file says which shard each article's rows came from.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset.changes import UNCHANGED, Changes
from pipeline.dataset.dictionary import sql_type
from pipeline.dataset.relations import Connection, quoted, register_shards
from pipeline.dataset.schema import REJECTS, SHARD_TABLES, TABLES, Table
from pipeline.dataset.shards import Shard
from pipeline.errors import DatasetError
from pipeline.normalize.fold import match_form, search_form

# Readable by every DuckDB since 1.2; without it the file is for this version and later.
_STORAGE = "v1.2.0"
# DuckDB's own; what does not fit is spilled beside the dataset. With Python's it is a driver below 1 GB.
LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "400MB"}
_SHARDS = 50  # read at a time
_SLICE = 200_000  # rows of one UPDATE, whose undo log has to fit into memory
_SPOOLED = 20_000  # rows
_FETCHED = 50_000  # rows
_FUNCTIONS: dict[str, Callable[[str], str]] = {"match_form": match_form, "search_form": search_form}

# Tables whose rows belong to an article.
OF_ARTICLES = tuple(table for table in SHARD_TABLES if table.stored == "shard" and table is not REJECTS)

_PAGES = """
CREATE SCHEMA IF NOT EXISTS snapshot.work;
CREATE TABLE IF NOT EXISTS snapshot.work.pages (
    shard VARCHAR, maker VARCHAR, article_id VARCHAR, file_row_number BIGINT, archive_ref VARCHAR,
    fetched_at TIMESTAMP, kept BOOLEAN);
CREATE TEMP TABLE before AS SELECT shard, maker, article_id FROM snapshot.work.pages WHERE kept;
DELETE FROM snapshot.work.pages p
WHERE NOT EXISTS (FROM all_shards s WHERE s.shard = p.shard AND s.maker = p.maker)"""
_NEW_PAGES = """
INSERT INTO snapshot.work.pages
SELECT shard, maker, article_id, file_row_number, archive_ref, fetched_at, NULL
FROM shard_articles JOIN all_shards USING (shard)"""
# Of an article in several shards the version fetched last is taken, then the one that came in first.
_CHOSEN = """
CREATE TEMP TABLE repeated_pages AS
SELECT shard, article_id, archive_ref, first_ref FROM (
    SELECT *, row_number() OVER same AS place, first(archive_ref) OVER same AS first_ref
    FROM snapshot.work.pages JOIN all_shards USING (shard, maker)
    WINDOW same AS (PARTITION BY article_id ORDER BY fetched_at DESC NULLS LAST, number)
) WHERE place > 1 ORDER BY number, file_row_number;
UPDATE snapshot.work.pages SET kept = true WHERE kept IS NOT true;
UPDATE snapshot.work.pages p SET kept = false FROM repeated_pages r
WHERE p.shard = r.shard AND p.article_id = r.article_id;
CREATE TEMP TABLE chosen AS SELECT shard, maker, article_id FROM snapshot.work.pages WHERE kept;
CREATE TEMP TABLE fresh_pages AS FROM chosen EXCEPT FROM before;
CREATE TEMP TABLE fresh AS SELECT article_id FROM fresh_pages;
CREATE TEMP TABLE gone AS SELECT article_id FROM (FROM before EXCEPT FROM chosen);
DROP TABLE before; DROP TABLE chosen"""


@contextmanager
def making(file: Path, base: Path | None = None) -> Iterator[Connection]:
    """A connection whose default database, ``snapshot``, is the new ``file``: empty, or a copy of ``base``.

    Has the SQL functions ``match_form`` and ``search_form``. What it spills stands beside ``file`` until the end.
    DatasetError where ``base`` holds what no snapshot of ours does: what a stranger's view reads is not taken over.
    """
    scratch = file.with_name(f"{file.name}-spilled")
    shutil.rmtree(scratch, ignore_errors=True)
    file.unlink(missing_ok=True)
    if base is not None:
        shutil.copyfile(base, file)
    try:
        with closing(duckdb.connect(config={**LIMITS, "temp_directory": str(scratch)})) as con:
            con.execute(f"ATTACH '{literal(file)}' AS snapshot (STORAGE_VERSION '{_STORAGE}')")
            con.execute("USE snapshot.main")
            # Each checkpoint writes the description of the whole file; nobody needs a log of one that is made anew.
            con.execute("SET wal_autocheckpoint = '128MB'")
            for name, function in _FUNCTIONS.items():
                con.create_function(name, function, ["VARCHAR"], "VARCHAR")
            try:
                if base is None:
                    _create_tables(con)
                else:
                    _check_base(con, base)
                yield con
            finally:
                # They would be told of as leaked when the process ends; after an error an answer may be half read.
                with suppress(duckdb.Error):
                    for name in _FUNCTIONS:
                        con.remove_function(name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


_FOREIGN = """
SELECT view_name FROM duckdb_views() WHERE database_name = 'snapshot' AND NOT internal
UNION ALL SELECT function_name FROM duckdb_functions() WHERE database_name = 'snapshot' AND NOT internal
UNION ALL SELECT table_name || '.' || column_name FROM duckdb_columns()
WHERE database_name = 'snapshot' AND column_default IS NOT NULL"""


def _check_base(con: Connection, base: Path) -> None:
    foreign = con.execute(_FOREIGN).fetchall()
    if foreign:
        raise DatasetError(f"{base}: {foreign[0][0]!r} is none of our tables")


def _create_tables(con: Connection) -> None:
    for table in TABLES.values():
        columns = ", ".join(
            f"{quoted(c.name)} {sql_type(c.type)}{'' if c.nullable else ' NOT NULL'}" for c in table.columns
        )
        con.execute(f"CREATE TABLE snapshot.main.{table.name} ({columns})")
        for column in table.columns:
            name = f"snapshot.main.{table.name}.{quoted(column.name)}"
            con.execute(f"COMMENT ON COLUMN {name} IS '{literal(column.meaning)}'")
        con.execute(f"COMMENT ON TABLE snapshot.main.{table.name} IS '{literal(table.meaning)}'")


# --- which rows -----------------------------------------------------------------------------------------------------


def choose(con: Connection, dataset: Path, shards: Sequence[Shard]) -> None:
    """Find what each shard holds, and of articles in several of them which one counts.

    Leaves the temp tables ``fresh_pages`` (shard, maker, article_id) and ``fresh`` (article_id), whose rows are to come
    in, ``gone`` (article_id), whose rows are to go (an article may be in both), and ``repeated_pages`` (shard,
    article_id, archive_ref, first_ref), which count nowhere.
    """
    numbered = {
        "shard": [shard.fingerprint for shard in shards],
        "maker": [shard.run_id for shard in shards],
        "number": list(range(len(shards))),
    }
    schema = pa.schema([("shard", pa.string()), ("maker", pa.string()), ("number", pa.int64())])
    con.register("numbered_shards", pa.table(numbered, schema=schema))
    con.execute("CREATE TEMP TABLE all_shards AS FROM numbered_shards")
    con.unregister("numbered_shards")
    con.execute(_PAGES)
    known = set(con.execute("SELECT DISTINCT shard FROM snapshot.work.pages").fetchall())
    unread = [shard for shard in shards if shard.counts["articles"] and (shard.fingerprint,) not in known]
    for some in _portions(unread):
        register_shards(con, dataset, some)
        con.execute(_NEW_PAGES)
    con.execute(_CHOSEN)


def take_out(con: Connection) -> None:
    """Take the rows of ``gone`` articles out of the file; they stand in the temp tables ``gone_<table>``."""
    for table in OF_ARTICLES:
        con.execute(
            f"CREATE TEMP TABLE gone_{table.name} AS SELECT * FROM {table.name} SEMI JOIN gone USING (article_id)"
        )
        con.execute(f"DELETE FROM {table.name} WHERE article_id IN (SELECT article_id FROM gone)")


def bring_in(con: Connection, dataset: Path, shards: Sequence[Shard], changes: Changes = UNCHANGED) -> None:
    """Add the rows of ``fresh`` articles from their shards, in intake order; derived columns are NULL in them."""
    wanted = dict(con.execute("SELECT shard, count(*) FROM fresh_pages GROUP BY shard").fetchall())
    for some in _portions([shard for shard in shards if shard.fingerprint in wanted]):
        register_shards(con, dataset, some, changes=changes)
        whole = all(wanted[shard.fingerprint] == shard.counts["articles"] for shard in some)
        only = "" if whole else "SEMI JOIN fresh_pages USING (shard, article_id)"
        for table in OF_ARTICLES:
            _insert(con, table, only)


def bring_in_rejects(con: Connection, dataset: Path, shards: Sequence[Shard]) -> None:
    """Fill ``rejects`` anew with what the shards have there."""
    con.execute(f"DELETE FROM {REJECTS.name}")
    for some in _portions([shard for shard in shards if shard.counts[REJECTS.name]]):
        register_shards(con, dataset, some)
        _insert(con, REJECTS)


def _insert(con: Connection, table: Table, only: str = "") -> None:
    columns = ", ".join(quoted(name) for name in table.in_shard.names)
    con.execute(
        f"INSERT INTO {table.name} BY NAME SELECT {columns} FROM shard_{table.name} {only} "
        "ORDER BY shard_number, file_row_number"
    )


def _portions(shards: Sequence[Shard]) -> Iterator[Sequence[Shard]]:
    return (shards[start : start + _SHARDS] for start in range(0, len(shards), _SHARDS))


def register_told(con: Connection) -> None:
    """Make the temp views ``told_<table>``: the rows of articles but for those that people say are wrong."""
    for table in OF_ARTICLES:
        wrong = "WHERE NOT list_contains(flags, 'wrong')" if table.is_facts else ""
        con.execute(f"CREATE TEMP VIEW told_{table.name} AS SELECT * FROM snapshot.main.{table.name} {wrong}")


# --- rows worked out ------------------------------------------------------------------------------------------------


@contextmanager
def spool(con: Connection, name: str, schema: pa.Schema) -> Iterator[Callable[[Iterable[dict[str, Any]]], None]]:
    """A function that takes rows while an answer of ``con`` is read; at the end they are the temp table ``name``."""
    folder = Path(str(con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.parquet"
    waiting: list[dict[str, Any]] = []
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:

        def add(rows: Iterable[dict[str, Any]]) -> None:
            waiting.extend(rows)
            if len(waiting) >= _SPOOLED:
                writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
                waiting.clear()

        yield add
        writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM '{literal(file)}'")
    file.unlink()


def streamed(con: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer, one after another; nothing else may be asked of ``con`` meanwhile."""
    answer = con.execute(sql)
    while batch := answer.fetchmany(_FETCHED):
        yield from batch


def update(con: Connection, table: Table, source: str) -> None:
    """Set the derived columns of ``table`` to those of the temp table ``source``, by the key, where they differ."""
    key = [column.name for column in table.columns[: table.key]]
    same = " AND ".join(f"t.{name} = s.{name}" for name in key)
    names = [column.name for column in table.joined_in]
    differs = " OR ".join(f"t.{name} IS DISTINCT FROM s.{name}" for name in names)
    assigned = ", ".join(f"{name} = s.{name}" for name in names)
    (n,) = con.execute(f"SELECT count(*) FROM {source}").fetchall()[0]
    for start in range(0, n, _SLICE):
        rows = f"(FROM {source} WHERE rowid >= {start} AND rowid < {start + _SLICE})"
        con.execute(f"UPDATE {table.name} t SET {assigned} FROM {rows} s WHERE {same} AND ({differs})")


def fill(con: Connection, table: Table, rows: pa.Table) -> None:
    """Make ``rows`` all that the table has."""
    con.register("filling", rows)
    con.execute(f"DELETE FROM {table.name}")
    con.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM filling")
    con.unregister("filling")


def literal(value: object) -> str:
    """For a SQL literal."""
    return str(value).replace("'", "''")
