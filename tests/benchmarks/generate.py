"""Articles in any number for measuring growth: the sample's paragraphs mixed anew, with other names, numbers and dates.

    python -m tests.benchmarks.generate N OUT [--seed 7]     # OUT ends in .jsonl, .warc or .warc.gz

The same N and seed give the same articles; the first N of more articles are the same too. Two articles share about as
few paragraphs as two of a newspaper, but one in twenty is a copy of an earlier one on another host, as is usual.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pipeline
from pipeline import document, inputs
from pipeline.rows import HANOI
from scrapers.archive import write_warc
from scrapers.page import Article, Page
from tests.shared import SAMPLE

FAMILY, MIDDLE, GIVEN, BRAND = (
    syllables.split()
    for syllables in (
        "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Tạ Lương Cao",
        "Văn Thị Hữu Đức Ngọc Minh Thanh Quang Xuân Hồng Thu Bá Công Đình Khánh Kim Gia Anh Hải Tuấn",
        "An Bình Châu Dung Giang Hà Hạnh Hiếu Hoa Hùng Hương Khoa Lan Linh Long Mai Nam Nga Oanh Phúc "
        "Quân Quỳnh Sơn Tâm Thảo Thịnh Thủy Toàn Trang Trung Tú Tùng Uyên Vân Việt Vinh Yến Đạt Định Đông",
        "An Bắc Cát Đại Gia Hà Hưng Kim Long Minh Nam Phú Quang Sơn Tân Thành Thiên Trường Việt Vĩnh",
    )
)
HOSTS = [f"tin{number}.vidu.vn" for number in range(40)]
FIRST_DAY, DAYS = datetime(2012, 1, 1, 7, tzinfo=HANOI), 5000
COPIES = 0.05  # of all articles
PARAGRAPHS = (5, 11)  # an article, at least and at most

_DAY = re.compile(r"(?<!\d)\d{1,2}([/.-])\d{1,2}(?!\d)")
_NAMED_DAY = re.compile(r"(\b[Nn]gày )\d{1,2}\b|(\b[Tt]háng )\d{1,2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Paragraph:
    """``slots``: (start, end, kind) of what varies, in order; kind: person, company, date, figure."""

    text: str
    slots: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Made:
    """One article. ``published`` is of Hanoi."""

    number: int
    host: str
    title: str
    published: datetime
    paragraphs: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"https://{self.host}/tin-{self.number}.html"


def generate(n: int, seed: int = 7, densest: float | None = None) -> Iterator[Made]:
    """``n`` articles; what is remembered for copies does not grow with ``n``.

    ``densest``: only of paragraphs with so many facts in 1,000 characters, at most.
    """
    titles, pool = _sample()
    pool = [one for one in pool if densest is None or 1000 * len(one.slots) <= densest * len(one.text)]
    chance = random.Random(seed)
    recent: list[Made] = []
    for number in range(n):
        published = FIRST_DAY + timedelta(days=chance.randrange(DAYS), minutes=chance.randrange(900))
        host = chance.choice(HOSTS)
        if recent and chance.random() < COPIES:
            first = chance.choice(recent)
            yield Made(number, host, first.title, first.published + timedelta(days=1), first.paragraphs)
            continue
        names: dict[str, str] = {}
        chosen = [chance.choice(titles), *chance.sample(pool, chance.randint(*PARAGRAPHS))]
        title, *paragraphs = (_filled(paragraph, chance, names) for paragraph in chosen)
        made = Made(number, host, title, published, tuple(paragraphs))
        recent = [*recent[-199:], made]
        yield made


@cache
def _sample() -> tuple[list[Paragraph], list[Paragraph]]:
    nlp = pipeline.load()
    items = [item for item in inputs.find_items([str(SAMPLE / "pages.warc.gz")]) if isinstance(item, inputs.Item)]
    titles, pool = [], []
    for _, article in inputs.read_items(items):
        if not isinstance(article, Article) or not article.title:
            continue
        doc = document.build(nlp, article)
        slots = sorted((span.start_char, span.end_char, kind) for kind, span in _varying(doc))
        start = 0
        for text in doc.text.split("\n"):
            end = start + len(text)
            own = _apart((a - start, b - start, kind) for a, b, kind in slots if start <= a and b <= end)
            if text == article.title:
                titles.append(Paragraph(text, own))
            elif len(text) > 80:
                pool.append(Paragraph(text, own))
            start = end + 1
    return titles, pool


def _varying(doc):
    groups = {"persons": "person", "dates": "date", "figures": "figure"}
    for group, kind in groups.items():
        yield from ((kind, span) for span in doc.spans[group])
    yield from (("company", span) for span in doc.spans["organizations"] if "Công ty" in span.text)


def _apart(slots) -> tuple[tuple[int, int, str], ...]:
    found: list[tuple[int, int, str]] = []
    for slot in slots:
        if not found or slot[0] >= found[-1][1]:
            found.append(slot)
    return tuple(found)


def _filled(paragraph: Paragraph, chance: random.Random, names: dict[str, str]) -> str:
    pieces, last = [], 0
    for start, end, kind in paragraph.slots:
        surface = paragraph.text[start:end]
        pieces += [paragraph.text[last:start], _other(surface, kind, chance, names)]
        last = end
    return "".join(pieces) + paragraph.text[last:]


def _other(surface: str, kind: str, chance: random.Random, names: dict[str, str]) -> str:
    if kind == "date":
        surface = _DAY.sub(lambda m: f"{chance.randint(1, 28)}{m[1]}{chance.randint(1, 12)}", surface)
        surface = _NAMED_DAY.sub(
            lambda m: f"{m[1]}{chance.randint(1, 28)}" if m[1] else f"{m[2]}{chance.randint(1, 12)}", surface
        )
        return _YEAR.sub(lambda m: str(chance.randint(2005, 2025)), surface)
    if kind == "figure":
        return _DIGIT.sub(lambda m: str(chance.randint(1, 9)) if m[0] != "0" else "0", surface)
    if surface not in names:
        if kind == "person":
            names[surface] = " ".join(map(chance.choice, (FAMILY, MIDDLE, GIVEN, GIVEN)))
        else:
            head, _, _ = surface.rpartition(" ")
            names[surface] = f"{head} {chance.choice(BRAND)} {chance.choice(BRAND)} {chance.choice(BRAND)}"
    return names[surface]


# --- files ----------------------------------------------------------------------------------------------------------


def write(n: int, out: Path, seed: int = 7) -> None:
    """Write ``n`` articles to ``out``: JSON lines, or an archive of plain pages."""
    if out.name.endswith((".warc", ".warc.gz")):
        write_warc(out, map(_page, generate(n, seed)))
        return
    with out.open("w", encoding="utf-8") as file:
        for made in generate(n, seed):
            file.write(json.dumps(_line(made), ensure_ascii=False) + "\n")


def _line(made: Made) -> dict[str, str]:
    return {
        "id": f"g{made.number}",
        "url": made.url,
        "title": made.title,
        "published": made.published.isoformat(),
        "text": "\n".join(made.paragraphs),
    }


def _page(made: Made) -> Page:
    paragraphs = "\n".join(f"<p>{html.escape(text)}</p>" for text in made.paragraphs)
    title, day = html.escape(made.title), made.published.isoformat()
    body = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{day}"></head>\n'
        f"<body><article><h1>{title}</h1>\n{paragraphs}\n</article></body></html>"
    )
    return Page(made.url, body.encode(), url=made.url, fetched_at=made.published + timedelta(days=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    write(options.n, options.out, options.seed)


if __name__ == "__main__":
    main()
