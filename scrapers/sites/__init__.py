"""One file a site: ``HOSTS`` and ``parse(page) -> Article``, found by the page's host.

A file may name the ``GENERATOR`` whose pages it reads too, whatever their host (portals of one make), and whether its
site's dates are ``MONTH_FIRST``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import ModuleType

from scrapers import generic
from scrapers.errors import InputError, LayoutChanged
from scrapers.html import canonical_url, host_of, parse_tree
from scrapers.layout import flagged
from scrapers.page import Article, Page

_HEAD = 2**14


@cache
def modules() -> tuple[ModuleType, ...]:
    """The site parsers, by file name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)


@cache
def _by_host() -> dict[str, ModuleType]:
    return {host: module for module in modules() for host in module.HOSTS}


def find_parser(page: Page) -> ModuleType | None:
    """The site parser of the page's host (exact, "www." aside), else of the software that made the page.

    The host of a page saved without its address is the one that its head states (canonical link, ``og:url``).
    """
    head = page.body[:_HEAD]
    host = host_of(page.url) if page.url else _stated_host(page, head)
    if host in _by_host():
        return _by_host()[host]
    made_by = [module for module in modules() if getattr(module, "GENERATOR", None)]
    return next((module for module in made_by if module.GENERATOR.encode() in head), None)


def _stated_host(page: Page, head: bytes) -> str | None:
    if b"canonical" not in head and b"og:url" not in head:
        return None
    try:
        return host_of(canonical_url(parse_tree(replace(page, body=head))))
    except InputError:
        # Reading the whole page says what is wrong with it.
        return None


def parse_page(page: Page, repeated: Callable[[Page], frozenset[str]] | None = None) -> Article:
    """The page's article by its site's parser; by the generic one, flagged, where the layout is another or unknown.

    ``repeated`` gives the generic one the lines that the page's host repeats (:func:`generic.repeated_lines`).
    Raises InputError where the page holds no article.
    """
    parser = find_parser(page)
    if parser is None:
        return generic.parse(page, repeated=repeated(page) if repeated else frozenset())
    try:
        article: Article = parser.parse(page)
    except LayoutChanged:
        if not page.url and host_of(canonical_url(parse_tree(page))) in parser.HOSTS:
            # Another site's copy states where the article first stood.
            return generic.parse(page)
        # What is known of the site's dates holds in its next layout too.
        return flagged(generic.parse(page, month_first=getattr(parser, "MONTH_FIRST", None)), "layout_changed")
    return article
