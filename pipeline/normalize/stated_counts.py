"""Counts whose noun stands before them: "tổng số đoàn viên của quận hiện là 1.250", "đã lên con số 200"."""

from __future__ import annotations

import re

from pipeline.normalize.counted import NounPhrase, is_known, read_noun_phrase
from pipeline.normalize.labels import label_before

_VERB = r"(?:là|còn|chỉ còn|lên|lên tới|lên đến|tăng lên|giảm xuống|giảm còn|xuống còn|đạt|ước khoảng)"
_ABOUT = r"(?:hơn |gần |trên |khoảng |chỉ |tới |đến )?"
# What a bare number may be followed by: nothing that it could count.
_CLOSED = r"(?=[,;)…?!\"”\n]|\.(?![0-9])|\Z| (?:và|trong đó|nhưng|so với|vào|tính đến|\())"
_STATED = re.compile(
    # The literal first, so that the search runs from one to the next.
    rf"số(?<![^\W_]số) (?:lượng )?(?=[^\W\d_])([^.,;:!?\d\n]{{3,70}}?) {_VERB} (?:con số )?{_ABOUT}"
    rf"(?<![\d.,])([0-9]{{1,3}}(?:[.,][0-9]{{3}})+|[0-9]{{1,6}}){_CLOSED}"
)


def stated_counts(text: str, low: str) -> dict[int, tuple[int, NounPhrase]]:
    """Start → end of each such number and what it counts; the noun is one that a row knows."""
    found: dict[int, tuple[int, NounPhrase]] = {}
    if "số " not in low:
        return found
    for match in _STATED.finditer(low):
        phrase = read_noun_phrase(text, match.start(1))
        # "số nhà là 12" tells an address.
        labelled = phrase is None or label_before(low, phrase.end + 1) in ("label", "document")
        if phrase and not labelled and is_known(phrase) and phrase.end <= match.end(1):
            found[match.start(2)] = (match.end(2), phrase)
    return found
