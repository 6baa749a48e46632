"""Phrases as rows: a lexicon of heads and tails, found in one pass over a text.

A row's ``head`` lists literal phrases ("trao|tặng"), its ``tail`` is a regular expression for what must follow after a
space; ``{name}`` in it stands for a part (``event_parts.csv``). All heads of all lexicons are one trie, so that the
pass costs the same however many rows there are; only where a head stands its tails are tried.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pipeline.normalize import phrases
from pipeline.normalize.fold import match_form

_PART = re.compile(r"\{([a-z_]+)\}")

Row = Mapping[str, str]
_Match = Callable[[str, int], re.Match[str] | None]
_Try = tuple[int, _Match | None, int]  # length of the head, what must follow, row


class Cue(NamedTuple):
    """A row met at [start, end) of the match form."""

    start: int
    end: int
    row: int


class Lexicon:
    """The rows of one table: the longest text at a word and no overlaps, or, if ``every``, all that fit."""

    def __init__(self, table: Iterable[Row], parts: Mapping[str, str] | None = None, *, every: bool = False) -> None:
        """``parts``: name → pattern. Raises KeyError for a part that is not there, ``re.error`` for a broken tail."""
        self.every = every
        # head → (tail or None, row): a tail that begins with a sign ("thăm, tặng quà") stands without a space.
        self.heads: defaultdict[str, list[tuple[_Match | None, int]]] = defaultdict(list)
        for number, row in enumerate(table):
            tail = _PART.sub(lambda match: (parts or {})[match[1]], row["tail"].strip())
            follows = re.compile(f'(?: |(?=[,”"]))(?:{tail})').match if tail else None
            for head in row["head"].split("|"):
                self.heads[match_form(head.strip())].append((follows, number))

    def within(self, head: str) -> list[_Try]:
        """What to try where ``head`` stands: its rows and those of the heads that it begins with."""
        words = head.split(" ")
        shorter = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        met = [short for short in shorter if short in self.heads]
        return [(len(short), follows, number) for short in met for follows, number in self.heads[short]]


class Scanner:
    """Several lexicons over one text at once."""

    def __init__(self, *lexicons: Lexicon) -> None:
        self._lexicons = lexicons
        every_head = {head for lexicon in lexicons for head in lexicon.heads}
        # A look-ahead, so that a head inside another one ("lễ trao": "trao") is met too.
        self._heads = re.compile(rf"\b(?=({phrases.alternation(every_head)})\b)")
        self._within = {
            head: [(number, tries) for number, lexicon in enumerate(lexicons) if (tries := lexicon.within(head))]
            for head in every_head
        }

    def __call__(self, form: str, start: int = 0, end: int | None = None) -> list[list[Cue]]:
        """What each lexicon finds in ``form`` (:func:`~pipeline.normalize.fold.match_form`), in text order.

        ``start``, ``end``: where heads are looked for, e.g. one sentence.
        """
        found: list[list[Cue]] = [[] for _ in self._lexicons]
        covered = [0] * len(self._lexicons)
        for match in self._heads.finditer(form, start, len(form) if end is None else end):
            at = match.start()
            for number, tries in self._within[match[1]]:
                if at < covered[number]:
                    continue
                cues = []
                for length, follows, row in tries:
                    if follows is None:
                        cues.append(Cue(at, at + length, row))
                    elif met := follows(form, at + length):
                        cues.append(Cue(at, met.end(), row))
                if cues and not self._lexicons[number].every:
                    cues = [max(cues, key=lambda cue: (cue.end, -cue.row))] if len(cues) > 1 else cues
                    covered[number] = cues[0].end
                found[number] += cues
        return found
