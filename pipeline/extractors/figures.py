"""spaCy component ``congdoan_figures``: writes ``doc.spans["figures"]``."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document import annotate, text_of
from pipeline.normalize.counted import is_known, read_noun_phrase
from pipeline.normalize.figures import Found, Reader
from pipeline.normalize.fold import lower
from pipeline.normalize.labels import quoted_names
from pipeline.normalize.plausibility import is_implausible_per_head

_PAIR = re.compile(r"([0-9]{1,2}) ?[-–] ?([0-9]{1,2})")
# "210 tỷ đồng cho 21 công nhân": so much money for so many.
_FOR = re.compile(r"[^.;\n\d]{0,30}?cho \Z")


class Figures:
    """Reads ``doc.spans`` dates and organizations where they are there; works without them."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        low = lower(text)
        dates = [(s.start_char, s.end_char) for s in doc.spans.get("dates", ())]
        taken = _Intervals([(start, end) for start, end in dates if not _is_pair(text, low, start, end)])
        names = _Intervals([(s.start_char + 1, s.end_char) for s in doc.spans.get("organizations", ())])
        quoted = _Intervals(quoted_names(text, low))
        found = list(Reader(text, low, taken, names, quoted).read())
        _check_per_head(text, found)
        doc.spans["figures"] = [_annotate(doc, figure) for figure in found]
        return doc


def _annotate(doc: Doc, figure: Found) -> Span:
    return annotate(doc, figure.start, figure.end, label="FIGURE", rule=figure.rule, value=figure.value)


def _is_pair(text: str, low: str, start: int, end: int) -> bool:
    """ "từ *1-2* công trình": a day to the eye, but without a word of time and before what is counted."""
    pair = _PAIR.fullmatch(text, start, end)
    if pair is None or not low.endswith("từ ", 0, start) or text[start - 3 : start - 2] != "t":
        return False
    phrase = read_noun_phrase(text, end + 1) if text[end : end + 1] == " " else None
    return int(pair[1]) < int(pair[2]) and phrase is not None and is_known(phrase)


class _Intervals:
    """Half-open intervals; answers whether one of them overlaps another in logarithmic time."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif end > start:
                self._starts.append(start)
                self._ends.append(end)

    def overlaps(self, start: int, end: int) -> bool:
        i = bisect_right(self._starts, end - 1)
        return i > 0 and self._ends[i - 1] > start


def _check_per_head(text: str, found: list[Found]) -> None:
    """Flags an amount that the number of people beside it contradicts."""
    for i, (money, heads) in enumerate(pairwise(found)):
        pair = money.value.currency == "VND" and heads.value.measure == "count"
        if not pair or heads.start - money.end > 40 or not _FOR.match(text[money.end : heads.start]):
            continue
        amount, people = Decimal(money.value.value), Decimal(heads.value.value)
        if is_implausible_per_head(amount, people) and "implausible" not in money.value.flags:
            found[i] = replace(money, value=replace(money.value, flags=(*money.value.flags, "implausible")))
