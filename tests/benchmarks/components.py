"""Milliseconds an article in each component, tokenizer to tables."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document, rows
from pipeline.dataset.shards import write_shard
from pipeline.relevance import relevance
from pipeline.signatures import signature
from scrapers.page import Article

PREFIX = "congdoan_"


class Clock:
    """Seconds of the processor by name."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.spent[name] += time.process_time() - begun


def profile(nlp: Language, articles: list[Article]) -> dict[str, float]:
    """Milliseconds of the processor an article: each component, rows, signature and the shard's Parquet files."""
    clock = Clock()
    tables: defaultdict[str, list[rows.Row]] = defaultdict(list)
    for article in articles:
        doc = _read(nlp, article, clock)
        with clock.of("relevance"):
            relevance(doc)
        text = document.text_of(doc)
        with clock.of("signature"):
            signature(text)
        with clock.of("rows"):
            row = rows.article_row(article, doc, "run")
            facts = rows.fact_rows(doc, row["article_id"], "run")
        tables["articles"].append(row)
        for table, found in facts.items():
            tables[table] += found
    # Rows are made with both.
    clock.spent["rows"] -= clock.spent["relevance"] + clock.spent["signature"]
    with tempfile.TemporaryDirectory() as folder, clock.of("Parquet files"):
        write_shard(Path(folder), "shard", "run", tables)
    return {name: 1000 * seconds / len(articles) for name, seconds in clock.spent.items()}


def _read(nlp: Language, article: Article, clock: Clock) -> Doc:
    """The article's Doc as ``document.build`` makes it, a component at a time."""
    with nlp.select_pipes(enable=[]), clock.of("tokenizer"):
        doc = document.build(nlp, article)
    for name, component in nlp.pipeline:
        with clock.of(name.removeprefix(PREFIX)):
            doc = component(doc)
    return doc
