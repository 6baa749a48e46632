"""Công đoàn Viên chức Việt Nam: stamp "07:56 30-03-22" under the title, the author's name last in the body."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoanvienchucvn.org.vn", "congdoanvienchuc.vn")
LAYOUT = Layout(
    title="h1.news-title",
    stamp="p.news-date",
    body="div.news-content",
    section="ol.breadcrumb li:last-child",
)
PLAN = CrawlPlan(article=r"^/(?:[^/-]+-){3,}[^/-]+\.html$", lists=("/",), sections=r"^/[^/.]+(?:\.html)?$")


def parse(page: Page) -> Article:
    """The article of a ``/<slug>.html`` page."""
    return read_layout(page, LAYOUT)
