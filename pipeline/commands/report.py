"""``congdoan report``: one HTML file about the dataset's last run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import Dataset

EPILOG = "Examples:  congdoan report  ·  congdoan report --dataset dataset --out run.html"


def report(
    dataset: Dataset = Path("dataset"),
    out: Annotated[Path | None, typer.Option(help="File to write.", show_default="report.html in the dataset")] = None,
) -> None:
    """Write the last run's report again: funnel, rejects, empty fields by site, pictures, what to mind, accuracy.

    Every run leaves one in its dataset. The file needs no network and opens from disk.
    """
    from pipeline.report import write_report

    typer.echo(f"The report lies in {write_report(dataset, out)}")
