"""Search in names, titles and texts, with and without marks; what matches as typed comes before what matches folded."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from pipeline.dataset.query import query
from pipeline.errors import UsageError
from pipeline.normalize.fold import match_form, search_form

_BEFORE, _AFTER = 60, 120  # code points shown around the place found

# What has all the words; what has them one after another, as typed, in a name or title ranks higher.
_SQL = """
WITH hits AS (
    SELECT 'organization' AS kind, org_id AS id, name, NULL::DATE AS date, name_fold AS folded, name AS whole,
        NULL AS url, 0 AS head FROM organizations
    UNION ALL
    SELECT 'person', person_id, name, NULL, name_fold, name, NULL, 0 FROM persons
    UNION ALL
    SELECT 'article', article_id, title, published_date, text_fold, text, url, coalesce(length(title), 0)
    FROM articles
), ranked AS (
    SELECT *, instr(folded, $phrase) AS place,
        contains(lower(whole), $typed) OR contains(lower(whole), $respelt) AS exact
    FROM hits WHERE {has_all}
)
SELECT kind, id, name, date, url,
    replace(substr(whole, greatest(1, spot - $before), $width), chr(10), ' ') AS snippet
FROM (SELECT *, CASE WHEN place > 0 THEN place ELSE instr(folded, $first) END AS spot FROM ranked)
ORDER BY place > 0 AND exact DESC, place > 0 DESC, kind <> 'article' DESC, spot <= head DESC, date DESC NULLS LAST, id
LIMIT $limit"""


def search(dataset: Path, text: str, limit: int = 20) -> pa.Table:
    """What has all words of ``text``: kind (organization, person, article), id, name, date, url, snippet.

    ``text`` may lack marks ("cong doan dien luc"); where it has them, what is written just so comes first.
    UsageError where it has no letter or digit.
    """
    folded = " ".join(search_form(text).split())
    if not any(letter.isalnum() for letter in folded):
        raise UsageError(f"nothing to search for in {text!r}; give a word")
    typed = " ".join(text.lower().split())
    # Whole syllables: "an" is not in "can". The pattern is constant, so that it is compiled once.
    words = list(dict.fromkeys(folded.split()))
    has_all = " AND ".join(f"regexp_matches(folded, $word{number})" for number in range(len(words)))
    parameters = {
        "phrase": folded,
        "first": words[0],
        "typed": typed,
        "respelt": match_form(typed),
        "before": _BEFORE,
        "width": _BEFORE + len(folded) + _AFTER,
        "limit": limit,
        **{f"word{number}": rf"\b{re.escape(word)}\b" for number, word in enumerate(words)},
    }
    return query(dataset, _SQL.format(has_all=has_all), parameters)
