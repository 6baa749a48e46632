"""How many cores and GB for how many articles a day: the table in SCALING.md, computed from measured figures.

    python -m tests.benchmarks.sizing     # write it anew

The figures are those of the largest run in ``scaling.json``, which tests.benchmarks.scaling writes (``--json``).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.scaling import Row
from tests.shared import ROOT

FILE = ROOT / "SCALING.md"
MEASURED = Path(__file__).with_name("scaling.json")
# No more: what one driver consolidates alone does not grow with the cores, and nobody measured where that ends.
ARTICLES_A_DAY = (1_000, 10_000, 100_000, 300_000, 1_000_000)
DAY = 86_400  # seconds
BUSY = 0.5  # of a day; the rest is for peaks, and for doing everything again when rules change
_BLOCK = re.compile(r"(<!-- sizing -->\n).*?(<!-- end of sizing -->)", re.DOTALL)


@dataclass(frozen=True)
class Need:
    """What a number of articles a day takes; ``disk_gb`` for the datasets of a year."""

    articles: int
    cores: int
    memory_gb: float
    disk_gb: float


def largest() -> Row:
    """The run of the most articles that was measured."""
    return max((Row(**row) for row in json.loads(MEASURED.read_text(encoding="utf-8"))), key=lambda row: row.articles)


def core_seconds(row: Row) -> float:
    """Of one article. All workers' cores are charged for the whole run, also while the driver alone works."""
    return row.seconds * row.workers / row.articles


def need(row: Row, articles: int) -> Need:
    """Cores that do so many articles in the busy part of a day."""
    cores = math.ceil(articles * core_seconds(row) / (DAY * BUSY))
    memory = (cores * row.worker_mb + row.driver_mb) / 1000
    return Need(articles, cores, memory, articles * 365 * row.dataset_mb / row.articles / 1000)


def block(row: Row) -> str:
    """The table with its arithmetic, as Markdown."""
    spent, kept = core_seconds(row), 1000 * row.dataset_mb / row.articles
    shown = need(row, ARTICLES_A_DAY[-1])
    lines = [
        f"Measured: {row.articles:,} articles in {row.seconds:,.0f} s with {row.workers} workers of at most "
        f"{row.worker_mb:,.0f} MB, a driver of {row.driver_mb:,.0f} MB, a dataset of {row.dataset_mb:,.0f} MB.",
        "",
        f"- an article: {row.seconds:,.0f} s × {row.workers} cores / {row.articles:,} = {1000 * spent:.1f} ms of a "
        f"core, and {row.dataset_mb:,.0f} MB / {row.articles:,} = {kept:.1f} KB",
        f"- cores: articles × {spent:.4f} s / ({DAY:,} s × {BUSY}), rounded up; for {shown.articles:,}: "
        f"{shown.articles * spent:,.0f} / {DAY * BUSY:,.0f} → {shown.cores}",
        f"- memory: cores × {row.worker_mb / 1000:.2f} GB + {row.driver_mb / 1000:.2f} GB for the driver; "
        f"disk: articles × 365 × {kept:.1f} KB",
        "",
        "| articles a day | cores | GB of memory | GB of disk a year |",
        "|---:|---:|---:|---:|",
    ]
    found = (need(row, articles) for articles in ARTICLES_A_DAY)
    lines += [f"| {n.articles:,} | {n.cores:,} | {n.memory_gb:,.1f} | {n.disk_gb:,.0f} |" for n in found]
    return "\n".join(lines) + "\n"


def rendered(text: str, row: Row) -> str:
    """``text`` with the block made anew."""
    return _BLOCK.sub(lambda match: match[1] + "\n" + block(row) + "\n" + match[2], text)


if __name__ == "__main__":
    FILE.write_text(rendered(FILE.read_text("utf-8"), largest()), "utf-8")
    print(block(largest()))
