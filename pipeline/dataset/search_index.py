"""Which articles have which words: an inverted index in the snapshot, so that a search need not read every text.

Schema ``search`` of the snapshot, beside the tables of ``pipeline.dataset.schema``, which it only repeats:
``search.articles`` (article_id, r, place) numbers the articles, the last published first, ``r`` being the row of
``articles``; ``search.words`` (number, word,
fold) has every word in lower case, numbered so that words that fold alike stand together; ``search.postings``
(number, place) says where each stands, sorted, so that a word's rows are few blocks of the file.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipeline.normalize.fold import lower, search_form


def write(con: duckdb.DuckDBPyConnection) -> None:
    """Make the index of ``snapshot.main.articles`` in the attached file ``snapshot``."""
    con.execute("CREATE SCHEMA snapshot.search")
    con.execute(
        "CREATE TABLE snapshot.search.articles AS SELECT article_id, rowid AS r, "
        "row_number() OVER (ORDER BY published_date DESC NULLS LAST, article_id)::INTEGER AS place "
        "FROM snapshot.main.articles ORDER BY place"
    )
    # Each word once an article.
    con.execute(
        "CREATE TEMP TABLE said AS SELECT place, unnest(list_distinct(words)) AS word FROM ("
        r"SELECT place, string_split_regex(lower(text), '[^\p{L}\p{M}\p{N}]+') AS words "
        "FROM snapshot.main.articles JOIN snapshot.search.articles USING (article_id))"
    )
    words = [row[0] for row in con.execute("SELECT DISTINCT word FROM said WHERE word <> ''").fetchall()]
    ordered = sorted((fold_of(word), word) for word in words)
    con.register(
        "numbered_words",
        pa.table(
            {
                "number": pa.array(range(len(ordered)), pa.int32()),
                "word": pa.array([word for _, word in ordered], pa.string()),
                "fold": pa.array([fold for fold, _ in ordered], pa.string()),
            }
        ),
    )
    con.execute("CREATE TABLE snapshot.search.words AS SELECT * FROM numbered_words")
    con.execute(
        "CREATE TABLE snapshot.search.postings AS SELECT number, place FROM said JOIN numbered_words USING (word) "
        "ORDER BY number, place"
    )
    con.unregister("numbered_words")
    con.execute("DROP TABLE said")


def fold_of(word: str) -> str:
    """What words are looked up by: lower case without marks."""
    return search_form(lower(word))
