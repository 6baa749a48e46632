"""Which article copies which: equal bodies, equal paragraphs, mostly equal shingles.

Of all that are alike the head is the first published, of those the longest, of those the one of the lowest id: the
order of intake decides nothing. Signatures stand in the shards (pipeline.signatures); here they are only compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.normalize.fold import match_form
from pipeline.signatures import PERMUTATIONS, minhash

# Share of the shorter body's shingles that both have. A sequel that repeats what went before stays below.
_ALIKE = 0.7
# Short items of one form ("LĐLĐ huyện … tổ chức hội nghị …") share most of their words and none of their news.
_SHORT, _SHORT_ALIKE = 400, 0.9
# Copies cut to half have a resemblance of 0.45 and more, articles of one topic 0.03 and less (measured on press
# articles); below this the estimate of 128 hashes is too rough to compute a share from.
_LEAST = 0.3
# 42 bands of 3: a pair of 0.45 is missed once in fifty.
_BANDS = (42, 3)
_SERIES = 0.9
_NUMBER = re.compile(r"\d+")
_REASONS = ("body", "paragraphs", "shingles")

# A body of a few words ("Tin đang cập nhật") is nobody's copy.
_RANKED = """
CREATE TEMP TABLE ranked AS
SELECT article_id, source_id, published_date, title, body_sha256, body_chars, body_chars >= 80 AS long,
    row_number() OVER (
        ORDER BY published_date NULLS LAST, published_at NULLS LAST, body_chars DESC, article_id
    ) AS number
FROM (SELECT *, n_chars - coalesce(length(title), 0) AS body_chars FROM shard_articles)"""

_SAME_BODY = """
SELECT number, min(number) OVER (PARTITION BY body_sha256) AS head FROM ranked WHERE long
QUALIFY number > head ORDER BY number"""

# Papers cut copies at the end, leave captions out, add a credit: whole paragraphs tell. A paragraph of many articles is
# the site's, not the article's.
_SAME_PARAGRAPHS = """
WITH hashed AS (
    SELECT number, unnest(paragraphs) AS hash, unnest(lengths) AS n
    FROM shard_signatures JOIN (
        SELECT * FROM ranked WHERE long QUALIFY number = min(number) OVER (PARTITION BY body_sha256)
    ) USING (article_id)
), own AS (
    SELECT * FROM hashed WHERE hash IN (SELECT hash FROM hashed GROUP BY hash HAVING count(*) BETWEEN 2 AND 50)
), sizes AS (
    SELECT number, sum(n) AS size FROM hashed GROUP BY number
), pairs AS (
    SELECT b.number AS number, a.number AS head, sum(a.n) AS shared
    FROM own a JOIN own b ON a.hash = b.hash AND a.number < b.number GROUP BY ALL
)
SELECT pairs.number, head, shared / least(one.size, other.size) AS share
FROM pairs JOIN sizes one ON one.number = pairs.number JOIN sizes other ON other.number = head
WHERE share >= 0.6 ORDER BY pairs.number, head"""

_SIGNATURES = """
SELECT number, shingles, body_chars FROM shard_signatures JOIN (
    SELECT * FROM ranked WHERE long QUALIFY number = min(number) OVER (PARTITION BY body_sha256)
) USING (article_id)
WHERE shingles IS NOT NULL ORDER BY number"""


class _Pair(NamedTuple):
    copy: int
    other: int  # what comes first
    score: float
    reason: str

    @property
    def better(self) -> tuple[float, int, int]:
        """Sorts the pair that explains a copy best to the front."""
        return -self.score, _REASONS.index(self.reason), self.other


def copies(con: Connection) -> pa.Table:
    """The derived columns of ``articles``; leaves the table ``ranked``, whose ``number`` is the order of heads."""
    con.execute(_RANKED)
    titles = dict(con.execute("SELECT number, title FROM ranked").fetchall())
    ids = dict(con.execute("SELECT number, article_id FROM ranked").fetchall())
    best: dict[int, _Pair] = {}
    for pair in (*_bodies(con), *_paragraphs(con), *_shingles(con)):
        if pair.score < _SERIES and are_series(titles[pair.copy], titles[pair.other]):
            continue
        if pair.copy not in best or pair.better < best[pair.copy].better:
            best[pair.copy] = pair
    heads: dict[int, int] = {}
    found = []
    for number in sorted(best):
        pair = best[number]
        # What comes first has its head by now.
        heads[number] = heads.get(pair.other, pair.other)
        row = {"dup_of": ids[heads[number]], "dup_score": round(pair.score, 3), "dup_reason": pair.reason}
        found.append({"article_id": ids[number], **row})
    return pa.Table.from_pylist(found, schema=joined_schema(TABLES["articles"]))


def _bodies(con: Connection) -> Iterator[_Pair]:
    for number, head in con.execute(_SAME_BODY).fetchall():
        yield _Pair(number, head, 1.0, "body")


def _paragraphs(con: Connection) -> Iterator[_Pair]:
    for number, head, share in con.execute(_SAME_PARAGRAPHS).fetchall():
        yield _Pair(number, head, float(share), "paragraphs")


def _shingles(con: Connection) -> Iterator[_Pair]:
    # Slow to import: see pipeline.signatures.
    from datasketch import MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=_BANDS)
    met: dict[int, tuple[Any, int]] = {}
    for number, stored, chars in con.execute(_SIGNATURES).fetchall():
        signature = minhash(stored)
        for other in index.query(signature):
            known, other_chars = met[other]
            resemblance = float(signature.jaccard(known))
            score = contained(resemblance, chars, other_chars)
            enough = _SHORT_ALIKE if min(chars, other_chars) < _SHORT else _ALIKE
            if resemblance >= _LEAST and score >= enough:
                yield _Pair(number, other, score, "shingles")
        index.insert(number, signature)
        met[number] = signature, chars


def contained(resemblance: float, chars: int, other_chars: int) -> float:
    """Share of the shorter of two bodies that the longer has, of what either has and how long they are.

    >>> round(contained(0.5, 1000, 2000), 2)
    1.0
    """
    longer = max(chars, other_chars) / min(chars, other_chars)
    return min(1.0, resemblance / (1 + resemblance) * (1 + longer))


def are_series(title: str | None, other: str | None) -> bool:
    """Two editions of one form ("Sổ tay kế toán tháng 1", "… tháng 2"), much alike and no copies."""
    one, two = match_form(title or ""), match_form(other or "")
    numbers, others = _NUMBER.findall(one), _NUMBER.findall(two)
    if not numbers or not others or numbers == others:
        return False
    before, also = _NUMBER.split(one)[0].split(), _NUMBER.split(two)[0].split()
    return before == also and len(before) >= 3
