"""Tables out of the snapshot into files for other programs, streamed: memory does not grow with the rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset import durable
from pipeline.dataset.cells import cell_text, spreadsheet_text
from pipeline.dataset.query import confined
from pipeline.dataset.relations import quoted
from pipeline.dataset.schema import TABLES, Column, Table
from pipeline.errors import DatasetError, UsageError

_BATCH = 5_000  # rows in memory at a time

# Names beside ids: for a column, the table it points to, that table's key, and what is shown of it under which name.
_POINTS_TO = {
    "org_id": ("organizations", "org_id", {"name": "org_name"}),
    "parent_org_id": ("organizations", "org_id", {"name": "parent_org_name"}),
    "successor_org_id": ("organizations", "org_id", {"name": "successor_org_name"}),
    "who_org_id": ("organizations", "org_id", {"name": "who_org_name"}),
    "person_id": ("persons", "person_id", {"name": "person_name"}),
    "source_id": ("sources", "source_id", {"name": "source_name"}),
    "article_id": (
        "articles",
        "article_id",
        {"title": "article_title", "url": "article_url", "published_date": "article_published_date"},
    ),
    "event_row_id": ("event_mentions", "row_id", {"type": "event_type", "evidence": "event_evidence"}),
    "best_row_id": ("event_mentions", "row_id", {"evidence": "best_evidence"}),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported under a name: the SQL that gives it and what is known of its columns."""

    name: str
    sql: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer on its way: its columns with their meaning (empty where none is known), and its rows in batches."""

    name: str
    columns: tuple[Column, ...]
    batches: Iterator[pa.RecordBatch]

    def lists(self) -> Iterator[list[object]]:
        """The rows as lists of Python values."""
        for batch in self.batches:
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield list(row)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: its table (or ``query``), its rows, and how many texts a cell could not hold whole."""

    path: Path
    name: str
    rows: int
    cut: int = 0


def selections(tables: Sequence[str], sql: str | None = None) -> list[Selection]:
    """What to export: the named tables (all, where none is named), or the answer to ``sql``.

    UsageError for a table that there is not.
    """
    if sql is not None:
        return [Selection("query", sql, ())]
    for name in tables:
        if name not in TABLES:
            raise UsageError(f"no table {name!r}; the tables are {', '.join(TABLES)}")
    return [_with_names(TABLES[name]) for name in dict.fromkeys(tables) or TABLES]


def plain(table: Table) -> Selection:
    """A table just as the schema has it."""
    columns = ", ".join(quoted(column.name) for column in table.columns)
    return Selection(table.name, f"SELECT {columns} FROM {table.name}", table.columns)


def _with_names(table: Table) -> Selection:
    columns: list[Column] = []
    shown, joins = [], []
    for number, column in enumerate(table.columns):
        columns.append(column)
        shown.append(f"t.{quoted(column.name)}")
        target = _POINTS_TO.get(column.name)
        if target is None or target[:2] == (table.name, column.name):
            continue
        other, key, names = target
        joins.append(f"LEFT JOIN {other} AS j{number} ON j{number}.{key} = t.{quoted(column.name)}")
        for source, name in names.items():
            (kind,) = (c.type for c in TABLES[other].columns if c.name == source)
            columns.append(Column(name, kind, f"{other}.{source} of {column.name}.", nullable=True))
            shown.append(f"j{number}.{source} AS {name}")
    return Selection(table.name, f"SELECT {', '.join(shown)} FROM {table.name} AS t {' '.join(joins)}", tuple(columns))


@contextmanager
def opened(dataset: Path, selection: Selection) -> Iterator[Rows]:
    """The selection's rows, read as they are asked for. QueryRefused for SQL that the snapshot does not answer."""
    with confined(dataset, selection.sql) as answer:
        reader = answer.to_arrow_reader(_BATCH)
        assert reader is not None  # so for statements that read, and no other comes here
        known = {column.name: column for column in selection.columns or _all_columns()}
        columns = (known.get(field.name, Column(field.name, field.type, "", True)) for field in reader.schema)
        yield Rows(selection.name, tuple(columns), iter(reader))


def _all_columns() -> list[Column]:
    """Of columns of one name in several tables the first comes last, and counts."""
    return [column for table in reversed(TABLES.values()) for column in table.columns]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` that takes its place once it is written whole."""
    beside = durable.temporary(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        durable.replace(beside, path)
    except OSError as error:
        raise DatasetError(f"{path}: can't be written ({error})") from error
    finally:
        with suppress(OSError):
            beside.unlink()


# --- formats --------------------------------------------------------------------------------------------------------


def write_csv(rows: Rows, path: Path, delimiter: str = ",", text: Callable[[object], str] = spreadsheet_text) -> int:
    """CSV that a spreadsheet opens right: UTF-8 with a mark, text that it would misread behind an apostrophe."""
    encoding = "utf-8-sig" if text is spreadsheet_text else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow([column.name for column in rows.columns])
        count = 0
        for row in rows.lists():
            writer.writerow([text(value) for value in row])
            count += 1
        return count


def write_parquet(rows: Rows, path: Path) -> int:
    """Parquet, zstd; each column's meaning is its field's metadata."""
    schema = pa.schema(
        pa.field(c.name, c.type, metadata={"description": c.meaning} if c.meaning else None) for c in rows.columns
    )
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in rows.batches:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
            count += batch.num_rows
    return count


def write_json(rows: Rows, path: Path) -> int:
    """One JSON list, an object a line; days and times as ISO 8601."""
    names = [column.name for column in rows.columns]
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for row in rows.lists():
            line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=cell_text)
            file.write(f"{',' if count else ''}\n{line}")
            count += 1
        file.write("\n]\n")
    return count


ONE_A_FILE: dict[str, Callable[[Rows, Path], int]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "json": write_json,
}
