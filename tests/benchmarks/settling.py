"""Time and memory of settling (all that comes after extraction) at sizes whose extraction takes too long to wait for.

    python -m tests.benchmarks.settling DATASET 500000 [--more 1000] [--json FILE]

The shards of DATASET, a dataset of some ten thousand articles, are repeated under other ids until there are so many
articles. In each repetition all ids and hashes, the family names of persons, the organizations that no registry knows
and the days are others (days move by some 400 a repetition), so that about as much is one across articles as in one
dataset of that size with articles of that many years. Seconds are wall-clock; memory is the driver's peak.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import commits, report
from pipeline.annotations import read_annotations
from pipeline.dataset import manifest as manifests
from pipeline.dataset import shards as store
from pipeline.dataset.manifest import Manifest
from pipeline.dataset.shards import Shard
from tests.benchmarks.generate import FAMILY
from tests.shared import ROOT

_IDS = {"article_id", "row_id", "event_row_id"}
_HASHES = {"body_sha256", "text_sha256"}
_DAYS = {"date_from", "date_to", "published_date"}
_APART = 397  # days between repetitions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("articles", type=int)
    parser.add_argument("--more", type=int, default=1000)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--commit", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.commit:
        commit(options.dataset, options.articles)
        return
    with tempfile.TemporaryDirectory(prefix="congdoan-settling-", dir=options.dataset.parent) as folder:
        there = repeat(options.dataset, Path(folder), options.articles + options.more)
        found = {"articles": options.articles, "shards": there, "more": options.more}
        for name, size in (("whole", options.articles), ("added", options.articles + options.more)):
            seconds, peak = watch(Path(folder), size)
            found |= {f"{name}_seconds": round(seconds, 1), f"{name}_driver_mb": round(peak / 1e6)}
        found["snapshot_mb"] = round((Path(folder) / "congdoan.duckdb").stat().st_size / 1e6)
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def watch(dataset: Path, articles: int) -> tuple[float, int]:
    """Seconds and peak bytes of a process that settles the first shards, of so many articles in all."""
    start, peak = time.perf_counter(), 0
    command = [sys.executable, "-m", "tests.benchmarks.settling", str(dataset), str(articles), "--commit"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        known = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                peak = max(peak, known.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"settling failed with exit code {process.returncode}")
    return time.perf_counter() - start, peak


def commit(dataset: Path, articles: int) -> None:
    """Make the first shards the dataset, as the end of a run does."""
    shards: list[Shard] = []
    for fingerprint in json.loads((dataset / "order.json").read_text(encoding="utf-8")):
        if sum(shard.counts["articles"] for shard in shards) >= articles:
            break
        shard = store.read_shard(dataset, fingerprint)
        assert shard is not None
        shards.append(shard)
    known = manifests.load(dataset) or Manifest()
    run = replace(manifests.committed(dataset / "first").runs[-1], status="running")
    said = read_annotations(dataset, (), ())
    commits.commit(dataset, known, known.with_run(run), run.run_id, shards, said)
    report.write_after_run(dataset)


def repeat(source: Path, target: Path, articles: int) -> int:
    """Write shards of so many articles to ``target``; how many there are. ``order.json`` has their order."""
    known = manifests.committed(source)
    (target / "first").mkdir()
    manifests.commit(target / "first", known)
    order: list[str] = []
    there = repetition = 0
    while there < articles:
        for shard in known.shards:
            made = _repeated(source, target, replace(shard, run_id=known.runs[-1].run_id), repetition)
            order.append(made.fingerprint)
            there += made.counts["articles"]
            if there >= articles:
                break
        repetition += 1
    (target / "order.json").write_text(json.dumps(order), encoding="utf-8")
    return len(order)


def _repeated(source: Path, target: Path, shard: Shard, repetition: int) -> Shard:
    fingerprint = _hashed(shard.fingerprint, repetition)[: len(shard.fingerprint)]
    folder = store.shard_folder(target, fingerprint)
    folder.mkdir(parents=True)
    sizes = {}
    for name in shard.counts:
        table = pq.read_table(store.shard_folder(source, shard.fingerprint) / f"{name}.parquet")
        for number, field in enumerate(table.schema):
            if other := _other(field, repetition):
                column = [None if value is None else other(value) for value in table.column(number).to_pylist()]
                table = table.set_column(number, field, pa.array(column, field.type))
        store.write_tables(folder, {name: table})
        sizes[name] = (folder / f"{name}.parquet").stat().st_size
    made = replace(shard, fingerprint=fingerprint, bytes=sizes)
    (folder / "shard.json").write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def _other(field: pa.Field, repetition: int) -> Callable | None:
    """What the values of a column are in a repetition; None where they are the same in all."""
    if field.name in _IDS:
        return lambda value: _hashed(value, repetition)[:20]
    if field.name in _HASHES:
        return lambda value: _hashed(value, repetition)
    if field.name == "person":
        return lambda value: _named(value, repetition)
    if field.name in ("org_id", "who_org_id"):
        return lambda value: f"{value}-{repetition}" if value.startswith("x-") else value
    if field.name in _DAYS and pa.types.is_date(field.type):
        return lambda value: value + timedelta(days=_APART * repetition) if value.year < 2500 else value
    if field.name == "shingles":
        return lambda value: (np.frombuffer(value, "<u4") ^ _mask(repetition)).tobytes()
    if field.name == "paragraphs":
        return lambda value: [_hashed(one, repetition)[:16] for one in value]
    return None


def _hashed(value: str, repetition: int) -> str:
    return sha256(f"{value} {repetition}".encode()).hexdigest()


@lru_cache(maxsize=1 << 16)
def _named(person: str, repetition: int) -> str:
    chance = Random(f"{person} {repetition}")
    return " ".join([chance.choice(FAMILY), *person.split()[1:], chance.choice(FAMILY)])


@lru_cache
def _mask(repetition: int) -> np.ndarray:
    return np.random.default_rng(repetition).integers(0, 2**32, 128, dtype=np.uint32)


if __name__ == "__main__":
    main()
