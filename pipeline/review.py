"""What in a dataset is most worth a look: facts of all kinds and names that no gazetteer knows, in one list.

The kinds of doubt take turns, the surest first: a value that can't be, figures and posts that exclude each other,
names that many articles use and nothing links, values read with doubt. Of each, the gravest comes first. What people
have said something of already (``corrections``, ``judgements``) is left out.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import gazetteers
from pipeline.dataset.query import CONFINED
from pipeline.dataset.relations import Connection
from pipeline.dataset.snapshot import open_snapshot, rows_of
from pipeline.normalize.fold import match_form

Row = dict[str, Any]

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("doubt", "kind", "row_id", "why", "value", "sentence", "url", "line")]
)
# A value read with less is worth a look; one name in fewer articles is worth no row in a registry.
_UNSURE, _FREQUENT = 0.7, 2
_NEAREST, _NEAR = 3, 0.45

# Table → what a row says, in SQL; the column that a correction would most likely mend.
_FACTS = {
    "figures": ("format('{} {}', printf('%.15g', f.value), f.unit)", "value"),
    "officials": ("concat_ws(', ', f.person, f.role, f.organization, f.status)", "person"),
    "event_mentions": ("concat_ws(', ', f.type, f.date_from, f.place)", "type"),
    "dates": ("f.value", "value"),
    "organization_mentions": ("f.name", "org_id"),
}
_UNTOLD = "NOT list_has_any({row}.flags, ['wrong', 'corrected', 'confirmed'])"

_FACT = """
SELECT '{table}' AS kind, f.row_id, {why} AS why, {value} AS value, f.evidence AS sentence, a.url
FROM {table} f JOIN articles a USING (article_id) WHERE {doubtful} AND {untold}
ORDER BY {order}, f.row_id LIMIT {limit}"""

# Two values of one thing, of one doer, of one time, in one article or its copies.
_CONTRADICTED = """
WITH told AS (
    SELECT f.*, coalesce(a.dup_of, article_id) AS head, a.url FROM figures f JOIN articles a USING (article_id)
    WHERE comparator = '=' AND value_max IS NULL AND per IS NULL AND counted IS NOT NULL AND who_org_id IS NOT NULL
        AND period_from IS NOT NULL AND period_kind = 'stated' AND {untold}
)
SELECT 'figures' AS kind, one.row_id, any_value(format('contradicted: also "{{}}"', other.surface)) AS why,
    any_value({value_of_one}) AS value, any_value(one.evidence) AS sentence, any_value(one.url) AS url
FROM told one JOIN told other USING (head, measure, unit, counted, who_org_id, period_from, period_to, status)
-- What one sentence lists is of different things.
WHERE one.value <> other.value AND (one.article_id <> other.article_id OR one.sentence <> other.sentence)
GROUP BY one.row_id
ORDER BY max(greatest(one.value, other.value) / greatest(least(one.value, other.value), 1)) DESC, one.row_id
LIMIT {limit}"""

_CONFLICTS = """
SELECT 'officials' AS kind, f.row_id,
    format('contradicted: {{}} in the same post in the same days', string_agg(DISTINCT p.name, ', ' ORDER BY p.name))
    AS why, any_value({value}) AS value, any_value(f.evidence) AS sentence, any_value(a.url) AS url
FROM officials f JOIN tenures t USING (person_id, role_id, org_id) JOIN articles a USING (article_id)
    JOIN tenures u ON u.org_id = t.org_id AND u.role_id = t.role_id AND u.conflict AND u.person_id <> t.person_id
        AND u.first_seen <= t.last_seen AND u.last_seen >= t.first_seen
    JOIN persons p ON p.person_id = u.person_id
WHERE t.conflict AND {untold}
GROUP BY f.row_id ORDER BY min(f.role_rank), min(f.confidence), f.row_id LIMIT {limit}"""

_UNLINKED = """
SELECT o.org_id, o.name, o.org_type, count(*) AS mentions, count(DISTINCT article_id) AS articles,
    arg_min(m.evidence, m.row_id) AS sentence, arg_min(a.url, m.row_id) AS url
