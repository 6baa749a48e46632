"""A run's report: one HTML file that opens from disk and asks nothing of the network.

It stands on the snapshot, on ``data/accuracy.csv`` (what the extractors score on which gold) and, for what changed, on
the few numbers that the report before left in ``report.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from markupsafe import Markup, escape

from pipeline.charts import Chart, stacked_bars
from pipeline.dataset import durable
from pipeline.dataset.making import LIMITS
from pipeline.dataset.manifest import committed
from pipeline.dataset.query import CONFINED
from pipeline.dataset.snapshot import open_snapshot, rows_of
from pipeline.resources import rows as resource_rows

if TYPE_CHECKING:
    from jinja2 import Environment

NAME = "report.html"
NUMBERS = "report.json"

Row = dict[str, Any]

_SHOWN = 20  # rows of a list
_BARS = 72  # of a picture

_FUNNEL = """
SELECT (SELECT count(*) FROM articles) AS articles,
    (SELECT count(*) FROM articles WHERE dup_of IS NOT NULL) AS copies,
    (SELECT count(*) FROM articles WHERE relevance < 0.5) AS off_topic,
    (SELECT count(*) FROM rejects) AS rejects,
    (SELECT count(*) FROM dates) AS dates, (SELECT count(*) FROM organization_mentions) AS organization_mentions,
    (SELECT count(*) FROM officials) AS officials, (SELECT count(*) FROM figures) AS figures,
    (SELECT count(*) FROM event_mentions) AS event_mentions, (SELECT count(*) FROM events) AS events,
    (SELECT count(*) FROM organizations) AS organizations, (SELECT count(*) FROM persons) AS persons,
    (SELECT count(*) FROM tenures) AS tenures"""
_REJECTS = """
SELECT stage, error, count(*) AS n, arg_min(input_ref, input_ref) AS example, arg_min(message, input_ref) AS message
FROM rejects GROUP BY stage, error ORDER BY n DESC, stage, error"""
_EMPTY = """
SELECT coalesce(source_id, '(no address)') AS site, count(*) AS articles,
    avg((title IS NULL)::INT) AS title, avg((published_date IS NULL)::INT) AS published,
    avg((byline IS NULL)::INT) AS byline, avg((lead_end IS NULL)::INT) AS lead
FROM articles GROUP BY site ORDER BY articles DESC, site"""
_PERIODS = """
WITH counted AS (
    SELECT date_trunc(split_part('{step}', ' ', 2), {day}) AS first, {kind} AS kind, count(*) AS n
    FROM {table} WHERE {day} IS NOT NULL GROUP BY ALL
), periods AS (
    SELECT unnest(generate_series(min(first)::TIMESTAMP, max(first)::TIMESTAMP, INTERVAL '{step}'))::DATE AS first
    FROM counted
)
SELECT strftime(first, '{format}') AS period, kind, n FROM periods LEFT JOIN counted USING (first)
ORDER BY first, kind"""
_UNLINKED = """
SELECT o.name, o.org_type, count(*) AS mentions, count(DISTINCT m.article_id) AS articles
FROM organizations o JOIN organization_mentions m USING (org_id)
WHERE o.origin = 'discovered' GROUP BY ALL ORDER BY articles DESC, mentions DESC, o.name LIMIT {limit}"""
# The few rows first, then their texts: joined the other way round, all texts would be in memory.
_DOUBTFUL = """
SELECT f.surface, f.value, f.unit, f.flags, f.evidence, f.start, f."end", a.text, a.title, a.url
FROM (
    FROM figures WHERE list_contains(flags, 'implausible') ORDER BY value DESC, row_id LIMIT {limit}
) f JOIN articles a USING (article_id)
ORDER BY f.value DESC, f.row_id"""
# The same rows for the same run, others for another.
_RANDOM = """
SELECT t.*, a.text, a.title, a.url
FROM (
    FROM {table} WHERE row_id = (SELECT arg_min(row_id, md5(row_id || '{seed}')) FROM {table})
) t JOIN articles a USING (article_id)"""
_SHOWN_OF = {
    "dates": ("type", "value", "date_from", "date_to", "function"),
    "organization_mentions": ("name", "org_type", "org_id", "link_method"),
    "officials": ("person", "role", "organization", "status"),
    "figures": ("value", "value_max", "unit", "comparator", "status"),
    "event_mentions": ("type", "date_from", "place", "realis"),
}


def write_report(dataset: Path, out: Path | None = None) -> Path:
    """Write the report of the dataset's last committed run (``report.html`` in it, or ``out``); where it lies.

    DatasetError where there is no committed run.
    """
    target = out or dataset / NAME
    durable.write(target, render(dataset).encode())
    return target


def write_after_run(dataset: Path) -> None:
    """Write the report of the run just committed, and its numbers for the next one's to be compared with."""
    generation = committed(dataset).generation
    known = _numbers(dataset)
    if known.get("generation") != generation:
        with open_snapshot(dataset, **CONFINED) as con:
            now = {"generation": generation, "empty": rows_of(con, _EMPTY)}
        before = {key: known[key] for key in ("generation", "empty") if key in known}
        durable.write(dataset / NUMBERS, json.dumps({**now, "before": before}, ensure_ascii=False).encode())
    write_report(dataset)


