"""Time and memory of whole runs by size: is time linear in articles, and memory flat?

    python -m tests.benchmarks.scaling 500 2000 5000 [--more 1000] [--workers N] [--dask ADDRESS] [--json FILE]

Each run is ``congdoan run`` on articles of tests.benchmarks.generate, in a folder of its own. Memory is each process's
peak as the system counts it (resident, shared pages with it): the driver's, and the largest worker's. To settle is all
that comes after extraction: consolidation, snapshot, report. A run with ``--more`` articles added comes after each, and
may take what their extraction takes and a fifth of the first run's settling; that is the bound.
"""

from __future__ import annotations

import argparse
import json
import re
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

_SETTLED = re.compile(r"([\d.]+) s of it to settle")


@dataclass(frozen=True)
class Row:
    """Seconds are wall-clock; memory in MB of 10^6 bytes."""

    articles: int
    workers: int
    seconds: float
    settle_seconds: float  # of these
    more: int  # articles added then
    added_seconds: float
    added_settle_seconds: float
    driver_mb: float
    worker_mb: float
    dataset_mb: float

    @property
    def bound(self) -> float:
        """Seconds that adding articles may take."""
        return (self.seconds - self.settle_seconds) / self.articles * self.more + 0.2 * self.settle_seconds


@dataclass(frozen=True)
class Watched:
    seconds: float
    settling: float
    driver: int
    worker: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--more", type=int, default=1000)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--dask")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the rows to this file too")
    options = parser.parse_args()
    extra = ["--workers", str(options.workers)] if options.workers else []
    extra += ["--dask", options.dask] if options.dask else []
    heads = ("articles", "s", "ms/article", "s settling", f"s, {options.more} more", "bound", "driver MB", "worker MB")
    print(" ".join(f"{head:>12}" for head in heads), "MB")
    rows = []
    for size in options.sizes:
        rows.append(row := measure(size, options.more, options.workers or cores(), extra, options.seed))
        shown = (
            f"{row.articles:,}", f"{row.seconds:.1f}", f"{1000 * row.seconds / row.articles:.1f}",
            f"{row.settle_seconds:.1f}", f"{row.added_seconds:.1f}", f"{row.bound:.1f}", f"{row.driver_mb:,.0f}",
            f"{row.worker_mb:,.0f}",
        )  # fmt: skip
        print(" ".join(f"{cell:>12}" for cell in shown), f"{row.dataset_mb:,.0f}", flush=True)
        if options.json:
            options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def measure(size: int, more: int, workers: int, extra: list[str], seed: int) -> Row:
    """A run of ``size`` articles, and one after ``more`` were added."""
    with tempfile.TemporaryDirectory(prefix="congdoan-scaling-") as folder:
        name, out = Path(folder) / "news.jsonl", Path(folder) / "dataset"
        write(size, name, seed)
        first = watch([str(name), "--out", str(out), *extra])
        write(size + more, name, seed)
        second = watch([str(name), "--out", str(out), *extra])
        n_bytes = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
        return Row(
            size, workers, first.seconds, first.settling, more, second.seconds, second.settling,
            max(first.driver, second.driver) / 1e6, max(first.worker, second.worker) / 1e6, n_bytes / 1e6,
        )  # fmt: skip


def watch(arguments: list[str]) -> Watched:
    """Seconds of a run, and peak bytes of its driver and of the largest of its workers."""
    start = time.perf_counter()
    driver = worker = 0
    command = [sys.executable, "-m", "pipeline", "run", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        known = psutil.Process(process.pid)
        while process.poll() is None:
            driver = max(driver, _resident(known))
            worker = max((worker, *map(_resident, _children(known))))
            time.sleep(0.2)
        said = process.stdout.read() if process.stdout else ""
    seconds = time.perf_counter() - start
    settled = _SETTLED.search(said)
    if process.returncode not in (0, 3) or not settled:
        raise SystemExit(f"the run failed with exit code {process.returncode}")
    return Watched(seconds, float(settled[1]), driver, worker)


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
