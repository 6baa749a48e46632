"""Commits: snapshot and derived tables are made beside the present ones, then one rename makes them the dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipeline.annotations import Annotations
from pipeline.dataset import durable, snapshot, versions
from pipeline.dataset import manifest as manifests
from pipeline.dataset.making import making
from pipeline.dataset.manifest import Manifest, Run
from pipeline.dataset.shards import Shard
from pipeline.errors import DatasetError
from pipeline.rows import HANOI, local_time
from pipeline.versions import consolidation_sha256, extraction_sha256

if TYPE_CHECKING:
    from pipeline.consolidate import Consolidated

# Share of articles that came or went since the snapshot was made from nothing, from which it is made so again.
_ANEW = 0.3


def commit(
    out: Path, former: Manifest, known: Manifest, run_id: str, shards: Sequence[Shard], said: Annotations
) -> None:
    """Snapshot and derived tables, then the manifest: one rename makes the run the dataset."""
    beside = durable.temporary(snapshot.snapshot_file(out))
    base = _base(out, former, shards, said)
    try:
        made = _make(out, beside, base, known, run_id, shards, said)
    except (DatasetError, duckdb.Error) as error:
        if base is None or isinstance(error, duckdb.InterruptException):
            raise
        # A snapshot can be damaged and still tell of what generation it is. It is only a copy.
        made = _make(out, beside, None, known, run_id, shards, said)
    durable.sync(beside)
    manifests.commit(out, made)
    snapshot.swap_in(out, beside)


def _make(
    out: Path, beside: Path, base: Path | None, known: Manifest, run_id: str, shards: Sequence[Shard], said: Annotations
) -> Manifest:
    # Slow to import, and who only extracts has no need of it.
    from pipeline.consolidate import consolidate

    generation = known.generation + 1
    derived = f"{generation:06d}-{run_id[:8]}"
    with making(beside, base) as con:
        done = consolidate(con, out, shards, run_id, derived, said)
        runs = _ended(known, run_id, shards, done)
        made = Manifest(
            generation, runs, tuple(shards), derived, said.digest, extraction_sha256(), consolidation_sha256()
        )
        snapshot.finish(con, made)
    return made


def _base(out: Path, former: Manifest, shards: Sequence[Shard], said: Annotations) -> Path | None:
    """The present snapshot, where the new one is to begin as its copy; None where it is to be made from nothing.

    Lines of people are held against everything, so with any nothing is taken over. And a file in which much was
    replaced is not as compact as a new one.
    """
    as_made = (former.annotations, former.consolidation) == (said.digest, consolidation_sha256())
    if said.corrections or said.judgements or not as_made or snapshot.generation(out) != former.generation:
        return None
    before, after = (
        {(one.fingerprint, one.run_id): one.counts["articles"] for one in some} for some in (former.shards, shards)
    )
    differing = before.keys() ^ after.keys()
    changed = sum({**before, **after}[key] for key in differing) + (snapshot.added(out) or 0)
    return snapshot.snapshot_file(out) if changed < _ANEW * sum(after.values()) else None


def _ended(known: Manifest, run_id: str, shards: Sequence[Shard], done: Consolidated) -> tuple[Run, ...]:
    """The manifest's runs once this one is finished."""
    n_articles, n_rejects = (sum(shard.counts[table] for shard in shards) for table in ("articles", "rejects"))
    begun = known.run(run_id)
    assert begun is not None
    finished = replace(
        begun,
        status="finished",
        finished_at=now(),
        n_in=n_articles + n_rejects,
        n_ok=n_articles - done.n_repeated,
        n_rejected=n_rejects + done.n_repeated + len(done.problems),
    )
    needed = {shard.run_id for shard in shards}
    return tuple(run for run in known.with_run(finished).runs if run.status == "finished" or run.run_id in needed)


def repair(out: Path, known: Manifest) -> None:
    """Nothing is to do but what a run cut off since then left: files, a note of it, the snapshot not swapped in."""
    versions.clean(out)
    if any(run.status == "running" for run in known.runs):
        manifests.commit(out, replace(known, runs=tuple(run for run in known.runs if run.status != "running")))
    if snapshot.generation(out) != known.generation:
        beside = snapshot.build(out, known)
        snapshot.swap_in(out, beside)


def now() -> str:
    """Local time of Hanoi, ISO 8601."""
    return local_time(datetime.now(HANOI)).isoformat(timespec="microseconds")
