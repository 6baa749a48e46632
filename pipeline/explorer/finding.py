"""Articles by words, with and without marks, from the snapshot's word index.

An article is found when it has all the words. First come those that have them one after another and with the marks
typed. Whether they stand one after another is looked up in the texts of the ``_READ`` last published of those found,
which bounds the work; the others follow by date.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.dataset.search_index import fold_of
from pipeline.explorer.store import Snapshot
from pipeline.normalize.fold import lower, match_form

_READ = 10_000
_WORDS = 12
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Search:
    """Words as typed, and for each what numbers of the index mean it: all that fold alike, and as typed."""

    words: tuple[str, ...]
    alike: tuple[tuple[int, ...], ...]
    as_typed: tuple[tuple[int, ...], ...]

    @property
    def phrase(self) -> str:
        """The words one after another, folded."""
        return " ".join(fold_of(word) for word in self.words)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a query, in lower case, as many as are looked for."""
    return tuple(dict.fromkeys(_WORD.findall(lower(unicodedata.normalize("NFC", text)))))[:_WORDS]


def look_up(snapshot: Snapshot, text: str) -> Search | None:
    """What the index knows of the words of ``text``; None where it has no word."""
    words = words_of(text)
    if not words:
        return None
    sql = "SELECT number, word, fold FROM search.words WHERE fold IN (SELECT unnest($folds)) ORDER BY number"
    known = snapshot.rows(sql, {"folds": [fold_of(word) for word in words]})
    alike, as_typed = [], []
    for word in words:
        same = [row for row in known if row["fold"] == fold_of(word)]
        exact = [row for row in same if match_form(row["word"]) == match_form(word)]
        alike.append(tuple(row["number"] for row in same))
        # Who types no marks means none of them.
        as_typed.append(tuple(row["number"] for row in (exact if word != fold_of(word) else same)))
    return Search(words, tuple(alike), tuple(as_typed))


def found_sql(search: Search, where: str) -> str:
    """CTEs that end in ``found`` (article_id, tier, place): what has all the words and fulfils ``where`` on ``a``.

    The statement needs the parameter ``phrase``.
    """
    has_all = " AND ".join(f"s.place IN ({_places(numbers)})" for numbers in search.alike)
    marked = " AND ".join(
        f"s.place IN ({_places(typed)})"
        for typed, alike in zip(search.as_typed, search.alike, strict=True)
        if typed != alike
    )
    several = len(search.words) > 1
    return f"""
    kept AS MATERIALIZED (
        SELECT s.article_id, s.place, {marked or "TRUE"} AS marked
        FROM search.articles s JOIN articles a USING (article_id) WHERE {has_all} AND {where}
    ), near AS MATERIALIZED (
        SELECT article_id FROM kept ORDER BY marked DESC, place LIMIT {_READ}
    ), phrased AS MATERIALIZED (
        SELECT article_id, contains(substr(text_fold, 1, coalesce(length(title), 0)), $phrase) AS headed
        FROM articles WHERE article_id IN (FROM near) AND {"contains(text_fold, $phrase)" if several else "TRUE"}
    ), found AS (
        SELECT k.article_id, k.place, (CASE WHEN p.article_id IS NULL THEN 4 WHEN k.marked THEN 0 ELSE 2 END)
            + (CASE WHEN p.headed THEN 0 WHEN p.article_id IS NULL AND k.marked THEN 0 ELSE 1 END) AS tier
        FROM kept k LEFT JOIN phrased p USING (article_id)
    )"""


def _places(numbers: tuple[int, ...]) -> str:
    """Places of the words of these numbers; runs of numbers are ranges, which the file's blocks are sorted by."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    where = " OR ".join(f"number BETWEEN {first} AND {last}" for first, last in runs)
    return f"SELECT place FROM search.postings WHERE {where or 'FALSE'}"


def highlighted(snippet: str, search: Search) -> list[tuple[str, bool]]:
    """``snippet`` in pieces, each with whether it is a word searched for."""
    folds = {fold_of(word) for word in search.words}
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _WORD.finditer(snippet):
        if fold_of(match[0]) in folds:
            pieces += [(snippet[at : match.start()], False), (match[0], True)]
            at = match.end()
    return [*(piece for piece in pieces if piece[0]), (snippet[at:], False)]
