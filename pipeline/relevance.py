"""How far an article is about trade unions and labour: weighted words (``relevance_terms.csv``), 0 to 1.

Each group of words counts by the logarithm of how often it stands there, the headline's words twice, so that one word
used all over a text does not outweigh several that belong together. No weight is learned: the rows state them.
"""

from __future__ import annotations

import re
from functools import cache
from math import exp, log2

from spacy.tokens import Doc

from pipeline.document import match_form, zones
from pipeline.normalize.fold import match_form as fold_form
from pipeline.normalize.phrases import words
from pipeline.resources import rows

# An article below it is off topic.
THRESHOLD = 0.5
_HEADLINE = 2


def relevance(doc: Doc) -> float:
    """0 (nothing in it is of unions or labour) to 1; below ``THRESHOLD`` the article is off topic."""
    title_end = next((end for _, end, zone in zones(doc) if zone == "title"), 0)
    return score(match_form(doc), title_end)


def score(form: str, title_end: int = 0) -> float:
    """The relevance of a text in match form, its headline ending at ``title_end``."""
    pattern, group_of, weights = _terms()
    counts = [0] * len(weights)
    for match in pattern.finditer(form):
        counts[group_of[match[0]]] += _HEADLINE if match.start() < title_end else 1
    evidence = sum(weight * log2(1 + count) for weight, count in zip(weights, counts, strict=True) if count)
    return round(1 - exp(-evidence), 3)


@cache
def _terms() -> tuple[re.Pattern[str], dict[str, int], list[float]]:
    """One pattern for all words, the row of each, the weight of each row."""
    listed = rows("lexicons/relevance_terms.csv")
    group_of = {fold_form(term): number for number, row in enumerate(listed) for term in row["terms"].split("|")}
    return re.compile(words(group_of)), group_of, [float(row["weight"]) for row in listed]
