"""``congdoan train``: the event classifier, from the training lines of the repository."""

from __future__ import annotations

import typer

EPILOG = "Example:  congdoan train   (in a checkout; writes models/weights/, models/MANIFEST.csv and the model card)"


def train() -> None:
    """Train the event classifier on data/training/events.jsonl; the same lines give the same weights."""
    from models import event_training
    from pipeline.console import DONE, FAILED, fail, say
    from pipeline.normalize.fold import match_form
    from pipeline.resources import DATA

    data = DATA / "training" / "events.jsonl"
    if not data.is_file():
        fail(f"{data}: no training lines; train in a checkout of the repository", FAILED)
    lines = event_training.read(data, match_form)
    say(f"{len(lines):,} lines of {len({line.group for line in lines})} frames; cross-validating by frame …")
    measured = event_training.measure(lines)
    row = event_training.write(event_training.fit(lines, measured.temperature), measured, data)
    typer.echo(event_training.tables(measured))
    typer.echo("\n".join(f"{name}: {value}" for name, value in row.items()))
    raise typer.Exit(DONE)
