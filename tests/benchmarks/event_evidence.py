"""What triggers, classifier and both together find in annotated articles.

    python -m tests.benchmarks.event_evidence GOLD INPUT [GOLD INPUT …]

GOLD is a folder of annotated articles, INPUT the articles themselves. Each article is read once up to its figures; the
events component then runs on the same Doc with each kind of evidence.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pipeline
from pipeline import document, evaluate, records
from pipeline.extractors.events import EVIDENCE, Events
from tests.benchmarks import articles


def main(arguments: list[str]) -> None:
    nlp = pipeline.load(exclude=("congdoan_events",))
    component = Events(nlp, "congdoan_events")
    golds, read = [], []
    for gold, source in zip(arguments[::2], arguments[1::2], strict=True):
        golds += evaluate.read_gold(Path(gold))
        read += [(article, document.build(nlp, article)) for article in articles.read(source)]
    print(f"{len(golds)} articles\n\n| evidence | types P | types R | types F1 | main type | main date | main place |")
    print("|---|---|---|---|---|---|---|")
    for evidence in EVIDENCE:
        component.evidence = evidence
        told = [records.article_record(article, component(doc)) for article, doc in read]
        scores = evaluate.score(golds, evaluate.by_name(told))
        types = scores.kinds["event_types"]
        numbers = [types.precision, types.recall, types.f1]
        numbers += [scores.accuracy(f"main_{name}") or 0.0 for name in ("type", "date", "place")]
        print(f"| {evidence} | " + " | ".join(f"{number:.3f}" for number in numbers) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
