"""Accuracy floors: F1 and accuracy that must not fall, pinned with the gold they were measured on.

``floors.csv`` has one row a gold set and kind. A floor only rises; when gold itself changes, its hash here changes with
it, in the same commit that says why.
"""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from pathlib import Path

import pytest

from pipeline import engine, evaluate
from pipeline.errors import InputError
from tests.shared import SAMPLE, SHARED

SETS = {
    "sample": (SAMPLE / "gold", SAMPLE / "pages.warc.gz"),
    "dev": (SHARED / "gold" / "dev", SHARED / "gold" / "dev.jsonl"),
    "seeds": (SHARED / "gold" / "seeds", SHARED / "seeds"),
}
FLOORS = list(csv.DictReader((Path(__file__).parent / "floors.csv").open(encoding="utf-8")))


@cache
def measured(name):
    gold, inputs = SETS[name]
    records = list(engine.extract([str(inputs)], engine.RunOptions(workers=1)))
    rejects = [record for record in records if isinstance(record, InputError)]
    assert not rejects
    return evaluate.score(evaluate.read_gold(gold), evaluate.by_name(records)).as_dict()


@cache
def gold_hash(name):
    digest = hashlib.sha256()
    for file in sorted(SETS[name][0].glob("*.json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@pytest.mark.parametrize("row", FLOORS, ids=lambda row: f"{row['gold']}-{row['kind']}")
def test_floor(row):
    if not SETS[row["gold"]][0].is_dir():
        pytest.skip("this gold is not on this machine")
    assert gold_hash(row["gold"]) == row["gold_sha256"], "the gold changed: measure again and pin its new hash"
    assert measured(row["gold"])[row["kind"]] >= float(row["floor"])


def test_every_kind_has_a_floor_on_the_sample():
    assert {row["kind"] for row in FLOORS if row["gold"] == "sample"} >= {*evaluate.KINDS, "main_type"}
