"""One article, organization, person or event with what the dataset has about it; and the dataset at a glance."""

from __future__ import annotations

from typing import Any

from pipeline.explorer.marking import MOST_CHARACTERS, MOST_MARKS, Mark, paragraphs
from pipeline.explorer.plots import Spread, spreads
from pipeline.explorer.store import Row, Snapshot

SHOWN = 50  # rows of a list inside a page; the list's own page has all
_MONTHS = 72  # bars of a picture; longer times are shown by year
_UNITS = 30

# The columns beside an article's text, for each kind of fact.
FACTS = {
    "dates": ("type", "value", "date_from", "date_to", "function", "modifier"),
    "organization_mentions": ("name", "org_type", "org_id", "link_method", "link_score"),
    "officials": ("person", "person_id", "role", "organization", "org_id", "status", "stated_from", "stated_to"),
    "figures": (
        "measure", "value", "value_max", "unit", "counted", "comparator", "per", "status", "period_from", "period_to",
        "who_org_id",
    ),
    "event_mentions": ("type", "event_id", "is_main", "realis", "date_from", "date_to", "date_kind", "place"),
}  # fmt: skip


def overview(snapshot: Snapshot) -> dict[str, Any]:
    """Counts and pictures of the whole dataset; worked out once for a snapshot."""
    if "overview" not in snapshot.cache:
        counted = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in _COUNTED)
        sites = "SELECT source_id, count(*) AS n FROM articles WHERE source_id IS NOT NULL GROUP BY ALL ORDER BY ALL"
        snapshot.cache["overview"] = {
            "counts": snapshot.rows(f"SELECT {counted}")[0],
            "run": snapshot.one("SELECT * FROM runs WHERE status = 'finished' ORDER BY finished_at DESC LIMIT 1"),
            "articles": _by_time(snapshot, "articles", "published_date", "'articles'"),
            "events": _by_time(snapshot, "events", "date_from", "type"),
            "units": snapshot.rows(
                "SELECT unit, measure, count(*) AS n FROM figures GROUP BY ALL ORDER BY n DESC, unit LIMIT $n",
                {"n": _UNITS},
            ),
            "sites": sorted(snapshot.rows(sites), key=lambda row: -row["n"])[:SHOWN],
        }
    found: dict[str, Any] = snapshot.cache["overview"]
    return found


_COUNTED = (
    "articles", "organizations", "persons", "events", "figures", "dates", "officials", "organization_mentions",
)  # fmt: skip


def choices(snapshot: Snapshot) -> dict[str, list[str]]:
    """What the filters' lists offer: the values that the dataset has."""
    if "choices" not in snapshot.cache:
        asked = {
            "site": "SELECT DISTINCT source_id FROM articles WHERE source_id IS NOT NULL ORDER BY 1",
            "event_type": "SELECT DISTINCT type FROM event_mentions ORDER BY 1",
            "org_type": "SELECT DISTINCT org_type FROM organizations ORDER BY 1",
            "role": "SELECT role_id FROM officials GROUP BY 1 ORDER BY min(role_rank), 1",
            "measure": "SELECT measure FROM figures GROUP BY 1 ORDER BY count(*) DESC, 1",
            "unit": "SELECT unit FROM figures GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200",
            "status": "SELECT DISTINCT status FROM figures ORDER BY 1",
            "flag": "SELECT DISTINCT unnest(flags) FROM figures ORDER BY 1",
            "organization": "SELECT o.name FROM organizations o JOIN organization_mentions m USING (org_id) "
            "GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT 300",
        }
        snapshot.cache["choices"] = {
            name: [str(value) for row in snapshot.rows(sql) for value in row.values()] for name, sql in asked.items()
        }
    found: dict[str, list[str]] = snapshot.cache["choices"]
    return found


