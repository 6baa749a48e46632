"""Across articles: repeated pages, copies, organizations, persons, tenures, events.

First version, and a cautious one: what is not sure to be one stays two. Everything is derived anew from all shards
and depends on their rows and their order only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline import gazetteers
from pipeline.dataset import durable
from pipeline.dataset.relations import Connection, register_shards
from pipeline.dataset.schema import DERIVED_TABLES, REJECTS, REPEATED_SCHEMA, TABLES, joined_schema
from pipeline.dataset.shards import Shard, write_tables
from pipeline.normalize.fold import match_form, search_form
from pipeline.people import persons, tenures
from pipeline.resources import rows

Row = dict[str, Any]


def consolidate(dataset: Path, shards: Sequence[Shard], run_id: str, name: str) -> int:
    """Write ``derived/<name>/``: the derived tables, and the derived columns of the shards' tables.

    Returns the number of repeated articles, which are in no table but ``rejects``.
    """
    with duckdb.connect() as con:
        register_shards(con, dataset, shards)
        repeated, rejects = repeated_pages(con, run_id)
        register_shards(con, dataset, shards, repeated)
        copied = copies(con)
        con.register("copies", copied)
        con.execute(_ARTICLE_NUMBERS)
        people, who = persons(con)
        con.register("who", who)
        con.execute(_EVENT_KEYS)
        named = organizations(con)
        tables = {
            "sources": sources(con),
            "organizations": named,
            "organization_aliases": organization_aliases(con, named),
            "persons": people,
            "tenures": tenures(con),
            "events": _table(con, _EVENTS, TABLES["events"].arrow),
        }
        files = {
            **tables,
            "repeated": repeated,
            "rejects": rejects,
            "articles_derived": copied,
            "officials_derived": who,
            "event_mentions_derived": _table(con, _EVENT_IDS, joined_schema(TABLES["event_mentions"])),
        }
    assert set(tables) == {table.name for table in DERIVED_TABLES}
    with durable.folder(dataset / "derived" / name) as folder:
        write_tables(folder, files)
    return int(repeated.num_rows)


def _table(con: Connection, sql: str, schema: pa.Schema) -> pa.Table:
    found: pa.Table = con.sql(sql).to_arrow_table()
    return found.select(schema.names).cast(schema)


def _from_rows(found: Iterable[Row], table: str) -> pa.Table:
    return pa.Table.from_pylist(list(found), schema=TABLES[table].arrow)


# --- articles -------------------------------------------------------------------------------------------------------

_REPEATED = """
SELECT shard, article_id, archive_ref, first_ref FROM (
    SELECT *, row_number() OVER same AS place, first(archive_ref) OVER same AS first_ref FROM shard_articles
    WINDOW same AS (PARTITION BY article_id ORDER BY shard_number)
) WHERE place > 1 ORDER BY shard_number, file_row_number"""

# The first in intake order is the head; a body of a few words ("Tin đang cập nhật") is nobody's copy.
_VERBATIM = """
CREATE TEMP TABLE verbatim AS
SELECT article_id, shard_number, file_row_number, long,
    row_number() OVER (ORDER BY shard_number, file_row_number) AS number,
    CASE WHEN long THEN first(article_id) OVER (PARTITION BY body_sha256 ORDER BY shard_number, file_row_number)
    ELSE article_id END AS head
FROM (SELECT *, n_chars - coalesce(length(title), 0) >= 80 AS long FROM shard_articles)"""

# Papers cut copies at the end, leave captions out, add a credit: whole paragraphs tell. A paragraph of many articles is
# the site's, not the article's.
_SHARED_PARAGRAPHS = """
WITH split AS (
    SELECT DISTINCT number, article_id, unnest(string_split(
        CASE WHEN title IS NULL THEN text ELSE substr(text, length(title) + 2) END, chr(10))) AS paragraph
    FROM shard_articles JOIN (SELECT * FROM verbatim WHERE long AND head = article_id) USING (article_id)
), hashed AS (
    SELECT number, article_id, md5(lower(paragraph)) AS hash, length(paragraph) AS n FROM split
    WHERE length(paragraph) >= 60
), own AS (
    SELECT * FROM hashed WHERE hash IN (SELECT hash FROM hashed GROUP BY hash HAVING count(*) BETWEEN 2 AND 50)
), sizes AS (
    SELECT number, sum(n) AS size FROM hashed GROUP BY number
), pairs AS (
    SELECT a.number AS first, b.number AS later, any_value(a.article_id) AS head, any_value(b.article_id) AS copy,
        sum(a.n) AS shared
    FROM own a JOIN own b ON a.hash = b.hash AND a.number < b.number GROUP BY a.number, b.number
)
SELECT copy, head, shared / least(a.size, b.size) AS share
FROM pairs JOIN sizes a ON a.number = first JOIN sizes b ON b.number = later
WHERE share >= 0.6 ORDER BY later, first"""

_ARTICLE_NUMBERS = """
CREATE TEMP TABLE numbered AS
SELECT article_id, coalesce(dup_of, article_id) AS head, source_id, published_date,
    row_number() OVER (ORDER BY shard_number, file_row_number) AS number
