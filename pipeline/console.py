"""What a command prints with: results to stdout, progress and messages to stderr. Commands alone import it.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished with rejects.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.dataset.cells import cell_text

if TYPE_CHECKING:
    import pyarrow as pa

DONE, FAILED, USAGE, REJECTS = 0, 1, 2, 3
_COLUMN = 10  # characters that a column of a grid wants

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[INPUT]...",
        help="A .txt, .html, .jsonl, .warc or .warc.gz file, a folder of them, or - for standard input.",
        show_default="the bundled sample",
    ),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes to work with.", show_default="one a core")]
Dask = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Work on a Dask cluster: tcp://host:port of its scheduler, file:scheduler.json, or auto (this machine).",
        show_default="processes of this machine",
    ),
]
Dataset = Annotated[Path, typer.Option(help="Folder of the dataset.")]


class QueryFormat(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def say(message: str) -> None:
    """Print a message to stderr."""
    typer.echo(message, err=True)


def fail(message: str, code: int) -> None:
    """Print why the command can't go on, and leave with ``code``."""
    say(f"congdoan: {message}")
    sys.exit(code)


def sample() -> str:
    """The bundled sample's archive: the input of a command that is given none."""
    from pipeline.resources import DATA

    return str(DATA / "sample" / "pages.warc.gz")


@contextmanager
def progress_bar(what: str, things: str = "articles") -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar with rate and time left on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, rate="")

        def show(done: int, total: int | None) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} {things}/s" if speed else "")

        yield show


def print_table(table: pa.Table, format: QueryFormat) -> None:
    """Print rows as a grid, as CSV or as one JSON list."""
    rows = table.to_pylist()
    if format is QueryFormat.json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
    elif format is QueryFormat.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows([cell_text(value) for value in row.values()] for row in rows)
    else:
        _print_on_terminal(table.column_names, rows)


def _print_on_terminal(names: list[str], rows: list[dict[str, Any]]) -> None:
    """A grid; rows of more columns than the terminal can show are printed one value a line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if len(names) * _COLUMN > console.width:
        for number, row in enumerate(rows, 1):
            console.rule(f"row {number} of {len(rows):,}", align="left")
            for name, value in row.items():
                console.print(f"{name}: {cell_text(value)}", markup=False, highlight=False)
        return
    grid = Table(caption=f"{len(rows):,} rows")
    for name in names:
        grid.add_column(name, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell_text(value)) for value in row.values()))
    console.print(grid)
