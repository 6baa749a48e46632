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
from pipeline.normalize.fold import lower, match_form, search_form

_READ = 3_000
_WORDS = 12
_BEFORE, _SHOWN = 70, 240  # characters of a snippet
# A title folded as far as SQL can.
_HEADED = "contains(replace(strip_accents(lower(coalesce(title, ''))), 'đ', 'd'), $phrase)"
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
    """CTEs that end in ``found`` (r, tier, place): rows of ``articles`` that have all the words and fulfil ``where``.

    ``where`` speaks of ``a``; the statement needs the parameter ``phrase``.
    """
    has_all = " AND ".join(f"s.doc IN ({_docs(numbers)})" for numbers in search.alike)
    marked = " AND ".join(
        f"s.doc IN ({_docs(typed)})"
        for typed, alike in zip(search.as_typed, search.alike, strict=True)
        if typed != alike
    )
    several = "AND contains(text_fold, $phrase)" if len(search.words) > 1 else ""
    filtered = "" if where == "TRUE" else "JOIN articles a ON a.rowid = s.r"
    return f"""
    kept AS MATERIALIZED (
        SELECT s.r, s.place, {marked or "TRUE"} AS marked
        FROM search.articles s {filtered} WHERE {has_all} AND {where}
    ), near AS MATERIALIZED (
        SELECT r FROM kept ORDER BY marked DESC, place LIMIT {_READ}
    ), phrased AS MATERIALIZED (
        SELECT rowid AS r, {_HEADED} AS headed
        FROM articles WHERE rowid IN (FROM near) {several}
    ), found AS (
        SELECT k.r, k.place, (CASE WHEN p.r IS NULL THEN 4 WHEN k.marked THEN 0 ELSE 2 END)
            + (CASE WHEN p.headed THEN 0 WHEN p.r IS NULL AND k.marked THEN 0 ELSE 1 END) AS tier
        FROM kept k LEFT JOIN phrased p USING (r)
    )"""


def _docs(numbers: tuple[int, ...]) -> str:
    """Docs with the words of these numbers; runs of numbers are ranges, which the file's blocks are sorted by."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    where = " OR ".join(f"number BETWEEN {first} AND {last}" for first, last in runs)
    return f"SELECT doc FROM search.postings WHERE {where or 'FALSE'}"


def snippet(text: str, search: Search) -> list[tuple[str, bool]]:
    """The place of ``text`` where the words stand, in pieces, each with whether it is a word searched for."""
    folded = search_form(text)
    spot = folded.find(search.phrase)
    if spot < 0:
        spot = min((folded.find(fold) for fold in search.phrase.split() if fold in folded), default=0)
    first = max(0, spot - _BEFORE)
    shown, folds = text[first : first + _SHOWN].replace("\n", " "), set(search.phrase.split())
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _WORD.finditer(shown):
        if fold_of(match[0]) in folds:
            pieces += [(shown[at : match.start()], False), (match[0], True)]
            at = match.end()
    return [piece for piece in (*pieces, (shown[at:], False)) if piece[0]]
