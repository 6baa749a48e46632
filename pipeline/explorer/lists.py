"""The lists: what each shows, filtered by what its address says; a page of it, or all of it for a download."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.explorer.filters import Filters
from pipeline.explorer.finding import Search, found_sql, look_up, snippet
from pipeline.explorer.store import Row, Snapshot
from pipeline.normalize.fold import search_form


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. ``alias`` names its table in the SQL; rows are chosen by number before anything wide is read.

    ``counted`` is joined for choosing and ordering, ``joins`` for showing, after ``chosen`` (r, nr).
    """

    name: str
    alias: str
    order: str
    columns: str
    joins: str
    counted: str = ""
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
    "a",
    "a.published_date DESC NULLS LAST, a.article_id",
    "a.article_id, a.title, a.published_date, a.source_id, a.byline, a.url, a.dup_of, a.relevance, "
    "m.type AS event_type, m.date_from AS event_date, m.place AS event_place",
    "LEFT JOIN (SELECT article_id, min_by(type, start) AS type, min_by(date_from, start) AS date_from, "
    "min_by(place, start) AS place FROM event_mentions WHERE is_main AND article_id IN (SELECT x.article_id "
    "FROM chosen JOIN articles x ON x.rowid = chosen.r) GROUP BY article_id) m USING (article_id)",
    "",
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
    "o",
    "coalesce(c.n, 0) DESC, o.name, o.org_id",
    "o.org_id, o.name, o.name_en, o.org_type, o.origin, o.parent_org_id, p.name AS parent, "
    "coalesce(c.n, 0) AS n_articles",
    "LEFT JOIN organizations p ON p.org_id = o.parent_org_id",
    "LEFT JOIN memory.main.named c ON c.org_id = o.org_id",
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
    "p",
    "coalesce(c.n, 0) DESC, p.name, p.person_id",
    "p.person_id, p.name, coalesce(c.n, 0) AS n_articles, t.posts, t.first_seen, t.last_seen",
    "LEFT JOIN (SELECT person_id, list_sort(list(DISTINCT concat_ws(', ', role_id, o.name))) AS posts, "
    "min(first_seen) AS first_seen, max(last_seen) AS last_seen FROM tenures LEFT JOIN organizations o USING (org_id) "
    "WHERE person_id IN (SELECT x.person_id FROM chosen JOIN persons x ON x.rowid = chosen.r) "
    "GROUP BY person_id) t ON t.person_id = p.person_id",
    "LEFT JOIN memory.main.posted c ON c.person_id = p.person_id",
    {
        "q": "list_bool_and([contains(p.name_fold, w) FOR w IN $folds])",
        "role": "p.person_id IN (SELECT person_id FROM officials WHERE role_id = $role)",
        "organization": f"p.person_id IN (SELECT person_id FROM officials WHERE org_id IN {_MEANT})",
    },
)
EVENTS = Listing(
    "events",
    "e",
    "e.date_from DESC NULLS LAST, e.event_id",
    "e.event_id, e.type, e.date_from, e.date_to, e.place, e.n_articles, e.n_sources, m.evidence, m.article_id, "
    "a.title, a.url, e.best_row_id",
    "JOIN memory.main.best b ON b.event = chosen.r JOIN event_mentions m ON m.rowid = b.mention "
    "JOIN articles a ON a.article_id = m.article_id",
    "",
    {
        "type": "e.type = $type",
        "from": "e.date_to >= $from",
        "to": "e.date_from <= $to",
        "place": "contains(lower(e.place), lower($place))",
        "organization": f"e.event_id IN (SELECT event_id FROM memory.main.took_part WHERE org_id IN {_MEANT})",
    },
)
FIGURES = Listing(
    "figures",
    "f",
    "f.period_from DESC NULLS LAST, f.row_id",
    "f.row_id, f.measure, f.value, f.value_max, f.unit, f.comparator, f.counted, f.per, f.status, f.period_from, "
    "f.period_to, f.flags, f.who_org_id, w.name AS who, f.surface, f.evidence, f.article_id, a.title, "
    "a.published_date, a.url",
    "JOIN articles a ON a.article_id = f.article_id LEFT JOIN organizations w ON w.org_id = f.who_org_id",
    "",
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
    parameters = parameters_of(filters) | ({"phrase": search.phrase} if search else {})
    where = where_of(listing, filters)
    limit = f"LIMIT {filters.size} OFFSET {(filters.page - 1) * filters.size}"
    ctes, chosen = _chosen(listing, where, search, limit)
    counted = "kept" if search else f"{listing.name} {listing.alias} WHERE {where}"
    # One statement for both, so that a search looks its words up once.
    numbers = snapshot.one(
        f"WITH {ctes} chosen AS MATERIALIZED ({chosen}) "
        f"SELECT (SELECT count(*) FROM {counted}) AS n, (SELECT list(r ORDER BY nr) FROM chosen) AS r",
        parameters,
    ) or {"n": 0, "r": None}
    literal = ", ".join(str(int(r)) for r in numbers["r"] or ())
    few = f"chosen AS MATERIALIZED (SELECT r, nr FROM (SELECT unnest([{literal}]::BIGINT[]) AS r, "
    few += f"generate_subscripts([{literal}]::BIGINT[], 1) AS nr))"
    rows = snapshot.rows(_shown(listing, few)) if literal else []
    if search and rows:
        _add_snippets(snapshot, rows, search)
    return Page(rows, numbers["n"], filters.page, filters.size, search)


def download(snapshot: Snapshot, listing: Listing, filters: Filters) -> Iterator[list[object]]:
    """All rows that the filters leave, in the list's order; first the columns' names."""
    search = _search(snapshot, listing, filters)
    parameters = parameters_of(filters) | ({"phrase": search.phrase} if search else {})
    ctes, chosen = _chosen(listing, where_of(listing, filters), search, "")
    return snapshot.stream(_shown(listing, f"{ctes} chosen AS MATERIALIZED ({chosen})"), parameters)


def _search(snapshot: Snapshot, listing: Listing, filters: Filters) -> Search | None:
    """What the words of an article search are; other lists search their names."""
    words = filters.chosen().get("q")
    return look_up(snapshot, words) if listing is ARTICLES and isinstance(words, str) else None


def _chosen(listing: Listing, where: str, search: Search | None, limit: str) -> tuple[str, str]:
    """CTEs, and the SELECT of the row numbers (r) of the list's table in the list's order (nr)."""
    if search:
        ordered = f"SELECT r FROM found ORDER BY tier, place {limit}"
        return found_sql(search, where) + ",", f"SELECT r, row_number() OVER () AS nr FROM ({ordered})"
    source = f"{listing.name} {listing.alias} {listing.counted} WHERE {where} ORDER BY {listing.order} {limit}"
    return "", f"SELECT r, row_number() OVER () AS nr FROM (SELECT {listing.alias}.rowid AS r FROM {source})"


def _shown(listing: Listing, chosen: str) -> str:
    """What is shown of the rows ``chosen``."""
    return (
        f"WITH {chosen} SELECT {listing.columns} FROM chosen JOIN {listing.name} {listing.alias} "
        f"ON {listing.alias}.rowid = chosen.r {listing.counted} {listing.joins} ORDER BY chosen.nr"
    )


def _add_snippets(snapshot: Snapshot, rows: list[Row], search: Search) -> None:
    """Give each row, as ``snippet``, the place of its text where the words stand."""
    sql = "SELECT article_id, text FROM articles WHERE article_id IN (SELECT unnest($ids))"
    found = {row["article_id"]: row["text"] for row in snapshot.rows(sql, {"ids": [row["article_id"] for row in rows]})}
    for row in rows:
        row["snippet"] = snippet(found[row["article_id"]], search)
