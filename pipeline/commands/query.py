"""``congdoan query``: the snapshot answers SQL, examples of it, and searches."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import Dataset, QueryFormat, print_table
from pipeline.errors import UsageError

EPILOG = (
    'Examples:  congdoan query "SELECT person, role, organization FROM officials LIMIT 9"  ·  '
    'congdoan query --example 3  ·  congdoan query --search "cong doan dien luc"'
)


def query(
    sql: Annotated[
        str | None, typer.Argument(help="One SELECT statement (DuckDB's SQL), or - for standard input.")
    ] = None,
    dataset: Dataset = Path("dataset"),
    format: Annotated[
        QueryFormat | None, typer.Option(help="How to print.", show_default="a table on a terminal, CSV in a pipe")
    ] = None,
    examples: Annotated[bool, typer.Option("--examples", help="Print twenty questions with their SQL.")] = False,
    example: Annotated[int | None, typer.Option(help="Answer the example of this number.")] = None,
    search: Annotated[
        str | None, typer.Option(help="Find organizations, persons and articles by words, with or without marks.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Hits that --search shows.")] = 20,
) -> None:
    """Ask the dataset's snapshot in SQL. It is opened read-only and reaches no other file.

    Tables and columns: data/README.md, or: congdoan query "SHOW TABLES", congdoan query "DESCRIBE figures".
    """
    if [sql is not None, examples, example is not None, search is not None].count(True) != 1:
        raise UsageError("give one of: a SELECT, --examples, --example NUMBER, --search WORDS")
    if examples:
        _print_examples()
        return
    if search is not None:
        from pipeline.dataset.search import search as find

        table = find(dataset, search, limit)
    else:
        from pipeline.dataset.query import query as ask
        from pipeline.dataset.questions import question

        table = ask(
            dataset, question(example).sql if example is not None else sys.stdin.read() if sql == "-" else str(sql)
        )
    print_table(table, format or (QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv))


def _print_examples() -> None:
    from pipeline.dataset.questions import questions

    for one in questions():
        typer.echo(f"-- {one.number}. {one.text}\n{one.sql}\n")
