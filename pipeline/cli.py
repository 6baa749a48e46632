"""The command line: the only file that prints. Results go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished with rejects. Heavy imports stand inside the commands, so that
``--help`` answers at once.
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

from scrapers.errors import CongdoanError, InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.engine import RunSummary
    from pipeline.evaluate import Scores

DONE, FAILED, USAGE, REJECTS = 0, 1, 2, 3
_COLUMN = 10  # characters that a column of a grid wants

app = typer.Typer(
    name="congdoan",
    help="Vietnamese trade-union news into tables that a researcher can cite.",
    epilog='Start with: congdoan run  ·  then: congdoan query "SELECT * FROM officials"',
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[INPUT]...",
        help="A .txt, .html, .jsonl, .warc or .warc.gz file, a folder of them, or - for standard input.",
        show_default="the bundled sample",
    ),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes to work with.", show_default="one a core")]
Dataset = Annotated[Path, typer.Option(help="Folder of the dataset.")]


class ExtractFormat(StrEnum):
    """What ``extract`` writes."""

    jsonl = "jsonl"
    dataset = "dataset"


class QueryFormat(StrEnum):
    """What ``query`` prints."""

    table = "table"
    csv = "csv"
    json = "json"


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    """Vietnamese trade-union news into tables that a researcher can cite."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"congdoan {version_of('congdoan')}")
        raise typer.Exit(DONE)


@app.command(epilog="Examples:  congdoan run  ·  congdoan run pages/ archive.warc.gz --out dataset")
def run(inputs: Inputs = None, out: Dataset = Path("dataset"), workers: Workers = None) -> None:
    """Extract INPUT into a dataset: Parquet shards, a manifest and a DuckDB snapshot that answers SQL.

    A run that was cut off goes on where it stopped; one with unchanged input does nothing.
    """
    from pipeline import engine

    names = inputs or [_sample()]
    with _progress("extracting") as progress:
        summary = engine.run(names, out, engine.RunOptions(workers=workers), progress)
    _report_run(summary)
    raise typer.Exit(REJECTS if summary.n_rejected else DONE)


@app.command(epilog="Examples:  congdoan extract pages/ > facts.jsonl  ·  zcat news.jsonl.gz | congdoan extract -")
def extract(
    inputs: Inputs = None,
    format: Annotated[ExtractFormat, typer.Option(help="JSON lines on stdout, or a dataset folder.")] = (
        ExtractFormat.jsonl
    ),
    out: Dataset = Path("dataset"),
    workers: Workers = None,
) -> None:
    """Extract INPUT and print one JSON object an article: its text and each distinct fact once, with offsets."""
    if format is ExtractFormat.dataset:
        run(inputs, out, workers)
    from pipeline import engine

    rejected = 0
    with _progress("extracting") as progress:
        for record in engine.extract(inputs or [_sample()], engine.RunOptions(workers=workers), progress):
            if isinstance(record, InputError):
                rejected += 1
                _say(f"rejected: {record}")
            else:
                typer.echo(json.dumps(record, ensure_ascii=False))
    raise typer.Exit(REJECTS if rejected else DONE)


@app.command(epilog='Examples:  congdoan query "SELECT person, role, organization FROM officials LIMIT 9"')
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
    _print_table(table, format or (QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv))


