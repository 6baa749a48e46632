"""Vietsovpetro (SharePoint): "Ngày phát hành: 3/9/2021 12:05:10 AM" is month first; zero-width and no-break spaces."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("vietsov.com.vn",)
MONTH_FIRST = True
LAYOUT = Layout(title="div.title1", stamp="#topcontent > b", body="#topslidesdiv > div", month_first=MONTH_FIRST)
PLAN = CrawlPlan(
    article=r"(?i)^/Pages/(?:Details\.aspx\?|[\w-]+\.aspx$)",
    lists=("https://www.vietsov.com.vn/",),
    sections=r"(?i)^/Pages/[\w-]+\.aspx",
)


def parse(page: Page) -> Article:
    """The article of a ``Pages/Details.aspx?…`` page."""
    return read_layout(page, LAYOUT)
