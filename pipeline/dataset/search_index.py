"""Which articles have which words: an inverted index in the snapshot, so that a search need not read every text.

Schema ``search`` of the snapshot, beside the tables of ``pipeline.dataset.schema``, which it only repeats:
``search.articles`` (doc, article_id, r, place) numbers the articles: ``doc`` for good, ``r`` is the row of
``articles``, ``place`` counts from the last published. ``search.words`` (number, word, fold) has every word in lower
case, numbered so that words that fold alike stand together, those that came later by themselves behind;
``search.postings`` (number, doc) says where each stands, sorted but for those that came later, so that a word's rows
are few blocks of the file. A posting of a doc that is no longer there counts for nothing.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipeline.normalize.fold import lower, search_form

_PORTION = 10_000  # articles; their words, each once an article, are in memory

_NUMBERED = """
CREATE SCHEMA IF NOT EXISTS snapshot.search;
CREATE TABLE IF NOT EXISTS snapshot.search.articles (doc INTEGER, article_id VARCHAR, r BIGINT, place INTEGER);
CREATE TABLE IF NOT EXISTS snapshot.search.words (number INTEGER, word VARCHAR, fold VARCHAR);
CREATE TABLE IF NOT EXISTS snapshot.search.postings (number INTEGER, doc INTEGER);
CREATE TEMP TABLE docs AS
SELECT doc, article_id FROM snapshot.search.articles SEMI JOIN snapshot.main.articles USING (article_id)
    ANTI JOIN fresh USING (article_id)
UNION ALL
SELECT row_number() OVER (ORDER BY published_date DESC NULLS LAST, article_id)
    + (SELECT coalesce(max(doc), 0) FROM snapshot.search.articles), article_id
FROM snapshot.main.articles SEMI JOIN fresh USING (article_id);
CREATE TEMP TABLE new_docs AS
SELECT doc, article_id, row_number() OVER (ORDER BY doc) - 1 AS n FROM docs SEMI JOIN fresh USING (article_id);
CREATE OR REPLACE TABLE snapshot.search.articles AS
SELECT doc::INTEGER AS doc, article_id, a.rowid AS r,
    (row_number() OVER (ORDER BY published_date DESC NULLS LAST, article_id))::INTEGER AS place
FROM docs JOIN snapshot.main.articles a USING (article_id) ORDER BY place;
CREATE TEMP TABLE index_words (number INTEGER, word VARCHAR);
INSERT INTO index_words SELECT number, word FROM snapshot.search.words;
CREATE TEMP TABLE index_rows (number INTEGER, doc INTEGER)"""
# Each word once an article.
_SAID = r"""
CREATE OR REPLACE TEMP TABLE index_portion AS
SELECT doc, unnest(list_distinct(string_split_regex(lower(text), '[^\p{{L}}\p{{M}}\p{{N}}]+'))) AS word
FROM snapshot.main.articles JOIN new_docs USING (article_id) WHERE n >= {first} AND n < {end};
INSERT INTO index_words
SELECT (SELECT coalesce(max(number), -1) FROM index_words) + row_number() OVER (ORDER BY word), word
FROM (SELECT DISTINCT word FROM index_portion WHERE word <> '') ANTI JOIN index_words USING (word);
INSERT INTO index_rows SELECT number, doc FROM index_portion JOIN index_words USING (word)"""
_NEW_WORDS = (
    "SELECT number, word FROM index_words WHERE number > (SELECT coalesce(max(number), -1) FROM snapshot.search.words)"
)
_WRITE = """
INSERT INTO snapshot.search.words SELECT new, word, fold FROM renumbered ORDER BY new;
INSERT INTO snapshot.search.postings
SELECT coalesce(new, number) AS number, doc FROM index_rows LEFT JOIN renumbered USING (number) ORDER BY 1, 2;
DROP TABLE docs; DROP TABLE new_docs; DROP TABLE index_words; DROP TABLE index_rows; DROP TABLE index_portion"""


def write(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the index of ``snapshot.main.articles`` up to date with the articles of the temp table ``fresh``.

    The rows of ``articles`` must be as they will stay: committed, and nothing of them deleted since a checkpoint.
    """
    con.execute(_NUMBERED)
    (n,) = con.execute("SELECT count(*) FROM new_docs").fetchall()[0]
    for first in range(0, max(1, n), _PORTION):
        con.execute(_SAID.format(first=first, end=first + _PORTION))
    found = con.execute(_NEW_WORDS).fetchall()
    first = min((number for number, _ in found), default=0)
    ordered = sorted((fold_of(word), word, number) for number, word in found)
    columns = {
        "new": pa.array(range(first, first + len(ordered)), pa.int32()),
        "number": pa.array([number for _, _, number in ordered], pa.int32()),
        "word": pa.array([word for _, word, _ in ordered], pa.string()),
        "fold": pa.array([fold for fold, _, _ in ordered], pa.string()),
    }
    con.register("renumbered", pa.table(columns))
    con.execute(_WRITE)
    con.unregister("renumbered")


def fold_of(word: str) -> str:
    """What words are looked up by: lower case without marks."""
    return search_form(lower(word))
