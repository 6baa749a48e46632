"""NukeViet portals (many provincial federations): the shown stamp is sound, ``article:published_time`` may not be."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoannghean.vn",)
GENERATOR = "NukeViet"
LAYOUT = Layout(
    title="h1.title[itemprop=headline], h1.title",
    lead=".hometext",
    body="#news-bodyhtml",
    stamp="span.h5",
    # Themes put the author's line beside the text or in a box behind it.
    byline="p.h5.text-right, #news-bodyhtml ~ p.text-right:has(strong), #news-bodyhtml ~ div p.text-right:has(strong)",
    tags="em.fa-tags ~ a, .fa-tags ~ a",
)
PLAN = CrawlPlan(
    article=r"^/(?:vi/)?news/.+-\d+\.html$",
    feeds=("/vi/news/rss/",),
    sitemaps=("/sitemap.xml",),
    lists=("/vi/news/",),
    sections=r"^/(?:vi/)?news/[\w-]+/$",
)


def parse(page: Page) -> Article:
    """The article of a ``/vi/news/<section>/<slug>-<id>.html`` page."""
    return read_layout(page, LAYOUT)
