"""Former versions of a dataset: what a run replaced stays readable, and can be made the dataset again.

``versions/<generation>.json`` is the manifest of a generation that a later commit replaced; its shards and derived
tables stay where they are until it is one of more than ``keep``. A shard that two versions have is there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset import durable, snapshot
from pipeline.dataset import manifest as manifests
from pipeline.dataset import shards as store
from pipeline.dataset.manifest import Manifest, Run
from pipeline.dataset.schema import DERIVED_TABLES
from pipeline.errors import DatasetError, UsageError

KEEP = 3  # the present version is one of them
_FOLDER = "versions"
# What DuckDB raises on a full disk: at a write, at a commit, at whatever comes after a checkpoint that failed.
_OF_THE_SYSTEM = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException)


@dataclass(frozen=True, slots=True)
class Collected:
    """What ``gc`` deleted: folders and files, and their bytes."""

    n: int
    n_bytes: int


def kept(dataset: Path) -> tuple[Manifest, ...]:
    """The versions that can be gone back to, oldest first; the last one is the dataset as it is.

    A version's file that can't be read is none. Empty where no run has ended yet.
    """
    now = manifests.load(dataset)
    if now is None or not now.generation:
        return ()
    found = (_read(file) for file in sorted((dataset / _FOLDER).glob("*.json")))
    return (*(version for version in found if version and version.generation < now.generation), now)


def remember(dataset: Path, manifest: Manifest) -> None:
    """Keep this version's manifest, before another one takes its place; the dataset's lock is held."""
    file = dataset / _FOLDER / f"{manifest.generation:06d}.json"
    if manifest.generation and _read(file) is None:
        needed = {shard.run_id for shard in manifest.shards}
        runs = tuple(run for run in manifest.runs if run.status == "finished" or run.run_id in needed)
        file.parent.mkdir(exist_ok=True)
        manifests.write(file, replace(manifest, runs=runs))


def forget(dataset: Path, keep: int) -> None:
    """Let go of all but the last ``keep`` versions; ``clean`` deletes what is theirs alone."""
    known = kept(dataset)
    numbers = {version.generation for version in known[:-1][-(keep - 1) :]} if keep > 1 else set()
    for file in (dataset / _FOLDER).glob("*.json"):
        if file.stem not in {f"{number:06d}" for number in numbers}:
            file.unlink(missing_ok=True)


def clean(dataset: Path, also: Iterable[str] = ()) -> Collected:
    """Delete what no version names, but for the shards ``also`` (fingerprints); the dataset's lock is held."""
    known = kept(dataset)
    # Also of a dataset whose first run has not ended: its shards are found again by their names in the plan.
    prints = {shard.fingerprint for version in known for shard in version.shards} | set(also)
    return Collected(*store.clean(dataset, prints, {version.derived for version in known if version.derived}))


def runs_of(dataset: Path) -> dict[str, Run]:
    """The runs that any version knows, by id: who made a shard that stands there from another version."""
    return {run.run_id: run for version in kept(dataset) for run in version.runs}


@contextmanager
def writing(dataset: Path) -> Iterator[None]:
    """Tell what the system has against writing here (a full disk, a read-only folder) as a DatasetError.

    What was half written goes, to leave room. The dataset's lock is held.
    """
    try:
        yield
    except (OSError, *_OF_THE_SYSTEM) as error:
        for path in dataset.glob(f"{durable.TEMPORARY}*"):
            with suppress(OSError):
                durable.remove(path)
        brief = str(error).splitlines()[0]
        raise DatasetError(
            f"{dataset}: can't be written ({brief}); what was committed before is still there"
        ) from error
    except (duckdb.Error, pa.ArrowException) as error:
        brief = str(error).splitlines()[0]
        raise DatasetError(
            f"{dataset}: a file of it can't be used ({brief}); `congdoan dataset check` looks which are damaged"
        ) from error


def rollback(dataset: Path, generation: int | None = None) -> Manifest:
    """Make a former version (None: the one before this) the dataset again, as a new generation with its content.

    One commit of the manifest; the snapshot is built before and swapped in after. What was the dataset becomes a former
    version. UsageError for a version that is not kept, DatasetError for one with damaged files.
    """
    manifests.committed(dataset)
    with manifests.locked(dataset) as now, writing(dataset):
        known = kept(dataset)
        former = {version.generation: version for version in known[:-1]}
        if generation is None:
            generation = max(former, default=0)
        if generation not in former:
            there = ", ".join(map(str, former)) or "none"
            raise UsageError(f"{dataset}: version {generation} is not kept; to go back to there is: {there}")
        wanted = former[generation]
        if damage := _damage(dataset, wanted):
            raise DatasetError(f"{dataset}: version {generation} is damaged ({damage[0]}); choose another one")
        again = replace(wanted, generation=now.generation + 1)
        adopt(dataset, now, again)
        return again


