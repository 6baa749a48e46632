"""Who is who across articles: the statements of ``officials`` → persons and their posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pyarrow as pa

from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.normalize.fold import match_form, search_form
from pipeline.resources import rows
from pipeline.rows import digest, slug

Row = dict[str, Any]

_STATEMENTS = """
SELECT row_id, person, org_id, head FROM shard_officials JOIN numbered USING (article_id)
ORDER BY number, start, "end", row_id"""

_TENURES = """
SELECT person_id, role_id, org_id, min(published_date) AS first_seen, max(published_date) AS last_seen,
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
    return pa.Table.from_pylist(found, schema=TABLES["persons"].arrow), pa.Table.from_pylist(
        who, schema=joined_schema(TABLES["officials"])
    )


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
    return pa.Table.from_pylist(found, schema=TABLES["tenures"].arrow)
