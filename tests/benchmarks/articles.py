"""The articles that are timed: an input's own, or made ones as long as real ones are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pipeline import inputs
from scrapers.page import Article, Block, Published
from tests.benchmarks.generate import Made, generate

# Characters: press articles have 3,800 on average, pages of unions 5,000.
REAL_LENGTH = 4_000
# Facts in 1,000 characters: press articles have 8 persons, times, figures and companies. The sample's pages have 20; of
# their paragraphs with 15 at most there are enough for articles that do not repeat each other, with 11 on average.
DENSEST = 15


def read(source: str, limit: int | None = None) -> list[Article]:
    """The first readable articles of anything that ``congdoan extract`` reads."""
    items = [item for item in inputs.find_items([source]) if isinstance(item, inputs.Item)]
    return [article for _, article in inputs.read_items(items) if isinstance(article, Article)][:limit]


def made(n: int, length: int = REAL_LENGTH) -> list[Article]:
    """``n`` articles of at least ``length`` characters, of the sample's paragraphs with other names and numbers."""
    return list(islice(_made(length), n))


def _made(length: int) -> Iterator[Article]:
    paragraphs: list[str] = []
    first: Made | None = None
    for one in generate(1_000_000, densest=DENSEST):
        first = first or one
        paragraphs += one.paragraphs
        if sum(map(len, paragraphs)) >= length:
            yield _article(first, paragraphs)
            first, paragraphs = None, []


def _article(one: Made, paragraphs: list[str]) -> Article:
    blocks = tuple(Block("body", text) for text in dict.fromkeys(paragraphs))
    published = Published(one.published.replace(tzinfo=None), "meta", one.published.isoformat(), has_time=True)
    return Article(one.url, "made", blocks, title=one.title, url=one.url, published=published, site=one.host)
