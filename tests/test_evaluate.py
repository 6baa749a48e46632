"""The scorer: set semantics, alternatives, optional facts; and agreement with the annotators' own scorer."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipeline import evaluate
from pipeline.errors import InputError
from tests.shared import SHARED, needs_shared

GOLD = {
    "id": "a",
    "published": "2022-08-10",
    "title": "Hội nghị",
    "byline": None,
    "dates": [{"surface": "1/6", "type": "DATE", "value": ["XXXX-06-01", "2022-06-01"]}],
    "organizations": [{"name": "Công đoàn Y tế Việt Nam", "surfaces": ["CĐ Y tế"]}],
    "officials": [
        {"person": "Lê Thị Mận", "role": "Chủ tịch", "organization": ["Công đoàn Y tế Việt Nam", None]},
        {"person": "Lê Thị Mận", "role": "Uỷ viên BCH", "organization": None, "optional": True},
    ],
    "figures": [{"surface": "hơn 5 đoàn viên", "value": 5, "unit": "đoàn viên", "comparator": ">"}],
    "events": [{"type": ["conference", "award"], "date": "2022-08-10", "place": None, "main": True, "trigger": "họp"}],
}
RIGHT = {
    "id": "a",
    "published": "2022-08-10T09:00:00",
    "title": "HỘI NGHỊ",
    "byline": None,
    "dates": [{"value": "2022-06-01"}],
    "organizations": [{"name": "Công đoàn Y tế Việt Nam"}],
    "officials": [{"person": "Lê Thị Mận", "role": "chủ tịch", "organization": None}],
    "figures": [{"value": 5, "unit": "đoàn viên công đoàn", "comparator": ">"}],
    "events": [{"type": "award", "date": "2022-08-10", "place": None, "main": True}],
}


def test_all_right_scores_one():
    assert set(evaluate.score([GOLD], {"a": RIGHT}).as_dict().values()) == {1.0}


def test_nothing_found_scores_nought():
    scores = evaluate.score([GOLD], {})
    assert scores.kinds["dates"].f1 == 0.0 and scores.kinds["officials"].missed == 1
    assert ("a", "main_type", "wrong") in {error[:3] for error in scores.errors}


def test_spurious_and_repeated_facts():
    got = {**RIGHT, "dates": [{"value": "2022-06-01"}, {"value": "2022-06-01"}, {"value": "2020"}]}
    tally = evaluate.score([GOLD], {"a": got}).kinds["dates"]
    assert (tally.hits, tally.missed, tally.spurious) == (1, 0, 1)


def test_gold_that_is_none_is_named(tmp_path):
    (tmp_path / "x.json").write_text('{"id": "x"}')
    with pytest.raises(InputError, match=r"x\.json: gold lacks dates"):
        evaluate.read_gold(tmp_path)


@needs_shared
def test_agrees_with_the_annotators_scorer(tmp_path):
    """On predictions made wrong on purpose: gold facts of one article handed to the next."""
    folder = SHARED / "gold" / "dev"
    golds = evaluate.read_gold(folder)
    records = []
    for gold, other in zip(golds, golds[1:] + golds[:1], strict=True):
        mixed = {"id": gold["id"], "title": other["title"], "published": gold["published"], "byline": "X"}
        for kind in ("dates", "organizations", "officials", "figures", "events"):
            mixed[kind] = [
                {key: value[-1] if isinstance(value, list) else value for key, value in fact.items()}
                for fact in gold[kind][::2] + other[kind][1:3]
            ]
        records.append(mixed)
    predictions = tmp_path / "out.jsonl"
    predictions.write_text("\n".join(json.dumps(record) for record in records))
    command = [sys.executable, SHARED / "gold" / "score.py", folder, predictions, "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    ours = evaluate.score(golds, evaluate.by_name(records)).as_dict()
    for name, value in ours.items():
        expected = theirs[name].get("f1", theirs[name].get("accuracy"))
        assert value == pytest.approx(expected, abs=1e-4), name
