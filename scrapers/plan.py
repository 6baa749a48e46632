"""Where a site's articles are listed, as its module in ``scrapers/sites`` states it: rows, no code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """Paths below ``https://{first of HOSTS}``; an address with a scheme stands for itself.

    ``article`` is searched in the path and query of each address found: what it matches is an article. ``sections``
    likewise tells list pages that the plan's own ``lists`` link to. In a list's path, ``{page}`` counts from 1; pages
    beyond the first are asked for while they hold an article that is not known yet.
    """

    article: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    sections: str | None = None
