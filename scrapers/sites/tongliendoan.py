"""Tổng Liên đoàn Lao động Việt Nam. Its pages were never seen: they are read as any news page, day before month."""

from __future__ import annotations

from scrapers import generic
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoan.vn",)
PLAN = CrawlPlan(article=r"/(?:[^/-]+-){4,}[^/]+$", sitemaps=("/sitemap.xml",), lists=("/",), sections=r"^/[\w-]+$")


def parse(page: Page) -> Article:
    """The article of any page of the site, flagged ``generic``."""
    return generic.parse(page, month_first=False)
