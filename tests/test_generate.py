"""The generator of articles for measuring growth: the same seed, the same articles; the same ones in both formats."""

from itertools import islice

import pytest

from pipeline.document import text_and_zones
from pipeline.inputs import find_items, read_items
from tests.benchmarks import generate


@pytest.fixture(scope="module")
def made():
    return list(generate.generate(120))


def test_the_same_seed_gives_the_same_articles_and_more_begin_with_them(made):
    assert list(islice(generate.generate(10_000), 120)) == made
    assert list(generate.generate(120, seed=8)) != made


def test_articles_differ_but_for_copies(made):
    bodies = [article.paragraphs for article in made]
    assert 0.85 * len(made) < len(set(bodies)) < len(made)
    copies = [article for n, article in enumerate(made) if article.paragraphs in bodies[:n]]
    assert copies and len({article.url for article in made}) == len(made)
    names = {word for article in made for text in article.paragraphs for word in text.split() if word in generate.GIVEN}
    assert len(names) > 30


def test_lines_and_pages_hold_the_same(made, tmp_path):
    read = []
    for name in ("news.jsonl", "news.warc.gz"):
        generate.write(12, tmp_path / name)
        read.append([article for _, article in read_items(list(find_items([str(tmp_path / name)])))])
    lines, pages = read
    assert [article.url for article in lines] == [article.url for article in pages] == [a.url for a in made[:12]]
    assert [article.title for article in lines] == [article.title for article in pages]
    for line, page, whole in zip(lines, pages, made, strict=False):
        text = "\n".join((whole.title, *whole.paragraphs))
        assert text_and_zones(line)[0] == text_and_zones(page)[0] == text
