"""The lists: what each shows, filtered by what its address says; a page of it, or all of it for a download."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.explorer.filters import Filters
from pipeline.explorer.finding import Search, found_sql, highlighted, look_up
from pipeline.explorer.store import Row, Snapshot
from pipeline.normalize.fold import search_form

_BEFORE, _AROUND = 70, 240  # characters of a snippet


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. ``alias`` names ``base`` in the SQL; a page's rows are chosen by ``key`` before anything is joined."""

    name: str
    base: str
    alias: str
    key: str
    order: str
    columns: str
    joins: str
    clauses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, how many there are in all, and the search that found them."""

    rows: list[Row]
    total: int
    number: int
    size: int
    search: Search | None = None

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))


# An organization is named by its id or by any spelling known of it.
_MEANT = (
    "(SELECT org_id FROM organizations WHERE org_id = $organization OR name_fold = $organization_fold UNION "
    "SELECT org_id FROM organization_aliases WHERE lower(alias) = lower($organization))"
)

ARTICLES = Listing(
    "articles",
    "articles",
    "a",
    "article_id",
    "a.published_date DESC NULLS LAST, a.article_id",
    "a.article_id, a.title, a.published_date, a.source_id, a.byline, a.url, a.dup_of, a.relevance, "
    "m.type AS event_type, m.date_from AS event_date, m.place AS event_place",
    "LEFT JOIN (SELECT article_id, min_by(type, start) AS type, min_by(date_from, start) AS date_from, "
    "min_by(place, start) AS place FROM event_mentions WHERE is_main GROUP BY article_id) m USING (article_id)",
    {
        "site": "a.source_id = $site",
        "from": "a.published_date >= $from",
        "to": "a.published_date <= $to",
        "type": "a.article_id IN (SELECT article_id FROM event_mentions WHERE type = $type)",
        "organization": f"a.article_id IN (SELECT article_id FROM organization_mentions WHERE org_id IN {_MEANT})",
    },
)
ORGANIZATIONS = Listing(
    "organizations",
    "(SELECT o.*, coalesce(c.n, 0) AS n_articles FROM organizations o LEFT JOIN (SELECT org_id, "
    "count(DISTINCT article_id) AS n FROM organization_mentions GROUP BY org_id) c USING (org_id))",
    "o",
    "org_id",
    "o.n_articles DESC, o.name, o.org_id",
    "o.org_id, o.name, o.name_en, o.org_type, o.origin, o.parent_org_id, p.name AS parent, o.n_articles",
    "LEFT JOIN organizations p ON p.org_id = o.parent_org_id",
    {
        "q": "list_bool_and([contains(o.name_fold, w) FOR w IN $folds]) OR o.org_id IN (SELECT org_id FROM "
        "organization_aliases WHERE list_bool_and([contains(lower(alias), w) FOR w IN $lowered]))",
        "type": "o.org_type = $type",
        "origin": "o.origin = $origin",
        "parent": "o.parent_org_id = $parent",
    },
)
PERSONS = Listing(
    "persons",
    "(SELECT p.*, coalesce(c.n, 0) AS n_articles FROM persons p LEFT JOIN (SELECT person_id, "
    "count(DISTINCT article_id) AS n FROM officials GROUP BY person_id) c USING (person_id))",
    "p",
    "person_id",
    "p.n_articles DESC, p.name, p.person_id",
    "p.person_id, p.name, p.n_articles, t.posts, t.first_seen, t.last_seen",
    "LEFT JOIN (SELECT person_id, list_sort(list(DISTINCT concat_ws(', ', role_id, o.name))) AS posts, "
    "min(first_seen) AS first_seen, max(last_seen) AS last_seen FROM tenures LEFT JOIN organizations o USING (org_id) "
    "GROUP BY person_id) t USING (person_id)",
    {
        "q": "list_bool_and([contains(p.name_fold, w) FOR w IN $folds])",
        "role": "p.person_id IN (SELECT person_id FROM officials WHERE role_id = $role)",
        "organization": f"p.person_id IN (SELECT person_id FROM officials WHERE org_id IN {_MEANT})",
    },
)
EVENTS = Listing(
    "events",
    "events",
    "e",
    "event_id",
    "e.date_from DESC NULLS LAST, e.event_id",
    "e.event_id, e.type, e.date_from, e.date_to, e.place, e.n_articles, e.n_sources, m.evidence, m.article_id, "
    "a.title, a.url, e.best_row_id",
    "LEFT JOIN event_mentions m ON m.row_id = e.best_row_id LEFT JOIN articles a ON a.article_id = m.article_id",
    {
        "type": "e.type = $type",
        "from": "e.date_to >= $from",
        "to": "e.date_from <= $to",
        "place": "contains(lower(e.place), lower($place))",
        "organization": "e.event_id IN (SELECT m.event_id FROM event_participants p JOIN event_mentions m "
        f"ON m.row_id = p.event_row_id WHERE p.org_id IN {_MEANT})",
    },
)
FIGURES = Listing(
    "figures",
    "figures",
    "f",
    "row_id",
    "f.period_from DESC NULLS LAST, f.row_id",
    "f.row_id, f.measure, f.value, f.value_max, f.unit, f.comparator, f.counted, f.per, f.status, f.period_from, "
    "f.period_to, f.flags, f.who_org_id, w.name AS who, f.surface, f.evidence, f.article_id, a.title, "
    "a.published_date, a.url",
    "LEFT JOIN articles a ON a.article_id = f.article_id LEFT JOIN organizations w ON w.org_id = f.who_org_id",
    {
        "measure": "f.measure = $measure",
        "unit": "f.unit = $unit",
        "status": "f.status = $status",
        "flag": "list_contains(f.flags, $flag)",
        "organization": f"f.who_org_id IN {_MEANT}",
        "from": "f.period_to >= $from",
        "to": "f.period_from <= $to",
    },
)
LISTS = {listing.name: listing for listing in (ARTICLES, ORGANIZATIONS, PERSONS, EVENTS, FIGURES)}


def parameters_of(filters: Filters) -> dict[str, object]:
    """The filters as a statement's parameters."""
    found = filters.chosen()
    if isinstance(words := found.get("q"), str):
        found["folds"] = search_form(words).split()
        found["lowered"] = words.lower().split()
    if isinstance(name := found.get("organization"), str):
        found["organization_fold"] = search_form(name)
    return found


