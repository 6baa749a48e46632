"""Across articles: repeated pages, verbatim copies, organizations, persons, tenures, events.

First version, and a cautious one: what is not sure to be one stays two. Everything is derived anew from all shards
and depends on their rows and their order only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.dataset import durable
from pipeline.dataset.relations import Connection, register_shards
from pipeline.dataset.schema import DERIVED_TABLES, REJECTS, REPEATED_SCHEMA, TABLES, joined_schema
from pipeline.dataset.shards import Shard, write_tables
from pipeline.normalize.fold import match_form, search_form
from pipeline.resources import rows
from pipeline.rows import digest, slug

Row = dict[str, Any]


def consolidate(dataset: Path, shards: Sequence[Shard], run_id: str, name: str) -> int:
    """Write ``derived/<name>/``: the derived tables, and the derived columns of the shards' tables.

    Returns the number of repeated articles, which are in no table but ``rejects``.
    """
    with duckdb.connect() as con:
        register_shards(con, dataset, shards)
        repeated, rejects = repeated_pages(con, run_id)
        register_shards(con, dataset, shards, repeated)
        copies = _table(con, _COPIES, joined_schema(TABLES["articles"]))
        con.register("copies", copies)
        con.execute(_ARTICLE_NUMBERS)
        people, who = persons(con)
        con.register("who", who)
        con.execute(_EVENT_KEYS)
        tables = {
            "sources": sources(con),
            "organizations": organizations(con),
            "organization_aliases": organization_aliases(con),
            "persons": people,
            "tenures": tenures(con),
            "events": _table(con, _EVENTS, TABLES["events"].arrow),
        }
        files = {
            **tables,
            "repeated": repeated,
            "rejects": rejects,
            "articles_derived": copies,
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
_COPIES = """
SELECT article_id, dup_of, 1.0 AS dup_score FROM (
    SELECT article_id, n_chars,
        first(article_id) OVER (PARTITION BY body_sha256 ORDER BY shard_number, file_row_number) AS dup_of
    FROM shard_articles WHERE n_chars - coalesce(length(title), 0) >= 80
) WHERE dup_of <> article_id ORDER BY article_id"""

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

_ALIASES = """
SELECT DISTINCT org_id, surface AS alias, name FROM shard_organization_mentions ORDER BY org_id, alias"""


def organizations(con: Connection) -> pa.Table:
    """The organizations that mentions and officials point to: the gazetteer's as it has them, others as named most."""
    known = _registry()
    found = []
    for org_id, name, org_type in con.execute(_ORGANIZATIONS).fetchall():
        row = known.get(org_id, {})
        name = row.get("name") or name
        found.append(
            {
                "org_id": org_id,
                "name": name,
                "name_fold": search_form(name),
                "org_type": row.get("org_type") or org_type,
                "origin": "gazetteer" if row else "discovered",
            }
        )
    return _from_rows(found, "organizations")


def organization_aliases(con: Connection) -> pa.Table:
    """Each spelling met, by organization. One in capitals only is an acronym, one as long as the name official."""
    best: dict[tuple[str, str], Row] = {}
    for org_id, alias, name in con.execute(_ALIASES).fetchall():
        kind = "official" if match_form(alias) == match_form(name) else "acronym" if _is_acronym(alias) else "short"
        row = {"org_id": org_id, "alias": alias, "kind": kind, "origin": "discovered"}
        if kind == "official" or (org_id, alias) not in best:
            best[org_id, alias] = row
    return _from_rows(best.values(), "organization_aliases")


def _is_acronym(alias: str) -> bool:
    return alias.isupper() and len(alias.split()) <= 2


def _registry() -> dict[str, dict[str, str]]:
    return {}


# --- persons and posts ----------------------------------------------------------------------------------------------

_STATEMENTS = """
SELECT row_id, person, org_id, head FROM shard_officials JOIN numbered USING (article_id)
ORDER BY number, start, "end", row_id"""

