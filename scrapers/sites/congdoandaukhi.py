"""Công đoàn Dầu khí Việt Nam (WordPress-like): every image's alt text is the title; some pages have no stamp."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoandaukhi.vn",)
LAYOUT = Layout(
    title="h1.entry-title",
    stamp="div.entry-meta",
    body="div.entry-content",
    section="div.breadcrumbs a:last-of-type",
    optional=("stamp",),
)
PLAN = CrawlPlan(
    article=r"^/(?:(?:[^/-]+-){3,}[^/-]+|\d+-2)/?$",
    feeds=("/feed/",),
    lists=("/",),
    sections=r"^/(?:category/)?[\w-]+/$",
)


def parse(page: Page) -> Article:
    """The article of a ``/<slug>/`` or ``/33390-2/`` page."""
    return read_layout(page, LAYOUT)
