"""DNN (DotNetNuke) portals: names are the modules' controls (``dnn_ctr412_ViewNews_lblTitle``), told by their ends."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoanquangnam.org.vn",)
GENERATOR = "DotNetNuke"
LAYOUT = Layout(
    title="span[id$=_lblTitle], span[id$=_lblTieuDe], span[id$=_lblHeadline]",
    lead="span[id$=_lblSummary], span[id$=_lblTomTat], div[id$=_lblSummary]",
    body="div[id$=_lblContent], span[id$=_lblContent], div[id$=_lblNoiDung], span[id$=_lblNoiDung]",
    stamp="span[id$=_lblDate], span[id$=_lblNgayDang], span[id$=_lblPublishDate], span[id$=_lblCreatedDate]",
    byline="span[id$=_lblAuthor], span[id$=_lblTacGia]",
    section="span[id$=_lblCategory], span[id$=_lblChuyenMuc]",
)
PLAN = CrawlPlan(
    article=r"(?i)default\.aspx\?.*\bNID=\d+", lists=("/",), sections=r"(?i)default\.aspx\?(?:.*&)?tabid=\d+"
)


def parse(page: Page) -> Article:
    """The article of a ``Default.aspx?tabid=…&NID=…`` page."""
    return read_layout(page, LAYOUT)
