"""Runs: which shards are to do, who does them, and the commit.

Local processes do the work (pipeline.workers), or a Dask cluster's (pipeline.cluster).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipeline import commits, report
from pipeline import inputs as intake
from pipeline.annotations import Annotations, read_annotations
from pipeline.dataset import manifest as manifests
from pipeline.dataset import shards as store
from pipeline.dataset import snapshot, versions
from pipeline.dataset.manifest import Manifest, Run
from pipeline.dataset.shards import Shard
from pipeline.errors import DatasetError, InputError
from pipeline.rows import digest
from pipeline.run import Batch, Entry, ShardSpec, extract_batch, language, probe, run_shard, shard_away
from pipeline.versions import config_sha256, consolidation_sha256, extraction_sha256, package_version
from pipeline.workers import Work, cores, in_order

Progress = Callable[[int, int | None], None]
Notice = Callable[[str], None]

# Below it, starting processes takes longer than the work.
_FEW = 100
_BATCH = 20
_SHOWN_REJECTS = 20
_CHANGED = (
    "what extracts (code, gazetteers, lexicons, weights or a library) is not what made this dataset, with congdoan "
    "{version}: all {n:,} articles are extracted anew"
)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is split: over how many processes, and into shards of how many articles."""

    # None: one a core, a small input in this process. 1: in this process, where a page that kills it ends the run.
    workers: int | None = None
    shard_size: int = 200  # articles a shard, at most
    terms: bool = False  # count words too (table terms), which takes longer than all the rest
    # What people say of the facts, beside the files of the dataset's own folder (pipeline.annotations).
    corrections: tuple[Path, ...] = ()
    judgements: tuple[Path, ...] = ()
    dask: str | None = None  # a cluster's workers instead of this machine's: see cluster.in_order
    keep: int = versions.KEEP  # versions of the dataset, this run's included


@dataclass(frozen=True, slots=True)
class RunSummary:
    """``counts``: rows a table in the snapshot. ``rejects``: the first ones, for messages."""

    dataset: Path
    run_id: str
    n_in: int
    n_ok: int
    n_rejected: int
    shards_done: int
    shards_kept: int
    counts: dict[str, int]
    seconds: float
    settling: float  # of these, the seconds after the last article was extracted
    rejects: tuple[InputError, ...]
    unchanged: bool = False  # nothing was to do


def run(
    inputs: Sequence[str],
    out: Path,
    options: RunOptions = RunOptions(),
    progress: Progress | None = None,
    notice: Notice | None = None,
) -> RunSummary:
    """Make the dataset ``out`` hold what ``inputs`` hold, and nothing else.

    The inputs of a run are what the dataset holds after it: articles of an earlier run's other inputs are gone from it,
    and so are rejects. Shards whose input, code and resources are unchanged are kept as they are, with the run_id of
    the run that made them; if all are, nothing is done and nothing is written. A run that was cut off goes on where it
    stopped, under its own run_id. Until the commit at the end, readers see the dataset as it was.

    ``notice`` is told, before the work begins, that all is extracted anew because what extracts has changed: a row of a
    gazetteer may touch any article. A file named twice is read once. Rejects never stop a run. Raises UsageError for a
    path that is not there, DatasetError where ``out`` is no dataset, is being written by another run, or a row breaks
    the schema's promises.
    """
    started = time.monotonic()
    found = intake.find_items(inputs)
    try:
        with manifests.locked(out) as known, versions.writing(out):
            said = read_annotations(out, options.corrections, options.judgements)
            if progress:
                progress(0, None)
            plan = _plan(found, max(1, options.shard_size), options.terms)
            before = known.generation
            if notice and known.shards and known.extraction != extraction_sha256():
                notice(_CHANGED.format(version=known.runs[-1].version, n=sum(map(len, plan.values()))))
            known, done, extracted = _bring_up(out, known, plan, said, options, progress)
            if known.generation != before or not (out / report.NAME).exists():
                report.write_after_run(out)
            ended = time.monotonic()
            summary = _summary(out, known, done, ended - started, ended - extracted)
            return replace(summary, unchanged=known.generation == before)
    except OSError as error:
        raise DatasetError(f"{out}: can't be written ({error}); what was committed before is still there") from error


