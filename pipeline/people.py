"""Who is who across articles: the statements of ``officials`` and of participants → persons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.dataset.making import spool, streamed, update
from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES, joined_schema
from pipeline.judgements import Groups, Judgements, Settled
from pipeline.normalize.fold import match_form, search_form
from pipeline.resources import rows
from pipeline.rows import digest, slug

Row = dict[str, Any]

# A person who takes part in an event without a post is one too.
_SAID = """
SELECT row_id, NULL AS ordinal, person, person_id, org_id, role_id, status, article_id, start, "end"
FROM told_officials
UNION ALL
SELECT event_row_id, ordinal, person, person_id, NULL, NULL, NULL, article_id, NULL, NULL
FROM told_event_participants WHERE person IS NOT NULL
    AND event_row_id NOT IN (SELECT row_id FROM event_mentions WHERE list_contains(flags, 'wrong'))"""
_KEYED = """
CREATE TABLE IF NOT EXISTS snapshot.work.name_keys (person VARCHAR, key VARCHAR);
INSERT INTO snapshot.work.name_keys
SELECT person, match_form(person) FROM (
    SELECT person FROM told_officials UNION SELECT person FROM told_event_participants WHERE person IS NOT NULL
) ANTI JOIN snapshot.work.name_keys USING (person)"""
_ONE_SEATS = """
CREATE TEMP TABLE one_seat AS
SELECT DISTINCT org_id FROM told_organization_mentions SEMI JOIN one_seat_types USING (org_type);
CREATE TEMP TABLE formerly_one_seat AS
SELECT org_id FROM told_organization_mentions SEMI JOIN one_seat_types USING (org_type)
    ANTI JOIN fresh USING (article_id)
UNION SELECT org_id FROM gone_organization_mentions SEMI JOIN one_seat_types USING (org_type)"""
# Former persons are sets of statements that share a seat, directly or by way of others. So only those change that had a
# statement that is gone, or have one whose article has another head or whose house is of another kind now, or share a
# seat with one of these or with a new one.
_TOUCHED = """
CREATE TEMP TABLE changed_seats AS
SELECT key, org_id, head, person_id
FROM statements JOIN snapshot.work.name_keys USING (person) JOIN numbered USING (article_id)
WHERE article_id IN (FROM fresh UNION ALL FROM moved) OR org_id IN (
    (FROM one_seat EXCEPT FROM formerly_one_seat) UNION (FROM formerly_one_seat EXCEPT FROM one_seat)
);
INSERT INTO former_persons
SELECT person_id FROM statements JOIN snapshot.work.name_keys USING (person) SEMI JOIN changed_seats USING (key, org_id)
    WHERE person_id IS NOT NULL
UNION SELECT person_id FROM statements JOIN snapshot.work.name_keys USING (person) JOIN numbered USING (article_id)
    SEMI JOIN changed_seats USING (key, head) WHERE person_id IS NOT NULL
UNION SELECT person_id FROM changed_seats WHERE person_id IS NOT NULL
UNION SELECT person_id FROM gone_officials WHERE person_id IS NOT NULL
UNION SELECT person_id FROM gone_event_participants WHERE person_id IS NOT NULL"""
_STATEMENTS = """
SELECT key, row_id, ordinal, person, org_id, role_id, status, head,
    org_id IN (FROM one_seat) AS one_seat
FROM statements JOIN snapshot.work.name_keys USING (person) JOIN numbered USING (article_id)
WHERE (person_id IS NULL OR person_id IN (FROM former_persons)){portion}
ORDER BY {first}number, start NULLS LAST, "end", row_id, ordinal"""
_WRITE = """
DELETE FROM persons WHERE person_id IN (FROM former_persons);
INSERT INTO persons BY NAME SELECT * FROM new_persons ORDER BY person_id"""

_PORTION = 100_000  # statements
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
    one_seat: bool | None  # its organization is a house with a chair of its own

    @property
    def name(self) -> str:
        """The person's name to compare by."""
        return match_form(self.person)