_TENURES = """
SELECT person_id, role_id, org_id, min(published_date) AS first_seen, max(published_date) AS last_seen,
    min(stated_from) AS stated_from, max(stated_to) AS stated_to,
    count(DISTINCT head) AS n_articles, count(DISTINCT source_id) AS n_sources
FROM shard_officials JOIN who USING (row_id) JOIN numbered USING (article_id)
WHERE status NOT IN ('former', 'retired')
GROUP BY person_id, role_id, org_id ORDER BY person_id, role_id, org_id NULLS FIRST"""


class _Groups:
    """Disjoint sets; the representative of a set is its first member in order of adding."""

    def __init__(self) -> None:
        self._parents: list[int] = []

    def add(self) -> int:
        self._parents.append(len(self._parents))
        return len(self._parents) - 1

    def find(self, member: int) -> int:
        while self._parents[member] != member:
            self._parents[member] = self._parents[self._parents[member]]
            member = self._parents[member]
        return member

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first


def persons(con: Connection) -> tuple[pa.Table, pa.Table]:
    """Persons, and the person of each row of officials.

    One name in one article (copies are one article) is one person; across articles the same name at the same
    organization is. A name alone never merges: namesakes are common.
    """
    statements = con.execute(_STATEMENTS).fetchall()
    groups, seats, members = _Groups(), dict[tuple[str, str, str], int](), []
    for _, person, org_id, head in statements:
        member = groups.add()
        members.append(member)
        name = match_form(person)
        for seat in (("article", name, head), *([("organization", name, org_id)] if org_id else ())):
            groups.join(member, seats.setdefault(seat, member))
    spellings: dict[int, Counter[str]] = defaultdict(Counter)
    tells: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for member, (_, person, org_id, head) in zip(members, statements, strict=True):
        group = groups.find(member)
        spellings[group][person] += 1
        tells[group].add(("0", org_id) if org_id else ("1", head))
    people: dict[int, Row] = {}
    for group, names in spellings.items():
        name = min(names, key=lambda spelling: (-names[spelling], spelling))
        kind, tell = min(tells[group])
        people[group] = {
            "person_id": f"{slug(name)}-{digest('person', match_form(name), kind, tell)[:8]}",
            "name": name,
            "name_fold": search_form(name),
            "merge_method": "name_organization" if kind == "0" else "article",
        }
    who = [
        {"row_id": row_id, "person_id": people[groups.find(member)]["person_id"]}
        for member, (row_id, *_) in zip(members, statements, strict=True)
    ]
    found = sorted(people.values(), key=lambda row: str(row["person_id"]))
    return _from_rows(found, "persons"), pa.Table.from_pylist(who, schema=joined_schema(TABLES["officials"]))


def tenures(con: Connection) -> pa.Table:
    """One row a person, post and organization, with a mark where two hold a post that has one holder."""
    names = [column for column in TABLES["tenures"].arrow.names if column != "conflict"]
    found = [dict(zip(names, row, strict=True)) for row in con.execute(_TENURES).fetchall()]
    single = {row["role_id"] for row in rows("lexicons/single_holder_roles.csv")}
    holders = defaultdict(list)
    for row in found:
        row["conflict"] = False
        if row["org_id"] and row["role_id"] in single and row["first_seen"]:
            holders[row["org_id"], row["role_id"]].append(row)
    for seen in holders.values():
        seen.sort(key=lambda row: (row["first_seen"], row["person_id"]))
        latest = seen[0]
        for row in seen[1:]:
            # The days of the evidence overlap: neither is seen to have followed the other.
            if row["first_seen"] <= latest["last_seen"]:
                row["conflict"] = latest["conflict"] = True
            latest = max(latest, row, key=lambda row: row["last_seen"])
    return _from_rows(found, "tenures")


# --- events ---------------------------------------------------------------------------------------------------------

# The main organization of a mention: the first named in its sentence, else the first of the article. A mention without
# a day or an organization is an event of its own; the nth such one of a copy is the nth of the original.
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
    CASE WHEN date_from IS NOT NULL AND date_precision IN ('day', 'range') AND main_org IS NOT NULL
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
