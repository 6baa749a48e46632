"""The corpus: one line, one claim about an extractor. Each rule has its positive and its negative lines here.

A line of ``tests/corpus/<kind>/*.jsonl`` has ``text``, ``expected`` (facts, each naming only the keys it claims; an
empty list says that nothing must be found), ``why``, and where they matter ``published`` (ISO day) and ``title``.
Found facts must be exactly the expected ones, in any order.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

import pipeline
from pipeline import document, records
from scrapers.page import Article, Block, Published, clean_text

CORPUS = Path(__file__).parent / "corpus"
LINES = [
    pytest.param(file.parent.name, json.loads(line), id=f"{file.parent.name}/{file.stem}:{number}")
    for kind in records.KINDS
    for file in sorted((CORPUS / kind).glob("*.jsonl"))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    if line.strip()
]


@cache
def nlp():
    return pipeline.load()


def facts(kind, line):
    day = line.get("published")
    published = Published(datetime.fromisoformat(day), "meta", day) if day else Published()
    blocks = tuple(Block("body", clean_text(part)) for part in line["text"].split("\n") if part.strip())
    article = Article("corpus", "corpus", blocks, title=line.get("title"), published=published, site=line.get("site"))
    found = records.KINDS[kind](document.build(nlp(), article))
    return records.distinct(kind, found) if kind in ("dates", "figures", "officials", "organizations") else found


def claims(expected, fact):
    return all(fact.get(key) == value for key, value in expected.items())


@pytest.mark.parametrize(("kind", "line"), LINES)
def test_line(kind, line):
    left = facts(kind, line)
    missed = []
    for expected in line["expected"]:
        hit = next((fact for fact in left if claims(expected, fact)), None)
        if hit is None:
            missed.append(expected)
        else:
            left.remove(hit)
    assert not missed and not left, f"{line['text']!r}\nwhy: {line['why']}\nmissed: {missed}\nspurious: {left}"


@pytest.mark.parametrize("kind", records.KINDS)
def test_every_kind_has_positive_and_negative_lines(kind):
    lines = [json.loads(line) for file in (CORPUS / kind).glob("*.jsonl") for line in file.read_text().splitlines()]
    positive = sum(bool(line["expected"]) for line in lines)
    assert positive and len(lines) - positive, f"tests/corpus/{kind} needs lines of both"
