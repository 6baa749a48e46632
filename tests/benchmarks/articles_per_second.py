"""Articles a second on one core: our whole pipeline against ``underthesea.ner``, on the same texts, in turn.

    python -m tests.benchmarks.articles_per_second [INPUT] [--articles N] [--rounds N]

INPUT is anything ``congdoan extract`` reads; the bundled sample by default. The peer finds persons, organizations and
places as spans; ours gives normalized dates, linked organizations, officials, figures and events.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable

# One core for both: neither may spread over threads.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"

import pipeline
from pipeline import document, inputs
from scrapers.page import Article
from tests.shared import SAMPLE


def articles(source: str, limit: int) -> list[Article]:
    items = [item for item in inputs.find_items([source]) if isinstance(item, inputs.Item)]
    found = [article for _, article in inputs.read_items(items) if isinstance(article, Article)]
    return found[:limit]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="?", default=str(SAMPLE / "pages.warc.gz"))
    parser.add_argument("--articles", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    batch = articles(options.input, options.articles)
    texts = [document.text_and_zones(article)[0] for article in batch]
    nlp = pipeline.load()
    for article in batch:
        document.build(nlp, article)
    memory = peak_mb()

    from underthesea import ner

    ner(texts[0][:200])
    ours, peer = [], []
    for _ in range(options.rounds):
        ours.append(seconds(lambda: [document.build(nlp, article) for article in batch]))
        peer.append(seconds(lambda: [ner(text) for text in texts]))
    rate, peer_rate = (len(batch) / statistics.median(times) for times in (ours, peer))
    characters = statistics.mean(map(len, texts))
    print(f"{len(batch)} articles of {characters:,.0f} characters on average, medians of {options.rounds} rounds")
    print(f"{'congdoan, all components':28} {rate:10.1f} articles/s   peak {memory:,.0f} MB")
    print(f"{'underthesea.ner':28} {peer_rate:10.1f} articles/s   peak of both {peak_mb():,.0f} MB")
    print(f"{'ratio':28} {rate / peer_rate:10.1f}")

    print("\ncomponent                    ms an article")
    spent = dict.fromkeys(["tokenizer", *nlp.pipe_names], 0.0)
    for text in texts:
        start = time.perf_counter()
        doc = nlp.make_doc(text)
        for name, component in [("tokenizer", None), *nlp.pipeline]:
            if component is not None:
                start = time.perf_counter()
                doc = component(doc)
            spent[name] += time.perf_counter() - start
    for name, total in spent.items():
        print(f"{name:28} {1000 * total / len(texts):.2f}")


if __name__ == "__main__":
    main()
