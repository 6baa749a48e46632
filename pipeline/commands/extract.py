"""``congdoan extract``: facts of articles as JSON lines."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.run import run
from pipeline.console import DONE, REJECTS, Dask, Dataset, Inputs, Workers, progress_bar, sample, say
from pipeline.interrupts import ends_soon
from scrapers.errors import InputError

EPILOG = "Examples:  congdoan extract pages/ > facts.jsonl  ·  zcat news.jsonl.gz | congdoan extract -"


class ExtractFormat(StrEnum):
    """What ``extract`` writes."""

    jsonl = "jsonl"
    dataset = "dataset"


def extract(
    inputs: Inputs = None,
    format: Annotated[ExtractFormat, typer.Option(help="JSON lines on stdout, or a dataset folder.")] = (
        ExtractFormat.jsonl
    ),
    out: Dataset = Path("dataset"),
    workers: Workers = None,
    dask: Dask = None,
) -> None:
    """Extract INPUT and print one JSON object an article: its text and each distinct fact once, with offsets."""
    if format is ExtractFormat.dataset:
        run(inputs, out, workers, dask=dask)
    from pipeline import engine

    rejected = 0
    with ends_soon(), progress_bar("extracting") as progress:
        for record in engine.extract(inputs or [sample()], engine.RunOptions(workers=workers, dask=dask), progress):
            if isinstance(record, InputError):
                rejected += 1
                say(f"rejected: {record}")
            else:
                typer.echo(json.dumps(record, ensure_ascii=False))
    raise typer.Exit(REJECTS if rejected else DONE)
