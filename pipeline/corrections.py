"""Corrections of single facts: lines of ``corrections.csv`` held against the rows they name.

A row keeps its words and its row_id; what it says of them is corrected, and what follows from that goes along (the days
of a date's value, the id of an organization's name). A row said to be wrong stays, flagged, points to nothing and
counts in nothing derived. Lines that contradict each other are all left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from math import isfinite
from typing import Any

import pyarrow as pa

from pipeline import gazetteers
from pipeline.annotations import Line, Problem, day
from pipeline.dataset.cells import cell_text
from pipeline.dataset.changes import ORGANIZATION_COLUMNS, Changes, changed_schema
from pipeline.dataset.relations import Connection
from pipeline.dataset.schema import DAY, FLAG, FLOAT, INT, SHARD_TABLES, TEXT, Column, Table
from pipeline.dependent_columns import follow
from pipeline.resources import rows

Row = dict[str, Any]

FACTS = {table.name: table for table in SHARD_TABLES if table.is_facts}
# Where and how a fact was found is no opinion.
_FOUND = frozenset(
    (
        "row_id", "article_id", "zone", "sentence", "start", "end", "surface", "evidence", "confidence", "rule",
        "flags", "run_id", "link_method", "link_score", "trigger_start", "trigger_end",
    )
)  # fmt: skip
# What says how sure a value is, said no more once somebody has looked; of these columns' values alone.
_DOUBTS = frozenset({"implausible", "contradicted", "ambiguous", "inferred_year"})
_DOUBTED = frozenset({"value", "value_max", "unit", "date_from", "date_to", "name", "org_id", "organization"})
_ROW_ID = re.compile(r"[0-9a-f]{20}")
# 38.500 is 38500 to one and 38.5 to another.
_AMBIGUOUS = re.compile(r"-?\d{1,3}([.,]\d{3})+|.*,.*")
_TRUE, _FALSE = {"true", "1", "yes", "có"}, {"false", "0", "no", "không"}
_SPANS = (("date_from", "date_to"), ("period_from", "period_to"), ("stated_from", "stated_to"), ("value", "value_max"))


@dataclass(slots=True)
class Corrected:
    """The rows changed by table (their old ones in ``before``), rows for ``corrections``, and what was not applied."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    before: dict[str, Row] = field(default_factory=dict)
    applied: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def changes(self) -> Changes:
        """As the shards' views take them."""
        made = {name: list(changed.values()) for name, changed in sorted(self.rows.items()) if changed}
        return Changes({name: changed_rows(name, found) for name, found in made.items()})


def changed_rows(table: str, found: list[Row]) -> pa.Table:
    """Rows of a shard's table with ``shard`` and ``file_row_number``, in their order there."""
    schema = changed_schema(next(one for one in SHARD_TABLES if one.name == table))
    found = sorted(found, key=lambda row: (row["shard"], row["file_row_number"]))
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in found], schema=schema)


def correct(con: Connection, lines: tuple[Line, ...]) -> Corrected:
    """Apply the lines to the rows of the views ``shard_<table>``."""
    done = Corrected()
    if not lines:
        return done
    places = _find(con, {line["row_id"] for line in lines})
    known = _known_organizations(con, lines)
    by_row: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line["row_id"] in places:
            by_row[line["row_id"]].append(line)
        elif not line.shipped:
            done.problems.append(Problem(line.source, "unknown_row", _unknown(line["row_id"])))
    for row_id, said in by_row.items():
        _correct_row(done, row_id, *places[row_id], said, known)
    return done


def _find(con: Connection, asked: set[str]) -> dict[str, tuple[Table, Row]]:
    con.register("asked_rows", pa.table({"row_id": sorted(asked)}))
    found: dict[str, tuple[Table, Row]] = {}
    for name, table in FACTS.items():
        answer = con.sql(f"SELECT * FROM shard_{name} SEMI JOIN asked_rows USING (row_id)").to_arrow_table()
        found |= {row["row_id"]: (table, row) for row in answer.to_pylist()}
    return found


def _unknown(row_id: str) -> str:
    if not _ROW_ID.fullmatch(row_id):
        return f"{row_id!r} is no row_id; copy the 20 characters of the column row_id"
    return (
        f"no fact of this dataset has the row_id {row_id}: it is no longer found, its article is not among the "
        "inputs, or the id is mistyped"
    )


def _known_organizations(con: Connection, lines: tuple[Line, ...]) -> Callable[[str], bool]:
    """Whether an org_id is the gazetteer's or that of an organization discovered here."""
    if not any(line["column"] in ORGANIZATION_COLUMNS.values() for line in lines):
        return lambda org_id: False
    union = " UNION ".join(f"SELECT {column} FROM shard_{table}" for table, column in ORGANIZATION_COLUMNS.items())
    met = {org_id for (org_id,) in con.execute(union).fetchall()}
    return lambda org_id: org_id in gazetteers.organizations() or org_id in met


# --- one row --------------------------------------------------------------------------------------------------------


