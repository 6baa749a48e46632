"""``congdoan evaluate``: precision, recall and F1 against gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import DONE, REJECTS, USAGE, Inputs, Workers, fail, sample, say
from scrapers.errors import InputError

if TYPE_CHECKING:
    from pipeline.evaluate import Scores

EPILOG = "Examples:  congdoan evaluate data/sample/gold  ·  congdoan evaluate gold/ pages.jsonl --errors"


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
        fail(f"{gold} is no folder; name one that holds gold, one .json file an article", USAGE)
    golds = evaluation.read_gold(gold)
    records, rejected = [], 0
    for record in engine.extract(inputs or [sample()], engine.RunOptions(workers=workers)):
        if isinstance(record, InputError):
            rejected += 1
            say(f"rejected: {record}")
        else:
            records.append(record)
    scores = evaluation.score(golds, evaluation.by_name(records))
    if as_json:
        typer.echo(json.dumps(scores.as_dict()))
    else:
        _print_scores(scores, errors)
    raise typer.Exit(REJECTS if rejected else DONE)


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
