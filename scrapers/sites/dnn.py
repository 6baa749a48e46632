"""DNN (DotNetNuke) portals: names are the modules' controls (``dnn_ctr412_ViewNews_lblTitle``), told by their ends."""

from __future__ import annotations

from scrapers.layout import Layout, read_layout
from scrapers.page import Article, Page
from scrapers.plan import CrawlPlan

HOSTS = ("congdoanquangnam.org.vn",)
GENERATOR = "DotNetNuke"
LAYOUT = Layout(
    title="[id$=_lblTitle], [id$=_lblTieuDe], [id$=_lblHeadline]",
    lead="[id$=_lblSummary], [id$=_lblTomTat], [id$=_lblDescription]",
    body="[id$=_lblContent], [id$=_lblNoiDung], [id$=_lblBody], [id$=_divContent]",
    stamp="[id$=_lblDate], [id$=_lblNgayDang], [id$=_lblPublishDate], [id$=_lblCreatedDate]",
    byline="[id$=_lblAuthor], [id$=_lblTacGia], [id$=_lblSource], [id$=_lblNguon]",
    section="[id$=_lblCategory], [id$=_lblChuyenMuc], span.SkinObject.breadcrumb:last-child",
)
PLAN = CrawlPlan(
    article=r"(?i)default\.aspx\?.*\bNID=\d+", lists=("/",), sections=r"(?i)default\.aspx\?(?:.*&)?tabid=\d+"
)


def parse(page: Page) -> Article:
    """The article of a ``Default.aspx?tabid=…&NID=…`` page."""
    return read_layout(page, LAYOUT)