FROM organizations o JOIN organization_mentions m USING (org_id) JOIN articles a USING (article_id)
WHERE o.origin = 'discovered' GROUP BY ALL HAVING articles >= {frequent}
ORDER BY articles DESC, mentions DESC, o.org_id LIMIT {limit}"""


def review(dataset: Path, limit: int = 40) -> pa.Table:
    """At most ``limit`` rows (SCHEMA), the most worth a look first.

    ``line`` is what to write into corrections.csv or, of a name, judgements.csv, with WHO, the day, WHY and … to be
    filled in. DatasetError where there is no dataset.
    """
    with open_snapshot(dataset, **CONFINED) as con:
        doubts = {
            "implausible": _doubtful(con, "list_contains(f.flags, 'implausible')", "'implausible'", limit),
            "contradicted": _contradicted(con, limit),
            "unlinked": _unlinked(con, limit),
            "unsure": _doubtful(
                con,
                f"(f.confidence < {_UNSURE} OR list_contains(f.flags, 'ambiguous'))",
                "format('read with confidence {:.2f} by {}', f.confidence, f.rule)",
                limit,
            ),
        }
    taken, found = set[str](), list[Row]()
    for turn in range(limit):
        for doubt, rows in doubts.items():
            if turn < len(rows) and rows[turn]["row_id"] not in taken:
                taken.add(rows[turn]["row_id"])
                found.append({"doubt": doubt, **rows[turn]})
    return pa.Table.from_pylist(found[:limit], schema=SCHEMA)


def _doubtful(con: Connection, doubtful: str, why: str, limit: int) -> list[Row]:
    """The rows of each table in turn, by rising confidence."""
    found: list[tuple[int, list[Row]]] = []
    untold = _UNTOLD.format(row="f")
    for table, (value, column) in _FACTS.items():
        order = "f.confidence"
        sql = _FACT.format(
            table=table, why=why, value=value, doubtful=doubtful, untold=untold, order=order, limit=limit
        )
        found += ((turn, [_with_line(row, column)]) for turn, row in enumerate(rows_of(con, sql)))
    return [row for _, rows in sorted(found, key=lambda one: one[0]) for row in rows]


def _contradicted(con: Connection, limit: int) -> list[Row]:
    value, column = _FACTS["figures"]
    of_one = value.replace("f.", "one.")
    figures = rows_of(con, _CONTRADICTED.format(value_of_one=of_one, untold=_UNTOLD.format(row="f"), limit=limit))
    value, person = _FACTS["officials"]
    posts = rows_of(con, _CONFLICTS.format(value=value, untold=_UNTOLD.format(row="f"), limit=limit))
    rows = [_with_line(row, column) for row in figures], [_with_line(row, person) for row in posts]
    return [kind[turn] for turn in range(limit) for kind in rows if turn < len(kind)]


def _with_line(row: Row, column: str) -> Row:
    return {**row, "line": csv_line(row["row_id"], "value", column, "…", "WHO", "DAY", "WHY")}


def csv_line(*cells: str) -> str:
    """The cells as a line of CSV, without its end."""
    file = io.StringIO()
    csv.writer(file, lineterminator="").writerow(cells)
    return file.getvalue()


# --- names ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Registry:
    """The gazetteer's names by their syllables, and what a syllable tells: one that few names have tells much."""

    names: tuple[tuple[str, str, frozenset[str], bool], ...]  # org_id, alias, syllables, whether it is a union
    weights: dict[str, float]

    def weight(self, syllables: frozenset[str]) -> float:
        most = log(len(self.names) + 1)
        return sum(self.weights.get(syllable, most) for syllable in syllables)


@cache
def _registry() -> _Registry:
    known = gazetteers.organizations()
    names = tuple(
        (one.org_id, one.alias, frozenset(match_form(one.alias).split()), is_union(known[one.org_id].org_type))
        for one in gazetteers.aliases()
        if one.org_id in known
    )
    counts = Counter(syllable for _, _, syllables, _ in names for syllable in syllables)
    return _Registry(names, {syllable: log((len(names) + 1) / n) for syllable, n in counts.items()})


def is_union(org_type: str) -> bool:
    """Whether organizations.org_type is one of a union's."""
    return org_type.startswith("union_")


def nearest(name: str, union: bool) -> list[tuple[str, str]]:
    """(org_id, alias) of the gazetteer's names that share most of what tells in ``name``, nearest first.

    A union is never the house whose union it is: of a ``union`` they are unions, of another none.
    """
    registry, syllables = _registry(), frozenset(match_form(name).split())
    best: dict[str, tuple[float, str]] = {}
    own = registry.weight(syllables)
    for org_id, alias, others, of_union in registry.names:
        if of_union == union and (shared := syllables & others):
            share = 2 * registry.weight(shared) / (own + registry.weight(others))
            if share >= _NEAR and share > best.get(org_id, (0.0, ""))[0]:
                best[org_id] = share, alias
    ordered = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
    return [(org_id, alias) for org_id, (_, alias) in ordered[:_NEAREST]]


def _unlinked(con: Connection, limit: int) -> list[Row]:
    told: dict[str, set[str]] = defaultdict(set)
    for one, other in con.execute("SELECT one_id, other_id FROM judgements WHERE verdict = 'different'").fetchall():
        told[one].add(other)
        told[other].add(one)
    found = []
    for row in rows_of(con, _UNLINKED.format(frequent=_FREQUENT, limit=limit)):
        known = nearest(row["name"], is_union(row["org_type"]))
        near = [(org_id, alias) for org_id, alias in known if org_id not in told[row["org_id"]]]
        names = "; ".join(f"{alias} ({org_id})" for org_id, alias in near) or "none"
        found.append(
            {
                "kind": "organizations",
                "row_id": row["org_id"],
                "why": f"in {row['articles']:,} articles ({row['mentions']:,} times), not in the registry",
                "value": f"{row['name']}; nearest: {names}",
                "sentence": row["sentence"],
                "url": row["url"],
                "line": csv_line("organization", "same", "…", row["org_id"], "WHO", "DAY", "WHY"),
            }
        )
    return found
