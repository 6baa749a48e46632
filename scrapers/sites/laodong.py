"""Báo Lao Động, three layouts by date. Its translations (news., es., ja., ko.laodong.vn) are other sites.

The third, of ``.bld`` addresses, was never seen: it is told by schema.org's names, which the later ones share.
"""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("laodong.vn",)
LAYOUT = Layout(
    title="h1",
    lead="div.chappeau",
    body="div.art-body",
    stamp="time.f-datetime",
    byline="span.author",
    section="ul.breadcrumb li:last-child",
    tags="div.tags a",
    since="2020",
)
LAYOUT_2019 = Layout(
    title="h1",
    lead="p.abs",
    body="div.article-content",
    stamp="div.time time",
    byline="span.author",
    section="div.folder",
    tags="div.tags a",
    since="2018",
)
LAYOUT_2014 = Layout(
    title="h1, [itemprop=headline]",
    lead="[itemprop=description]:not(meta)",
    body="[itemprop=articleBody]",
    stamp="[itemprop=datePublished]:not(meta), div.time",
    byline="[itemprop=author]:not(meta)",
    section="[itemprop=articleSection]:not(meta)",
    tags="[rel=tag]",
    optional=("stamp",),
    since="2014",
)
PLAN = CrawlPlan(
    article=r"-\d+\.(?:ldo|bld)$",
    feeds=("/rss/home.rss", "/rss/thoi-su.rss"),
    sitemaps=("/sitemap.xml",),
    lists=("/cong-doan/", "/cd-dau-khi/"),
)


def parse(page: Page) -> Article:
    """The article of a ``…-\\d+.ldo`` page, or of an older ``.bld`` one."""
    return read_layout(page, LAYOUT, LAYOUT_2019, LAYOUT_2014)
