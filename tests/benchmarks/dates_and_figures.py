"""Milliseconds an article for dates and figures, against ``dateparser.search``, and growth with length.

    python -m tests.benchmarks.dates_and_figures [INPUT] [--articles N] [--rounds N]

HeidelTime and duckling run on a JVM and in Haskell and are not installed here; what is published of them on articles of
this kind stands in the README.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings

import pipeline
from pipeline import document
from tests.benchmarks.articles_per_second import articles, seconds
from tests.shared import SAMPLE

COMPONENTS = ("congdoan_dates", "congdoan_figures")
# Long runs of what dates and figures are made of: a pattern that backtracks shows here.
HOSTILE = {
    "digits": "1" * 10,
    "slashes": "1/1/",
    "dots": "1.1.",
    "spaces": "ngày      ",
    "dashes": "từ 1 - ",
    "number words": "hai mươi ",
    "months": "tháng 1 đến ",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="?", default=str(SAMPLE / "pages.warc.gz"))
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    from dateparser.search import search_dates

    nlp = pipeline.load()
    pipes = dict(nlp.pipeline)
    batch = articles(options.input, options.articles)
    texts = [document.text_and_zones(article)[0] for article in batch]
    search_dates(texts[0][:200], languages=["vi"])
    ours, peer = [], []
    for _ in range(options.rounds):
        docs = [document.build(nlp, article) for article in batch]
        ours.append(seconds(lambda docs=docs: [pipes[name](doc) for doc in docs for name in COMPONENTS]))
        peer.append(seconds(lambda: [search_dates(text, languages=["vi"]) for text in texts]))
    a, b = (1000 * statistics.median(times) / len(batch) for times in (ours, peer))
    characters = statistics.mean(map(len, texts))
    print(f"{len(batch)} articles of {characters:,.0f} characters on average, medians of {options.rounds} rounds")
    print(f"{'congdoan dates and figures':28} {a:8.2f} ms an article")
    print(f"{'dateparser.search':28} {b:8.2f} ms an article (dates only)")
    print(f"{'ratio':28} {b / a:8.1f}")

    print("\nseconds for hostile text      250 kB   500 kB    1 MB")
    for name, unit in HOSTILE.items():
        times = []
        for size in (250_000, 500_000, 1_000_000):
            doc = nlp.make_doc(unit * (size // len(unit)))
            pipes["congdoan_sentences"](doc)
            start = time.perf_counter()
            for component in COMPONENTS:
                pipes[component](doc)
            times.append(time.perf_counter() - start)
        print(f"{name:28}" + "".join(f"{spent:9.2f}" for spent in times))


if __name__ == "__main__":
    main()
