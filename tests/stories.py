"""Articles of our own making that copy one another and share persons, organizations, days and places."""

import csv
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from hypothesis import strategies as st

from pipeline.annotations import CORRECTION_COLUMNS, CORRECTIONS, JUDGEMENT_COLUMNS, JUDGEMENTS
from scrapers.archive import write_warc
from scrapers.page import Page

HOSTS = ("www.vidu.org.vn", "baochi.example.vn", "tinmoi.example.vn")
# Alpha is within Alphabeta: one chair's houses, where the name is the same.
HOUSES = (
    "Công đoàn Công ty Alpha", "Công đoàn Công ty Alphabeta", "Công đoàn Công ty Gamma", "Công đoàn Giáo dục Việt Nam",
    "Tổng Công hội đỏ Bắc Kỳ",
)  # fmt: skip
PERSONS = ("Trần Thị Mai", "TRẦN THỊ MAI", "Lò Văn Kiểm", "Đinh Thúy Hoà", "Đinh Thúy Hòa")
PLACES = ("", "Hà Nội", "Cung Văn hóa Lao động, Hà Nội", "Đà Nẵng", "hội trường Mùa Thu")
WORDS = (
    "ca", "kíp", "xưởng", "may", "giày", "tổ", "bữa", "ăn", "nhà", "trọ",
    "đêm", "hàng", "cây", "cổng", "mưa", "quê", "chợ", "bến", "sông", "vườn", "ao",
)  # fmt: skip
_BODIES = [
    [" ".join(random.Random(f"{body}-{n}").choices(WORDS, k=24)).capitalize() + "." for n in range(4)]
    for body in range(3)
]


@dataclass(frozen=True, slots=True)
class Story:
    """What an article tells. ``page`` and ``host`` are its address, ``body`` the words that copies of it share."""

    page: int
    host: int
    body: int
    paragraphs: int  # of the body: copies are cut
    day: int  # of the month, of publication; 0: not known
    told: int  # the day of the event, 0: none said
    house: int
    other_house: int
    person: int
    guest: int
    place: int
    event: str
    former: bool

    @property
    def url(self):
        return f"https://{HOSTS[self.host]}/tin-{self.page}.html"

    @property
    def title(self):
        return f"Chuyện ở xưởng {WORDS[self.body]}"

    @property
    def published(self):
        return f"2022-04-{self.day:02}" if self.day else None

    @property
    def lines(self):
        when = f"Ngày {self.told}/3/2022, " if self.told else ""
        where = f"tại {PLACES[self.place]} có " if self.place else "có "
        return [
            f"{when}{HOUSES[self.house]} đã {self.event} cho đoàn viên {where}bà {PERSONS[self.guest]} và mọi người.",
            f"Hôm ấy {'nguyên ' * self.former}Chủ tịch {HOUSES[self.house]} {PERSONS[self.person]} cũng đến dự cùng.",
            f"Trước đó, Phó Chủ tịch {HOUSES[self.other_house]} {PERSONS[self.person]} nhận {self.page + 2} suất quà.",
            *_BODIES[self.body][: self.paragraphs],
        ]

    @property
    def text(self):
        return "\n".join([self.title, *self.lines])


def stories():
    return st.builds(
        Story,
        page=st.integers(0, 3),
        host=st.integers(0, len(HOSTS) - 1),
        body=st.integers(0, len(_BODIES) - 1),
        paragraphs=st.sampled_from((0, 4, 4, 3)),
        day=st.integers(0, 4),
        told=st.integers(0, 2),
        house=st.integers(0, len(HOUSES) - 1),
        other_house=st.integers(0, len(HOUSES) - 1),
        person=st.integers(0, len(PERSONS) - 1),
        guest=st.integers(0, len(PERSONS) - 1),
        place=st.integers(0, len(PLACES) - 1),
        event=st.sampled_from(("trao quà", "họp hội nghị")),
        former=st.booleans(),
    )


def write_lines(path, articles, broken):
    """A line each; ``broken``: and one that is none."""
    record = [
        {"id": f"{s.host}-{s.page}", "url": s.url, "title": s.title, "published": s.published, "text": s.text}
        for s in articles
    ]
    lines = [json.dumps(one | {"text": one["text"].partition("\n")[2]}, ensure_ascii=False) for one in record]
    path.write_text("".join(line + "\n" for line in lines + ["{"] * broken), encoding="utf-8")


def write_pages(path, fetched):
    """``fetched``: the stories and the hours they were fetched at, in the archive's order."""
    write_warc(path, [Page("-", _html(story).encode(), story.url, _hour(hour)) for story, hour in fetched])


def _hour(hour):
    return datetime(2022, 5, 1, hour, tzinfo=UTC)


def _html(story):
    meta = f'<meta property="article:published_time" content="{story.published}">' if story.day else ""
    paragraphs = "".join(f"<p>{line}</p>" for line in story.lines)
    return (
        f"<html><head><title>{story.title}</title>{meta}</head><body><h1>{story.title}</h1>{paragraphs}</body></html>"
    )


# --- inputs and what people say of them ---

LINES, PAGES = ("a.jsonl", "b.jsonl"), "c.warc"
SAID = {"who": "Lò Thị Kiểm", "when": "2026-11-21", "why": "seen in the minutes"}


class World:
    """The inputs as files, and what they hold as the model knows it."""

    def __init__(self, folder):
        self.folder = folder
        self.lines = {name: {} for name in LINES}  # file -> address -> story
        self.broken = dict.fromkeys(LINES, 0)
        self.fetched = []
        self.said = {CORRECTIONS: [], JUDGEMENTS: []}

    def write(self):
        for name, told in self.lines.items():
            write_lines(self.folder / name, told.values(), self.broken[name])
        write_pages(self.folder / PAGES, self.fetched)

    def inputs(self):
        held = [name for name in LINES if self.lines[name] or self.broken[name]] + [PAGES] * bool(self.fetched)
        return [str(self.folder / name) for name in held]

    def say(self, dataset):
        dataset.mkdir(exist_ok=True)
        for name, columns in ((CORRECTIONS, CORRECTION_COLUMNS), (JUDGEMENTS, JUDGEMENT_COLUMNS)):
            with (dataset / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows({**SAID, **row} for row in self.said[name])

    def model(self):
        """Address -> text of each article, and how many inputs are none."""
        kept, n = {}, 0
        for story, hour in [*((s, -1) for told in self.lines.values() for s in told.values()), *self.fetched]:
            n += 1
            if story.url not in kept or hour > kept[story.url][1]:
                kept[story.url] = story, hour
        texts = {url: story.text for url, (story, _) in kept.items()}
        return texts, n - len(texts) + sum(self.broken.values())

    def mark(self):
        self.write()
        files = [Path(name).read_bytes() for name in self.inputs()]
        return sha256(repr((self.inputs(), files, self.said)).encode()).hexdigest()
