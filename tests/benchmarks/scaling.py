"""Time and memory of whole runs by size: is time linear in articles, and memory flat?

    python -m tests.benchmarks.scaling 500 2000 5000 [--workers N] [--dask ADDRESS] [--seed 7] [--json FILE]

Each run is ``congdoan run`` on articles of tests.benchmarks.generate, in a folder of its own. Memory is each process's
peak as the system counts it (resident, shared pages with it): the driver's, and the largest worker's. ``added``: the
seconds that a run with 50 articles more takes after it, of which the consolidation of everything is most.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from pipeline.workers import cores
from tests.benchmarks.generate import write
from tests.shared import ROOT

MORE = 50


@dataclass(frozen=True)
class Row:
    """Seconds are wall-clock; memory in MB of 10^6 bytes."""

    articles: int
    workers: int
    seconds: float
    added_seconds: float
    driver_mb: float
    worker_mb: float
    dataset_mb: float


@dataclass(frozen=True)
class Peak:
    seconds: float
    driver: int
    worker: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--dask")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the rows to this file too")
    options = parser.parse_args()
    extra = ["--workers", str(options.workers)] if options.workers else []
    extra += ["--dask", options.dask] if options.dask else []
    print(
        f"{'articles':>9} {'s':>8} {'ms/article':>10} {f's for {MORE} more':>13} {'driver MB':>9} {'worker MB':>9} MB"
    )
    rows = []
    for size in options.sizes:
        rows.append(row := measure(size, options.workers or cores(), extra, options.seed))
        print(
            f"{row.articles:>9,} {row.seconds:>8.1f} {1000 * row.seconds / row.articles:>10.1f} "
            f"{row.added_seconds:>13.1f} {row.driver_mb:>9,.0f} {row.worker_mb:>9,.0f} {row.dataset_mb:,.0f}",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def measure(size: int, workers: int, extra: list[str], seed: int) -> Row:
    """A run of ``size`` articles, and one more after a few were added."""
    with tempfile.TemporaryDirectory(prefix="congdoan-scaling-") as folder:
        name, out = Path(folder) / "news.jsonl", Path(folder) / "dataset"
        write(size, name, seed)
        first = watch([str(name), "--out", str(out), *extra])
        write(size + MORE, name, seed)
        second = watch([str(name), "--out", str(out), *extra])
        n_bytes = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
        peaks = [max(first.driver, second.driver), max(first.worker, second.worker)]
        return Row(size, workers, first.seconds, second.seconds, *(peak / 1e6 for peak in (*peaks, n_bytes)))


def watch(arguments: list[str]) -> Peak:
    """Seconds of a run, and peak bytes of its driver and of the largest of its workers."""
    start = time.perf_counter()
    driver = worker = 0
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        known = psutil.Process(process.pid)
        while process.poll() is None:
            driver = max(driver, _resident(known))
            worker = max((worker, *map(_resident, _children(known))))
            time.sleep(0.2)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 3):
        raise SystemExit(f"the run failed with exit code {process.returncode}")
    return Peak(seconds, driver, worker)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


if __name__ == "__main__":
    main()
