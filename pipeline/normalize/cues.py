"""Phrases as rows: a lexicon of heads and tails, found in one pass over the words of a text.

A row's ``head`` lists literal phrases ("trao|tặng"), its ``tail`` is a regular expression for what must follow after a
space; ``{name}`` in it stands for a part (``event_parts.csv``). A word that begins no head costs one dict look-up, so
the pass is linear in the text however many rows there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.normalize.fold import match_form

_WORD = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"\{([a-z_]+)\}")

Row = Mapping[str, str]


class Cue(NamedTuple):
    """A row met at [start, end) of the match form."""

    start: int
    end: int
    row: int


class Lexicon:
    """Finds the rows of one table: the longest text at a word and no overlaps, or, if ``every``, all that fit."""

    def __init__(self, table: Iterable[Row], parts: Mapping[str, str] | None = None, *, every: bool = False) -> None:
        """``parts``: name → pattern. Raises KeyError for a part that is not there, ``re.error`` for a broken tail."""
        self.every = every
        heads: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
        for number, row in enumerate(table):
            tail = _PART.sub(lambda match: (parts or {})[match[1]], row["tail"].strip())
            for head in row["head"].split("|"):
                literal = match_form(head.strip())
                first = _WORD.match(literal)
                if first is None:
                    raise ValueError(f"a head must begin with a word: {head!r}")
                # "thăm, tặng quà": a tail that begins with a sign stands without a space.
                pattern = re.escape(literal) + (f"(?: |(?=,)){tail}" if tail else r"(?!\w)")
                heads[first[0]].setdefault(pattern, []).append(number)
        self._rows = {
            word: [(re.compile(pattern).match, tuple(numbers)) for pattern, numbers in found.items()]
            for word, found in heads.items()
        }
        self.words = frozenset(self._rows)

    def at(self, form: str, start: int, word: str) -> list[Cue]:
        """The rows that fit at ``start``, where ``word`` begins, the longest text first."""
        met = [(found.end(), numbers) for match, numbers in self._rows[word] if (found := match(form, start))]
        if not met:
            return []
        if not self.every:
            end, numbers = max(met, key=lambda fit: fit[0])
            return [Cue(start, end, number) for number in numbers[:1]]
        met.sort(key=lambda fit: -fit[0])
        return [Cue(start, end, number) for end, numbers in met for number in numbers]


def words(form: str, wanted: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Where the words of ``wanted`` begin in ``form``."""
    for match in _WORD.finditer(form):
        word = match[0]
        if word in wanted:
            yield match.start(), word


def scan(form: str, *lexicons: Lexicon) -> list[list[Cue]]:
    """What each lexicon finds in ``form`` (:func:`~pipeline.normalize.fold.match_form`), in text order."""
    found: list[list[Cue]] = [[] for _ in lexicons]
    covered = [0] * len(lexicons)
    for start, word in words(form, frozenset().union(*(lexicon.words for lexicon in lexicons))):
        for number, lexicon in enumerate(lexicons):
            if start >= covered[number] and word in lexicon.words:
                cues = lexicon.at(form, start, word)
                if cues:
                    found[number] += cues
                    covered[number] = start if lexicon.every else cues[0].end
    return found
