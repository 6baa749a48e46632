"""The tables ``organizations`` and ``organization_aliases``: what articles name, and its spellings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline import gazetteers
from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import TABLES
from pipeline.normalize.fold import search_form

Row = dict[str, Any]

# An organization that only an official or a participant points to is named by what that row says.
_NAMED = """
CREATE TEMP TABLE named AS
WITH said AS (
    SELECT org_id, name, org_type, 1 AS rank FROM told_organization_mentions
    UNION ALL
    SELECT org_id, coalesce(organization, org_id), 'other', 2 FROM told_officials WHERE org_id IS NOT NULL
    UNION ALL
    SELECT org_id, org_id, 'other', 3 FROM told_event_participants WHERE org_id IS NOT NULL
    UNION ALL
    SELECT who_org_id, who_org_id, 'other', 3 FROM told_figures WHERE who_org_id IS NOT NULL
), counted AS (
    SELECT org_id, name, org_type, min(rank) AS rank, count(*) AS n FROM said GROUP BY ALL
)
SELECT org_id, first(name ORDER BY rank, n DESC, name) AS name,
    first(org_type ORDER BY rank, org_type = 'other', n DESC, org_type) AS org_type
FROM counted GROUP BY org_id"""
_KNOWN_NAMED = "SELECT org_id FROM named SEMI JOIN gazetteer_ids USING (org_id)"
_ORGANIZATIONS = """
DELETE FROM organizations;
INSERT INTO organizations BY NAME
FROM (
    SELECT * FROM known_organizations
    UNION ALL BY NAME
    SELECT org_id, name, search_form(name) AS name_fold, org_type, 'discovered' AS origin
    FROM named ANTI JOIN known_organizations USING (org_id)
) ORDER BY org_id"""
# A spelling in capitals of one or two words is an acronym.
_ALIASES = r"""
DELETE FROM organization_aliases;
INSERT INTO organization_aliases BY NAME
FROM (
    SELECT * FROM known_aliases
    UNION ALL BY NAME
    SELECT org_id, surface AS alias, 'discovered' AS origin,
        CASE
            WHEN match_form(surface) = match_form(name) THEN 'official'
            WHEN surface = upper(surface) AND surface <> lower(surface)
                AND len(string_split_regex(trim(surface), '\s+')) <= 2
            THEN 'acronym' ELSE 'short'
        END AS kind
    FROM (SELECT DISTINCT org_id, surface FROM told_organization_mentions) JOIN organizations USING (org_id)
        ANTI JOIN known_aliases ON known_aliases.org_id = organizations.org_id AND known_aliases.alias = surface
) ORDER BY org_id, alias"""


def list_organizations(con: Connection, merged: Mapping[str, str]) -> None:
    """Fill both tables anew: what articles name, and what the gazetteer has above and after that.

    ``merged``: ids that are another's, by the word of people. Names not linked are organizations of their own.
    """
    registry = gazetteers.organizations()
    con.execute(_NAMED)
    con.register("gazetteer_ids", pa.table({"org_id": list(registry)}))
    asked = [org_id for (org_id,) in con.execute(_KNOWN_NAMED).fetchall()]
    listed = set[str]()
    while asked:
        org_id = asked.pop()
        if org_id not in listed:
            listed.add(org_id)
            related = (registry[org_id].parent, registry[org_id].successor)
            asked += [merged.get(other, other) for other in related if other in registry]
    _register(con, "known_organizations", "organizations", [_organization(org_id, merged) for org_id in sorted(listed)])
    con.execute(_ORGANIZATIONS)
    best: dict[tuple[str, str], Row] = {}
    for alias in gazetteers.aliases():
        if alias.org_id in listed:
            row = {"org_id": alias.org_id, "alias": alias.alias, "kind": alias.kind, "origin": "gazetteer"}
            best.setdefault((alias.org_id, alias.alias), row)
    _register(con, "known_aliases", "organization_aliases", list(best.values()))
    con.execute(_ALIASES)
    con.execute("DROP TABLE named")


def _organization(org_id: str, merged: Mapping[str, str]) -> Row:
    known = gazetteers.organizations()[org_id]
    return {
        "org_id": org_id,
        "name": known.name,
        "name_fold": search_form(known.name),
        "name_en": known.name_en,
        "org_type": known.org_type,
        "parent_org_id": _merged(known.parent, org_id, merged),
        "valid_to": known.valid_to,
        "successor_org_id": _merged(known.successor, org_id, merged),
        "origin": "gazetteer",
    }


def _merged(other: str | None, org_id: str, merged: Mapping[str, str]) -> str | None:
    """The id that ``other`` has now; None where it is the organization itself."""
    now = merged.get(other, other) if other else None
    return None if now == org_id else now


def _register(con: Connection, name: str, table: str, rows: list[Row]) -> None:
    con.register(name, pa.Table.from_pylist(rows, schema=TABLES[table].arrow))
