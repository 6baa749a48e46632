"""``congdoan review``: what in the dataset is most worth a look, and how to write what is found."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import Dataset, QueryFormat, print_table, say

EPILOG = "Examples:  congdoan review  ·  congdoan review --limit 200 --format csv > to-check.csv"


def review(
    dataset: Dataset = Path("dataset"),
    limit: Annotated[int, typer.Option(min=1, help="Rows shown.")] = 40,
    format: Annotated[
        QueryFormat | None, typer.Option(help="How to print.", show_default="a table on a terminal, CSV in a pipe")
    ] = None,
) -> None:
    """List what is most worth a look: implausible, contradicted, unsure facts, and frequent names that nothing links.

    The column line is what to write into corrections.csv or judgements.csv of the dataset's folder; the next run
    applies it.
    """
    from pipeline.annotations import CORRECTION_COLUMNS, CORRECTIONS, JUDGEMENT_COLUMNS, JUDGEMENTS
    from pipeline.review import review as find

    table = find(dataset, limit)
    print_table(table, format or (QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv))
    say(
        f"Write what you find into {dataset / CORRECTIONS}, below the line {','.join(CORRECTION_COLUMNS)}:\n"
        "  ROW_ID,value,COLUMN,NEW VALUE,who,day,why   the column has another value (empty: unknown)\n"
        "  ROW_ID,wrong,,,who,day,why                  there is no such fact\n"
        "  ROW_ID,right,,,who,day,why                  looked at, as it should be\n"
        f"and who is who into {dataset / JUDGEMENTS}, below the line {','.join(JUDGEMENT_COLUMNS)}:\n"
        "  organization,same,ORG_ID,ORG_ID or name,who,day,why   (different: the name is not that organization)\n"
        "  person,same,ROW_ID,ROW_ID,who,day,why                 (different; of officials; event: of mentions)\n"
        "Then start the same congdoan run again: it applies them and extracts nothing anew."
    )
