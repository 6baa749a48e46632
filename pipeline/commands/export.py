"""``congdoan export``: tables into files for Excel, pandas, and other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import Dataset, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.dataset.export import Selection, Written

EPILOG = (
    "Examples:  congdoan export officials figures --format xlsx  ·  "
    "congdoan export --sql \"SELECT * FROM figures WHERE currency = 'VND'\" --out money.csv"
)


class ExportFormat(StrEnum):
    """What ``export`` writes."""

    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"
    json = "json"


def export(
    tables: Annotated[list[str] | None, typer.Argument(metavar="[TABLE]...", show_default="all tables")] = None,
    sql: Annotated[str | None, typer.Option(help="Export the answer to this SELECT (- reads it from stdin).")] = None,
    format: Annotated[
        ExportFormat | None, typer.Option(help="How to write.", show_default="what --out ends with, else csv")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File, or folder for several.", show_default="export/")] = None,
    delimiter: Annotated[str, typer.Option(help="Of CSV; an Excel set to Vietnamese wants ';'.")] = ",",
    package: Annotated[bool, typer.Option("--package", help="Write a research package of all tables.")] = False,
    dataset: Dataset = Path("dataset"),
) -> None:
    """Write tables, or the answer to a query, for other programs; names stand beside ids.

    csv opens right in Excel: text that it would take for a formula, a number or a day begins with an apostrophe. xlsx
    has one sheet a table and one that explains the columns. --package writes a folder with Parquet, plain CSV,
    datapackage.json, data dictionary, run, checksums and CITATION.
    """
    if tables and sql is not None:
        raise UsageError("name tables or give --sql, not both")
    if len(delimiter) != 1:
        raise UsageError(f"--delimiter {delimiter!r}: give one character")
    if package:
        if tables or sql is not None or format:
            raise UsageError("--package holds all tables as CSV and Parquet; give it no table, --sql or --format")
        from pipeline.dataset.package import write_package

        folder = out or Path("congdoan-package")
        _report(write_package(dataset, folder))
        typer.echo(f"The package lies in {folder}/; datapackage.json describes it.")
        return
    from pipeline.dataset.export import selections

    wanted = selections(tables or [], sys.stdin.read() if sql == "-" else sql)
    _report(_write(dataset, wanted, *_target(out, format, wanted), delimiter))


def _target(out: Path | None, format: ExportFormat | None, wanted: list[Selection]) -> tuple[Path, ExportFormat, bool]:
    """Where to write, how, and whether that is a file."""
    suffix = out.suffix[1:].lower() if out else ""
    named = ExportFormat(suffix) if suffix in list(ExportFormat) else None
    if out and named and format and named is not format:
        raise UsageError(f"--out {out} says {named}, --format says {format}; give one of them")
    kind = format or named or ExportFormat.csv
    if out and named and len(wanted) > 1 and kind is not ExportFormat.xlsx:
        raise UsageError(f"--out {out} is one file for {len(wanted)} tables; name a folder, or use xlsx")
    return out or Path("export"), kind, named is not None


def _write(
    dataset: Path, wanted: list[Selection], out: Path, kind: ExportFormat, is_file: bool, delimiter: str
) -> list[Written]:
    from functools import partial

    from pipeline.dataset.export import ONE_A_FILE, Written, opened, replacing, write_csv

    if kind is ExportFormat.xlsx:
        from pipeline.dataset.workbook import write_workbook

        return write_workbook(dataset, wanted, out if is_file else out / "congdoan.xlsx")
    write = partial(write_csv, delimiter=delimiter) if kind is ExportFormat.csv else ONE_A_FILE[kind]
    written = []
    for selection in wanted:
        path = out if is_file else out / f"{selection.name}.{kind}"
        with opened(dataset, selection) as rows, replacing(path) as beside:
            written.append(Written(path, selection.name, write(rows, beside)))
    return written


def _report(written: list[Written]) -> None:
    for one in written:
        typer.echo(f"{one.rows:>9,}  {one.name}  {one.path}")
    if cut := sum(one.cut for one in written):
        say(f"{cut:,} texts were longer than an Excel cell can hold and are cut; csv, json and parquet have them whole")
