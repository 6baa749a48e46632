"""Tell union news from other news by ``relevance``, and print precision and recall of "off topic".

python -m tests.relevance: the rows were weighed on one half of both corpora (by hash of the article's id), the other
half is the measure. Needs the press articles in ../shared/corpus, which are no part of the project.
"""

from __future__ import annotations

import json
from hashlib import sha256

from pipeline.normalize.fold import match_form
from pipeline.relevance import THRESHOLD, score
from tests.shared import SHARED

HALVES = {0: "tuned on", 1: "held out"}


def half(article_id: str) -> int:
    """0 for the half that may be read, 1 for the one that only measures."""
    return int(sha256(article_id.encode()).hexdigest(), 16) % 2


def measure() -> dict[int, dict[str, float]]:
    """Precision and recall of "off topic" in each half, and how many articles of either kind it has."""
    told = [(half(a["id"]), off, _is_off_topic(a)) for off, a in _articles()]
    found = {}
    for number in HALVES:
        pairs = [(off, said) for h, off, said in told if h == number]
        right = sum(off and said for off, said in pairs)
        found[number] = {
            "precision": right / sum(said for _, said in pairs),
            "recall": right / sum(off for off, _ in pairs),
            "union": sum(not off for off, _ in pairs),
            "general": sum(off for off, _ in pairs),
        }
    return found


def _articles():
    for off, name in ((False, "union_news"), (True, "general_news")):
        with (SHARED / "corpus" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield off, json.loads(line)


def _is_off_topic(article: dict[str, str]) -> bool:
    title = article["title"] or ""
    return score(match_form(f"{title}\n{article['text']}"), len(title)) < THRESHOLD


if __name__ == "__main__":
    for number, row in measure().items():
        print(f"{HALVES[number]}: " + "  ".join(f"{key} {value:.4g}" for key, value in row.items()))
