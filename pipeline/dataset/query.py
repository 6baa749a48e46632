"""SQL on the snapshot: one statement that reads, nothing else in reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.dataset.schema import TABLES
from pipeline.dataset.snapshot import open_snapshot
from pipeline.errors import QueryRefused

# The file is opened read-only; these keep SQL, and views that a stranger's file holds, from every other file, from the
# network and from Python's variables.
CONFINED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}
# MULTI is what PIVOT is parsed to.
_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI}
_NO_TABLE = re.compile(r'Table with name "?([^"\s]+)"? does not exist')
_NO_COLUMN = re.compile(r'(?:Referenced column|have a column named) "([^"]+)"')


def query(dataset: Path, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """The answer of the dataset's snapshot to one SELECT, whole in memory.

    QueryRefused says what is wrong with the statement, DatasetError with the dataset.
    """
    with confined(dataset, sql, parameters) as answer:
        return answer.to_arrow_table()


@contextmanager
def confined(
    dataset: Path, sql: str, parameters: Mapping[str, object] | None = None
) -> Iterator[duckdb.DuckDBPyRelation]:
    """Ask the snapshot one SELECT, and read the answer inside the block; nothing but the snapshot is in reach.

    Raises as ``query`` does.
    """
    # Anything may stand in a command line's argument; DuckDB takes text that is UTF-8.
    sql = sql.encode("utf-8", "replace").decode()
    with open_snapshot(dataset, **CONFINED) as con:
        # A bar would stand among the rows that a pipe reads. A notebook without ipywidgets has none to put out.
        with suppress(duckdb.InvalidInputException):
            con.execute("SET enable_progress_bar = false")
        con.execute("SET lock_configuration = true")
        try:
            _check(con, sql)
            yield con.sql(sql, params=dict(parameters) if parameters else None)
        except duckdb.Error as error:
            raise QueryRefused(_explain(str(error), sql)) from None


def _check(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """One statement, and one that reads."""
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        found = f"{len(statements)} statements" if statements else "no statement"
        raise QueryRefused(f"{found} given; give one SELECT")
    if statements[0].type not in _READING:
        kind = statements[0].type.name
        raise QueryRefused(f"{kind} is refused: the dataset can only be read; give a SELECT")


def _explain(message: str, sql: str) -> str:
    """DuckDB's message with the names of ours that may be meant."""
    if found := _NO_TABLE.search(message):
        return f"no table {found[1]!r}; {_near(found[1], list(TABLES), 'the tables are')}"
    if found := _NO_COLUMN.search(message):
        asked = [TABLES[word] for word in dict.fromkeys(re.findall(r"\w+", sql.lower())) if word in TABLES]
        names = list(dict.fromkeys(c.name for table in asked or TABLES.values() for c in table.columns))
        where = f" in {', '.join(table.name for table in asked)}" if asked else ""
        return f"no column {found[1]!r}{where}; {_near(found[1], names, 'there are')}"
    if message.startswith("Permission Error"):
        return "a query reads the dataset's tables and nothing else; this one asks for another file or setting"
    return message.strip()


def _near(name: str, known: list[str], all_of_them: str) -> str:
    near = get_close_matches(name.lower().rpartition(".")[2], known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"{all_of_them} {', '.join(known)}"
