"""One shard: a folder of Parquet files, one a table, that never changes once it has its name.

``shards/<fingerprint>/<table>.parquet`` and ``shard.json`` with the row counts and file sizes. The fingerprint is of
the input, the code and its resources, so equal names have equal content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset import durable
from pipeline.dataset.schema import SHARD_TABLES
from pipeline.errors import DatasetError

Row = dict[str, Any]
_SUMMARY = "shard.json"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Shard:
    """What the manifest says of a shard. ``bytes`` are its files' sizes: a truncated file shows without being read.

    ValueError for names that lead elsewhere than to its folder below ``shards``: a dataset may be a stranger's.
    """

    fingerprint: str
    run_id: str
    counts: dict[str, int]
    bytes: dict[str, int]

    def __post_init__(self) -> None:
        for name in (self.fingerprint, *self.counts, *self.bytes):
            if not is_plain_name(name):
                raise ValueError(f"{name!r} is the name of no shard or table")
        if not all(isinstance(n, int) for n in (*self.counts.values(), *self.bytes.values())):
            raise TypeError("a shard's counts and sizes are whole numbers")


def is_plain_name(name: object) -> bool:
    """Whether it is the name of a folder or file of ours: letters, digits, hyphens; no way up or elsewhere."""
    return isinstance(name, str) and _PLAIN_NAME.fullmatch(name) is not None


def shard_folder(dataset: Path, fingerprint: str) -> Path:
    """Where the Parquet files of the shard of this fingerprint (hex) stand."""
    return dataset / "shards" / fingerprint


def write_tables(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    """One zstd Parquet file a table."""
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=3)


def write_shard(dataset: Path, fingerprint: str, run_id: str, rows: Mapping[str, list[Row]]) -> Shard:
    """Write the shard's tables durably. DatasetError for a row whose surface is not what stands in the text."""
    check_surfaces(rows)
    tables = {table.name: _arrow(rows.get(table.name, []), table.in_shard, table.name) for table in SHARD_TABLES}
    with durable.folder(shard_folder(dataset, fingerprint)) as folder:
        write_tables(folder, tables)
        shard = Shard(
            fingerprint,
            run_id,
            {name: table.num_rows for name, table in tables.items()},
            {name: (folder / f"{name}.parquet").stat().st_size for name in tables},
        )
        (folder / _SUMMARY).write_text(json.dumps(asdict(shard), indent=1), encoding="utf-8")
    return shard


def shard_content(dataset: Path, fingerprint: str) -> dict[str, bytes]:
    """File name → bytes of a shard that was just written, to be sent to who writes the dataset."""
    return {file.name: file.read_bytes() for file in sorted(shard_folder(dataset, fingerprint).iterdir())}


def write_content(dataset: Path, shard: Shard, content: Mapping[str, bytes]) -> None:
    """Write the files of a shard that another host made, durably."""
    with durable.folder(shard_folder(dataset, shard.fingerprint)) as folder:
        for name, raw in content.items():
            (folder / name).write_bytes(raw)


def _arrow(rows: list[Row], schema: pa.Schema, name: str) -> pa.Table:
    try:
        table = pa.Table.from_pylist(rows, schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise DatasetError(f"table {name}: a row does not fit the schema ({error})") from error
    for field in schema:
        if not field.nullable and table.column(field.name).null_count:
            raise DatasetError(f"table {name}: column {field.name} is NULL in a row, and the schema says it never is")
    return table


def check_surfaces(rows: Mapping[str, list[Row]]) -> None:
    """``text[start:end] == surface`` for every fact; DatasetError names the first that breaks it."""
    texts = {row["article_id"]: row["text"] for row in rows.get("articles", ())}
    for table in SHARD_TABLES:
        if not table.is_facts:
            continue
        for row in rows.get(table.name, ()):
            stands = texts[row["article_id"]][row["start"] : row["end"]]
            if stands != row["surface"] or not stands:
                raise DatasetError(
                    f"table {table.name}, article {row['article_id']}, rule {row['rule']}: "
                    f"text[{row['start']}:{row['end']}] is {stands!r}, the row's surface is {row['surface']!r}"
                )


def read_shard(dataset: Path, fingerprint: str) -> Shard | None:
    """The shard of this fingerprint if it is there and whole."""
    try:
        shard = Shard(**json.loads((shard_folder(dataset, fingerprint) / _SUMMARY).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return shard if shard.fingerprint == fingerprint and is_whole(dataset, shard) else None


def is_whole(dataset: Path, shard: Shard) -> bool:
    """Whether its files are there with the sizes they were written with."""
    folder = shard_folder(dataset, shard.fingerprint)
    return all(_size(folder / f"{table.name}.parquet") == shard.bytes.get(table.name) for table in SHARD_TABLES)


def _size(file: Path) -> int | None:
    return file.stat().st_size if file.is_file() else None


def clean(dataset: Path, keep: Iterable[str], derived: Iterable[str]) -> tuple[int, int]:
    """Delete all but these shards (fingerprints) and derived folders (names): what is left of killed and former runs.

    Returns how many folders and files that were, and their bytes.
    """
    kept = {shard_folder(dataset, fingerprint) for fingerprint in keep}
    kept |= {dataset / "derived" / name for name in derived}
    n = n_bytes = 0
    for parent in (dataset / "shards", dataset / "derived"):
        for path in parent.iterdir() if parent.is_dir() else ():
            if path not in kept:
                n, n_bytes = n + 1, n_bytes + durable.remove(path)
    for parent in (dataset, dataset / "versions"):
        for path in parent.glob(f"{durable.TEMPORARY}*"):
            n, n_bytes = n + 1, n_bytes + durable.remove(path)
    return n, n_bytes
