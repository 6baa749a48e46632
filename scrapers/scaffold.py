"""A new site's files: a parser whose selectors are still to be named, and the folder for its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scrapers import sites
from scrapers.errors import UsageError
from scrapers.urls import canonical, host_of

_PARSER = '''"""{host}: say here what its pages are like, and which traps they hold."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("{host}",)
# Selectors that find nothing: tests/test_sites.py fails until they name the page's own, as its saved page shows.
LAYOUT = Layout(title="h1.title-to-name", body="div.body-to-name", stamp="time.stamp-to-name")
PLAN = CrawlPlan(article=r"{article}", lists=("/",))


def parse(page: Page) -> Article:
    """The article of a ``{path}`` page."""
    return read_layout(page, LAYOUT)
'''
_TODO = """# {host}

Put here `<name>.html`, a page of the site's layout with an article of our own writing (people and happenings invented),
and `<name>.json`, the Article expected of it; `tests/corpus/sites/laodong/` shows how. Then name the selectors in
`scrapers/sites/{name}.py` and run `pytest tests/test_sites.py`. This file can go then.
"""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What was written."""

    parser: Path
    corpus: Path


def create(url: str, root: Path) -> Scaffold:
    """Write a parser and a corpus folder for the site of ``url`` into the checkout ``root``; nothing is fetched.

    Raises UsageError: no checkout, no address, a site that is there already.
    """
    parsers, corpus = root / "scrapers" / "sites", root / "tests" / "corpus" / "sites"
    if not parsers.is_dir() or not corpus.is_dir():
        raise UsageError(f"{root}: not a checkout of the project; `sites new` adds source files to one")
    found = canonical(url if "://" in url else f"https://{url}")
    if found is None:
        raise UsageError(f"{url}: no http or https address of a page")
    host = host_of(found).removeprefix("www.")
    known = next((module for module in sites.modules() if host in module.HOSTS), None)
    if known is not None:
        raise UsageError(f"{host}: has its parser, {known.__name__.replace('.', '/')}.py")
    name = re.sub(r"\W", "_", re.sub(r"(?:\.(?:org|com|gov|edu|net))?\.[a-z]+$", "", host))
    name = name if name.isidentifier() else f"site_{name}"
    parser, folder = parsers / f"{name}.py", corpus / name
    if parser.exists() or folder.exists():
        raise UsageError(f"{parser}: is there already")
    path = found.split("/", 3)[3]
    text = _PARSER.format(host=host, article=_pattern(path), path="/" + path.replace('"', ""))
    parser.write_text(text, encoding="utf-8")
    folder.mkdir()
    (folder / "README.md").write_text(_TODO.format(host=host, name=name), encoding="utf-8")
    return Scaffold(parser, folder)


def _pattern(path: str) -> str:
    """What addresses like this one have in common, as a start: digits may be others, words too."""
    ending = re.search(r"\.[a-z]{2,5}$", path)
    number = re.search(r"-\d+(?=\.[a-z]+$|/?$)", path)
    return (r"-\d+" if number else r"[^/]") + (re.escape(ending[0]) if ending else "/?") + "$"