@app.command(epilog="Examples:  congdoan evaluate data/sample/gold  ·  congdoan evaluate gold/ pages.jsonl --errors")
def evaluate(
    gold: Annotated[Path, typer.Argument(help="Folder of gold facts, one JSON file an article.")],
    inputs: Inputs = None,
    errors: Annotated[bool, typer.Option("--errors", help="Print each missed, spurious or wrong fact.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print F1 and accuracy as one JSON object.")] = False,
    workers: Workers = None,
) -> None:
    """Extract INPUT and score its facts against GOLD: precision, recall and F1 of each kind."""
    from pipeline import engine
    from pipeline import evaluate as evaluation

    if not gold.is_dir():
        _fail(f"{gold} is no folder; name one that holds gold, one .json file an article", USAGE)
    golds = evaluation.read_gold(gold)
    records, rejected = [], 0
    for record in engine.extract(inputs or [_sample()], engine.RunOptions(workers=workers)):
        if isinstance(record, InputError):
            rejected += 1
            _say(f"rejected: {record}")
        else:
            records.append(record)
    scores = evaluation.score(golds, evaluation.by_name(records))
    if as_json:
        typer.echo(json.dumps(scores.as_dict()))
    else:
        _print_scores(scores, errors)
    raise typer.Exit(REJECTS if rejected else DONE)


def main() -> None:
    """Entry point of the ``congdoan`` command."""
    from pipeline.errors import UsageError

    try:
        app()
    except UsageError as error:
        _fail(str(error), USAGE)
    except CongdoanError as error:
        _fail(str(error), FAILED)
    except BrokenPipeError:
        # The reader (head, less) left: nothing more to say, and nothing failed.
        sys.stderr.close()
    except KeyboardInterrupt:
        _fail("stopped; the dataset holds what was complete, and the same command goes on from there", FAILED)


# --- what is printed ------------------------------------------------------------------------------------------------


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _fail(message: str, code: int) -> None:
    _say(f"congdoan: {message}")
    sys.exit(code)


def _sample() -> str:
    from pipeline.resources import DATA

    return str(DATA / "sample" / "pages.warc.gz")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int | None], None] | None]:
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
            bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} articles/s" if speed else "")

        yield show


def _report_run(summary: RunSummary) -> None:
    for reject in summary.rejects:
        _say(f"rejected: {reject}")
    if summary.n_rejected > len(summary.rejects):
        _say(f"… and {summary.n_rejected - len(summary.rejects)} more in the table rejects")
    kept = " (unchanged: nothing to do)" if summary.shards_kept and not summary.shards_done else ""
    lines = [
        f"{summary.n_ok:,} of {summary.n_in:,} articles in {summary.seconds:.1f} s{kept}",
        f"{summary.n_rejected:,} rejected",
        *(f"  {count:>9,}  {table}" for table, count in summary.counts.items()),
        f"The dataset lies in {summary.dataset}/. Three questions to try:",
    ]
    where = "" if summary.dataset == Path("dataset") else f" --dataset {summary.dataset}"
    lines += [f"  congdoan query{where} {json.dumps(sql, ensure_ascii=False)}" for sql in QUESTIONS]
    typer.echo("\n".join(lines))


QUESTIONS = (
    "SELECT person, role, organization, surface FROM officials ORDER BY role_rank LIMIT 12",
    "SELECT surface, value, unit, comparator, evidence FROM figures WHERE currency = 'VND' ORDER BY value DESC LIMIT 9",
    "SELECT strftime(date_from, '%Y-%m') AS month, type, count(*) AS n FROM events GROUP BY ALL ORDER BY ALL",
)


def _print_table(table: pa.Table, format: QueryFormat) -> None:
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


def cell_text(value: Any) -> str:
    """A value as a table shows it: amounts in full (300000000, not 3e+08), lists as JSON, NULL as nothing."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


def _print_scores(scores: Scores, errors: bool) -> None:
    if errors:
        for article, kind, what, fact in scores.errors:
            brief = {key: value for key, value in fact.items() if key not in ("mentions", "flags", "confidence")}
            typer.echo(f"{article}\t{kind}\t{what}\t{json.dumps(brief, ensure_ascii=False)}")
    for kind, tally in scores.kinds.items():
        if tally.gold or tally.spurious:
            numbers = f"P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
            typer.echo(f"{kind:14} {numbers}  ({tally.gold} gold)")
    for name, (right, asked) in scores.fields.items():
        if asked:
            typer.echo(f"{name:14} accuracy {right / asked:.3f}  ({asked} gold)")