def article(snapshot: Snapshot, article_id: str) -> dict[str, Any] | None:
    """The article, its text in marked pieces, and its facts by kind in the order of the text."""
    asked = {"id": article_id, "most": MOST_MARKS}
    found = snapshot.one(
        "SELECT a.* EXCLUDE (text_fold), s.name AS source, d.title AS original FROM articles a "
        "LEFT JOIN sources s USING (source_id) LEFT JOIN articles d ON d.article_id = a.dup_of "
        "WHERE a.article_id = $id",
        asked,
    )
    if found is None:
        return None
    facts = {
        kind: snapshot.rows(
            f'SELECT * FROM {kind} WHERE article_id = $id ORDER BY start, "end", row_id LIMIT $most', asked
        )
        for kind in FACTS
    }
    said: dict[str, list[Row]] = {}
    for row in snapshot.rows("SELECT * FROM corrections WHERE article_id = $id ORDER BY said_on, source", asked):
        said.setdefault(row["row_id"], []).append(row)
    marks = [Mark(row["row_id"], kind, row["start"], row["end"]) for kind, rows in facts.items() for row in rows]
    return {
        "article": found,
        "facts": facts,
        "corrections": said,
        "paragraphs": paragraphs(found["text"], marks),
        "whole": len(found["text"]) <= MOST_CHARACTERS and len(marks) <= MOST_MARKS,
        "copies": snapshot.rows(
            "SELECT article_id, title, source_id, published_date FROM articles WHERE dup_of = $id "
            "ORDER BY published_date, article_id LIMIT 50",
            asked,
        ),
    }


def organization(snapshot: Snapshot, org_id: str) -> dict[str, Any] | None:
    """An organization: names, what stands above and below, events, officials, figures and mentions over time."""
    asked: dict[str, object] = {"id": org_id, "n": SHOWN}
    found = snapshot.one(
        "SELECT o.*, p.name AS parent, s.name AS successor FROM organizations o "
        "LEFT JOIN organizations p ON p.org_id = o.parent_org_id "
        "LEFT JOIN organizations s ON s.org_id = o.successor_org_id WHERE o.org_id = $id",
        asked,
    )
    if found is None:
        return None
    unit = snapshot.one(
        "SELECT unit FROM figures WHERE who_org_id = $id AND period_from IS NOT NULL "
        "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
        asked,
    )
    years = snapshot.rows(
        "SELECT strftime(a.published_date, '%Y') AS year, count(*) AS n FROM articles a "
        "WHERE a.published_date IS NOT NULL AND a.article_id IN "
        "(SELECT article_id FROM organization_mentions WHERE org_id = $id) GROUP BY 1 ORDER BY 1",
        asked,
    )
    return {
        "organization": found,
        "unit": unit["unit"] if unit else None,
        "years": {row["year"]: {"articles": row["n"]} for row in years},
        "spreads": _spreads_of(snapshot, found, unit["unit"]) if unit else ("", []),
        **{name: snapshot.rows(sql, asked) for name, sql in _OF_ORGANIZATION.items()},
    }  # fmt: skip


_OF_ORGANIZATION = {
    "aliases": "SELECT alias, kind, origin FROM organization_aliases WHERE org_id = $id ORDER BY kind, alias LIMIT 200",
    "children": "SELECT org_id, name, org_type FROM organizations WHERE parent_org_id = $id "
    "ORDER BY name, org_id LIMIT 200",
    "officials": "SELECT t.*, p.name FROM tenures t JOIN persons p USING (person_id) LEFT JOIN (SELECT role_id, "
    "min(role_rank) AS rank FROM officials GROUP BY 1) r USING (role_id) WHERE t.org_id = $id "
    "ORDER BY r.rank, t.role_id, t.first_seen NULLS LAST, p.name, t.person_id LIMIT $n",
    "events": "SELECT e.event_id, e.type, e.date_from, e.date_to, e.place, e.n_articles, p.role FROM "
    "memory.main.took_part p JOIN events e USING (event_id) WHERE p.org_id = $id "
    "ORDER BY e.date_from DESC NULLS LAST, e.event_id, p.role LIMIT $n",
    "figures": "SELECT row_id, article_id, evidence, period_from, period_to, unit, value, flags FROM figures "
    "WHERE rowid IN (SELECT rowid FROM figures WHERE who_org_id = $id ORDER BY period_from DESC NULLS LAST, row_id "
    "LIMIT $n) ORDER BY period_from DESC NULLS LAST, row_id",
    "judgements": "SELECT * FROM judgements WHERE kind = 'organization' AND $id IN (one_id, other_id) "
    "ORDER BY said_on, source",
}