def extract(
    inputs: Sequence[str], options: RunOptions = RunOptions(), progress: Progress | None = None
) -> Iterator[dict[str, Any] | InputError]:
    """The record of each article (``records.article_record``), an InputError for each reject, in input order.

    Streams: a few batches are in memory at a time, whatever the input's size. Raises UsageError for a path that is not
    there.
    """
    entries: Iterator[Entry] = intake.find_items(inputs)
    head = list(islice(entries, _FEW))
    done = 0
    for results in _batches_done(head, chain(head, entries), options):
        for result in results:
            done += 1
            if progress:
                progress(done, None)
            yield result


def _batches_done(
    head: list[Entry], entries: Iterator[Entry], options: RunOptions
) -> Iterator[list[dict[str, Any] | InputError]]:
    if _in_process(len(head), options):
        # One at a time, so that the first record is out at once.
        yield from (extract_batch(Batch((entry,))) for entry in entries)
        return
    batches = map(Batch, iter(lambda: tuple(islice(entries, _BATCH)), ()))
    work = Work(extract_batch, probe, language)
    if options.dask:
        from pipeline import cluster

        done = cluster.in_order(work, batches, options.dask)
    else:
        done = in_order(work, batches, options.workers or cores())
    for _, results in done:
        yield results


def _in_process(n: int, options: RunOptions) -> bool:
    return not options.dask and (options.workers == 1 or (options.workers is None and n < _FEW))


# --- what is to do --------------------------------------------------------------------------------------------------


def _plan(entries: Iterable[Entry], size: int, terms: bool) -> dict[str, tuple[Entry, ...]]:
    """Fingerprint → entries of each shard, in intake order. Of a ref that comes twice the first counts."""
    once: dict[str, Entry] = {}
    for entry in entries:
        once.setdefault(entry.ref, entry)
    return {_fingerprint(shard, terms): shard for shard in _cut(once.values(), size)}


