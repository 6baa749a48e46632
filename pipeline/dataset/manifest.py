"""``manifest.json``: the one file that says what the dataset holds. Replacing it is the commit.

Readers go through it, never through a ``*.parquet`` glob: a folder it doesn't name is a run's that was cut off, or a
former run's. Only the driver writes it, holding the dataset's lock.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.dataset import durable
from pipeline.dataset.schema import LAYOUT_VERSION
from pipeline.dataset.shards import Shard, is_plain_name
from pipeline.errors import DatasetError

NAME = "manifest.json"
_LOCK = ".lock"
_OURS = {NAME, _LOCK, "shards", "derived", "versions", "congdoan.duckdb", "report.html", "report.json"}
# What people say of the dataset stands in it, if it shall hold in every run.
_READ_ONLY = {"corrections.csv", "judgements.csv"}
_OURS |= _READ_ONLY


@dataclass(frozen=True, slots=True)
class Run:
    """A row of ``runs``; times are local, ISO 8601. ``status``: running, finished, interrupted."""

    run_id: str
    started_at: str
    version: str
    config_sha256: str
    engine: str
    status: str = "running"
    finished_at: str | None = None
    n_in: int | None = None
    n_ok: int | None = None
    n_rejected: int | None = None

    def __post_init__(self) -> None:
        """TypeError or ValueError for what ``runs`` could not hold: the file may be damaged, or a stranger's."""
        if not all(isinstance(text, str) for text in (self.run_id, self.version, self.config_sha256, self.engine)):
            raise TypeError("a run's id, version, config_sha256 and engine are text")
        if self.status not in ("running", "finished", "interrupted"):
            raise ValueError(f"{self.status!r} is no run's status")
        datetime.fromisoformat(self.started_at)
        datetime.fromisoformat(self.finished_at or self.started_at)
        if not all(n is None or isinstance(n, int) for n in (self.n_in, self.n_ok, self.n_rejected)):
            raise TypeError("a run's numbers are whole")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``generation`` counts the commits; 0 is a dataset whose first run has not ended. ``shards`` in intake order."""

    generation: int = 0
    runs: tuple[Run, ...] = ()
    shards: tuple[Shard, ...] = ()
    derived: str | None = None  # folder of the derived tables
    annotations: str = ""  # digest of the corrections and judgements applied in them
    extraction: str = ""  # what the shards were made by, and the derived tables: see pipeline.versions
    consolidation: str = ""

    def run(self, run_id: str) -> Run | None:
        return next((run for run in self.runs if run.run_id == run_id), None)

    def with_run(self, run: Run) -> Manifest:
        """The manifest with this run in place of the one of its id, or after the others."""
        if self.run(run.run_id) is None:
            return replace(self, runs=(*self.runs, run))
        return replace(self, runs=tuple(run if known.run_id == run.run_id else known for known in self.runs))


def load(dataset: Path) -> Manifest | None:
    """The manifest, None where there is none. DatasetError where it can't be read or is another layout's."""
    try:
        return read(dataset / NAME)
    except FileNotFoundError:
        return None


def read(path: Path) -> Manifest:
    """The manifest in this file. FileNotFoundError where there is none, DatasetError where it can't be used."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["layout_version"] != LAYOUT_VERSION:
            raise DatasetError(
                f"{path}: layout version {content['layout_version']}, this congdoan reads {LAYOUT_VERSION}; "
                "make the dataset anew in another folder"
            )
        if not isinstance(content["generation"], int) or not is_plain_name(content["derived"] or "none"):
            raise ValueError("generation or derived is none of ours")
        return Manifest(
            content["generation"],
            tuple(Run(**run) for run in content["runs"]),
            tuple(Shard(**shard) for shard in content["shards"]),
            content["derived"],
            *(content.get(name, "") for name in ("annotations", "extraction", "consolidation")),
        )
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(f"{path}: not a manifest ({error}); make the dataset anew in another folder") from error


def committed(dataset: Path) -> Manifest:
    """The manifest of a dataset that can be read; DatasetError where no run has ended yet."""
    manifest = load(dataset)
    if manifest is None:
        raise DatasetError(f"{dataset}: no dataset here; make one with: congdoan run INPUT --out {dataset}")
    if not manifest.generation:
        raise DatasetError(f"{dataset}: its first run has not ended; start the same run again to complete it")
    return manifest


def commit(dataset: Path, manifest: Manifest) -> None:
    """Replace the manifest, durably."""
    write(dataset / NAME, manifest)


def write(path: Path, manifest: Manifest) -> None:
    """Write a manifest to this file, durably."""
    content = {"layout_version": LAYOUT_VERSION, **asdict(manifest)}
    durable.write(path, json.dumps(content, ensure_ascii=False, indent=1).encode())


def _not_for_duckdb(dataset: Path) -> str | None:
    """What in the folder's path DuckDB takes for something else; it has no way to quote it."""
    path = str(dataset.absolute())
    if any("\udc80" <= character <= "\udcff" for character in path):
        return "it is not UTF-8"
    if str(dataset).startswith("~"):
        return "it begins with ~"
    return next((f"it has {character}" for character in ("?", "\\") if character in path.replace(os.sep, "/")), None)


@contextmanager
def locked(dataset: Path) -> Iterator[Manifest]:
    """The dataset's manifest, the folder made if need be, with nobody else writing.

    DatasetError where another run holds the lock, or the folder holds something else, or links to elsewhere: what is
    written and deleted in it would be so there.
    """
    if odd := _not_for_duckdb(dataset):
        raise DatasetError(f"{str(dataset)!r}: DuckDB opens no file below a folder of this name ({odd}); name another")
    if dataset.exists() and not dataset.is_dir():
        raise DatasetError(f"{dataset}: a file, not a folder; name a folder for the dataset")
    try:
        dataset.mkdir(parents=True, exist_ok=True)
        held = list(dataset.iterdir())
    except OSError as error:
        raise DatasetError(f"{dataset}: can't be made ({error.strerror}); name another folder") from error
    foreign = [path.name for path in held if path.name not in _OURS and durable.TEMPORARY not in path.name]
    if linked := [path.name for path in held if path.is_symlink() and path.name in _OURS - _READ_ONLY]:
        raise DatasetError(f"{dataset}: {min(linked)} is a link; put the whole folder where it is to be, and link that")
    if foreign and not (dataset / NAME).exists():
        raise DatasetError(f"{dataset}: no dataset, but it holds {min(foreign)!r}; name a new or empty folder")
    with durable.lock(dataset / _LOCK, str(dataset)):
        yield load(dataset) or Manifest()