def adopt(dataset: Path, now: Manifest, version: Manifest) -> None:
    """Make a version, whose files are all there, the dataset; the dataset's lock is held."""
    remember(dataset, now)
    beside = snapshot.build(dataset, version)
    manifests.commit(dataset, version)
    snapshot.swap_in(dataset, beside)


def renew_snapshot(dataset: Path, now: Manifest) -> None:
    """Build a snapshot anew that is damaged, or not the manifest's because something was killed in between."""
    if snapshot.generation(dataset) != now.generation or _unreadable(dataset):
        beside = snapshot.build(dataset, now)
        snapshot.swap_in(dataset, beside)


def gc(dataset: Path, keep: int = KEEP) -> Collected:
    """Let go of all but the last ``keep`` versions and delete what no version names.

    A snapshot that is not the manifest's, because something was killed in between, is built anew.
    """
    manifests.committed(dataset)
    with manifests.locked(dataset) as now, writing(dataset):
        forget(dataset, keep)
        collected = clean(dataset)
        renew_snapshot(dataset, now)
        return collected


def check(dataset: Path) -> list[str]:
    """What is wrong with the dataset: each version's files against its manifest, and the snapshot against it."""
    known = kept(dataset) or (manifests.committed(dataset),)
    problems = [f"version {version.generation}: {text}" for version in known for text in _damage(dataset, version)]
    readable = {f"{version.generation:06d}" for version in known}
    problems += [
        f"{file.relative_to(dataset)}: can't be read, so this version can't be gone back to"
        for file in sorted((dataset / _FOLDER).glob("*.json"))
        if file.stem not in readable and _read(file) is None
    ]
    found = snapshot.generation(dataset)
    if found != known[-1].generation:
        problems.append(
            f"{snapshot.NAME}: {'not there or not readable' if found is None else f'of version {found}'}, "
            f"the dataset is of {known[-1].generation}; `congdoan dataset gc` builds it anew"
        )
    elif damage := _unreadable(dataset):
        problems.append(f"{snapshot.NAME}: damaged ({damage}); `congdoan dataset gc` builds it anew")
    return problems


def size(version: Manifest, but: Sequence[Manifest] = ()) -> int:
    """Bytes of the version's shards that none of the versions ``but`` has too."""
    others = {shard.fingerprint for other in but for shard in other.shards}
    return sum(sum(shard.bytes.values()) for shard in version.shards if shard.fingerprint not in others)


def _read(file: Path) -> Manifest | None:
    try:
        return manifests.read(file)
    except (FileNotFoundError, DatasetError):
        return None


def derived_damage(dataset: Path, version: Manifest) -> list[str]:
    """What is wrong with the files of the version's derived tables."""
    folder = snapshot.derived_folder(dataset, version)
    names = [table.name for table in DERIVED_TABLES] + ["repeated", "rejects"]
    return [text for name in names if (text := _unread(folder / f"{name}.parquet", None, dataset))]


def _damage(dataset: Path, version: Manifest) -> list[str]:
    expected = [
        (store.shard_folder(dataset, shard.fingerprint) / f"{table}.parquet", n)
        for shard in version.shards
        for table, n in shard.counts.items()
    ]
    found = [
        f"shard {shard.fingerprint}: a file is missing or has another size; the run of this input makes it anew"
        for shard in version.shards
        if not store.is_whole(dataset, shard)
    ]
    if not found:
        found = derived_damage(dataset, version)
        found += [text for file, n in expected if (text := _unread(file, n, dataset))]
    return found


def _unreadable(dataset: Path) -> str | None:
    """What keeps the snapshot from being read whole; None where nothing does."""
    try:
        with snapshot.open_snapshot(dataset) as con:
            named = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal")
            for (name,) in named.fetchall():
                # Its blocks' checksums are looked at when they are read.
                con.table(name).aggregate("max(hash(COLUMNS(*)))").fetchall()
    except (DatasetError, duckdb.Error) as error:
        return str(error).splitlines()[0]
    return None


def _unread(file: Path, n_rows: int | None, dataset: Path) -> str | None:
    try:
        rows = pq.read_metadata(file).num_rows
    except (OSError, pa.ArrowException) as error:
        return f"{file.relative_to(dataset)}: can't be read ({str(error).splitlines()[0]})"
    return None if n_rows in (None, rows) else f"{file.relative_to(dataset)}: {rows} rows, {n_rows} were written"
