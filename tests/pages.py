"""The corpus of pages of unknown layout: articles × templates, with what is expected of each page.

``tests/corpus/pages/articles.json`` and ``furniture.json`` hold our own texts (people and happenings invented), each
template lays six of the articles out in its own way. A template's first line says how exact the date is that it shows.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment

from scrapers.page import Article, Page

FOLDER = Path(__file__).parent / "corpus" / "pages"
FETCHED = datetime(2025, 12, 18, 3, 0, tzinfo=UTC)
TODAY = "Thứ năm, ngày 18 tháng 12 năm 2025"
WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
PAGES_PER_TEMPLATE = 6


@dataclass(frozen=True)
class Case:
    """A page and what is to be read from it; ``published`` as ISO text to the minute or day, None where none stands."""

    name: str
    page: Page
    title: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    published: str | None


def templates() -> list[str]:
    return sorted(path.stem for path in (FOLDER / "templates").glob("*.html"))


@cache
def cases(template: str) -> tuple[Case, ...]:
    """The template's six pages; each template takes its own six articles."""
    articles = json.loads((FOLDER / "articles.json").read_text(encoding="utf-8"))
    furniture = SimpleNamespace(**json.loads((FOLDER / "furniture.json").read_text(encoding="utf-8")))
    source = (FOLDER / "templates" / f"{template}.html").read_text(encoding="utf-8")
    known = json.loads(re.match(r"\{# (.*?) #\}", source)[1])
    compiled = Environment(autoescape=True).from_string(source)
    start = 3 * templates().index(template)
    chosen = [articles[(start + index) % len(articles)] for index in range(PAGES_PER_TEMPLATE)]
    return tuple(_case(template, known, compiled, article, furniture) for article in chosen)


def _case(template, known, compiled, article, furniture):
    when = datetime.fromisoformat(article["published"])
    html = compiled.render(
        a=SimpleNamespace(**article, when=when), f=furniture, today=TODAY, weekday=WEEKDAYS[when.weekday()]
    )
    mark = {"li": known.get("li", "")}
    paragraphs = [article["lead"]]
    for kind, text in article["blocks"]:
        if kind == "table":
            paragraphs.extend(" | ".join(row) for row in text)
        elif kind != "caption":
            paragraphs.append(mark.get(kind, "") + text)
    shown = {"minute": article["published"], "day": article["published"][:10], None: None}[known["published"]]
    name = f"{template}/{article['id']}"
    url = f"https://{known['host']}/{known.get('path', '')}{article['id']}.html"
    page = Page(f"{name}.html", html.encode(known.get("charset", "utf-8")), url=url, fetched_at=FETCHED)
    captions = tuple(text for kind, text in article["blocks"] if kind == "caption")
    return Case(name, page, article["title"], tuple(paragraphs), captions, shown)


def read_paragraphs(article: Article) -> tuple[str, ...]:
    return tuple(block.text for block in article.blocks if block.zone != "caption")


def read_published(article: Article, case: Case) -> str | None:
    value = article.published.value
    if value is None:
        return None
    return value.isoformat(timespec="minutes")[: len(case.published) if case.published else None]
