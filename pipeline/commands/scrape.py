"""``congdoan scrape``: sites into an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import DONE, REJECTS, say
from scrapers.errors import CongdoanError, UsageError

if TYPE_CHECKING:
    from scrapers.crawl import Crawl
    from scrapers.crawl_log import Event, Summary
    from scrapers.wire import Limits

EPILOG = (
    "Examples:  congdoan scrape laodong --since 2024-01-01 --contact you@university.edu  ·  "
    "congdoan scrape nukeviet --dry-run  ·  then: congdoan run archive/"
)
# None: the limits of the scrapers' own.
LIMITS: Limits | None = None


def scrape(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="SITE|URL...", help="A site of `congdoan sites list`, its host, or a page's address."),
    ],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only articles published or changed since that day.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many articles.", show_default="all")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read robots.txt and the lists, print the plan, fetch and keep nothing.")
    ] = False,
    archive: Annotated[Path, typer.Option(help="Folder of the archive.")] = Path("archive"),
    contact: Annotated[
        str | None,
        typer.Option(envvar="CONGDOAN_CONTACT", help="A mail address or page that says whom site owners can write to."),
    ] = None,
    delay: Annotated[float, typer.Option(min=0.0, help="Seconds between two requests to a host, at least.")] = 2.0,
) -> None:
    """Fetch SITE's new articles, or single pages, into an archive (WARC) that anything can be extracted from again.

    Goes by robots.txt. A scrape that was cut off goes on where it stopped; one that is run again asks for what is new.
    """
    from importlib.metadata import version

    from scrapers.crawl import Crawl
    from scrapers.crawl_log import CrawlOptions
    from scrapers.discover import HANOI
    from scrapers.fetch import Fetcher, Identity
    from scrapers.frontier import Frontier
    from scrapers.targets import find_sites

    if not contact or not ("@" in contact or contact.startswith(("http://", "https://"))) or not contact.isprintable():
        raise UsageError(
            "scraping needs --contact (or CONGDOAN_CONTACT): a mail address or page whom site owners can write to"
        )
    sites = find_sites(targets)
    identity = Identity(contact, version("congdoan"))
    options = CrawlOptions(since.replace(tzinfo=HANOI) if since else None, limit, dry_run, delay)
    with (
        _archive_told(archive),
        closing(Frontier(archive, dry=dry_run)) as frontier,
        closing(Fetcher(identity, LIMITS)) as fetcher,
    ):
        crawl = Crawl(frontier, fetcher, identity, sites, options, _log)
        summary = crawl.run()
        lines = _plan(crawl) if dry_run else _result(summary, archive)
    typer.echo("\n".join(lines))
    raise typer.Exit(REJECTS if summary.states.get("failed") and not dry_run else DONE)


@contextmanager
def _archive_told(archive: Path) -> Iterator[None]:
    """Errors of the archive's folder, and Ctrl-C, as one line that says what is there."""
    import sqlite3

    kept = "what had arrived is in the archive, and the same command goes on from there"
    try:
        yield
    except KeyboardInterrupt:
        raise CongdoanError(f"stopped; {kept}") from None
    except (OSError, sqlite3.Error) as error:
        raise CongdoanError(f"{archive}: can't be written or read ({error}); {kept}") from error


def _log(event: Event) -> None:
    say(str(event))


def _plan(crawl: Crawl) -> list[str]:
    from scrapers.discover import HANOI

    planned = crawl.planned()
    lines = [*crawl.robots_notes(), f"{len(planned):,} articles would be fetched or refused, in this order:"]
    for row, decision in planned:
        day = datetime.fromtimestamp(row.entry.dated, HANOI).strftime("%Y-%m-%d") if row.entry.dated else " " * 10
        lines.append(f"  {day}  {decision:<22}  {row.entry.url}")
    return lines


def _result(summary: Summary, archive: Path) -> list[str]:
    states = ", ".join(f"{n:,} {state}" for state, n in sorted(summary.states.items()))
    lines = [f"{summary.saved:,} articles fetched ({states or 'nothing was due'})"]
    told = sorted(summary.reasons.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"  {n:,} {state}: {reason}" for (state, reason), n in told]
    lines += [f"  {path}" for path in summary.files]
    if summary.waiting:
        when = f"; the first may be asked for from {summary.due:%Y-%m-%d %H:%M:%S}" if summary.due else ""
        lines.append(f"{summary.waiting:,} articles wait{when}. The same command goes on with them.")
    if summary.saved:
        lines.append(f"Extract what was fetched:  congdoan run {archive}")
    return lines
