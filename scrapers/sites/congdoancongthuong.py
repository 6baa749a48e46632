"""Công đoàn Công Thương Việt Nam: today's date stands twice above, "Cập nhật lúc …" is the article's; initials last."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoancongthuong.org.vn", "vuit.org.vn")
LAYOUT = Layout(
    title="div.detail h2.title",
    stamp="div.detail div.updated",
    body="div.detail div.content",
    section="div.detail div.cate",
)
PLAN = CrawlPlan(
    article=r"(?i)^/Document/Detail/\d+",
    lists=("http://congdoancongthuong.org.vn/",),
    sections=r"(?i)^/Document/Index/\d+",
)


def parse(page: Page) -> Article:
    """The article of a ``/Document/Detail/{id}`` page."""
    return read_layout(page, LAYOUT)
