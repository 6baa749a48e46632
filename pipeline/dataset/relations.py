"""The dataset's tables as DuckDB views over its Parquet files: what the snapshot is filled from.

``shard_<table>`` is a shard table as the shards have it, without articles that an earlier shard already has;
``<table>`` is the table as the schema has it, with the derived columns joined in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.dataset.changes import MERGED, UNCHANGED, Changes, changed
from pipeline.dataset.manifest import Run
from pipeline.dataset.schema import (
    DERIVED_TABLES,
    REJECTS,
    REPEATED_SCHEMA,
    RUNS,
    SHARD_TABLES,
    Table,
    joined_schema,
)
from pipeline.dataset.shards import Shard, shard_folder

Connection = duckdb.DuckDBPyConnection


def quoted(name: str) -> str:
    """``end`` is a word of SQL."""
    return f'"{name}"'


def _files(paths: Sequence[Path]) -> str:
    names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{names}], filename = true, file_row_number = true, hive_partitioning = false)"


def _view(con: Connection, name: str, sql: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")


def register_shards(
    con: Connection,
    dataset: Path,
    shards: Sequence[Shard],
    repeated: pa.Table | None = None,
    changes: Changes = UNCHANGED,
    *,
    wrong: bool = True,
) -> None:
    """Make the views ``shard_<table>``. ``shard`` is the fingerprint, (shard_number, file_row_number) intake order.

    The rows are those that ``changes`` makes of them; not ``wrong``: without those that people say are wrong.
    """
    for name, rows in {**{f"changed_{k}": v for k, v in changes.rows.items()}, MERGED: changes.merged}.items():
        con.register(name, rows)
    numbers = {"shard": [s.fingerprint for s in shards], "shard_number": list(range(len(shards)))}
    con.register("shards", pa.table(numbers, schema=pa.schema([("shard", pa.string()), ("shard_number", pa.int64())])))
    con.register("repeated", repeated if repeated is not None else REPEATED_SCHEMA.empty_table())
    for table in SHARD_TABLES:
        name = f"shard_{table.name}"
        if not shards:
            empty = table.in_shard
            for extra in ("shard_number", "file_row_number"):
                empty = empty.append(pa.field(extra, pa.int64()))
            con.register(name, empty.append(pa.field("shard", pa.string())).empty_table())
            continue
        paths = [shard_folder(dataset, shard.fingerprint) / f"{table.name}.parquet" for shard in shards]
        unrepeated = "ANTI JOIN repeated USING (shard, article_id)" if table is not REJECTS else ""
        stored = (
            "SELECT * FROM (SELECT * EXCLUDE (filename), parse_path(filename)[-2] AS shard "
            f"FROM {_files(paths)}) JOIN shards USING (shard) {unrepeated}"
        )
        _view(con, name, changed(table, stored, changes, wrong=wrong))


def register_tables(con: Connection, derived: Path, runs: Sequence[Run]) -> None:
    """Make a view of each table of the schema; ``register_shards`` comes first."""
    for table in DERIVED_TABLES:
        _view(con, table.name, f"SELECT {_columns(table)} FROM {_files([derived / f'{table.name}.parquet'])}")
    for table in SHARD_TABLES:
        if table.stored == "shard":
            _view(con, table.name, _joined(table, derived))
    rejects = _files([derived / "rejects.parquet"])
    columns = _columns(REJECTS)
    _view(con, "rejects", f"({_joined(REJECTS, derived)}) UNION ALL SELECT {columns} FROM {rejects}")
    con.register("run_rows", run_rows(runs))
    _view(con, "runs", typed_runs())


def _columns(table: Table) -> str:
    return ", ".join(quoted(column.name) for column in table.columns)


def _joined(table: Table, derived: Path) -> str:
    joined = ""
    if table.joined_in:
        names = ", ".join(joined_schema(table).names)
        found = _files([derived / f"{table.name}_derived.parquet"])
        key = ", ".join(column.name for column in table.columns[: table.key])
        joined = f"LEFT JOIN (SELECT {names} FROM {found}) USING ({key})"
    # Intake order, which a join need not keep.
    order = "ORDER BY shard_number, file_row_number"
    return f"SELECT {_columns(table)} FROM shard_{table.name} {joined} {order}"


def typed_runs() -> str:
    """SELECT of the table ``runs`` from the relation ``run_rows``."""
    casts = ", ".join(f"CAST({c.name} AS TIMESTAMP) AS {c.name}" for c in RUNS.columns if c.name.endswith("_at"))
    return f"SELECT {_columns(RUNS)} FROM (SELECT * REPLACE ({casts}) FROM run_rows)"


def run_rows(runs: Sequence[Run]) -> pa.Table:
    """The manifest's runs, times as text."""
    fields = [pa.field(c.name, pa.string() if pa.types.is_timestamp(c.type) else c.type) for c in RUNS.columns]
    rows = [{c.name: getattr(run, c.name) for c in RUNS.columns} for run in runs]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