def persons(con: Connection, judgements: Judgements) -> None:
    """Bring ``persons`` and the person of each row of ``officials`` and ``event_participants`` up to date.

    One name in one article (copies are one article) is one person, unless it chairs two houses that each have a chair
    of their own; across articles the same name at the same organization is one. A name alone never merges: namesakes
    are common. So each name is settled for itself, and of its persons only those that ``fresh``, ``moved`` or gone
    articles touch (see pipeline.consolidate). Where people judged persons, all names are held in memory together.
    """
    con.register("one_seat_types", pa.table({"org_type": sorted(_ONE_SEAT)}))
    con.execute(f"CREATE TEMP VIEW statements AS {_SAID}")
    con.execute(_KEYED)
    con.execute(_ONE_SEATS)
    con.execute("CREATE TEMP TABLE former_persons (person_id VARCHAR)")
    if con.execute("FROM persons LIMIT 1").fetchall():
        con.execute(_TOUCHED)
    lines = judgements.of("person")
    with (
        spool(con, "new_persons", TABLES["persons"].arrow) as add_people,
        spool(con, "who", joined_schema(TABLES["officials"])) as add_posts,
        spool(con, "taking_part", joined_schema(TABLES["event_participants"])) as add_parts,
    ):
        for told in _by_name(con) if not lines else [_all(con)]:
            people, ids = _settled(told, judgements)
            add_people(people)
            add_posts(_derived(told, ids, post=True))
            add_parts(_derived(told, ids, post=False))
    con.execute(_WRITE)
    update(con, TABLES["officials"], "who")
    update(con, TABLES["event_participants"], "taking_part")


def _by_name(con: Connection) -> Iterator[list[_Statement]]:
    """The statements of one name after another, from so many at a time that sorting them takes little memory."""
    (n,) = con.execute("SELECT count(*) FROM statements WHERE person_id IS NULL").fetchall()[0]
    n_portions = n // _PORTION + 1
    for number in range(n_portions):
        portion = f" AND hash(key) % {n_portions} = {number}"
        found = streamed(con, _STATEMENTS.format(first="key, ", portion=portion))
        for _, of_name in groupby(found, key=itemgetter(0)):
            yield [_Statement(*row[1:]) for row in of_name]


def _all(con: Connection) -> list[_Statement]:
    return [_Statement(*row[1:]) for row in streamed(con, _STATEMENTS.format(first="", portion=""))]


def _derived(told: list[_Statement], ids: list[str], *, post: bool) -> Iterator[Row]:
    for said, person_id in zip(told, ids, strict=True):
        if post and said.ordinal is None:
            yield {"row_id": said.row_id, "person_id": person_id}
        elif not post and said.ordinal is not None:
            yield {"event_row_id": said.row_id, "ordinal": said.ordinal, "person_id": person_id}


def _settled(statements: list[_Statement], judgements: Judgements) -> tuple[list[Row], list[str]]:
    """The persons whose statements these are, and the person_id of each statement."""
    split = _namesakes(statements)
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
    ids = [str(people[groups.find(member)]["person_id"]) for member in range(len(statements))]
    return list(people.values()), ids


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


def _namesakes(statements: list[_Statement]) -> set[tuple[str, str]]:
    """(name, article) where two people must bear the name: it chairs two houses, and neither is within the other."""
    single = _single_holder_roles()
    chairs = defaultdict(set)
    for said in statements:
        if said.one_seat and said.org_id and said.role_id in single and said.status not in _GONE:
            chairs[said.name, said.head].add(said.org_id.removeprefix("x-"))
    return {
        key for key, held in chairs.items() if any(a not in b and b not in a for a, b in combinations(sorted(held), 2))
    }


@cache
def _single_holder_roles() -> frozenset[str]:
    return frozenset(row["role_id"] for row in rows("lexicons/single_holder_roles.csv"))


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
