"""Render the sample's articles through their sites' page templates into one archive.

``python data/sample/build.py`` writes ``pages.warc.gz`` beside this file, the same bytes each time;
``--check`` writes nothing and exits 1 if the archive that stands there is stale.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
import sys
import tempfile
import unicodedata
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ARCHIVE = HERE / "pages.warc.gz"
WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
# The day the pages pretend to have been fetched: portals print it in their headers.
FETCHED = datetime(2025, 12, 18, 10, 0, tzinfo=timezone(timedelta(hours=7)))
_OPTIONAL = re.compile(r"\{\{#(\w+)\}\}(.*?)\{\{/\1\}\}", re.DOTALL)
_FIELD = re.compile(r"\{\{(\w+)\}\}")

Article = dict[str, Any]
Layout = dict[str, Any]


def read_articles() -> list[Article]:
    """All articles in file order, each with its number as ``n``."""
    paths = sorted((HERE / "articles").glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) | {"n": int(path.stem)} for path in paths]


def layout_name(article: Article) -> str:
    """The template's name: the article's own ``layout`` where its site has changed its pages, else the site."""
    return str(article.get("layout") or article["site"])


def published(article: Article) -> datetime | None:
    """When the page says it was published, or None."""
    return datetime.fromisoformat(article["published"]) if article["published"] else None


def article_id(article: Article) -> str:
    """The last path segment of the URL without its extension."""
    segment = article["url"].rstrip("/").rsplit("/", 1)[-1]
    return str(segment.rsplit(".", 1)[0] if "." in segment else segment)


def _clock(pattern: str, when: datetime | None, now: datetime, number: int) -> str:
    if when is None:
        return ""
    return pattern.format(
        d=when,
        t=now,
        n=number,
        weekday=WEEKDAYS[when.weekday()],
        h12=when.hour % 12 or 12,
        ampm="AM" if when.hour < 12 else "PM",
    )


def _table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
    body = "\n".join(f"<tr>{row}</tr>" for row in cells)
    return f'<table border="1" cellpadding="4" cellspacing="0"><tbody>\n{body}\n</tbody></table>'


def _hard_spaces(text: str, step: int) -> str:
    """Every ``step``-th space a no-break space, as text pasted from a word processor has them."""
    words = text.split(" ")
    return "".join(
        word + ("" if i == len(words) else "\u00a0" if step and i % step == 0 else " ")
        for i, word in enumerate(words, 1)
    )


def _body(article: Article, layout: Layout) -> str:
    parts: list[str] = []
    paragraphs = pictures = 0
    for block in article["blocks"]:
        if block.get("table"):
            parts.append(_table(block["table"]))
            continue
        pictures += block["zone"] == "caption"
        paragraphs += block["zone"] == "body"
        pattern = layout[block["zone"]]
        if pattern:
            text = _hard_spaces(block["text"], layout.get("hard_spaces", 0))
            fields = {"text": text, "title": article["title"], "id": article_id(article)}
            parts.append(pattern.format(n=pictures, **{k: html.escape(v) for k, v in fields.items()}))
        if layout["interlude"] and block["zone"] == "body" and paragraphs == 2:
            parts.append(layout["interlude"])
    if article.get("stamp") == "text":
        parts.append(layout["body"].format(text=f"{published(article):%d/%m/%Y %H:%M} GMT+7"))
    if article["byline"] and layout["byline"]:
        parts.append(layout["byline"].format(text=html.escape(article["byline"])))
    return "\n".join(parts)


def _related(article: Article, articles: list[Article], layout: Layout) -> str:
    """Links to the three next articles of the same site, as portals put them around a page."""
    same = [a for a in articles if a["site"] == article["site"] and a["published"]]
    after = [a for a in same if a["n"] > article["n"]] + [a for a in same if a["n"] < article["n"]]
    return "\n".join(
        layout["related"].format(url=html.escape(a["url"]), title=html.escape(a["title"]), d=published(a))
        for a in after[:3]
    )


def render(article: Article, articles: list[Article], layouts: dict[str, Layout]) -> str:
    """The article's page as HTML."""
    layout = layouts[layout_name(article)]
    when, now = published(article), FETCHED + timedelta(minutes=article["n"])
    iso = f"{when:%Y-%m-%dT%H:%M:%S}+07:00" if when else ""
    fields = {
        "title": article["title"],
        "url": article["url"],
        "section": article["section"] or "Tin tức",
        "byline": article["byline"] or "",
        "stamp": "" if article.get("stamp") == "text" else _clock(layout["stamp"], when, now, article["n"]),
        "today": _clock(layout["today"], now, now, article["n"]),
        "iso": iso,
        # As some NukeViet themes print it: the zone's abbreviation in the place of the T.
        "malformed_iso": iso.replace("T", "ICT", 1),
        "lead_text": " ".join(b["text"] for b in article["blocks"] if b["zone"] == "lead"),
        "tags": ", ".join(article["tags"]),
    }
    ready = {name: html.escape(value) for name, value in fields.items()}
    ready["title_json"] = json.dumps(article["title"], ensure_ascii=False)
    ready["body"] = _body(article, layout)
    ready["related"] = _related(article, articles, layout)
    ready["tag_links"] = " ".join(f'<a href="/tag">{html.escape(tag)}</a>' for tag in article["tags"])
    template = (HERE / "templates" / f"{layout_name(article)}.html").read_text(encoding="utf-8")
    template = _OPTIONAL.sub(lambda m: m[2] if ready[m[1]] else "", template)
    page = _FIELD.sub(lambda m: ready[m[1]], template)
    return unicodedata.normalize(article["form"], page) if article.get("form") else page


def write(path: Path) -> int:
    """Write the archive; how many pages it holds."""
    sys.path.insert(0, str(ROOT))
    from scrapers.archive import write_warc
    from scrapers.page import Page

    articles = read_articles()
    layouts = json.loads((HERE / "templates" / "layouts.json").read_text(encoding="utf-8"))
    pages = [
        Page(
            ref=article["url"],
            body=render(article, articles, layouts).encode(),
            url=article["url"],
            fetched_at=FETCHED + timedelta(minutes=article["n"]),
            headers=(("Content-Type", "text/html; charset=utf-8"),),
        )
        for article in articles
    ]
    write_warc(path, pages)
    return len(pages)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 if the archive is stale; write nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / ARCHIVE.name
        n_pages = write(fresh)
        data = fresh.read_bytes()
    if arguments.check:
        # Compared unpacked: another zlib compresses the same records to other bytes.
        if not ARCHIVE.exists() or gzip.decompress(ARCHIVE.read_bytes()) != gzip.decompress(data):
            print(f"{ARCHIVE} is stale: run python data/sample/build.py", file=sys.stderr)
            return 1
        return 0
    ARCHIVE.write_bytes(data)
    print(f"{ARCHIVE}: {n_pages} pages", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
