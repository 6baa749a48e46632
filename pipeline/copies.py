"""Which article copies which: equal bodies, equal paragraphs, mostly equal shingles.

Of all that are alike the head is the first published, of those the longest, of those the one of the lowest id: the
order of intake decides nothing. Signatures stand in the shards (pipeline.signatures); here they are only compared.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.normalize.fold import match_form
from pipeline.resemblance import Numbers, Resembling, Signatures
from pipeline.signatures import PERMUTATIONS, STORED

Scores = NDArray[np.float64]

# Share of the shorter body's shingles that both have. A sequel that repeats what went before stays below.
_ALIKE = 0.7
# Short items of one form ("LĐLĐ huyện … tổ chức hội nghị …") share most of their words and none of their news.
_SHORT, _SHORT_ALIKE = 400, 0.9
# Copies cut to half have a resemblance of 0.45 and more, articles of one topic 0.03 and less (measured on press
# articles); below this the estimate of 128 hashes is too rough to compute a share from.
_LEAST = 0.3
_SERIES = 0.9
_NUMBER = re.compile(r"\d+")
# Of two that explain a copy equally well the earlier named is taken.
_REASONS = ("body", "paragraphs", "shingles")
_BODY, _PARAGRAPHS, _SHINGLES = range(len(_REASONS))
# Rows read at once, 8 MB of signatures.
_BATCH = 1 << 14

# A body of a few words ("Tin đang cập nhật") is nobody's copy.
_RANKED = """
CREATE TEMP TABLE ranked AS
SELECT article_id, source_id, published_date, title, body_sha256, body_chars, body_chars >= 80 AS long,
    row_number() OVER (
        ORDER BY published_date NULLS LAST, published_at NULLS LAST, body_chars DESC, article_id
    ) AS number
