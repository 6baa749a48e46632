"""The DuckDB file beside the shards: rebuilt whole from them, swapped in at once, so that readers never wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipeline.dataset import durable, search_index
from pipeline.dataset.changes import load_changes
from pipeline.dataset.dictionary import sql_type
from pipeline.dataset.manifest import Manifest, committed
from pipeline.dataset.relations import Connection, quoted, register_shards, register_tables
from pipeline.dataset.schema import REJECTS, TABLES, Table
from pipeline.errors import DatasetError

NAME = "congdoan.duckdb"
# Readable by every DuckDB since 1.2; without it the file is for this version and later.
_STORAGE = "v1.2.0"


def snapshot_file(dataset: Path) -> Path:
    """Where the one-file DuckDB copy of the dataset stands."""
    return dataset / NAME


def derived_folder(dataset: Path, manifest: Manifest) -> Path:
    """Where the tables stand that the manifest's consolidation made over all shards."""
    return dataset / "derived" / (manifest.derived or "")


def open_tables(dataset: Path, manifest: Manifest | None = None) -> Connection:
    """A connection in memory with a view of each table, read from the Parquet files that the manifest names."""
    manifest = manifest or committed(dataset)
    derived = derived_folder(dataset, manifest)
    con = duckdb.connect()
    con.execute(f"CREATE TEMP TABLE known AS SELECT * FROM '{_text(derived / 'repeated.parquet')}'")
    known = con.sql("SELECT shard, article_id FROM known").to_arrow_table()
    register_shards(con, dataset, manifest.shards, known, load_changes(derived))
    register_tables(con, derived, manifest.runs)
    return con


def build(dataset: Path, manifest: Manifest) -> tuple[Path, dict[str, int]]:
    """Write the snapshot of ``manifest`` beside the present one; its file, synced, and the rows of each table."""
    beside = durable.temporary(snapshot_file(dataset))
    beside.unlink(missing_ok=True)
    with open_tables(dataset, manifest) as con:
        con.execute(f"ATTACH '{_text(beside)}' AS snapshot (STORAGE_VERSION '{_STORAGE}')")
        counts = {}
        con.execute("BEGIN")
        for table in TABLES.values():
            con.execute(_create(table))
            con.execute(f"INSERT INTO snapshot.main.{table.name} BY NAME SELECT * FROM temp.main.{table.name}")
            for column in table.columns:
                name = f"snapshot.main.{table.name}.{quoted(column.name)}"
                con.execute(f"COMMENT ON COLUMN {name} IS '{_text(column.meaning)}'")
            con.execute(f"COMMENT ON TABLE snapshot.main.{table.name} IS '{_text(table.meaning)}'")
            counts[table.name] = _count(con, f"snapshot.main.{table.name}")
        con.execute("CREATE SCHEMA snapshot.meta")
        con.execute(f"CREATE TABLE snapshot.meta.snapshot AS SELECT {manifest.generation} AS generation")
        con.execute("COMMIT")
        # Rows have their numbers once they are committed.
        search_index.write(con)
        con.execute("CHECKPOINT snapshot")
        con.execute("DETACH snapshot")
    durable.sync(beside)
    return beside, counts


def swap_in(dataset: Path, beside: Path) -> None:
    """Put the snapshot that ``build`` wrote in the present one's place; who reads that one goes on reading it."""
    durable.replace(beside, snapshot_file(dataset))


def open_snapshot(dataset: Path, **config: str | bool | int | float | list[str]) -> Connection:
    """The snapshot, read-only; DatasetError where there is none."""
    file = snapshot_file(dataset)
    if not file.is_file():
        committed(dataset)
        raise DatasetError(f"{file}: no snapshot; start the last run again, it makes one from the shards")
    try:
        return duckdb.connect(str(file), read_only=True, config=config)
    except duckdb.Error as error:
        raise DatasetError(f"{file}: can't be opened ({str(error).splitlines()[0]})") from error


def rows_of(con: Connection, sql: str) -> list[dict[str, Any]]:
    """The answer to one of our own statements, whole."""
    found: list[dict[str, Any]] = con.sql(sql).to_arrow_table().to_pylist()
    return found


def generation(dataset: Path) -> int | None:
    """Of which generation the snapshot is; None where there is none that can be read."""
    try:
        with open_snapshot(dataset) as con:
            found = con.execute("SELECT generation FROM meta.snapshot").fetchone()
            return int(found[0]) if found else None
    except (DatasetError, duckdb.Error):
        return None


def counts(dataset: Path) -> dict[str, int]:
    """Rows of each table of the snapshot."""
    with open_snapshot(dataset) as con:
        return {name: _count(con, name) for name in TABLES}


def first_rejects(dataset: Path, limit: int) -> list[tuple[str, str, str]]:
    """(input_ref, error, message) of the first rejects, for messages."""
    with open_snapshot(dataset) as con:
        found: list[tuple[str, str, str]] = con.execute(
            f"SELECT input_ref, error, message FROM {REJECTS.name} LIMIT {int(limit)}"
        ).fetchall()
        return found


def _create(table: Table) -> str:
    columns = ", ".join(
        f"{quoted(c.name)} {sql_type(c.type)}{'' if c.nullable else ' NOT NULL'}" for c in table.columns
    )
    return f"CREATE TABLE snapshot.main.{table.name} ({columns})"


def _count(con: Connection, table: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0


def _text(value: object) -> str:
    """For a SQL literal."""
    return str(value).replace("'", "''")