def _correct_row(
    done: Corrected, row_id: str, table: Table, row: Row, said: list[Line], known: Callable[[str], bool]
) -> None:
    values: dict[str, tuple[Any, Line]] = {}
    usable = []
    for line in said:
        try:
            if line["verdict"] == "value":
                column = _column(table, line["column"])
                values.setdefault(column.name, (_value(table, column, line["value"], known), line))
            elif line["column"] or line["value"]:
                raise _Refused("bad_value", f"{line['verdict']!r} takes no column and no value; did you mean 'value'?")
            usable.append(line)
        except _Refused as refused:
            done.problems.append(Problem(line.source, refused.error, refused.message))
    if clash := _clash(table, usable, known):
        done.problems += (Problem(line.source, "contradiction", clash) for line in usable)
        return
    given = {name: value for name, (value, _) in values.items()}
    new = {**row, **given, **follow(table.name, row, given)}
    if backward := _backward(new, given):
        done.problems += (Problem(line.source, "bad_value", backward) for line in usable)
        return
    if not usable:
        return
    new["flags"] = _flags(row["flags"], {line["verdict"] for line in usable}, set(given))
    if "wrong" in new["flags"]:
        new |= {ORGANIZATION_COLUMNS[table.name]: None} if table.name in ORGANIZATION_COLUMNS else {}
    done.rows[table.name][row_id], done.before[row_id] = new, row
    done.applied += (_applied(table, row, new, line) for line in usable)


def _backward(row: Row, given: Row) -> str | None:
    """Why the row's corrected ends can't stand so."""
    for first, last in _SPANS:
        if (
            {first, last} & set(given)
            and row.get(first) is not None
            and row.get(last) is not None
            and row[first] > row[last]
        ):
            return f"{first} {cell_text(row[first])} would be after {last} {cell_text(row[last])}; correct both"
    return None


def _flags(flags: list[str], verdicts: set[str], columns: set[str]) -> list[str]:
    kept = [flag for flag in flags if not (flag in _DOUBTS and columns & _DOUBTED)]
    added = {"wrong": "wrong", "value": "corrected", "right": "confirmed"}
    return kept + [flag for verdict, flag in added.items() if verdict in verdicts and flag not in kept]


def _clash(table: Table, said: list[Line], known: Callable[[str], bool]) -> str | None:
    """Why the lines of a row can't all hold."""
    first: dict[str, tuple[Any, Line]] = {}
    verdicts: dict[str, Line] = {}
    for line in said:
        verdicts.setdefault(line["verdict"], line)
        if line["verdict"] == "value":
            value = _value(table, _column(table, line["column"]), line["value"], known)
            before, other = first.setdefault(line["column"], (value, line))
            if before != value:
                return (
                    f"{line['column']} is {other['value']!r} by {other.source} and {line['value']!r} by {line.source}"
                )
    if "wrong" in verdicts and len(verdicts) > 1:
        other = next(line for verdict, line in verdicts.items() if verdict != "wrong")
        return f"the fact is wrong by {verdicts['wrong'].source}, and {other['verdict']} by {other.source}"
    return None


def _applied(table: Table, before: Row, after: Row, line: Line) -> Row:
    column = line["column"] or None
    was, now = (before[column], after[column]) if column else (None, None)
    return {
        "row_id": before["row_id"],
        "table_name": table.name,
        "article_id": before["article_id"],
        "verdict": line["verdict"],
        "column_name": column,
        "value_before": None if was is None else cell_text(was),
        "value": None if now is None else cell_text(now),
        **line.said,
    }


# --- values ---------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error, self.message = error, message


def _column(table: Table, name: str) -> Column:
    allowed = {c.name: c for c in table.columns if c.name not in _FOUND and not c.derived}
    if name in allowed:
        return allowed[name]
    if not name:
        raise _Refused("incomplete", f"column is empty; of {table.name} it is one of {', '.join(allowed)}")
    near = get_close_matches(name, allowed, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"it is one of {', '.join(allowed)}"
    raise _Refused("unknown_column", f"{table.name} has no column {name!r} that can be corrected; {hint}")


def _value(table: Table, column: Column, text: str, known: Callable[[str], bool]) -> Any:
    """The text as the column's type; _Refused says what to write."""
    if not text:
        if not column.nullable or (table.name, column.name) == ("organization_mentions", "org_id"):
            raise _Refused("bad_value", f"{column.name} can't be empty; a fact that is none has the verdict wrong")
        return None
    allowed = choices().get((table.name, column.name))
    if allowed and text not in allowed:
        near = get_close_matches(text, allowed, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"it must be one of {', '.join(sorted(allowed))}"
        raise _Refused("bad_value", f"{column.name} is {text!r}; {hint}")
    if column.name.endswith("org_id") and not known(text):
        raise _Refused(
            "unknown_organization", f"no organization has the id {text!r} (data/gazetteers/organizations.csv)"
        )
    value = _READ[column.type](text)
    if value is None:
        raise _Refused("bad_value", f"{column.name} is {text!r}; write {_WRITE[column.type]}")
    return value


def _number(text: str) -> float | None:
    try:
        value = None if _AMBIGUOUS.fullmatch(text) or "_" in text else float(text)
    except ValueError:
        return None
    return value if value is not None and isfinite(value) else None


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _truth(text: str) -> bool | None:
    return True if text.lower() in _TRUE else False if text.lower() in _FALSE else None


_READ: Mapping[pa.DataType, Callable[[str], str | float | int | bool | date | None]] = {
    TEXT: str, FLOAT: _number, INT: _whole, FLAG: _truth, DAY: day,
}  # fmt: skip
_WRITE = {
    FLOAT: "a number with a decimal point and no thousands signs, as 38500000 or 38.5",
    INT: "a whole number",
    FLAG: "true or false",
    DAY: "a day as 2026-11-21",
}


@cache
def choices() -> dict[tuple[str, str], frozenset[str]]:
    """(table, column) → the values that it may have, of the columns with a controlled vocabulary."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows("lexicons/column_values.csv"):
        found[row["table"], row["column"]].add(row["value"])
    modifiers = {row["role_id"] for row in rows("lexicons/roles.csv") if not row["rank"]}
    found["officials", "role_id"] = {row["role_id"] for row in rows("lexicons/roles.csv")} - modifiers
    return {key: frozenset(values) for key, values in found.items()}
