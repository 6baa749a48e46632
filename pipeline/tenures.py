"""The table ``tenures``: who is seen in which post where, and from when to when."""

from __future__ import annotations

import pyarrow as pa

from pipeline.dataset.relations import Connection
from pipeline.resources import rows

_PORTION = 200_000  # statements
# Former posts count only where their years are told; they show nobody in the post on the day of publication.
_TENURES = """
INSERT INTO tenures BY NAME
WITH told AS (
    SELECT *, CASE WHEN status NOT IN ('former', 'retired') THEN published_date END AS seen
    FROM told_officials JOIN numbered USING (article_id)
    WHERE (status NOT IN ('former', 'retired') OR stated_from IS NOT NULL OR stated_to IS NOT NULL)
        AND hash(person_id) % {of} = {number}
)
SELECT person_id, role_id, org_id, min(seen) AS first_seen, max(seen) AS last_seen, min(stated_from) AS stated_from,
    max(stated_to) AS stated_to, count(DISTINCT head) AS n_articles, count(DISTINCT source_id) AS n_sources,
    false AS conflict
FROM told GROUP BY person_id, role_id, org_id ORDER BY person_id, role_id, org_id NULLS FIRST"""

# The days of the evidence overlap those of an earlier one: neither is seen to have followed the other. Both are marked.
_CONFLICTS = """
UPDATE tenures SET conflict = true FROM (
    WITH seen AS (
        SELECT rowid AS row, org_id, role_id, last_seen, first_seen,
            row_number() OVER (PARTITION BY org_id, role_id ORDER BY first_seen, person_id) AS place
        FROM tenures SEMI JOIN single_holder_roles USING (role_id)
        WHERE org_id IS NOT NULL AND first_seen IS NOT NULL
    ), compared AS (
        SELECT row, first_seen, max((last_seen, -place, row)) OVER (
            PARTITION BY org_id, role_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS latest
        FROM seen
    ), overlapping AS (
        SELECT row, latest FROM compared WHERE first_seen <= latest[1]
    )
    SELECT row FROM overlapping UNION SELECT latest[3] FROM overlapping
) found WHERE tenures.rowid = found.row"""


def tenures(con: Connection) -> None:
    """Fill it anew: a row a person, post and organization, marked where two hold a post that has one holder."""
    single = sorted({row["role_id"] for row in rows("lexicons/single_holder_roles.csv")})
    con.register("single_holder_roles", pa.table({"role_id": single}))
    con.execute("DELETE FROM tenures")
    # Persons are counted a portion at a time: what tells articles apart of all of them would not fit into memory.
    of = con.execute("SELECT count(*) FROM told_officials").fetchall()[0][0] // _PORTION + 1
    for number in range(of):
        con.execute(_TENURES.format(of=of, number=number))
    con.execute(_CONFLICTS)
