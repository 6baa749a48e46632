"""Accuracy floors: what they are measured on, and the command that raises them.

    make floors     # measure; write floors.csv anew with every floor that rose, none lowered, and data/accuracy.csv

A floor stands a hundredth below the measured value, rounded down: about one fact of a small set. Where gold itself
changed, its floors start anew: say why in the commit.
"""

from __future__ import annotations

import csv
import hashlib
import math
from functools import cache
from pathlib import Path

from pipeline import engine, evaluate
from pipeline.errors import InputError
from tests.shared import ROOT, SAMPLE, SHARED

FILE = Path(__file__).parent / "floors.csv"
ACCURACY = ROOT / "data" / "accuracy.csv"
SETS = {
    "sample": (SAMPLE / "gold", SAMPLE / "pages.warc.gz"),
    "dev": (SHARED / "gold" / "dev", SHARED / "gold" / "dev.jsonl"),
    "seeds": (SHARED / "gold" / "seeds", SHARED / "seeds"),
}


def read() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def measured(name: str) -> dict[str, float]:
    """F1 and accuracy by kind on a set, extracted in this process."""
    return scores(name).as_dict()


@cache
def scores(name: str) -> evaluate.Scores:
    gold, inputs = SETS[name]
    records = list(engine.extract([str(inputs)], engine.RunOptions(workers=1)))
    rejects = [str(record) for record in records if isinstance(record, InputError)]
    assert not rejects, rejects
    return evaluate.score(evaluate.read_gold(gold), evaluate.by_name(records))


@cache
def gold_hash(name: str) -> str:
    digest = hashlib.sha256()
    for file in sorted(SETS[name][0].glob("*.json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def raised(old: list[dict[str, str]]) -> list[dict[str, str]]:
    """The floors after measuring every set that is on this machine."""
    known = {(row["gold"], row["kind"], row["gold_sha256"]): float(row["floor"]) for row in old}
    rows = [row for row in old if not SETS[row["gold"]][0].is_dir()]
    for name, (gold, _) in SETS.items():
        if not gold.is_dir():
            continue
        for kind, value in measured(name).items():
            floor = max(math.floor((value - 0.01) * 100) / 100, known.get((name, kind, gold_hash(name)), 0.0))
            rows.append({"gold": name, "gold_sha256": gold_hash(name), "kind": kind, "floor": f"{floor:.2f}"})
    return rows


def accuracy() -> list[dict[str, object]]:
    """What the report shows: precision, recall and F1 a kind, and accuracy a field, on every set on this machine."""
    rows: list[dict[str, object]] = []
    for name, (gold, _) in SETS.items():
        if not gold.is_dir():
            continue
        about = {"gold": name, "articles": len(list(gold.glob("*.json")))}
        for kind, tally in scores(name).kinds.items():
            shares = {"precision": tally.precision, "recall": tally.recall, "score": tally.f1}
            rows.append({**about, "kind": kind, **_rounded(shares), "n": tally.gold})
        for kind, (right, asked) in scores(name).fields.items():
            if asked:
                rows.append({**about, "kind": kind, **_rounded({"score": right / asked}), "n": asked})
    return rows


def _rounded(shares: dict[str, float]) -> dict[str, str]:
    return {name: f"{share:.3f}" for name, share in shares.items()}


if __name__ == "__main__":
    floors = raised(read() if FILE.exists() else [])
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["gold", "gold_sha256", "kind", "floor"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(floors)
    with ACCURACY.open("w", encoding="utf-8", newline="") as file:
        columns = ["gold", "articles", "kind", "precision", "recall", "score", "n"]
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(accuracy())
