"""Who is who across articles: the statements of ``officials`` → persons and their posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.judgements import Groups, Judgements, Settled
from pipeline.normalize.fold import match_form, search_form
from pipeline.resources import rows
from pipeline.rows import digest, slug

Row = dict[str, Any]

# A person who takes part in an event without a post is one too.
_STATEMENTS = """
SELECT row_id, NULL AS ordinal, person, org_id, role_id, status, head, number, start, "end"
FROM shard_officials JOIN numbered USING (article_id)
UNION ALL
SELECT event_row_id, ordinal, person, NULL, NULL, NULL, head, number, start, "end"
FROM shard_event_participants p JOIN numbered USING (article_id)
    JOIN (SELECT row_id AS event_row_id, start, "end" FROM shard_event_mentions) USING (event_row_id)
WHERE person IS NOT NULL
ORDER BY number, start, "end", row_id, ordinal NULLS FIRST"""

# Former posts count only where their years are told; they show nobody in the post on the day of publication.
_TENURES = """
WITH told AS (
    SELECT *, CASE WHEN status NOT IN ('former', 'retired') THEN published_date END AS seen
    FROM shard_officials JOIN who USING (row_id) JOIN numbered USING (article_id)
    WHERE status NOT IN ('former', 'retired') OR stated_from IS NOT NULL OR stated_to IS NOT NULL
)
SELECT person_id, role_id, org_id, min(seen) AS first_seen, max(seen) AS last_seen, min(stated_from) AS stated_from,
    max(stated_to) AS stated_to, count(DISTINCT head) AS n_articles, count(DISTINCT source_id) AS n_sources
FROM told GROUP BY person_id, role_id, org_id ORDER BY person_id, role_id, org_id NULLS FIRST"""

# Whose chair nobody holds at two of at once.
_ONE_SEAT = frozenset({"union_grassroots", "union_corporate", "company", "school"})
_GONE = frozenset({"former", "retired"})


class _Statement(NamedTuple):
    row_id: str
    ordinal: int | None  # of a participant, None of an official
    person: str
    org_id: str | None
    role_id: str | None
    status: str | None
    head: str  # the article, of copies their head
    number: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """The person's name to compare by."""
        return match_form(self.person)


def persons(con: Connection, judgements: Judgements) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Persons, and the person of each row of ``officials`` and of ``event_participants``.

    One name in one article (copies are one article) is one person, unless it chairs two houses that each have a chair
    of their own; across articles the same name at the same organization is one. A name alone never merges: namesakes
    are common.
    """
    statements = [_Statement(*row) for row in con.execute(_STATEMENTS).fetchall()]
    split = _namesakes(con, statements)
    groups = _grouped(statements, split, Settled())
    people = _people(statements, groups)
    if lines := judgements.of("person"):
        before, known = groups, people
        settled = judgements.settle(lines, _finder(statements, before, known))
        if settled:
            groups = _grouped(statements, split, settled)
            people = _people(statements, groups, frozenset(_joined_by_people(settled, before)))
        for pair in (*settled.same, *settled.different):
            one, other = (str(people[groups.find(member)]["person_id"]) for member in (pair.one, pair.other))
            judgements.note(pair.line, one, other, was_one=before.find(pair.one) == before.find(pair.other))
    posts, parts = [], []
    for member, said in enumerate(statements):
        person_id = people[groups.find(member)]["person_id"]
        if said.ordinal is None:
            posts.append({"row_id": said.row_id, "person_id": person_id})
        else:
            parts.append({"event_row_id": said.row_id, "ordinal": said.ordinal, "person_id": person_id})
    found = sorted(people.values(), key=lambda row: str(row["person_id"]))
    return (
        pa.Table.from_pylist(found, schema=TABLES["persons"].arrow),
        pa.Table.from_pylist(posts, schema=joined_schema(TABLES["officials"])),
        pa.Table.from_pylist(parts, schema=joined_schema(TABLES["event_participants"])),
    )


def _grouped(statements: list[_Statement], split: set[tuple[str, str]], settled: Settled[int]) -> Groups[int]:
    """The statements' numbers, those of one person together.

    Where people said that a name in one place is two persons', a statement of which nobody said whose it is goes to
    the first of them.
    """
    groups: Groups[int] = Groups(range(len(statements)))
    settled.apply(groups)
    seats: dict[tuple[str, ...], list[int]] = {}
    for member, said in enumerate(statements):
        for seat in _seats(said, split):
            taken = seats.setdefault(seat, [])
            if not any(groups.join(first, member) for first in taken):
                taken.append(member)
    return groups


def _people(statements: list[_Statement], groups: Groups[int], judged: frozenset[int] = frozenset()) -> dict[int, Row]:
    """Group → its row of ``persons``; ``judged``: statements that people brought together with others."""
    gathered: dict[int, list[int]] = defaultdict(list)
    for member in range(len(statements)):
        gathered[groups.find(member)].append(member)
    people, taken = dict[int, Row](), set[str]()
    for group, members in gathered.items():
        told = [statements[member] for member in members]
        row = _person(told, bool(judged.intersection(members)))
        if row["person_id"] in taken:
            # Two of one name at one house, by the word of people: the later one's id is of its own first statement.
            first = told[0]
            row["person_id"] = f"{slug(row['name'])}-{digest('person', first.row_id, first.ordinal)[:8]}"
        taken.add(row["person_id"])
        people[group] = row
    return people


def _finder(statements: list[_Statement], groups: Groups[int], people: dict[int, Row]) -> Callable[[str], int | None]:
    """A statement's number by its row_id (a participant's: event_row_id#ordinal) or its person's id."""
    members = {
        said.row_id if said.ordinal is None else f"{said.row_id}#{said.ordinal}": member
        for member, said in enumerate(statements)
    }
    ids = {str(row["person_id"]): group for group, row in people.items()}
    return lambda name: members.get(name, ids.get(name))


