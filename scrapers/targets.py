"""From what a user names (a site, a host, an address) to what is scraped as one site."""

from __future__ import annotations

import re
from types import ModuleType

from scrapers.entries import Entry
from scrapers.errors import UsageError
from scrapers.judge import FEED, LIST, SEED_RANK, SITEMAP, Site
from scrapers.plan import CrawlPlan
from scrapers.sites import modules
from scrapers.urls import allow_list, canonical, host_of


def name_of(module: ModuleType) -> str:
    """A site's name: its file's."""
    return module.__name__.rpartition(".")[2]


def plan_of(module: ModuleType) -> CrawlPlan | None:
    """Where the site's articles are listed, None where its module doesn't say."""
    plan = getattr(module, "PLAN", None)
    return plan if isinstance(plan, CrawlPlan) else None


def find_sites(targets: list[str]) -> tuple[Site, ...]:
    """The sites that ``targets`` name, each once, addresses of one host together. Raises UsageError."""
    found: dict[str, Site] = {}
    for target in targets:
        site = _by_url(target) if "://" in target else _by_name(target)
        former = found.get(site.name)
        if former is not None and former != site:
            seeds = tuple(dict.fromkeys((*former.seeds, *site.seeds)))
            wider = former if former.article is not None else site
            site = Site(site.name, former.hosts | site.hosts, seeds, wider.article, wider.sections)
        found[site.name] = site
    return tuple(found.values())


def _by_name(target: str) -> Site:
    host = target.lower().removeprefix("www.").rstrip("/")
    for module in modules():
        if target == name_of(module) or host in module.HOSTS:
            plan = plan_of(module)
            if plan is None:
                raise UsageError(
                    f"{target}: its module has no PLAN that says where its articles are listed; give a URL"
                )
            return site_of(name_of(module), module.HOSTS, plan)
    known = ", ".join(name_of(module) for module in modules() if plan_of(module))
    raise UsageError(f"{target}: no such site; give a URL, or one of: {known}")


def site_of(name: str, hosts: tuple[str, ...], plan: CrawlPlan) -> Site:
    """The site of a plan, whose paths stand below its first host."""
    base = f"https://{hosts[0]}"
    feeds = [Entry(_address(path, base), name, FEED, SEED_RANK) for path in plan.feeds]
    sitemaps = [Entry(_address(path, base), name, SITEMAP, SEED_RANK) for path in plan.sitemaps]
    lists = [_list(path, base, name) for path in plan.lists]
    sections = re.compile(plan.sections) if plan.sections else None
    return Site(name, allow_list(hosts), (*feeds, *sitemaps, *lists), re.compile(plan.article), sections)


def _list(path: str, base: str, name: str) -> Entry:
    """A list's first page; a numbered list is known by its template."""
    template = path if "://" in path else base + path
    return Entry(
        _address(path.replace("{page}", "1"), base), name, LIST, SEED_RANK, template if "{page}" in path else None
    )


def _address(path: str, base: str) -> str:
    found = canonical(path, base)
    if found is None:
        raise UsageError(f"{path}: no address below {base}; look at the site's plan")
    return found


def _by_url(target: str) -> Site:
    url = canonical(target)
    if url is None:
        raise UsageError(f"{target}: no http or https address of a page")
    host = host_of(url).removeprefix("www.")
    known = next((module for module in modules() if host in module.HOSTS), None)
    if known is not None:
        return Site(name_of(known), allow_list(known.HOSTS), (Entry(url, name_of(known)),))
    netloc = url.split("/", 3)[2]
    return Site(
        re.sub(r"[^a-z0-9.-]", "_", host), allow_list((netloc,)), (Entry(url, re.sub(r"[^a-z0-9.-]", "_", host)),)
    )
