"""Accuracy floors: F1 and accuracy that must not fall, pinned with the hash of the gold they were measured on."""

from __future__ import annotations

import pytest

from pipeline import evaluate
from tests import floors

ROWS = floors.read()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['gold']}-{row['kind']}")
def test_floor(row):
    if not floors.SETS[row["gold"]][0].is_dir():
        pytest.skip("this gold is not on this machine")
    assert floors.gold_hash(row["gold"]) == row["gold_sha256"], "the gold changed: `make floors`, and say why"
    assert floors.measured(row["gold"])[row["kind"]] >= float(row["floor"])


def test_every_kind_has_a_floor_on_the_sample():
    assert {row["kind"] for row in ROWS if row["gold"] == "sample"} >= {*evaluate.KINDS, "main_type"}
