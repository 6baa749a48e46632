"""Pages of unknown layout read by this project, trafilatura and jusText side by side, and the speed of known sites.

    python -m tests.benchmarks.pages

Known sites are measured on their saved pages, grown to some 70 KB with menus, teasers and scripts as real ones have.

Body exact: the paragraphs are the article's, no more, no less, captions aside. Character F1 is over the matching blocks
of the joined paragraphs. A date is right to the day; it is wrong where the page shows another or none.
"""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import justext
import trafilatura
from rich.console import Console
from rich.table import Table

from pipeline import inputs
from scrapers import generic
from scrapers.archive import write_warc
from scrapers.errors import InputError
from scrapers.page import Page
from scrapers.sites import parse_page
from tests.benchmarks.char_f1 import char_f1
from tests.pages import Case, cases, templates

SITES = Path(__file__).parents[1] / "corpus" / "sites"
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


def _grown(path: Path) -> Page:
    """A saved page with as much around its article as a real one has."""
    menu = "".join(f'<li class="i{i}"><a href="/muc/{i}.html" title="Mục {i}">Mục số {i}</a></li>' for i in range(220))
    teasers = "".join(
        f'<div class="item"><a href="/b{i}.html"><img src="/t{i}.jpg" alt="Ảnh {i}"></a><h3><a href="/b{i}.html">Tin'
        f" khác của trang trong ngày thứ {i}</a></h3><p>Tóm tắt ngắn của tin khác, hai dòng là cùng.</p></div>"
        for i in range(90)
    )
    script = "<script>" + 'var a=function(b){return b<1?"x":"y"};' * 900 + "</script>"
    around = f"{script}<ul>{menu}</ul>"
    html = re.sub(r"<body[^>]*>", lambda tag: tag[0] + around, path.read_text(encoding="utf-8"), count=1)
    url = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["url"]
    body = html.replace("</body>", f"{teasers}</body>", 1).encode()
    return Page(path.stem, body, url=url, fetched_at=datetime(2025, 12, 18, tzinfo=UTC))


def _milliseconds(work: Callable[[], object], rounds: int = 7) -> float:
    work()
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return 1000 * min(spent)


def known_sites() -> Table:
    """Milliseconds a page by the site's parser, by the generic one and by trafilatura."""
    table = Table(title="Saved pages of known sites, grown to their real size")
    for column in ("", "KB", "site's parser, ms", "generic, ms", "trafilatura, ms"):
        table.add_column(column, justify="left" if not column else "right")
    for path in sorted(SITES.glob("*/*.html")):
        page = _grown(path)
        if parse_page(page).flags:
            continue
        unknown = replace(page, url="https://tin.example.vn/a.html")
        times = (
            _milliseconds(lambda page=page: parse_page(page)),
            _milliseconds(lambda page=unknown: generic.parse(page)),
            _milliseconds(lambda page=page: trafilatura.bare_extraction(page.body.decode(), with_metadata=True), 3),
        )
        table.add_row(f"{path.parent.name}/{path.stem}", f"{len(page.body) / 1024:.0f}", *(f"{ms:.1f}" for ms in times))
    return table


def archive_speed() -> float:
    """Pages a second from WARC to Articles, known sites, one core."""
    pages = [page for path in sorted(SITES.glob("*/*.html")) if not parse_page(page := _grown(path)).flags]
    copies = [replace(page, url=f"{page.url}?c={copy}") for copy in range(30) for page in pages]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.warc.gz"
        write_warc(path, copies)
        begun = time.perf_counter()
        count = sum(
            1 for _ in inputs.read_items([i for i in inputs.find_items([str(path)]) if isinstance(i, inputs.Item)])
        )
        return count / (time.perf_counter() - begun)


def main() -> None:
    pages = [case for template in templates() for case in cases(template)]
    table = Table(title=f"{len(pages)} pages of unknown layout")
    for column in ("", "body exact", "character F1", "dates right", "wrong", "missing", "ms a page"):
        table.add_column(column, justify="left" if not column else "right")
    for name, read in READERS.items():
        found = score(read, pages)
        dates = [f"{found[kind]:.0f}" for kind in ("right", "wrong", "missing")] if name != "jusText" else ["–"] * 3
        table.add_row(name, f"{found['exact']:.2f}", f"{found['f1']:.3f}", *dates, f"{found['ms']:.1f}")
    console = Console()
    console.print(table)
    console.print(known_sites())
    console.print(f"WARC to Articles, known sites, one core: {archive_speed():.0f} pages a second")


if __name__ == "__main__":
    main()
