"""What people's corrections make of the shards' rows, kept beside the shards, which never change.

``changed_<table>.parquet``: rows that stand in place of those of the same key. ``merged_organizations.parquet``: ids
that are another's. Both are in the folder of the derived tables, and only where there are any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset.schema import Table

MERGED_SCHEMA = pa.schema([("from_org_id", pa.string()), ("to_org_id", pa.string())])
# The column of a shard's table that names an organization.
ORGANIZATION_COLUMNS = {
    "organization_mentions": "org_id",
    "officials": "org_id",
    "figures": "who_org_id",
    "event_participants": "org_id",
}
MERGED = "merged_organizations"


@dataclass(frozen=True, slots=True)
class Changes:
    """``rows``: table → rows in place of those of the same key (``changed_schema``); ``merged``: MERGED_SCHEMA."""

    rows: Mapping[str, pa.Table] = field(default_factory=dict)
    merged: pa.Table = field(default_factory=lambda: pa.Table.from_batches([], MERGED_SCHEMA))

    @property
    def merged_into(self) -> dict[str, str]:
        """Organization → the one that it is."""
        return dict(zip(*(self.merged.column(name).to_pylist() for name in MERGED_SCHEMA.names), strict=True))

    @property
    def files(self) -> dict[str, pa.Table]:
        """Name → table of each file to write."""
        files = {f"changed_{table}": rows for table, rows in self.rows.items() if rows.num_rows}
        return {**files, MERGED: self.merged} if self.merged.num_rows else files


UNCHANGED = Changes()


def changed_schema(table: Table) -> pa.Schema:
    """The shard's columns and where the row stands: ``shard`` (fingerprint) and ``file_row_number``."""
    return table.in_shard.append(pa.field("shard", pa.string())).append(pa.field("file_row_number", pa.int64()))


def load_changes(derived: Path) -> Changes:
    """The changes that stand in the folder of the derived tables."""
    files = {file.stem.removeprefix("changed_"): pq.read_table(file) for file in derived.glob("changed_*.parquet")}
    merged = derived / f"{MERGED}.parquet"
    return Changes(files, pq.read_table(merged) if merged.is_file() else MERGED_SCHEMA.empty_table())


def changed(table: Table, sql: str, changes: Changes, *, wrong: bool) -> str:
    """``sql`` of a shard's table, with the changes made; ``wrong``: with the rows that people say are wrong.

    Reads the relations ``changed_<table>``, ``merged_organizations`` and ``shards``.
    """
    if table.name in changes.rows and changes.rows[table.name].num_rows:
        key = ", ".join(column.name for column in table.columns[: table.key])
        kept = "" if wrong or not table.is_facts else "WHERE NOT list_contains(flags, 'wrong')"
        sql = (
            f"SELECT * FROM ({sql}) ANTI JOIN changed_{table.name} USING ({key}) UNION ALL BY NAME "
            f"SELECT * FROM changed_{table.name} JOIN shards USING (shard) {kept}"
        )
    column = ORGANIZATION_COLUMNS.get(table.name)
    if column and changes.merged.num_rows:
        replaced = f"coalesce(to_org_id, {column}) AS {column}"
        if table.name == "organization_mentions":
            replaced += (
                ", CASE WHEN to_org_id IS NULL THEN link_method ELSE 'judged' END AS link_method"
                ", CASE WHEN to_org_id IS NULL THEN link_score END AS link_score"
            )
        sql = (
            f"SELECT * EXCLUDE (from_org_id, to_org_id) REPLACE ({replaced}) FROM ({sql}) "
            f"LEFT JOIN {MERGED} ON {column} = from_org_id"
        )
    return sql