def render(dataset: Path) -> str:
    """The report as HTML text."""
    manifest = committed(dataset)
    run = [run for run in manifest.runs if run.status == "finished"][-1]
    with open_snapshot(dataset, **CONFINED, **LIMITS) as con:
        found = {
            "run": run,
            "generation": manifest.generation,
            "n_shards": len(manifest.shards),
            "funnel": rows_of(con, _FUNNEL)[0],
            "rejects": rows_of(con, _REJECTS),
            "empty": _compared(rows_of(con, _EMPTY), _numbers(dataset).get("before", {}).get("empty", [])),
            "articles_chart": _by_time(con, "articles", "published_date", "'articles'", "Articles by publication"),
            "events_chart": _by_time(con, "events", "date_from", "type", "Events by month and type"),
            "unlinked": rows_of(con, _UNLINKED.format(limit=_SHOWN)),
            "doubtful": [_marked(row) for row in rows_of(con, _DOUBTFUL.format(limit=_SHOWN))],
            "samples": [
                (table, [(name, row[name]) for name in shown], _marked(row))
                for table, shown in _SHOWN_OF.items()
                for row in rows_of(con, _RANDOM.format(table=table, seed=run.run_id))
            ],
            "accuracy": resource_rows("accuracy.csv"),
        }
    return _environment().get_template("report.html.j2").render(found)


def _environment() -> Environment:
    # Imported here: what only extracts starts without it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["share"] = lambda value: "" if value is None else f"{value:.0%}"
    environment.filters["count"] = lambda value: "" if value is None else f"{value:,}"
    return environment


def _numbers(dataset: Path) -> Row:
    """What the report before left; nothing where none did, or what it left can't be read."""
    try:
        found = json.loads((dataset / NUMBERS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _compared(now: Iterable[Row], before: Iterable[Row]) -> list[Row]:
    """Each site's shares, with those of the run before under ``was``."""
    known = {row["site"]: row for row in before}
    return [{**row, "was": known.get(row["site"])} for row in now]


def _by_time(con: duckdb.DuckDBPyConnection, table: str, day: str, kind: str, title: str) -> Chart:
    """Bars by month, or where those are too many by year; a time without any has its empty bar."""
    for form, step in (("%Y-%m", "1 month"), ("%Y", "1 year")):
        counts: dict[str, dict[str, int]] = {}
        for row in rows_of(con, _PERIODS.format(table=table, day=day, kind=kind, format=form, step=step)):
            parts = counts.setdefault(row["period"], {})
            if row["kind"] is not None:
                parts[row["kind"]] = row["n"]
        if len(counts) <= _BARS:
            return stacked_bars(counts, title)
    return stacked_bars(_early_ones_together(counts), title)


def _early_ones_together(counts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    *early, first = list(counts)[: len(counts) - _BARS + 2]
    together: dict[str, int] = {}
    for period in early:
        for kind, n in counts[period].items():
            together[kind] = together.get(kind, 0) + n
    kept = {period: counts[period] for period in list(counts)[len(early) :]}
    return {f"< {first}": together, **kept}


def _marked(row: Row) -> Row:
    """The row with its sentence as HTML, the words it stands on marked."""
    text, evidence, start, end = row["text"], row["evidence"], row["start"], row["end"]
    at = text.rfind(evidence, 0, start + len(evidence))
    if at < 0 or end > at + len(evidence):
        return {**row, "sentence": escape(evidence)}
    inside = (evidence[: start - at], evidence[start - at : end - at], evidence[end - at :])
    return {**row, "sentence": Markup("{}<mark>{}</mark>{}").format(*inside)}
