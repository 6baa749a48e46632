"""The DuckDB file beside the shards: made from them and swapped in at once, so that readers never wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipeline.dataset import durable, search_index
from pipeline.dataset.changes import load_changes
from pipeline.dataset.making import LIMITS, choose, literal, making
from pipeline.dataset.manifest import Manifest, committed
from pipeline.dataset.relations import Connection, register_shards, register_tables, run_rows, typed_runs
from pipeline.dataset.schema import REJECTS, RUNS, TABLES
from pipeline.errors import DatasetError

NAME = "congdoan.duckdb"
_BATCH = 5_000  # rows


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
    con = duckdb.connect(config=LIMITS)
    con.execute(f"CREATE TEMP TABLE known AS SELECT * FROM '{literal(derived / 'repeated.parquet')}'")
    known = con.sql("SELECT shard, article_id FROM known").to_arrow_table()
    register_shards(con, dataset, manifest.shards, known, load_changes(derived))
    register_tables(con, derived, manifest.runs)
    return con


def build(dataset: Path, manifest: Manifest) -> Path:
    """Write the snapshot of ``manifest`` beside the present one, from the Parquet files alone; its file, synced."""
    beside = durable.temporary(snapshot_file(dataset))
    with making(beside) as con, open_tables(dataset, manifest) as source:
        choose(con, dataset, manifest.shards)
        for table in TABLES.values():
            if table is not RUNS:
                reader = source.sql(f"SELECT * FROM temp.main.{table.name}").to_arrow_reader(_BATCH)
                con.register("arriving", reader)
                con.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM arriving")
                con.unregister("arriving")
        finish(con, manifest)
    durable.sync(beside)
    return beside


def finish(con: Connection, manifest: Manifest) -> None:
    """Complete the snapshot on ``con`` (pipeline.dataset.making) as that of ``manifest``, and let go of its file."""
    con.register("run_rows", run_rows(manifest.runs))
    con.execute(f"DELETE FROM {RUNS.name}")
    con.execute(f"INSERT INTO {RUNS.name} BY NAME {typed_runs()}")
    changed = con.execute("SELECT (SELECT count(*) FROM fresh) + (SELECT count(*) FROM gone)").fetchall()[0][0]
    con.execute("CREATE SCHEMA IF NOT EXISTS snapshot.meta")
    con.execute("CREATE TABLE IF NOT EXISTS snapshot.meta.snapshot (generation BIGINT, added BIGINT)")
    former = con.execute("SELECT coalesce(max(added), 0) + $n FROM snapshot.meta.snapshot", {"n": changed}).fetchall()
    added = former[0][0] if con.execute("FROM snapshot.meta.snapshot").fetchall() else 0
    con.execute("DELETE FROM snapshot.meta.snapshot")
    con.execute(
        "INSERT INTO snapshot.meta.snapshot VALUES ($generation, $added)",
        {"generation": manifest.generation, "added": added},
    )
    # What was deleted is gone only after it, and what is left has its row numbers.
    con.execute("CHECKPOINT snapshot")
    search_index.write(con)
    con.execute("CHECKPOINT snapshot")
    con.execute("USE memory")
    con.execute("DETACH snapshot")


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
    return _meta(dataset, "generation")


def added(dataset: Path) -> int | None:
    """How many articles came into the snapshot or went since it was made from nothing; None as for ``generation``."""
    return _meta(dataset, "added")


def _meta(dataset: Path, column: str) -> int | None:
    try:
        with open_snapshot(dataset) as con:
            found = con.execute(f"SELECT {column} FROM meta.snapshot").fetchone()
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


def _count(con: Connection, table: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
