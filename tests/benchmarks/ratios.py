"""Speed as ratios against the peers: the same texts, the same core, the same run, in turn.

    python -m tests.benchmarks.ratios [--rounds N] [--articles N] [--out FILE]

Prints what took how long and how many times our time the peer took (median, least and most of the rounds), and the
milliseconds an article in each component. ``make bench`` keeps all of it in ``ratios.json``, of which the tables of the
documentation are made (tests/speed.py).
"""

from __future__ import annotations

from tests.benchmarks import rounds as timing  # isort: skip - before what starts threads

import argparse
import json
import statistics
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import pipeline
from tests.benchmarks import articles as texts
from tests.benchmarks import components, peers, real_pages

FILE = Path(__file__).with_name("ratios.json")
# Pages a run: a handful, an archive.
PAGES = (20, 200)


def measure(rounds: int, n_articles: int) -> dict[str, Any]:
    """What ``ratios.json`` holds: date, machine, comparisons, components."""
    timing.on_one_core()
    nlp = pipeline.load()
    long = texts.made(n_articles)
    known = real_pages.known_pages()
    with tempfile.TemporaryDirectory(prefix="congdoan-bench-") as folder:
        whole = [peers.whole_way(n, Path(folder), as_saved=saved) for saved in (True, False) for n in PAGES]
        compared = [
            peers.extraction(nlp, long), *peers.pages(known), *whole, peers.start(long[0], Path(folder)),
        ]  # fmt: skip
        comparisons = [_compare(one, rounds) for one in compared]
    profiled = [components.profile(nlp, long) for _ in range(rounds + 1)][1:]
    return {
        "date": date.today().isoformat(),
        "machine": timing.machine(),
        "rounds": rounds,
        "articles": {"n": n_articles, "characters": round(statistics.mean(_length(one) for one in long))},
        "pages": {"n": len(known), "bytes": round(statistics.mean(len(page.body) for page in known))},
        "comparisons": comparisons,
        "components_ms": {name: statistics.median(one[name] for one in profiled) for name in profiled[0]},
    }


def _length(article: texts.Article) -> int:
    return sum(len(block.text) + 1 for block in article.blocks) + len(article.title or "")


def _compare(one: peers.Comparison, rounds: int) -> dict[str, Any]:
    spent = timing.in_turn(one.works, rounds, "processor")
    ours, *others = one.works
    return {
        "what": one.name,
        "per": one.per,
        "n": one.n,
        "ms": {name: asdict(timing.spread([1000 * s / one.n for s in times])) for name, times in spent.items()},
        "ratios": {name: asdict(timing.ratios(spent[name], spent[ours])) for name in others},
    }


def _printed(found: dict[str, Any]) -> Table:
    table = Table(title=f"{found['rounds']} rounds in turn, one core: {found['machine']['processor']}")
    for column in ("", "ms", "times our time", "least", "most"):
        table.add_column(column, justify="left" if not column else "right")
    for one in found["comparisons"]:
        table.add_section()
        table.add_row(f"[bold]{one['what']}[/bold]")
        for name, ms in one["ms"].items():
            ratio = one["ratios"].get(name)
            shown = [f"{ratio[key]:.1f}" for key in ("median", "least", "most")] if ratio else []
            table.add_row(f"  {name}, a {one['per']}", f"{ms['median']:,.1f}", *shown)
    table.add_section()
    table.add_row("[bold]components, an article[/bold]")
    for name, ms in found["components_ms"].items():
        table.add_row(f"  {name}", f"{ms:.2f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=8)
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    found = measure(options.rounds, options.articles)
    options.out.write_text(json.dumps(_rounded(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    Console().print(_printed(found))


def _rounded(value: Any) -> Any:
    """Four digits: more are noise, and would change with every run."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