def _cut(entries: Iterable[Entry], size: int) -> Iterator[tuple[Entry, ...]]:
    """Shards of at most ``size`` entries, about half of it on average, cut after entries whose own digest says so.

    Cut by count alone, one new file at the front of a folder would move every border and redo every shard.
    """
    shard: list[Entry] = []
    for entry in entries:
        shard.append(entry)
        if len(shard) == size or (len(shard) > size // 4 and _says_cut(entry, max(1, size // 3))):
            yield tuple(shard)
            shard = []
    if shard:
        yield tuple(shard)


def _says_cut(entry: Entry, one_in: int) -> bool:
    return not isinstance(entry, InputError) and int(entry.digest[:8], 16) % one_in == 0


def _mark(entry: Entry) -> str:
    found = str(entry) if isinstance(entry, InputError) else f"{entry.ref}|{entry.digest}"
    return sha256(found.encode("utf-8", "surrogatepass")).hexdigest()


def _fingerprint(entries: Iterable[Entry], terms: bool) -> str:
    return digest("shard with terms" if terms else "shard", extraction_sha256(), *map(_mark, entries))


def _bring_up(
    out: Path,
    known: Manifest,
    plan: dict[str, tuple[Entry, ...]],
    said: Annotations,
    options: RunOptions,
    progress: Progress | None,
) -> tuple[Manifest, int, float]:
    """The dataset's manifest once it holds the plan, how many shards had to be done, and when the last one was."""
    whole = [shard.fingerprint for shard in known.shards if store.is_whole(out, shard)]
    as_made = (known.annotations, known.consolidation) == (said.digest, consolidation_sha256())
    sound = known.generation and list(plan) == whole and len(whole) == len(known.shards)
    if not sound or not as_made or versions.derived_damage(out, known):
        return _complete(out, known, plan, said, options, progress)
    commits.repair(out, known)
    total = sum(map(len, plan.values()))
    if progress:
        progress(total, total)
    return known, 0, time.monotonic()


def _complete(
    out: Path,
    known: Manifest,
    plan: dict[str, tuple[Entry, ...]],
    said: Annotations,
    options: RunOptions,
    progress: Progress | None,
) -> tuple[Manifest, int, float]:
    """Do the shards that are not there and commit: see ``_bring_up``. Empties ``plan``."""
    run_id = digest("run", known.generation, *plan)
    versions.clean(out, also=plan)
    versions.remember(out, known)
    runs = {**versions.runs_of(out), **{run.run_id: run for run in known.runs}}
    found = (store.read_shard(out, fingerprint) for fingerprint in plan)
    # One of another version is not made anew: that version would find it changed.
    kept = {shard.fingerprint: shard for shard in found if shard and shard.run_id in runs}
    former, known = known, _with_runs(known, [runs[shard.run_id] for shard in kept.values()])
    known = _begin(out, known, run_id, "dask" if options.dask else "local")
    total, order = sum(map(len, plan.values())), list(plan)
    todo = [ShardSpec(out, one, run_id, plan[one], options.terms) for one in order if one not in kept]
    already = total - sum(len(spec.entries) for spec in todo)
    made = {shard.fingerprint: shard for shard in _shards_done(todo, already, total, options, progress)}
    extracted = time.monotonic()
    # Whoever consolidates has other use for the memory that the list of a large input takes.
    plan.clear()
    todo.clear()
    commits.commit(out, former, known, run_id, [kept.get(one) or made[one] for one in order], said)
    versions.forget(out, options.keep)
    return manifests.committed(out), len(made), extracted


def _with_runs(known: Manifest, runs: Iterable[Run]) -> Manifest:
    for run in runs:
        known = known if known.run(run.run_id) else known.with_run(run)
    return known


def _begin(out: Path, known: Manifest, run_id: str, engine: str) -> Manifest:
    """Note the run before its first shard is written, so that each shard's run is known whatever happens."""
    runs = tuple(replace(run, status="interrupted") if run.status == "running" else run for run in known.runs)
    known = replace(known, runs=runs)
    former = known.run(run_id)
    begun = former.started_at if former else commits.now()
    known = known.with_run(Run(run_id, begun, package_version(), config_sha256(), engine))
    manifests.commit(out, known)
    return known


def _shards_done(
    todo: Sequence[ShardSpec], done: int, total: int, options: RunOptions, progress: Progress | None
) -> Iterator[Shard]:
    def tick(n: int = 1) -> None:
        nonlocal done
        done += n
        if progress:
            progress(done, total)

    tick(0)
    if _in_process(sum(len(spec.entries) for spec in todo), options):
        yield from (run_shard(spec, tick) for spec in todo)
        return
    if not todo:
        return
    if options.dask:
        from pipeline import cluster

        for spec, (shard, content) in cluster.in_order(Work(shard_away, probe, language), todo, options.dask):
            store.write_content(spec.dataset, shard, content)
            tick(len(spec.entries))
            yield shard
        return
    workers = min(options.workers or cores(), len(todo))
    for spec, shard in in_order(Work(run_shard, probe, language), todo, workers):
        tick(len(spec.entries))
        yield shard


def _summary(out: Path, known: Manifest, shards_done: int, seconds: float, settling: float) -> RunSummary:
    counts = snapshot.counts(out)
    last = [run for run in known.runs if run.status == "finished"][-1]
    return RunSummary(
        dataset=out,
        run_id=last.run_id,
        n_in=last.n_in or 0,
        n_ok=counts["articles"],
        n_rejected=counts["rejects"],
        shards_done=shards_done,
        shards_kept=len(known.shards) - shards_done,
        counts=counts,
        seconds=seconds,
        settling=settling,
        rejects=tuple(InputError(*reject) for reject in snapshot.first_rejects(out, _SHOWN_REJECTS)),
    )
