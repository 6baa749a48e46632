"""``congdoan query``: the snapshot answers SQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import Dataset, QueryFormat, print_table

EPILOG = 'Examples:  congdoan query "SELECT person, role, organization FROM officials LIMIT 9"'


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT statement (DuckDB's SQL), or - for standard input.")],
    dataset: Dataset = Path("dataset"),
    format: Annotated[
        QueryFormat | None, typer.Option(help="How to print.", show_default="a table on a terminal, CSV in a pipe")
    ] = None,
) -> None:
    """Ask the dataset's snapshot in SQL. It is opened read-only and reaches no other file.

    Tables and columns: data/README.md, or: congdoan query "SHOW TABLES", congdoan query "DESCRIBE figures".
    """
    from pipeline.dataset.query import query as ask

    table = ask(dataset, sys.stdin.read() if sql == "-" else sql)
    print_table(table, format or (QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv))