FROM shard_articles LEFT JOIN copies USING (article_id)"""


def repeated_pages(con: Connection, run_id: str) -> tuple[pa.Table, pa.Table]:
    """Articles that an earlier shard has already (same key), and the rows of ``rejects`` that say so."""
    found = con.execute(_REPEATED).fetchall()
    rejects = [
        {
            "run_id": run_id,
            "input_ref": ref,
            "stage": "consolidate",
            "error": "duplicate",
            "message": f"same article as {first}, which came first",
            "attempts": 1,
        }
        for _, _, ref, first in found
    ]
    repeated = [{"shard": shard, "article_id": article} for shard, article, _, _ in found]
    return pa.Table.from_pylist(repeated, schema=REPEATED_SCHEMA), _from_rows(rejects, REJECTS.name)


def copies(con: Connection) -> pa.Table:
    """Copy → the first article in intake order that has its body, or most of the shorter one's paragraphs."""
    con.execute(_VERBATIM)
    cut: dict[str, tuple[str, float]] = {}
    for copy, head, share in con.execute(_SHARED_PARAGRAPHS).fetchall():
        # Heads come before their copies: one that is a copy itself leads to its own head.
        cut.setdefault(copy, (cut[head][0] if head in cut else head, round(float(share), 3)))
    found = []
    for article, head in con.execute("SELECT article_id, head FROM verbatim ORDER BY number").fetchall():
        further, share = cut.get(head, (head, 1.0))
        if further != article:
            found.append({"article_id": article, "dup_of": further, "dup_score": share})
    return pa.Table.from_pylist(found, schema=joined_schema(TABLES["articles"]))


def sources(con: Connection) -> pa.Table:
    """The hosts met, with what the gazetteer knows of them."""
    known = {row["host"]: row for row in rows("gazetteers/sources.csv")}
    met = con.execute("SELECT DISTINCT source_id FROM shard_articles WHERE source_id IS NOT NULL ORDER BY ALL")
    return _from_rows(
        (
            {
                "source_id": host,
                "name": known.get(host, {}).get("name", host),
                "publisher_type": known.get(host, {}).get("publisher_type"),
                "scale": known.get(host, {}).get("scale"),
            }
            for (host,) in met.fetchall()
        ),
        "sources",
    )


# --- organizations --------------------------------------------------------------------------------------------------

_ORGANIZATIONS = """
WITH named AS (
    SELECT org_id, name, org_type, 1 AS rank FROM shard_organization_mentions
    UNION ALL
    SELECT org_id, coalesce(organization, org_id), 'other', 2 FROM shard_officials WHERE org_id IS NOT NULL
), counted AS (
    SELECT org_id, name, org_type, min(rank) AS rank, count(*) AS n FROM named GROUP BY ALL
)
SELECT org_id, first(name ORDER BY rank, n DESC, name) AS name,
    first(org_type ORDER BY rank, org_type = 'other', n DESC, org_type) AS org_type
FROM counted GROUP BY org_id ORDER BY org_id"""

_SPELLINGS = "SELECT DISTINCT org_id, surface FROM shard_organization_mentions ORDER BY ALL"


