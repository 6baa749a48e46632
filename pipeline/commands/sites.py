"""``congdoan sites``: which sites are known, whether their parsers still fit, how a new one begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import DONE, FAILED

if TYPE_CHECKING:
    from scrapers.health import Window

app = typer.Typer(
    help="Sites: which are known, whether their parsers still fit, how a new one begins.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("list")
def list_sites() -> None:
    """Print each site: its name, its hosts and where its articles are listed."""
    from scrapers.sites import modules
    from scrapers.targets import name_of, plan_of

    for module in modules():
        plan = plan_of(module)
        lists = [*plan.feeds, *plan.sitemaps, *plan.lists] if plan else []
        made_by = f"  (and pages made by {module.GENERATOR})" if getattr(module, "GENERATOR", None) else ""
        typer.echo(f"{name_of(module):<20} {', '.join(module.HOSTS)}{made_by}")
        typer.echo(f"{'':<20} {'lists: ' + '  '.join(lists) if lists else 'no plan: scrape single pages by their URL'}")


@app.command("check")
def check_sites(
    archive: Annotated[Path, typer.Option(help="Folder of the archive.")] = Path("archive"),
    last: Annotated[int, typer.Option(min=3, help="How many of each site's last pages are looked at.")] = 50,
) -> None:
    """Print the share of each site's last pages that give no title, date, body or byline, beside the pages before.

    Exits with 1 where a share jumped: the site's layout has changed.
    """
    from scrapers.health import FIELDS, check

    found = check(archive, last)
    typer.echo(
        f"{'site':<24} {'pages':>5} " + " ".join(f"{'no ' + field:>14}" for field in FIELDS[:-1]) + "    other layout"
    )
    for health in found:
        cells = [f"{_share(health.last, f)} ({_share(health.before, f)})" for f in FIELDS]
        typer.echo(f"{health.site:<24} {health.last.n:>5} " + " ".join(f"{cell:>14}" for cell in cells))
    typer.echo("In brackets: of the pages before these.")
    alarmed = [health for health in found if health.alarms]
    for health in alarmed:
        typer.echo(f"ALARM {health.site}: {', '.join(health.alarms)}; look whether the site's layout changed")
    raise typer.Exit(FAILED if alarmed else DONE)


def _share(window: Window, field: str) -> str:
    return f"{window.share(field):.0%}" if window.n else "–"


@app.command("new")
def new_site(url: Annotated[str, typer.Argument(help="A page of the site.")]) -> None:
    """Write a parser to fill in, and the folder for its saved pages; its tests fail until both are there."""
    from scrapers.scaffold import create

    made = create(url, Path(__file__).resolve().parents[2])
    typer.echo(
        f"{made.parser}\n{made.corpus}\nNow: a saved page and its expected JSON, then `pytest tests/test_sites.py`."
    )
