"""Pages of unknown layout read by this project, trafilatura and jusText side by side.

    python -m tests.benchmarks.pages

Body exact: the paragraphs are the article's, no more, no less, captions aside. Character F1 is over the matching blocks
of the joined paragraphs. A date is right to the day; it is wrong where the page shows another or none.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import cache

import justext
import trafilatura
from rich.console import Console
from rich.table import Table

from scrapers.errors import InputError
from scrapers.sites import parse_page
from tests.benchmarks.char_f1 import char_f1
from tests.pages import Case, cases, templates

Reading = tuple[tuple[str, ...], str | None]


def _ours(case: Case) -> Reading:
    try:
        article = parse_page(case.page)
    except InputError:
        return (), None
    value = article.published.value
    return tuple(
        block.text for block in article.blocks if block.zone != "caption"
    ), value.isoformat() if value else None


def _trafilatura(case: Case) -> Reading:
    found = trafilatura.bare_extraction(
        case.page.body.decode(), url=case.page.url, with_metadata=True, include_comments=False
    )
    if found is None:
        return (), None
    kept = _without_furniture(found.text or "", case)
    return kept, found.date


def _without_furniture(text: str, case: Case) -> tuple[str, ...]:
    # Its text is lines; title and captions are asked of none of the three, cells' bars are written our way.
    lines = (" | ".join(filter(None, (part.strip() for part in line.split("|")))) for line in text.split("\n"))
    dropped = {case.title, *case.captions, ""}
    return tuple(line for line in map(str.strip, lines) if line not in dropped and not set(line) <= {"-", "|", " "})


@cache
def _stoplist() -> frozenset[str]:
    return justext.get_stoplist("Vietnamese")


def _justext(case: Case) -> Reading:
    paragraphs = justext.justext(case.page.body, _stoplist(), encoding="utf-8")
    dropped = {case.title, *case.captions}
    return tuple(p.text for p in paragraphs if not p.is_boilerplate and p.text not in dropped), None


READERS: dict[str, Callable[[Case], Reading]] = {
    "congdoan": _ours,
    "trafilatura": _trafilatura,
    "jusText": _justext,
}


def score(read: Callable[[Case], Reading], pages: list[Case]) -> dict[str, float]:
    """Body exact, mean character F1, dates right, wrong and missing, milliseconds a page (median of three runs)."""
    exact = right = wrong = missing = 0
    f1s, times = [], []
    for case in pages:
        paragraphs, date = read(case)
        exact += paragraphs == case.paragraphs
        f1s.append(char_f1(case.paragraphs, paragraphs))
        day, said = (case.published or "")[:10], (date or "")[:10]
        right += day == said
        wrong += bool(said) and day != said
        missing += bool(day) and not said
        spent = []
        for _ in range(3):
            begun = time.perf_counter()
            read(case)
            spent.append(time.perf_counter() - begun)
        times.append(statistics.median(spent))
    return {
        "exact": exact / len(pages), "f1": statistics.fmean(f1s), "right": right, "wrong": wrong, "missing": missing,
        "ms": 1000 * statistics.fmean(times),
    }  # fmt: skip


def main() -> None:
    pages = [case for template in templates() for case in cases(template)]
    table = Table(title=f"{len(pages)} pages of unknown layout")
    for column in ("", "body exact", "character F1", "dates right", "wrong", "missing", "ms a page"):
        table.add_column(column, justify="left" if not column else "right")
    for name, read in READERS.items():
        found = score(read, pages)
        dates = [f"{found[kind]:.0f}" for kind in ("right", "wrong", "missing")] if name != "jusText" else ["–"] * 3
        table.add_row(name, f"{found['exact']:.2f}", f"{found['f1']:.3f}", *dates, f"{found['ms']:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