FROM (SELECT *, n_chars - coalesce(length(title), 0) AS body_chars FROM shard_articles)"""

# The first of each body.
_COMPARED = """
CREATE TEMP TABLE compared AS
SELECT number, article_id, body_chars FROM ranked
WHERE number IN (SELECT min(number) FROM ranked WHERE long GROUP BY body_sha256)"""

_SAME_BODY = """
SELECT number AS copy, head AS other, 1.0::DOUBLE AS score
FROM ranked JOIN (
    SELECT body_sha256, min(number) AS head FROM ranked WHERE long GROUP BY body_sha256 HAVING count(*) > 1
) USING (body_sha256)
WHERE long AND number > head"""

_HASHED = """
CREATE TEMP TABLE hashed AS
SELECT number, ('0x' || unnest(paragraphs))::UBIGINT AS hash, unnest(lengths) AS n
FROM shard_signatures JOIN compared USING (article_id)"""

# Papers cut copies at the end, leave captions out, add a credit: whole paragraphs tell. A paragraph of many articles is
# the site's, not the article's. What two have in common cannot be three fifths of the shorter where all of that is
# among the shorter's most common paragraphs that make less than three fifths: these need not be looked up, as in the
# prefix filtering of Bayardo, Ma & Srikant (2007), "Scaling up all pairs similarity search".
_SAME_PARAGRAPHS = """
WITH shared AS (
    SELECT hash, count(*) AS times FROM hashed GROUP BY hash HAVING count(*) BETWEEN 2 AND 50
), sizes AS (
    SELECT number, sum(n) AS size FROM hashed GROUP BY number
), own AS MATERIALIZED (
    SELECT number, hash, n, times, size FROM hashed JOIN shared USING (hash) JOIN sizes USING (number)
), telling AS (
    SELECT number, hash, size FROM own
    QUALIFY sum(n) OVER (PARTITION BY number ORDER BY times DESC, hash ROWS UNBOUNDED PRECEDING) / size >= 0.6
), met AS (
    SELECT DISTINCT greatest(a.number, b.number) AS copy, least(a.number, b.number) AS other
    FROM telling a JOIN own b ON a.hash = b.hash AND a.number <> b.number AND a.size <= b.size
)
SELECT copy, other, sum(a.n) / least(any_value(a.size), any_value(b.size)) AS score
FROM met JOIN own a ON a.number = other JOIN own b ON b.number = copy AND b.hash = a.hash
GROUP BY copy, other HAVING score >= 0.6"""

_SIGNATURES = """
SELECT number, shingles FROM shard_signatures JOIN compared USING (article_id) WHERE shingles IS NOT NULL"""

_TITLES = "SELECT number, title FROM ranked WHERE number IN (SELECT number FROM asked)"

_FOUND = """
SELECT copied.article_id, head.article_id AS dup_of, dup_score, dup_reason
FROM found JOIN ranked copied ON copied.number = found.copy JOIN ranked head ON head.number = found.head
ORDER BY found.copy"""


def copies(con: Connection) -> pa.Table:
    """The derived columns of ``articles``; leaves the table ``ranked``, whose ``number`` is the order of heads.

    Of more than 52 articles that resemble each other only some pairs are compared (see ``Signatures.pairs``), so that
    time is linear in articles; an article may then show a lower score than with another of its many likes.
    """
    con.execute(_RANKED)
    con.execute(_COMPARED)
    con.execute(_HASHED)
    best = _Best(con)
    for reason, sql in ((_BODY, _SAME_BODY), (_PARAGRAPHS, _SAME_PARAGRAPHS)):
        pairs = con.sql(sql).to_arrow_table()
        best.offer(reason, *(pairs.column(name).to_numpy() for name in ("copy", "other", "score")))
    con.execute("DROP TABLE hashed")
    _compare_shingles(con, best)
    con.execute("DROP TABLE compared")
    con.register("found", best.found())
    found = con.sql(_FOUND).to_arrow_table().cast(joined_schema(TABLES["articles"]))
    con.unregister("found")
    return found


def _compare_shingles(con: Connection, best: _Best) -> None:
    chars = np.zeros(best.size, np.int64)
    n = 0
    for batch in con.sql("SELECT number, body_chars FROM compared").to_arrow_reader(_BATCH):
        chars[batch.column("number").to_numpy()] = batch.column("body_chars").to_numpy()
        n += batch.num_rows

    def scores(pairs: Resembling) -> Scores:
        """0 for what is no copy."""
        resemblance = pairs.equal / PERMUTATIONS
        one, two = chars[pairs.later], chars[pairs.earlier]
        score = contained(resemblance, one, two)
        enough = np.where(np.minimum(one, two) < _SHORT, _SHORT_ALIKE, _ALIKE)
        return np.where((resemblance >= _LEAST) & (score >= enough), score, 0.0)

    def worth(pairs: Resembling) -> NDArray[np.bool_]:
        return best.improved_by(_SHINGLES, pairs.later, pairs.earlier, scores(pairs))

    with Signatures(n, _spilling(con)) as signatures:
        for batch in con.sql(_SIGNATURES).to_arrow_reader(_BATCH):
            signatures.add(batch.column("number").to_numpy(), _rows(batch.column("shingles")))
        for pairs in signatures.pairs(worth):
            best.offer(_SHINGLES, pairs.later, pairs.earlier, scores(pairs))


def _rows(stored: pa.Array) -> NDArray[np.uint32]:
    """Signatures as pipeline.signatures stores them, as rows of 128 hashes."""
    fixed = stored.cast(pa.binary(PERMUTATIONS * STORED.itemsize))
    size = len(fixed) * PERMUTATIONS
    found = np.frombuffer(fixed.buffers()[1], STORED, size, fixed.offset * fixed.type.byte_width)
    return found.reshape(-1, PERMUTATIONS).astype(np.uint32, copy=False)


def _spilling(con: Connection) -> Path | None:
    """The folder in which ``con`` writes what memory does not hold; None where there is none yet."""
    ((folder,),) = con.execute("SELECT current_setting('temp_directory')").fetchall()
    return Path(folder) if folder and Path(folder).is_dir() else None


class _Best:
    """For each article, by number, what explains best that it is a copy: the highest score, of equal scores the
    earlier reason, then the earlier other. ``size``: one more than the highest number."""

    def __init__(self, con: Connection) -> None:
        ((last,),) = con.execute("SELECT coalesce(max(number), 0) FROM ranked").fetchall()
        self.size = int(last) + 1
        self._score: Scores = np.zeros(self.size)
        self._reason = np.zeros(self.size, np.int8)
        self._other = np.zeros(self.size, np.int64)
        self._titles = _Titles(con, self.size)

    def improved_by(self, reason: int, copy: Numbers, other: Numbers, score: Scores) -> NDArray[np.bool_]:
        """Which of the pairs explain their copy better than what is known."""
        known = self._score[copy]
        before = (reason < self._reason[copy]) | ((reason == self._reason[copy]) & (other < self._other[copy]))
        found: NDArray[np.bool_] = (score > 0) & ((score > known) | ((score == known) & before))
        return found

    def offer(self, reason: int, copy: Numbers, other: Numbers, score: Scores) -> None:
        """Take what explains a copy better, unless the two are editions of one form. A score of 0 explains nothing."""
        kept = np.flatnonzero(self.improved_by(reason, copy, other, score))
        kept = kept[np.lexsort((other[kept], -score[kept], copy[kept]))]
        low = score[kept] < _SERIES
        if low.any():
            asked = kept[low]
            low[low] = self._titles.are_series(copy[asked], other[asked])
            kept = kept[~low]
        kept = kept[np.unique(copy[kept], return_index=True)[1]]
        place = copy[kept]
        self._score[place], self._reason[place], self._other[place] = score[kept], reason, other[kept]

    def found(self) -> pa.Table:
        """Columns copy, head (numbers), dup_score, dup_reason."""
        copy = np.flatnonzero(self._other)
        # Each points to what comes before it; followed to the end, by twice as many steps at a time.
        head = np.where(self._other > 0, self._other, np.arange(self.size))
        while not np.array_equal(further := head[head], head):
            head = further
        return pa.table(
            {
                "copy": copy,
                "head": head[copy],
                "dup_score": [round(score, 3) for score in self._score[copy].tolist()],
                "dup_reason": pa.DictionaryArray.from_arrays(self._reason[copy], list(_REASONS)),
            }
        )


class _Titles:
    """What the titles of articles, by number, tell of series; read when first asked for."""

    def __init__(self, con: Connection, size: int) -> None:
        self._con = con
        # -1: not asked for yet; 0: of no series
        self._form = np.full(size, -1, np.int32)
        self._edition = np.zeros(size, np.int32)
        self._ids: dict[object, int] = {}

    def are_series(self, one: Numbers, other: Numbers) -> NDArray[np.bool_]:
        """``are_series`` of each pair."""
        self._read(np.union1d(one, other))
        found: NDArray[np.bool_] = (
            (self._form[one] > 0)
            & (self._form[one] == self._form[other])
            & (self._edition[one] != self._edition[other])
        )
        return found

    def _read(self, numbers: Numbers) -> None:
        asked = numbers[self._form[numbers] < 0]
        if not len(asked):
            return
        self._con.register("asked", pa.table({"number": asked}))
        for number, title in self._con.execute(_TITLES).fetchall():
            known = edition(title)
            self._form[number], self._edition[number] = map(self._id, known) if known else (0, 0)
        self._con.unregister("asked")

    def _id(self, what: object) -> int:
        return self._ids.setdefault(what, len(self._ids) + 1)


def contained(resemblance: Scores, chars: Numbers, other_chars: Numbers) -> Scores:
    """Share of the shorter of two bodies that the longer has, of what either has and how long they are.

    >>> contained(np.array([0.5]), np.array([1000]), np.array([2000])).round(2).tolist()
    [1.0]
    """
    longer = np.maximum(chars, other_chars) / np.minimum(chars, other_chars)
    return np.minimum(1.0, resemblance / (1 + resemblance) * (1 + longer))


def edition(title: str | None) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The words before the first number of a title, three or more, and its numbers; None where it has no such.

    >>> edition("Sổ tay tháng 1")
    (('so', 'tay', 'thang'), ('1',))
    """
    form = match_form(title or "")
    numbers, before = _NUMBER.findall(form), _NUMBER.split(form)[0].split()
    return (tuple(before), tuple(numbers)) if numbers and len(before) >= 3 else None


def are_series(title: str | None, other: str | None) -> bool:
    """Two editions of one form ("Sổ tay kế toán tháng 1", "… tháng 2"), much alike and no copies."""
    one, two = edition(title), edition(other)
    return one is not None and two is not None and one[0] == two[0] and one[1] != two[1]