def organizations(con: Connection) -> pa.Table:
    """The organizations that mentions and officials point to, and those the gazetteer has above and after them."""
    known = gazetteers.organizations()
    named = {org_id: (name, org_type) for org_id, name, org_type in con.execute(_ORGANIZATIONS).fetchall()}
    listed, asked = set[str](), list(named)
    while asked:
        org_id = asked.pop()
        if org_id not in listed:
            listed.add(org_id)
            related = (known[org_id].parent, known[org_id].successor) if org_id in known else ()
            asked += [other for other in related if other in known]
    return _from_rows(
        (_organization(org_id, named.get(org_id, ("", ""))) for org_id in sorted(listed)), "organizations"
    )


def _organization(org_id: str, named: tuple[str, str]) -> Row:
    known = gazetteers.organizations().get(org_id)
    if known is None:
        name, org_type = named
        row: Row = {"name": name, "org_type": org_type, "origin": "discovered"}
    else:
        row = {
            "name": known.name,
            "name_en": known.name_en,
            "org_type": known.org_type,
            "parent_org_id": known.parent,
            "valid_to": known.valid_to,
            "successor_org_id": known.successor,
            "origin": "gazetteer",
        }
    return {"org_id": org_id, "name_fold": search_form(str(row["name"])), **row}


def organization_aliases(con: Connection, listed: pa.Table) -> pa.Table:
    """The gazetteer's aliases of the organizations listed, and each other spelling met."""
    names = dict(zip(listed.column("org_id").to_pylist(), listed.column("name").to_pylist(), strict=True))
    best: dict[tuple[str, str], Row] = {}
    for alias in gazetteers.aliases():
        if alias.org_id in names:
            row = {"org_id": alias.org_id, "alias": alias.alias, "kind": alias.kind, "origin": "gazetteer"}
            best.setdefault((alias.org_id, alias.alias), row)
    for org_id, alias in con.execute(_SPELLINGS).fetchall():
        official = match_form(alias) == match_form(names[org_id])
        kind = "official" if official else "acronym" if _is_acronym(alias) else "short"
        row = {"org_id": org_id, "alias": alias, "kind": kind, "origin": "discovered"}
        best.setdefault((org_id, alias), row)
    return _from_rows((best[key] for key in sorted(best)), "organization_aliases")


def _is_acronym(alias: str) -> bool:
    return alias.isupper() and len(alias.split()) <= 2


# --- events ---------------------------------------------------------------------------------------------------------

# The main organization of a mention: the first named in its sentence, else the first of the article. A mention without
# a day (or a few) or an organization is an event of its own; the nth such one of a copy is the nth of the original.
_EVENT_KEYS = """
CREATE TEMP TABLE keyed AS
WITH first_in_sentence AS (
    SELECT article_id, sentence, arg_min(org_id, start) AS org_id FROM shard_organization_mentions GROUP BY ALL
), first_in_article AS (
    SELECT article_id, arg_min(org_id, start) AS org_id FROM shard_organization_mentions GROUP BY ALL
), placed AS (
    SELECT m.*, n.head, n.number, n.source_id, coalesce(s.org_id, a.org_id) AS main_org,
        row_number() OVER (PARTITION BY m.article_id, m.type, m.surface ORDER BY m.start, m.row_id) AS nth
    FROM shard_event_mentions m JOIN numbered n USING (article_id)
    LEFT JOIN first_in_sentence s USING (article_id, sentence)
    LEFT JOIN first_in_article a ON a.article_id = m.article_id
)
SELECT *, 'e-' || left(sha256(
    CASE WHEN date_from IS NOT NULL AND date_precision IN ('day', 'range')
        AND date_to - date_from <= 14 AND main_org IS NOT NULL
    THEN concat_ws('|', 'same', type, date_from, date_to, lower(coalesce(place, '')), main_org)
    ELSE concat_ws('|', 'alone', type, head, surface, nth) END), 20) AS event_id
FROM placed"""

_EVENT_IDS = "SELECT row_id, event_id FROM keyed ORDER BY number, start, row_id"

_EVENTS = """
SELECT event_id, first(type ORDER BY number, start, row_id) AS type,
    first(date_from ORDER BY number, start, row_id) AS date_from,
    first(date_to ORDER BY number, start, row_id) AS date_to,
    first(place ORDER BY number, start, row_id) AS place,
    count(DISTINCT head) AS n_articles, count(DISTINCT source_id) AS n_sources,
    first(row_id ORDER BY is_main DESC, confidence DESC, number, start, row_id) AS best_row_id
FROM keyed GROUP BY event_id ORDER BY min(number), min(start), event_id"""
