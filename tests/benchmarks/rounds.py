"""Works timed in turn, round after round, on one core: what peers are compared by.

Import it before anything that starts threads: it keeps numpy, OpenMP and the tokenizers of peers to one.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"

Work = Callable[[], object]
PACKAGES = ("congdoan", "spacy", "numpy", "pyarrow", "duckdb", "lxml")
PACKAGES += ("underthesea", "dateparser", "trafilatura", "newspaper4k")


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and most of the rounds."""

    median: float
    least: float
    most: float


def spread(values: list[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def on_one_core() -> None:
    """Keep this process, and those that it starts, to one core where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def processor_seconds() -> float:
    """Of this process and the ended ones that it started: the same on a machine that is busy with other things."""
    started = os.times()
    return time.process_time() + started.children_user + started.children_system


CLOCKS: Mapping[str, Callable[[], float]] = {"wall": time.perf_counter, "processor": processor_seconds}


def in_turn(works: Mapping[str, Work], rounds: int, clock: str) -> dict[str, list[float]]:
    """Seconds of each work in each round; each is done once before, uncounted, so that all is loaded."""
    now = CLOCKS[clock]
    for work in works.values():
        work()
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = now()
            work()
            spent[name].append(now() - begun)
    return spent


def ratios(peer: list[float], ours: list[float]) -> Spread:
    """How many times our time the peer took, round by round."""
    return spread([theirs / own for theirs, own in zip(peer, ours, strict=True)])


def machine() -> dict[str, object]:
    """Processor, cores, memory, system and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": {package: version(package) for package in PACKAGES},
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gb() -> int | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9)
