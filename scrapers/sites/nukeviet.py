"""NukeViet portals (many provincial federations): the shown stamp is sound, ``article:published_time`` may not be."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page

HOSTS = ("congdoannghean.vn",)
GENERATOR = "NukeViet"
LAYOUT = Layout(
    title="h1.title[itemprop=headline], h1.title",
    lead=".hometext",
    body="#news-bodyhtml",
    stamp="span.h5",
    byline="p.h5.text-right",
    tags="em.fa-tags ~ a, .fa-tags ~ a",
)


def parse(page: Page) -> Article:
    """The article of a ``/vi/news/<section>/<slug>-<id>.html`` page."""
    return read_layout(page, LAYOUT)
