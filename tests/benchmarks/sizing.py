"""How many cores and GB for how many articles a day: the table in SCALING.md, computed from measured figures.

    python -m tests.benchmarks.sizing     # write it anew

The figures are those of the largest run in ``scaling.json``, which tests.benchmarks.scaling writes (``--json``), and
for settling alone those in ``settling.json``, which tests.benchmarks.settling writes.
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
SETTLED = Path(__file__).with_name("settling.json")
ARTICLES_A_DAY = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
BUSY = 43_200  # seconds a day; the rest is for peaks, and for doing everything again when rules change
_SIZING = re.compile(r"(<!-- sizing -->\n).*?(<!-- end of sizing -->)", re.DOTALL)
_GROWTH = re.compile(r"(<!-- growth -->\n).*?(<!-- end of growth -->)", re.DOTALL)


@dataclass(frozen=True)
class Need:
    """What a number of articles a day takes; ``disk_gb`` for the datasets of a year."""

    articles: int
    drivers: int  # a dataset each
    cores: int
    memory_gb: float
    disk_gb: float


def largest() -> Row:
    """The run of the most articles that was measured."""
    return max(measured(), key=lambda row: row.articles)


def measured() -> list[Row]:
    """The runs that were measured."""
    return [Row(**row) for row in json.loads(MEASURED.read_text(encoding="utf-8"))]


def growth() -> str:
    """What runs of several sizes took, as Markdown."""
    lines = [
        "| articles | s | ms an article | of it to settle, s | driver MB | largest worker MB | dataset MB |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.articles:,} | {row.seconds:,.0f} | {1000 * row.seconds / row.articles:.1f} "
        f"| {row.settle_seconds:,.0f} | {row.driver_mb:,.0f} | {row.worker_mb:,.0f} | {row.dataset_mb:,.0f} |"
        for row in measured()
    ]
    settled = json.loads(SETTLED.read_text(encoding="utf-8"))
    lines += [
        f"| {settled['articles']:,}, settled only | | | {settled['whole_seconds']:,.0f} "
        f"| {settled['whole_driver_mb']:,} | | {settled['snapshot_mb']:,} (snapshot) |",
        "",
        f"With {settled['more']:,} articles more, these {settled['articles']:,} are settled in "
        f"{settled['added_seconds']:,.0f} s, {settled['added_seconds'] / settled['whole_seconds']:.0%} of settling "
        f"everything anew; the driver takes {settled['added_driver_mb']:,} MB.",
    ]
    return "\n".join(lines) + "\n"


def extracting(row: Row) -> float:
    """Seconds of a core that extraction takes an article."""
    return (row.seconds - row.settle_seconds) * row.workers / row.articles


def settling(row: Row) -> float:
    """Seconds that a driver takes an article for all that comes after, which no other core can help it with."""
    return row.settle_seconds / row.articles


def need(row: Row, articles: int) -> Need:
    """Drivers that settle so many articles in half of the busy hours, and cores that extract them in the rest."""
    drivers = math.ceil(articles * settling(row) / (BUSY / 2))
    left = BUSY - articles / drivers * settling(row)
    cores = drivers * math.ceil(articles / drivers * extracting(row) / left)
    memory = (cores * row.worker_mb + drivers * row.driver_mb) / 1000
    return Need(articles, drivers, cores, memory, articles * 365 * row.dataset_mb / row.articles / 1000)


def block(row: Row) -> str:
    """The table with its arithmetic, as Markdown."""
    spent, settled, kept = extracting(row), settling(row), 1000 * row.dataset_mb / row.articles
    one = need(row, ARTICLES_A_DAY[-2])
    left = BUSY - one.articles / one.drivers * settled
    lines = [
        f"Measured: {row.articles:,} articles in {row.seconds:,.0f} s, {row.settle_seconds:,.0f} s of it to settle, "
        f"with {row.workers} workers of at most {row.worker_mb:,.0f} MB, a driver of {row.driver_mb:,.0f} MB, a "
        f"dataset of {row.dataset_mb:,.0f} MB. Twelve hours of a day ({BUSY:,} s) are reckoned with.",
        "",
        f"- an article: ({row.seconds:,.0f} − {row.settle_seconds:,.0f}) s × {row.workers} cores / {row.articles:,} = "
        f"{1000 * spent:.1f} ms of a core to extract, {1000 * settled:.1f} ms of the driver to settle, {kept:.1f} KB",
        f"- drivers: so many that each settles for six hours at most; for {one.articles:,} articles a day: "
        f"{one.articles * settled:,.0f} s / {BUSY / 2:,.0f} s → {one.drivers}",
        f"- cores: what extracts in the time left; {one.articles * spent / one.drivers:,.0f} s / {left:,.0f} s a "
        f"driver, rounded up, times the drivers → {one.cores}",
        f"- memory: {row.worker_mb / 1000:.2f} GB a core and {row.driver_mb / 1000:.2f} GB a driver; disk: articles × "
        f"365 × {kept:.1f} KB",
        "",
        "| articles a day | drivers, a dataset each | cores | GB of memory | GB of disk a year |",
        "|---:|---:|---:|---:|---:|",
    ]
    found = (need(row, articles) for articles in ARTICLES_A_DAY)
    lines += [
        f"| {n.articles:,} | {n.drivers:,} | {n.cores:,} | {n.memory_gb:,.1f} | {n.disk_gb:,.0f} |" for n in found
    ]
    return "\n".join(lines) + "\n"


def rendered(text: str, row: Row) -> str:
    """``text`` with the blocks made anew."""
    text = _SIZING.sub(lambda match: match[1] + "\n" + block(row) + "\n" + match[2], text)
    return _GROWTH.sub(lambda match: match[1] + "\n" + growth() + "\n" + match[2], text)


if __name__ == "__main__":
    FILE.write_text(rendered(FILE.read_text("utf-8"), largest()), "utf-8")
    print(block(largest()))