def person(snapshot: Snapshot, person_id: str) -> dict[str, Any] | None:
    """A person: posts over time with the bounds of the evidence, and every statement."""
    asked: dict[str, object] = {"id": person_id, "n": 200}
    found = snapshot.one("SELECT * FROM persons WHERE person_id = $id", asked)
    if found is None:
        return None
    posts = snapshot.rows(
        "SELECT t.*, o.name AS organization FROM tenures t LEFT JOIN organizations o USING (org_id) "
        "WHERE t.person_id = $id ORDER BY t.first_seen NULLS LAST, t.role_id, t.org_id LIMIT $n",
        asked,
    )
    return {
        "person": found,
        "posts": posts,
        "statements": snapshot.rows(
            "SELECT f.*, a.title, a.published_date FROM officials f JOIN articles a USING (article_id) "
            "WHERE f.rowid IN (SELECT rowid FROM officials WHERE person_id = $id ORDER BY row_id LIMIT $n) "
            "ORDER BY a.published_date NULLS LAST, f.row_id",
            asked,
        ),
        "judgements": snapshot.rows(
            "SELECT * FROM judgements WHERE kind = 'person' AND $id IN (one_id, other_id) ORDER BY said_on, source",
            asked,
        ),
    }


def event(snapshot: Snapshot, event_id: str) -> dict[str, Any] | None:
    """An event: who took part, and each place that tells of it."""
    asked: dict[str, object] = {"id": event_id, "n": 200}
    found = snapshot.one("SELECT * FROM events WHERE event_id = $id", asked)
    if found is None:
        return None
    return {
        "event": found,
        "mentions": snapshot.rows(
            "SELECT m.*, a.title, a.published_date, a.source_id FROM event_mentions m "
            "JOIN articles a USING (article_id) WHERE m.event_id = $id "
            "ORDER BY m.row_id = $best DESC, a.published_date NULLS LAST, m.row_id LIMIT $n",
            {**asked, "best": found["best_row_id"]},
        ),
        "participants": snapshot.rows(
            'SELECT DISTINCT p.role, p.org_id, p.person_id, p.person, p."group", o.name AS organization '
            "FROM event_participants p LEFT JOIN organizations o USING (org_id) "
            "WHERE p.event_row_id IN (SELECT row_id FROM event_mentions WHERE event_id = $id) ORDER BY ALL LIMIT $n",
            asked,
        ),
    }


def figures_over_time(snapshot: Snapshot, where: str, parameters: dict[str, object]) -> tuple[str, list[Row]]:
    """The figures that ``where`` leaves, by the year they are of: the picture and its rows."""
    return _spreads(snapshot, where, parameters, str(parameters.get("unit", "")))


def _spreads_of(snapshot: Snapshot, organization: Row, unit: str) -> tuple[str, list[Row]]:
    parameters: dict[str, object] = {"id": organization["org_id"], "unit": unit}
    return _spreads(snapshot, "f.who_org_id = $id AND f.unit = $unit", parameters, f"{organization['name']}: {unit}")


def _spreads(snapshot: Snapshot, where: str, parameters: dict[str, object], title: str) -> tuple[str, list[Row]]:
    rows = snapshot.rows(
        "SELECT strftime(f.period_from, '%Y') AS year, count(*) AS n, min(f.value) AS lowest, "
        "quantile_disc(f.value, 0.1) AS low, quantile_disc(f.value, 0.5) AS median, "
        "quantile_disc(f.value, 0.9) AS high, max(f.value) AS highest FROM figures f "
        f"WHERE f.period_from IS NOT NULL AND isfinite(f.value) AND ({where}) GROUP BY 1 ORDER BY 1 LIMIT 200",
        parameters,
    )
    drawn = [Spread(row["year"], row["n"], row["low"], row["median"], row["high"]) for row in rows]
    return spreads(drawn, title), rows


def _by_time(snapshot: Snapshot, table: str, day: str, kind: str) -> dict[str, dict[str, int]]:
    """Rows by month (of long times by year) and kind."""
    counts: dict[str, dict[str, int]] = {}
    for form in ("%Y-%m", "%Y"):
        counts = {}
        sql = (
            f"SELECT strftime({day}, '{form}') AS period, {kind} AS kind, count(*) AS n FROM {table} "
            f"WHERE {day} IS NOT NULL GROUP BY ALL ORDER BY ALL"
        )
        for row in snapshot.rows(sql):
            counts.setdefault(row["period"], {})[row["kind"]] = row["n"]
        if len(counts) <= _MONTHS:
            break
    return counts
