"""The bundled sample: its archive is fresh, its gold stands in its texts, and it is as varied as it claims."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scrapers.page import clean_text

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
NUMBERS = sorted(path.stem for path in (SAMPLE / "articles").glob("*.json"))
EVENT_TYPES = {
    *("conference", "congress", "emulation", "award", "welfare", "training", "culture_sport", "dialogue", "dispute"),
    *("safety", "international", "organizing", "personnel", "commemoration", "agreement", "policy", "other"),
}
TIMEX = {
    "DATE": re.compile(
        r"(XXXX|\d{4})(-(\d\d(-\d\d)?|Q[1-4]|H[12]))?(/(XXXX|\d{4})(-(\d\d(-\d\d(T\d\d:\d\d)?)?|Q[1-4]|H[12]))?)?"
    ),
    "TIME": re.compile(r"(XXXX|\d{4})-\d\d-\d\d(T(MO|MI|AF|EV|NI|\d\d:\d\d)(/\d{4}-\d\d-\d\dT(MO|MI|AF|EV|NI))?)?"),
    "DURATION": re.compile(r"P(\d+(\.\d+)?[YMWD]|T\d+[HM])"),
    "SET": re.compile(r"P\d+[YMWD]"),
}
COMPARATORS = frozenset(["=", ">", "<", "~", ">=", "<="])


@cache
def load(kind: str, number: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLE / kind / f"{number}.json").read_text(encoding="utf-8"))
    return found


def options(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def page_text(article: dict[str, Any]) -> str:
    lines = [article["title"]]
    for block in article["blocks"]:
        lines += [cell for row in block["table"] for cell in row] if "table" in block else [block["text"]]
    return "\n".join(lines)


def identity(url: str) -> str:
    segment = url.rstrip("/").rsplit("/", 1)[-1]
    return segment.rsplit(".", 1)[0] if "." in segment else segment


def surfaces(gold: dict[str, Any]) -> list[str]:
    return [
        *(fact["surface"] for fact in gold["dates"] + gold["figures"]),
        *(surface for fact in gold["organizations"] for surface in fact["surfaces"]),
        *(fact["person"] for fact in gold["officials"]),
        *(fact["trigger"] for fact in gold["events"]),
        *(place for fact in gold["events"] for place in options(fact["place"]) if place),
    ]


def test_archive_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(SAMPLE / "build.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_at_least_forty_pages_with_unique_ids_and_a_gold_each() -> None:
    ids = [identity(load("articles", number)["url"]) for number in NUMBERS]
    assert len(NUMBERS) >= 40
    assert len(set(ids)) == len(ids)
    assert sorted(path.stem for path in (SAMPLE / "gold").glob("*.json")) == NUMBERS


def test_every_layout_has_a_template() -> None:
    layouts = json.loads((SAMPLE / "templates" / "layouts.json").read_text(encoding="utf-8"))
    used = {article.get("layout") or article["site"] for article in (load("articles", number) for number in NUMBERS)}
    assert used == set(layouts)
    assert used == {path.stem for path in (SAMPLE / "templates").glob("*.html")}


def test_every_event_type_is_the_main_event_of_two_pages() -> None:
    mains = Counter(
        event["type"]
        for number in NUMBERS
        for event in load("gold", number)["events"]
        if event["main"] and isinstance(event["type"], str)
    )
    # A page whose main event has two right types counts for the first.
    mains.update(
        event["type"][0]
        for number in NUMBERS
        for event in load("gold", number)["events"]
        if event["main"] and isinstance(event["type"], list)
    )
    assert {kind for kind, count in mains.items() if count >= 2} == EVENT_TYPES


def test_pages_spread_over_all_years() -> None:
    stamps = [load("articles", number)["published"] for number in NUMBERS]
    assert {stamp[:4] for stamp in stamps if stamp} == {str(year) for year in range(2018, 2026)}
    assert len({stamp[:7] for stamp in stamps if stamp}) >= 30
    assert None in stamps


@pytest.mark.parametrize("number", NUMBERS)
def test_article_is_clean_and_agrees_with_its_gold(number: str) -> None:
    article, gold = load("articles", number), load("gold", number)
    assert page_text(article) == clean_text(page_text(article))
    assert gold["id"] == gold["file"] == identity(article["url"])
    assert gold["published"] == (article["published"][:10] if article["published"] else None)
    assert gold["title"] == article["title"]
    # "Bài, ảnh: A" is the line; the byline is A.
    assert (gold["byline"] or "") in (article["byline"] or "")
    assert (gold["byline"] is None) == (article["byline"] is None)
    assert {block["zone"] for block in article["blocks"]} <= {"lead", "body", "caption"}


@pytest.mark.parametrize("number", NUMBERS)
def test_gold_stands_in_its_text(number: str) -> None:
    text = page_text(load("articles", number))
    assert [surface for surface in surfaces(load("gold", number)) if surface not in text] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_gold_is_well_formed(number: str) -> None:
    gold = load("gold", number)
    for date in gold["dates"]:
        for value in options(date["value"]):
            assert any(TIMEX[kind].fullmatch(value) for kind in TIMEX), date
        assert TIMEX[date["type"]].fullmatch(options(date["value"])[0]), date
    for figure in gold["figures"]:
        assert figure["comparator"] in COMPARATORS
        assert all(isinstance(value, int | float) for value in options(figure["value"])), figure
    assert sum(event["main"] for event in gold["events"]) == 1
    assert all(set(options(event["type"])) <= EVENT_TYPES for event in gold["events"])
