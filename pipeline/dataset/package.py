"""A research package: the tables as CSV and Parquet with what a stranger needs to cite and check them.

Described by ``datapackage.json`` (Data Package v2, https://datapackage.org/standard/data-package/); CSV as plain as
its readers expect it there: UTF-8, nothing put before a cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.dataset import durable
from pipeline.dataset.cells import cell_text
from pipeline.dataset.dictionary import render
from pipeline.dataset.export import Rows, Written, opened, plain, write_csv, write_parquet
from pipeline.dataset.manifest import Manifest, Run, committed
from pipeline.dataset.schema import TABLES, Column, Table
from pipeline.errors import DatasetError

_PROFILES = "https://datapackage.org/profiles/2.0"
_FIELD_TYPES = {
    pa.string(): "string", pa.int64(): "integer", pa.float64(): "number", pa.bool_(): "boolean", pa.date32(): "date",
}  # fmt: skip
# What a column points to, as a reference that the package's reader can check.
_REFERENCES = {
    "article_id": "articles", "org_id": "organizations", "who_org_id": "organizations", "person_id": "persons",
    "source_id": "sources", "run_id": "runs", "event_id": "events",
}  # fmt: skip
_KEYS = {table.name: table.columns[0].name for table in TABLES.values() if table.columns[0].meaning.startswith("Key")}


def write_package(dataset: Path, folder: Path) -> list[Written]:
    """Write the package of the dataset's last committed run into ``folder``, which must not hold anything yet."""
    manifest = committed(dataset)
    if folder.exists() and any(folder.iterdir()):
        raise DatasetError(f"{folder} is not empty; name a new folder for the package")
    written = []
    resources = []
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    formats: dict[str, Callable[[Rows, Path], int]] = {"csv": _plain_csv, "parquet": write_parquet}
    for table in TABLES.values():
        for suffix, write in formats.items():
            path = data / f"{table.name}.{suffix}"
            with opened(dataset, plain(table)) as rows:
                written.append(Written(path, table.name, write(rows, path)))
            resources.append(_resource(table, path, suffix))
    run = [run for run in manifest.runs if run.status == "finished"][-1]
    files = {
        "datapackage.json": _json(_descriptor(run, resources)),
        "run.json": _json({"runs": [asdict(run) for run in manifest.runs]}),
        "README.md": _readme(run, manifest),
        "CITATION.cff": _citation(run),
    }
    for name, content in files.items():
        durable.write(folder / name, content.encode())
    listed = [*(path.relative_to(folder) for path in sorted(data.iterdir())), *map(Path, sorted(files))]
    sums = "".join(f"{_sha256(folder / name)}  {name.as_posix()}\n" for name in listed)
    durable.write(folder / "SHA256SUMS", sums.encode())
    return written


def _plain_csv(rows: Rows, path: Path) -> int:
    return write_csv(rows, path, text=cell_text)


def _resource(table: Table, path: Path, suffix: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": table.name if suffix == "csv" else f"{table.name}-{suffix}",
        "title": table.name,
        "description": table.meaning,
        "path": f"data/{path.name}",
        "format": suffix,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_sha256(path)}",
    }
    if suffix == "csv":
        found |= {"type": "table", "mediatype": "text/csv", "encoding": "utf-8", "schema": _schema(table)}
    else:
        # No "table": its columns are the CSV's, and not every reader of packages reads Parquet.
        found |= {"type": "file", "mediatype": "application/vnd.apache.parquet"}
    return found


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if key := _KEYS.get(table.name):
        schema["primaryKey"] = [key]
    references = [
        {"fields": [column.name], "reference": {"resource": target, "fields": [_KEYS[target]]}}
        for column in table.columns
        if (target := _REFERENCES.get(column.name)) and target != table.name
    ]
    return schema | ({"foreignKeys": references} if references else {})


def _field(column: Column) -> dict[str, Any]:
    kind = column.type
    field: dict[str, Any] = {"name": column.name, "description": column.meaning}
    if pa.types.is_list(kind):
        field |= {"type": "array"}
    elif pa.types.is_timestamp(kind):
        field |= {"type": "datetime", "format": "any"}
    else:
        field |= {"type": _FIELD_TYPES[kind]}
    return field if column.nullable else field | {"constraints": {"required": True}}


def _descriptor(run: Run, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "congdoan-dataset",
        "id": f"congdoan:{run.run_id}",
        "title": "Vietnamese trade-union news as tables",
        "description": "Dates, organizations, officials, figures and events found in articles, each with its evidence.",
        "version": run.run_id,
        "created": f"{run.finished_at}+07:00",
        "homepage": "README.md",
        "keywords": ["Vietnam", "trade unions", "information extraction"],
        "contributors": [{"title": f"congdoan {run.version}", "roles": ["creator"]}],
        "resources": resources,
    }


def _readme(run: Run, manifest: Manifest) -> str:
    return f"""\
# Vietnamese trade-union news as tables

Made by congdoan {run.version}, run `{run.run_id}` of {run.finished_at} (local time, Asia/Ho_Chi_Minh), commit
{manifest.generation} of its dataset: {run.n_ok} articles, {run.n_rejected} inputs rejected. `run.json` tells of each
run with the sha256 of code and resources; `SHA256SUMS` lets you check the files (`sha256sum -c SHA256SUMS`).
To cite it see `CITATION.cff`: name the version, which is the run.

`data/*.csv` and `data/*.parquet` hold the same rows. Every fact points to the words it stands on
(`articles.text`, `start`, `end`) and carries its sentence: quote that, not the number alone.
The articles' texts belong to their publishers.

{render()}"""


def _citation(run: Run) -> str:
    return f"""\
cff-version: 1.2.0
message: "If you use these tables, please cite them with their version."
type: dataset
title: "Vietnamese trade-union news as tables"
version: "{run.run_id}"
date-released: {(run.finished_at or run.started_at)[:10]}
authors:
  - name: "The congdoan developers"
"""


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