def where_of(listing: Listing, filters: Filters) -> str:
    """The filters that are set, as SQL on the list's rows."""
    chosen = filters.chosen()
    parts = [f"({clause})" for name, clause in listing.clauses.items() if name in chosen]
    return " AND ".join(parts) or "TRUE"


def page(snapshot: Snapshot, listing: Listing, filters: Filters) -> Page:
    """The rows of the filters' page."""
    search = _search(snapshot, listing, filters)
    parameters = parameters_of(filters)
    if search:
        parameters["phrase"] = search.phrase
        counted = f"WITH {found_sql(search, where_of(listing, filters))} SELECT count(*) AS n FROM kept"
    else:
        counted = f"SELECT count(*) AS n FROM {listing.base} {listing.alias} WHERE {where_of(listing, filters)}"
    total = snapshot.rows(counted, parameters)[0]["n"]
    limit = f"LIMIT {filters.size} OFFSET {(filters.page - 1) * filters.size}"
    rows = snapshot.rows(_sql(listing, filters, search, limit), parameters)
    if search:
        _add_snippets(snapshot, rows, search)
    return Page(rows, total, filters.page, filters.size, search)


def download(snapshot: Snapshot, listing: Listing, filters: Filters) -> Iterator[list[object]]:
    """All rows that the filters leave, in the list's order; first the columns' names."""
    search = _search(snapshot, listing, filters)
    parameters = parameters_of(filters) | ({"phrase": search.phrase} if search else {})
    return snapshot.stream(_sql(listing, filters, search, ""), parameters)


def _search(snapshot: Snapshot, listing: Listing, filters: Filters) -> Search | None:
    """What the words of an article search are; other lists search their names."""
    words = filters.chosen().get("q")
    return look_up(snapshot, words) if listing is ARTICLES and isinstance(words, str) else None


def _sql(listing: Listing, filters: Filters, search: Search | None, limit: str) -> str:
    alias, key, order = listing.alias, listing.key, listing.order
    where = where_of(listing, filters)
    if search:
        ctes = found_sql(search, where)
        order = "chosen.tier, chosen.place"
        chosen = f"SELECT {key}, tier, place FROM found ORDER BY tier, place {limit}"
    else:
        ctes = ""
        chosen = f"SELECT {alias}.{key} FROM {listing.base} {alias} WHERE {where} ORDER BY {order} {limit}"
    return (
        f"WITH {ctes + ', ' if ctes else ''}chosen AS MATERIALIZED ({chosen}) SELECT {listing.columns} "
        f"FROM chosen JOIN {listing.base} {alias} USING ({key}) {listing.joins} ORDER BY {order}"
    )


def _add_snippets(snapshot: Snapshot, rows: list[Row], search: Search) -> None:
    """Give each row, as ``snippet``, the place of its text where the words stand."""
    if not rows:
        return
    sql = (
        "SELECT article_id, substr(text, greatest(1, spot - $before), $around) AS snippet FROM ("
        "SELECT article_id, text, CASE WHEN at_phrase > 0 THEN at_phrase ELSE instr(text_fold, $first) END AS spot "
        "FROM (SELECT article_id, text, text_fold, instr(text_fold, $phrase) AS at_phrase FROM articles "
        "WHERE article_id IN (SELECT unnest($ids))))"
    )
    parameters: dict[str, Any] = {
        "ids": [row["article_id"] for row in rows],
        "phrase": search.phrase,
        "first": search.phrase.split(" ")[0],
        "before": _BEFORE,
        "around": _AROUND,
    }
    found = {row["article_id"]: row["snippet"] for row in snapshot.rows(sql, parameters)}
    for row in rows:
        row["snippet"] = highlighted(found[row["article_id"]], search)
