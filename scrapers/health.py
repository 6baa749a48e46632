"""Whether the site parsers still fit: of the last pages in the archive, how many give no title, date, body or byline.

All pages are read by today's parsers. Where the latest ones lack what the ones before them give, it is not the parser
that changed but the site.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scrapers.archive import Record, find_records, read_page
from scrapers.errors import InputError, UsageError
from scrapers.page import Article, Page
from scrapers.sites import find_parser, parse_page

FIELDS = ("title", "date", "body", "byline", "layout")
_JUMP = 0.2  # of the pages
_FEW = 3  # pages more; fewer are chance
# With nothing to compare with: no site leaves these empty on half of its pages.
_ALWAYS, _HALF = ("title", "date", "body", "layout"), 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """Some pages of a site and on how many each of FIELDS is empty (layout: was not the one that was described)."""

    n: int
    empty: dict[str, int]

    def share(self, field: str) -> float:
        """The share of pages on which the field is empty."""
        return self.empty[field] / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Health:
    """A site's last pages and as many before them; ``alarms`` are the fields whose share jumped."""

    site: str
    last: Window
    before: Window
    alarms: tuple[str, ...]


def check(archive: Path, n: int) -> list[Health]:
    """Each site's health over its last ``n`` pages in the archive's files. Raises UsageError where there is none."""
    paths = sorted(path for path in archive.rglob("*.warc*") if path.name.endswith((".warc", ".warc.gz")))
    if not paths:
        raise UsageError(f"{archive}: no .warc.gz in this folder; `congdoan scrape` writes one, --archive says where")
    pages: dict[str, deque[tuple[Path, Record]]] = {}
    for path in paths:
        for record in find_records(path):
            page = record if isinstance(record, InputError) else read_page(path, record)
            if isinstance(page, Page) and isinstance(record, Record):
                pages.setdefault(_site(page), deque(maxlen=2 * n)).append((path, record))
    return [_health(site, [*found], n) for site, found in sorted(pages.items())]


def _site(page: Page) -> str:
    parser = find_parser(page)
    if parser is not None:
        return parser.__name__.rpartition(".")[2]
    return (page.url or "").partition("://")[2].partition("/")[0] or "no address"


def _health(site: str, found: Sequence[tuple[Path, Record]], n: int) -> Health:
    before, last = _window(found[:-n]), _window(found[-n:])
    return Health(site, last, before, tuple(field for field in FIELDS if _jumped(field, last, before)))


def _window(found: Iterable[tuple[Path, Record]]) -> Window:
    empty: Counter[str] = Counter(dict.fromkeys(FIELDS, 0))
    n = 0
    for path, record in found:
        n += 1
        empty.update(_empty(read_page(path, record)))
    return Window(n, dict(empty))


def _empty(page: Page | InputError) -> set[str]:
    try:
        article = parse_page(page) if isinstance(page, Page) else None
    except InputError:
        article = None
    if article is None:
        return {"body"}
    given = {"title": article.title, "date": article.published.value, "byline": article.byline, "body": article.blocks}
    return {field for field, value in given.items() if not value} | ({"layout"} if _changed(article) else set())


def _changed(article: Article) -> bool:
    return "layout_changed" in article.flags


def _jumped(field: str, last: Window, before: Window) -> bool:
    if before.n < _FEW:
        return field in _ALWAYS and last.n >= _FEW and last.share(field) >= _HALF
    more = last.empty[field] - before.share(field) * last.n
    return more >= min(_FEW, last.n) and last.share(field) - before.share(field) >= _JUMP