def _joined_by_people(settled: Settled[int], before: Groups[int]) -> set[int]:
    apart = [pair for pair in settled.same if before.find(pair.one) != before.find(pair.other)]
    return {member for pair in apart for member in (pair.one, pair.other)}


def _seats(said: _Statement, split: set[tuple[str, str]]) -> list[tuple[str, ...]]:
    """What a statement shares with those of the same person."""
    of_house = [("organization", said.name, said.org_id)] if said.org_id else []
    if (said.name, said.head) not in split:
        return [("article", said.name, said.head), *of_house]
    return list(of_house) or [("unclear", said.name, said.head)]


def _namesakes(con: Connection, statements: list[_Statement]) -> set[tuple[str, str]]:
    """(name, article) where two people must bear the name: it chairs two houses, and neither is within the other."""
    single = {row["role_id"] for row in rows("lexicons/single_holder_roles.csv")}
    kinds = con.execute("SELECT DISTINCT org_id, org_type FROM shard_organization_mentions").fetchall()
    houses = {org_id for org_id, kind in kinds if kind in _ONE_SEAT}
    chairs = defaultdict(set)
    for said in statements:
        if said.org_id and said.org_id in houses and said.role_id in single and said.status not in _GONE:
            chairs[said.name, said.head].add(said.org_id.removeprefix("x-"))
    return {
        key for key, held in chairs.items() if any(a not in b and b not in a for a, b in combinations(sorted(held), 2))
    }


def _person(told: list[_Statement], judged: bool) -> Row:
    """The row of the person whose statements these are."""
    spellings = Counter(said.person for said in told)
    name = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    kind, tell = min(("0", said.org_id) if said.org_id else ("1", said.head) for said in told)
    return {
        "person_id": f"{slug(name)}-{digest('person', match_form(name), kind, tell)[:8]}",
        "name": name,
        "name_fold": search_form(name),
        "merge_method": _merge_method(told, judged),
    }


def _merge_method(told: list[_Statement], judged: bool) -> str:
    if len(told) == 1:
        return "single"
    at_house = Counter(said.org_id for said in told if said.org_id)
    in_article: dict[str, list[str | None]] = defaultdict(list)
    for said in told:
        in_article[said.head].append(said.org_id)
    by_article = any(len(houses) > 1 and (None in houses or len(set(houses)) > 1) for houses in in_article.values())
    methods = [
        "name_organization" if max(at_house.values(), default=0) > 1 else "",
        "name_article" if by_article else "",
        "judged" if judged else "",
    ]
    return "+".join(filter(None, methods))


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
