"""What is timed side by side: for each peer our work and its own, on the same texts or pages."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import trafilatura
from dateparser.search import search_dates
from spacy.language import Language
from underthesea import ner, pos_tag

from pipeline import document, engine, rows
from scrapers import generic
from scrapers.archive import write_warc
from scrapers.page import Article, Page
from scrapers.sites import parse_page
from tests.benchmarks.real_pages import known_pages
from tests.benchmarks.rounds import Work
from tests.shared import ROOT

UNKNOWN = "https://tin.example.vn/a.html"


@dataclass(frozen=True)
class Comparison:
    """``works``: name → work, ours first, by which the others are divided. ``n`` of ``per`` are done at a time."""

    name: str
    per: str
    n: int
    works: dict[str, Work]


def extraction(nlp: Language, articles: list[Article]) -> Comparison:
    """Doc to rows against what finds names, word classes or dates in the same texts."""
    warnings.filterwarnings("ignore", module="dateparser")
    built = [document.build(nlp, article) for article in articles]
    texts = [document.text_of(doc) for doc in built]
    sentences = [
        [text[start:end] for start, end in document.sentences(doc)] for text, doc in zip(texts, built, strict=True)
    ]

    def ours() -> None:
        for article in articles:
            doc = document.build(nlp, article)
            row = rows.article_row(article, doc, "run")
            rows.fact_rows(doc, row["article_id"], "run")

    return Comparison(
        "extraction, text to rows",
        "article",
        len(articles),
        {
            "congdoan": ours,
            "underthesea.ner": lambda: [ner(text) for text in texts],
            "underthesea.ner, a sentence at a time": lambda: [ner(one) for listed in sentences for one in listed],
            "underthesea.pos_tag": lambda: [pos_tag(text) for text in texts],
            "dateparser.search": lambda: [search_dates(text, languages=["vi"]) for text in texts],
        },
    )


def pages(known: list[Page]) -> list[Comparison]:
    """Page to Article, by the site's own parser and by the generic one, against readers of any page."""
    unknown = [replace(page, url=UNKNOWN) for page in known]
    theirs: dict[str, Work] = {
        "trafilatura": lambda: [_trafilatura(page) for page in known],
        "newspaper4k": lambda: [_newspaper(page) for page in known],
    }
    ours: dict[str, Work] = {
        "known": lambda: [parse_page(page) for page in known],
        "unknown": lambda: [generic.parse(page) for page in unknown],
    }
    return [
        Comparison(f"page to article, {kind} site", "page", len(known), {"congdoan": work, **theirs})
        for kind, work in ours.items()
    ]


def _trafilatura(page: Page) -> object:
    return trafilatura.bare_extraction(page.body.decode(), url=page.url, with_metadata=True, include_comments=False)


def _newspaper(page: Page) -> str:
    # Of the extra `bench`, which the tests do without.
    import newspaper

    article = newspaper.Article(page.url or UNKNOWN, language="vi", fetch_images=False)
    article.download(input_html=page.body.decode())
    article.parse()
    return article.text


def whole_way(n: int, folder: Path, *, as_saved: bool) -> Comparison:
    """WARC to committed tables in a new dataset, in this process, against trafilatura's finding the bodies alone."""
    read = known_pages(n, as_saved=as_saved)
    archive = folder / f"pages-{n}-{as_saved}.warc.gz"
    write_warc(archive, read)

    def ours() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as out:
            done = engine.run([str(archive)], Path(out), engine.RunOptions(workers=1))
            if done.n_ok != n:
                raise SystemExit(f"{done.n_ok} articles of {n} pages")

    def bodies() -> None:
        for page in read:
            trafilatura.extract(page.body.decode(), url=page.url)

    return Comparison(
        f"{n} pages{' with their own short articles' if as_saved else ''}, WARC to committed tables",
        "page",
        n,
        {"congdoan": ours, "trafilatura, bodies alone": bodies},
    )


def start(article: Article, folder: Path) -> Comparison:
    """A new process that reads one article."""
    file = folder / "article.txt"
    file.write_text("\n".join([article.title or "", *(block.text for block in article.blocks)]), encoding="utf-8")
    peer = f"from pathlib import Path; from underthesea import ner; ner(Path({str(file)!r}).read_text('utf-8'))"
    return Comparison(
        "a new process, one article",
        "start",
        1,
        {
            "congdoan extract": _process("-m", "pipeline", "extract", str(file)),
            "underthesea.ner": _process("-c", peer),
        },
    )


def _process(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
