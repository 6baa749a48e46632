"""``congdoan run``: pages in, dataset out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import DONE, REJECTS, Dask, Dataset, Inputs, Workers, progress_bar, sample, say
from pipeline.interrupts import ends_soon

if TYPE_CHECKING:
    from pipeline.engine import RunSummary

Corrections = Annotated[
    list[Path] | None, typer.Option(help="CSV of facts that are wrong, or have another value.", show_default=False)
]
Judgements = Annotated[
    list[Path] | None, typer.Option(help="CSV of who is the same, and who is not.", show_default=False)
]

EPILOG = "Examples:  congdoan run  ·  congdoan run pages/ archive.warc.gz --out dataset"

QUESTIONS = (
    "SELECT person, role, organization, surface FROM officials ORDER BY role_rank LIMIT 12",
    "SELECT surface, value, unit, comparator, evidence FROM figures WHERE currency = 'VND' ORDER BY value DESC LIMIT 9",
    "SELECT strftime(date_from, '%Y-%m') AS month, type, count(*) AS n FROM events GROUP BY ALL ORDER BY ALL",
)


def run(
    inputs: Inputs = None,
    out: Dataset = Path("dataset"),
    workers: Workers = None,
    terms: Annotated[bool, typer.Option("--terms", help="Count words too (table terms); takes longer.")] = False,
    dask: Dask = None,
    keep: Annotated[int, typer.Option(min=1, help="Versions of the dataset to keep, this one included.")] = 3,
    corrections: Corrections = None,
    judgements: Judgements = None,
) -> None:
    """Extract INPUT into a dataset: Parquet shards, a manifest and a DuckDB snapshot that answers SQL.

    A run that was cut off goes on where it stopped; one with unchanged input does nothing. What people say in
    corrections.csv and judgements.csv of the dataset's folder, and in the files named, is applied; see: congdoan review
    """
    from pipeline import engine

    names = inputs or [sample()]
    said = (corrections or [], judgements or []) if inputs else sample_annotations(corrections, judgements)
    options = engine.RunOptions(
        workers=workers, terms=terms, dask=dask, keep=keep, corrections=tuple(said[0]), judgements=tuple(said[1])
    )
    with ends_soon(), progress_bar("extracting") as progress:
        summary = engine.run(names, out, options, progress, say)
    _report_run(summary)
    raise typer.Exit(REJECTS if summary.n_rejected else DONE)


def sample_annotations(corrections: list[Path] | None, judgements: list[Path] | None) -> tuple[list[Path], list[Path]]:
    """The files given, after those that come with the bundled sample."""
    folder = Path(sample()).parent
    return (
        [folder / "corrections.csv", *(corrections or [])],
        [folder / "judgements.csv", *(judgements or [])],
    )


def _report_run(summary: RunSummary) -> None:
    for reject in summary.rejects:
        say(f"rejected: {reject}")
    if summary.n_rejected > len(summary.rejects):
        say(f"… and {summary.n_rejected - len(summary.rejects)} more in the table rejects")
    kept = " (unchanged: nothing to do)" if summary.unchanged else f", {summary.settling:.1f} s of it to settle them"
    lines = [
        f"{summary.n_ok:,} of {summary.n_in:,} articles in {summary.seconds:.1f} s{kept}",
        f"{summary.n_rejected:,} rejected",
        *(f"  {count:>9,}  {table}" for table, count in summary.counts.items()),
        f"The dataset lies in {summary.dataset}/. Three questions to try:",
    ]
    where = "" if summary.dataset == Path("dataset") else f" --dataset {summary.dataset}"
    lines += [f"  congdoan query{where} {json.dumps(sql, ensure_ascii=False)}" for sql in QUESTIONS]
    typer.echo("\n".join(lines))
