"""The command line: registers the commands and turns errors into one line and an exit code.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished with rejects, 130 Ctrl-C, 143 SIGTERM. Heavy imports stand
inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from pipeline.commands import (
    dataset,
    evaluate,
    explore,
    export,
    extract,
    query,
    report,
    review,
    run,
    scrape,
    sites,
    train,
)
from pipeline.console import DONE, FAILED, USAGE, fail
from pipeline.interrupts import INTERRUPTED, STOPPED, TERMINATED
from scrapers.errors import CongdoanError, UsageError

app = typer.Typer(
    name="congdoan",
    help="Vietnamese trade-union news into tables that a researcher can cite.",
    epilog='Start with: congdoan run  ·  then: congdoan query "SELECT * FROM officials"',
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    """Vietnamese trade-union news into tables that a researcher can cite."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"congdoan {version_of('congdoan')}")
        raise typer.Exit(DONE)


app.command(epilog=run.EPILOG)(run.run)
app.command(epilog=extract.EPILOG)(extract.extract)
app.command(epilog=query.EPILOG)(query.query)
app.command(epilog=export.EPILOG)(export.export)
app.command(epilog=report.EPILOG)(report.report)
app.command(epilog=review.EPILOG)(review.review)
app.command(epilog=explore.EPILOG)(explore.explore)
app.command(epilog=evaluate.EPILOG)(evaluate.evaluate)
app.command(epilog=train.EPILOG)(train.train)
app.command(epilog=scrape.EPILOG)(scrape.scrape)
app.add_typer(sites.app, name="sites")
app.add_typer(dataset.app, name="dataset")


# Most of what a start makes stays: looking through it for cycles again and again was a fifth of the start.
_COLLECT_AFTER = 50_000


def main() -> None:
    """Entry point of the ``congdoan`` command."""
    gc.set_threshold(_COLLECT_AFTER)
    try:
        app()
    except UsageError as error:
        fail(str(error), USAGE)
    except CongdoanError as error:
        fail(str(error), FAILED)
    except BrokenPipeError:
        # The reader (head, less) left: nothing more to say, and nothing failed.
        sys.stderr.close()
    except KeyboardInterrupt:
        fail(STOPPED, INTERRUPTED)
    except SystemExit as leaving:
        # Typer's answer to Ctrl-C says nothing, ours to SIGTERM neither.
        if leaving.code in (INTERRUPTED, TERMINATED):
            fail(STOPPED, leaving.code)
        raise
