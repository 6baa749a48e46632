"""Write ``events.jsonl`` from the frames: the same lines from the same frames, every time.

    python data/training/write_events.py

A frame (``event_frames_*.tsv``) is a sentence written by hand; ``{a|b|}`` in it are wordings that fit in its place and
``[slot]`` a name, a day or a number from ``event_slots.csv``. Each frame gives up to ``LINES`` lines, its number is
their ``group``: lines of one frame resemble each other, so scores are only honest where a group is never split.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
LINES = 8
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"\[(\w+)(:l)?\]")
_SPACES = re.compile(r" +")
_BEFORE_SIGN = re.compile(r" ([,.?!:])")


def slots() -> dict[str, list[str]]:
    """Slot name → what may stand in it."""
    with (HERE / "event_slots.csv").open(encoding="utf-8", newline="") as file:
        return {row["slot"]: row["values"].split("|") for row in csv.DictReader(file)}


def frames() -> Iterator[dict[str, str]]:
    """All frames, in the order of the files."""
    for path in sorted(HERE.glob("event_frames_*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")


def fill(frame: str, values: dict[str, list[str]], chance: random.Random) -> str:
    """One sentence of a frame."""
    text = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), frame)
    while _SLOT.search(text):
        text = _SLOT.sub(lambda match: _value(match, values, chance), text, count=1)
    text = _BEFORE_SIGN.sub(r"\1", _SPACES.sub(" ", text)).strip()
    return text[:1].upper() + text[1:]


def _value(match: re.Match[str], values: dict[str, list[str]], chance: random.Random) -> str:
    found = chance.choice(values[match[1]])
    if match[1] == "n":
        found = _number(chance)
    elif match[1] == "ngày":
        found = found.format(day=chance.randint(1, 28), month=chance.randint(1, 12), year=chance.randint(2004, 2025))
        if match[2] or match.start():
            found = found[:1].lower() + found[1:]
    return found


def _number(chance: random.Random) -> str:
    number = chance.choice((chance.randint(5, 99), chance.randint(100, 999), chance.randint(10, 90) * 100))
    return f"{number:,}".replace(",", ".")


def lines() -> Iterator[dict[str, str | int]]:
    """The lines of ``events.jsonl``."""
    values = slots()
    known: set[str] = set()
    for group, frame in enumerate(frames(), 1):
        chance = random.Random(f"{group}|{frame['frame']}")  # noqa: S311 - a fixed draw, no secret
        own = 0
        for _ in range(LINES * 6):
            text = fill(frame["frame"], values, chance)
            if text not in known:
                known.add(text)
                own += 1
                yield {
                    "text": text, "zone": frame["zone"], "label": frame["label"], "group": group, "why": frame["why"],
                }  # fmt: skip
            if own == LINES:
                break


def main() -> None:
    """Write the file beside this one."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines())
    (HERE / "events.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
