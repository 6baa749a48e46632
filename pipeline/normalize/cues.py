"""Phrases as rows: a lexicon of heads and tails, found in one pass over the words of a text.

A row's ``head`` lists literal phrases ("trao|tặng"), its ``tail`` is a regular expression for what must follow after a
space; ``{name}`` in it stands for a part (``event_parts.csv``). A word that begins no head costs one dict look-up, so
the pass is linear in the text however many rows there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.normalize.fold import match_form

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"\{([a-z_]+)\}")

Row = Mapping[str, str]


class Cue(NamedTuple):
    """A row met at [start, end) of the match form."""

    start: int
    end: int
    row: int


class Lexicon:
    """Finds the rows of one table. Where two rows fit at one word, the longer text wins, then the earlier row."""

    def __init__(self, table: Iterable[Row], parts: Mapping[str, str] | None = None) -> None:
        """``parts``: name → pattern. Raises KeyError for a part that is not there, ``re.error`` for a broken tail."""
        heads: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, row in enumerate(table):
            tail = _PART.sub(lambda match: (parts or {})[match[1]], row["tail"].strip())
            for head in row["head"].split("|"):
                literal = match_form(head.strip())
                first = _WORD.match(literal)
                if first is None:
                    raise ValueError(f"a head must begin with a word: {head!r}")
                pattern = re.escape(literal) + (f" {tail}" if tail else r"(?!\w)")
                heads[first[0]].append((pattern, number))
        self._rows = {word: [(re.compile(p), number) for p, number in found] for word, found in heads.items()}

    def at(self, form: str, start: int, word: str) -> Cue | None:
        """The row that fits at ``start``, where ``word`` begins."""
        best: Cue | None = None
        for pattern, number in self._rows.get(word, ()):
            match = pattern.match(form, start)
            if match and (best is None or match.end() > best.end):
                best = Cue(start, match.end(), number)
        return best


def scan(form: str, first: Lexicon, second: Lexicon) -> tuple[list[Cue], list[Cue]]:
    """What two lexicons find in ``form`` (:func:`~pipeline.normalize.fold.match_form`), each without overlaps."""
    found: tuple[list[Cue], list[Cue]] = ([], [])
    for match in _WORD.finditer(form):
        for lexicon, cues in zip((first, second), found, strict=True):
            word = match[0]
            if word in lexicon._rows and not (cues and cues[-1].end > match.start()):
                cue = lexicon.at(form, match.start(), word)
                if cue:
                    cues.append(cue)
    return found
