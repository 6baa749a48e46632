"""``congdoan dataset``: the versions of a dataset, going back to one, what is left over, and a dataset at a URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import DONE, FAILED, Dataset, progress_bar, say
from pipeline.interrupts import ends_soon

if TYPE_CHECKING:
    from pipeline.dataset.publication import Transfer

app = typer.Typer(
    help="Versions of a dataset: list them, go back to one, check the files, delete what is left over; push and pull.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_PRESENT = Path("dataset")
_Url = Annotated[
    str, typer.Argument(metavar="URL", help="s3://…, gs://…, sftp://…, ftp://… or a folder: what fsspec can write to.")
]


@app.command("list")
def list_versions(dataset: Dataset = _PRESENT) -> None:
    """Print the versions kept, oldest first: when they were made, what they hold, what each takes beside the others."""
    from pipeline.dataset import manifest, versions

    manifest.committed(dataset)
    known = versions.kept(dataset)
    typer.echo(f"{'version':>7}  {'run finished':<16}  {'engine':<6}  {'articles':>9}  {'rejects':>7}  {'own MB':>8}")
    for version in known:
        run = [run for run in version.runs if run.status == "finished"][-1]
        own = versions.size(version, [other for other in known if other is not version])
        mark = "  (the dataset)" if version is known[-1] else ""
        typer.echo(
            f"{version.generation:>7}  {(run.finished_at or '')[:16]:<16}  {run.engine:<6}  {run.n_ok:>9,}  "
            f"{run.n_rejected:>7,}  {own / 1e6:>8,.1f}{mark}"
        )


@app.command()
def rollback(
    version: Annotated[
        int | None, typer.Argument(metavar="[VERSION]", help="From the list.", show_default="the one before")
    ] = None,
    dataset: Dataset = _PRESENT,
) -> None:
    """Make a former version the dataset again; what is the dataset now stays as a version."""
    from pipeline import report
    from pipeline.dataset import versions

    made = versions.rollback(dataset, version)
    report.write_after_run(dataset)
    run = [run for run in made.runs if run.status == "finished"][-1]
    typer.echo(f"{dataset} is now version {made.generation}: what the run of {(run.finished_at or '')[:16]} made")


@app.command()
def gc(
    dataset: Dataset = _PRESENT,
    keep: Annotated[int, typer.Option(min=1, help="Versions to keep, the present one included.")] = 3,
) -> None:
    """Delete versions beyond the last ones, and files that no version names; not while somebody reads them."""
    from pipeline.dataset import versions

    done = versions.gc(dataset, keep)
    typer.echo(f"{done.n:,} folders and files deleted, {done.n_bytes / 1e6:,.1f} MB")


@app.command()
def check(dataset: Dataset = _PRESENT) -> None:
    """Hold the files of every version against its manifest, and the snapshot; exits with 1 where something is wrong."""
    from pipeline.dataset import versions

    problems = versions.check(dataset)
    for problem in problems:
        say(problem)
    if not problems:
        n = len(versions.kept(dataset))
        typer.echo(f"{dataset}: {n} version{'s' if n > 1 else ''}, all files there and whole")
    raise typer.Exit(FAILED if problems else DONE)


@app.command()
def push(url: _Url, dataset: Dataset = _PRESENT) -> None:
    """Publish the dataset at URL: the files that are not there yet, and last what makes them the dataset."""
    from pipeline.dataset import publication

    with ends_soon(), progress_bar("sending", "files") as progress:
        done = publication.push(dataset, url, progress)
    _tell(done, f"publication {done.number} at {url}", "sent")


@app.command()
def pull(url: _Url, dataset: Dataset = _PRESENT) -> None:
    """Fetch the dataset published at URL, into a new folder or into one that was fetched before."""
    from pipeline import report
    from pipeline.dataset import publication

    with ends_soon(), progress_bar("fetching", "files") as progress:
        done = publication.pull(url, dataset, progress)
        if done.files or not (dataset / report.NAME).exists():
            report.write_after_run(dataset)
    _tell(done, f"{dataset} is publication {done.number} of {url}", "fetched")


def _tell(done: Transfer, what: str, how: str) -> None:
    typer.echo(f"{what}: {done.files:,} files {how}, {done.n_bytes / 1e6:,.1f} MB; {done.files_there:,} were there")
