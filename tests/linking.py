"""Linking against gold: of the registry's organizations that gold names, how many get the right id.

    python tests/linking.py GOLD_DIR PREDICTIONS.jsonl [...]    (pairs; predictions of ``congdoan extract``)

An organization's true id is the registry's only entry that a gold name leads to (one of them, where gold allows several
readings); where a name is shared by several entries, or gold names an entry in other words, ``tests/linking_truth.csv``
says which was meant (judged by hand; an empty id: none of the registry's). A prediction is the organization that
shares a spelling with it.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import gazetteers
from pipeline.normalize.fold import match_form

_TRUTH = Path(__file__).with_name("linking_truth.csv")


def judged() -> dict[tuple[str, str], str]:
    """(article, name in match form) → id; an article "*" is any."""
    with _TRUTH.open(encoding="utf-8", newline="") as file:
        return {(row["article"], match_form(row["name"])): row["org_id"] for row in csv.DictReader(file)}


def true_id(article: str, names: list[str], truth: dict[tuple[str, str], str]) -> str:
    """The right id, "" where the registry has none of that name; several with "|" where each reading is right."""
    for name in names:
        for key in ((article, match_form(name)), ("*", match_form(name))):
            if key in truth:
                return truth[key]
    found = {alias.org_id for name in names if len(same := gazetteers.find_organizations(name)) == 1 for alias in same}
    return "|".join(sorted(found))


def compare(gold: dict[str, Any], predicted: dict[str, Any]) -> Iterator[tuple[str, str, str, str | None]]:
    """(outcome, name, true id, given id) of each gold organization that was found."""
    truth = judged()
    for organization in gold["organizations"]:
        names = organization["name"] if isinstance(organization["name"], list) else [organization["name"]]
        spelled = {match_form(surface) for surface in organization["surfaces"]}
        given = {
            found["id"]
            for found in predicted["organizations"]
            if spelled & {match_form(surface) for surface in found["surfaces"]}
        }
        if not given:
            continue
        right = true_id(gold["id"], names, truth)
        if given & set(filter(None, right.split("|"))):
            yield "right", names[0], right, right
        elif given == {None}:
            yield ("missing" if right else "none"), names[0], right, None
        else:
            yield "wrong", names[0], right, "|".join(sorted(filter(None, given)))


def main(arguments: list[str]) -> None:
    total: Counter[str] = Counter()
    for folder, predictions in zip(arguments[::2], arguments[1::2], strict=True):
        with Path(predictions).open(encoding="utf-8") as file:
            found = {record["id"]: record for record in map(json.loads, file)}
        counts: Counter[str] = Counter()
        for path in sorted(Path(folder).glob("*.json")):
            gold = json.loads(path.read_text(encoding="utf-8"))
            record = found.get(gold["id"]) or found.get(Path(gold.get("file") or path.name).stem)
            for outcome, name, right, given in compare(gold, record) if record else ():
                counts[outcome] += 1
                if outcome in ("wrong", "missing"):
                    print(f"{outcome}\t{gold['id']}\t{name}\t{right or '-'}\t{given or '-'}")
        print(f"{Path(folder).name}: {_line(counts)}")
        total += counts
    print(f"all: {_line(total)}")


def _line(counts: Counter[str]) -> str:
    named = counts["right"] + counts["missing"] + counts["wrong"]
    share = counts["right"] / named if named else 0.0
    linked = counts["right"] + counts["wrong"]
    error = counts["wrong"] / linked if linked else 0.0
    return (
        f"{named} named of the registry, {counts['right']} right ({share:.3f}), {counts['missing']} unlinked, "
        f"{counts['wrong']} wrong ({error:.3f} of the linked), {counts['none']} not in it"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
