"""Precision, recall and F1 of extracted facts against gold.

Facts are compared as sets an article: what stands twice counts once. A gold value that is a list holds equally right
readings; a gold fact marked ``optional`` counts neither way. The rules are those of the annotation guidelines.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.normalize.fold import match_form
from pipeline.resources import rows

Fact = dict[str, Any]

_WORD = re.compile(r"[^\W_]+|%")
_SPELT = {row["abbreviation"]: row["expansion"] for row in rows("lexicons/compare_abbreviations.csv")}
_COMPANY_FORM = re.compile(r" công ty cổ phần$")


def fold(text: str | None) -> str | None:
    """Compare form: lower case, older tone placement, punctuation and spaces folded, a few abbreviations spelt out."""
    if text is None:
        return None
    words = _WORD.findall(match_form(unicodedata.normalize("NFC", text)))
    return " ".join(_SPELT.get(word, word) for word in words)


def fold_organization(text: str | None) -> str | None:
    """As :func:`fold`; "Tổ chức" before a name and its legal form behind it make no other organization."""
    folded = fold(text)
    return None if folded is None else _COMPANY_FORM.sub("", folded.removeprefix("tổ chức "))


def _options(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _same_organization(gold: Any, got: str | None) -> bool:
    return fold_organization(got) in [fold_organization(option) for option in _options(gold)]


def _same_unit(gold: str | None, got: str | None) -> bool:
    """Equal, or one the beginning of the other: "đoàn viên" and "đoàn viên công đoàn"."""
    a, b = (fold(gold) or "").split(), (fold(got) or "").split()
    shorter = min(len(a), len(b))
    return a == b if not shorter else a[:shorter] == b[:shorter]


def _same_figure(gold: Fact, got: Fact) -> bool:
    if got.get("value") is None:
        return False
    value = float(got["value"])
    near = any(abs(float(v) - value) <= 1e-9 * max(1.0, abs(float(v))) for v in _options(gold["value"]))
    return near and any(_same_unit(unit, got.get("unit")) for unit in _options(gold["unit"]))


def _same_official(gold: Fact, got: Fact) -> bool:
    return (
        fold(gold["person"]) == fold(got.get("person"))
        and fold(got.get("role")) in [fold(role) for role in _options(gold["role"])]
        and _same_organization(gold["organization"], got.get("organization"))
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """How facts of a kind match gold, and what makes two of them one."""

    source: str
    match: Callable[[Fact, Fact], bool]
    key: Callable[[Fact], object]


_KINDS: dict[str, _Kind] = {
    "dates": _Kind(
        "dates", lambda g, p: str(p.get("value")) in map(str, _options(g["value"])), lambda p: str(p.get("value"))
    ),
    "organizations": _Kind(
        "organizations",
        lambda g, p: _same_organization(g["name"], p.get("name")),
        lambda p: fold_organization(p.get("name")),
    ),
    "officials": _Kind(
        "officials",
        _same_official,
        lambda p: (fold(p.get("person")), fold(p.get("role")), fold_organization(p.get("organization"))),
    ),
    "persons": _Kind(
        "officials", lambda g, p: fold(g["person"]) == fold(p.get("person")), lambda p: fold(p.get("person"))
    ),
    "figures": _Kind("figures", _same_figure, lambda p: (p.get("value"), fold(p.get("unit")), p.get("comparator"))),
    "event_types": _Kind("events", lambda g, p: p["type"] in _options(g["type"]), lambda p: p["type"]),
}
# Gold facts of these kinds are themselves reduced to distinct ones: an official's person, an event's type.
_REDUCED: dict[str, Callable[[Fact], object]] = {
    "persons": lambda g: fold(g["person"]),
    "event_types": lambda g: json.dumps(g["type"]),
}
KINDS = tuple(_KINDS)
FIELDS = ("published", "title", "byline", "main_type", "main_date", "main_place", "comparator")


@dataclass(slots=True)
class Tally:
    """Counts of one kind: found and right, missed, found and wrong."""

    hits: int = 0
    missed: int = 0
    spurious: int = 0

    @property
    def precision(self) -> float:
        """Right among the found, 0 to 1; 0 where nothing was found."""
        found = self.hits + self.spurious
        return self.hits / found if found else 0.0

    @property
    def recall(self) -> float:
        """Found among gold's, 0 to 1; 0 where gold is empty."""
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def gold(self) -> int:
        """How many facts gold has."""
        return self.hits + self.missed


@dataclass(slots=True)
class Scores:
    """Tallies by kind, (right, asked) by field, and each error as (article, kind, what, fact)."""

    kinds: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in _KINDS})
    fields: dict[str, tuple[int, int]] = field(default_factory=lambda: dict.fromkeys(FIELDS, (0, 0)))
    errors: list[tuple[str, str, str, Any]] = field(default_factory=list)

    def accuracy(self, name: str) -> float | None:
        """Share of right values of a field, None where gold asks for none."""
        right, asked = self.fields[name]
        return right / asked if asked else None

    def as_dict(self) -> dict[str, float]:
        """F1 a kind and accuracy a field, rounded to four places; what gold does not ask for is left out."""
        asked = {name: self.accuracy(name) for name in FIELDS}
        return {
            **{kind: round(tally.f1, 4) for kind, tally in self.kinds.items() if tally.gold},
            **{name: round(value, 4) for name, value in asked.items() if value is not None},
        }


def _distinct(facts: Iterable[Fact], key: Callable[[Fact], object]) -> list[Fact]:
    first: dict[object, Fact] = {}
    for fact in facts:
        first.setdefault(key(fact), fact)
    return list(first.values())


def _pair(kind: _Kind, gold: list[Fact], got: list[Fact]) -> tuple[list[tuple[Fact, Fact]], list[Fact], list[Fact]]:
    """Greedy one-to-one matching in gold's order: (pairs, missed, spurious)."""
    free = list(got)
    pairs, missed = [], []
    for fact in gold:
        if fact.get("optional"):
            continue
        hit = next((candidate for candidate in free if kind.match(fact, candidate)), None)
        if hit is None:
            missed.append(fact)
        else:
            free.remove(hit)
            pairs.append((fact, hit))
    # What says a matched fact again in other words, or meets an optional one, is no error.
    known = [fact for fact in gold if fact.get("optional")] + [fact for fact, _ in pairs]
    spurious = [candidate for candidate in free if not any(kind.match(fact, candidate) for fact in known)]
    return pairs, missed, spurious


def _same_place(gold: str | None, got: str | None) -> bool:
    if gold is None or got is None:
        return gold is got
    a, b = fold(gold) or "", fold(got) or ""
    return a in b or b in a


def _fields(gold: Fact, got: Fact) -> Iterator[tuple[str, bool, Any, Any]]:
    """(field, right, gold value, found value) of what gold states once an article."""
    for name in ("published", "title", "byline"):
        if gold.get(name):
            found = got.get(name)
            right = gold[name] == (found or "")[:10] if name == "published" else fold(gold[name]) == fold(found)
            yield name, right, gold[name], found
    main = next((event for event in gold["events"] if event.get("main")), None)
    if main is None:
        return
    found_main: Fact = next((event for event in got.get("events") or [] if event.get("main")), {})
    day = (found_main.get("date") or "")[:10]
    place = found_main.get("place")
    yield "main_type", found_main.get("type") in _options(main["type"]), main["type"], found_main.get("type")
    yield "main_date", day in [(d or "")[:10] for d in _options(main["date"])], main["date"], found_main.get("date")
    yield "main_place", any(_same_place(p, place) for p in _options(main["place"])), main["place"], place


def score(golds: Iterable[Fact], predictions: dict[str, Fact]) -> Scores:
    """Score ``predictions`` (records of ``extract --format jsonl``, by their ``file`` and ``id``) against ``golds``."""
    scores = Scores()
    for gold in golds:
        got = predictions.get(gold.get("file") or gold["id"]) or predictions.get(gold["id"]) or {}
        for name, kind in _KINDS.items():
            wanted = list(gold[kind.source])
            if name in _REDUCED:
                wanted = _distinct(wanted, _REDUCED[name])
            found = _distinct(got.get(kind.source) or [], kind.key)
            pairs, missed, spurious = _pair(kind, wanted, found)
            tally = scores.kinds[name]
            tally.hits += len(pairs)
            tally.missed += len(missed)
            tally.spurious += len(spurious)
            scores.errors += [(gold["id"], name, "missed", fact) for fact in missed]
            scores.errors += [(gold["id"], name, "spurious", fact) for fact in spurious]
            if name == "figures":
                for fact, hit in pairs:
                    _add(scores, "comparator", fact["comparator"] == hit.get("comparator"))
        for name, right, wanted_value, found_value in _fields(gold, got):
            _add(scores, name, right)
            if not right:
                scores.errors.append((gold["id"], name, "wrong", {"gold": wanted_value, "got": found_value}))
    return scores


def _add(scores: Scores, name: str, right: bool) -> None:
    so_far, asked = scores.fields[name]
    scores.fields[name] = so_far + right, asked + 1


def read_gold(folder: Path) -> list[Fact]:
    """The gold articles of a folder, one JSON file each; InputError names a file that is none."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise InputError(str(folder), "no_gold", "no gold here: expected one .json file an article")
    golds = []
    for file in files:
        try:
            gold = json.loads(file.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise InputError(str(file), "json", f"not a gold file: {error}") from error
        lacking = {"id", "events", *(kind.source for kind in _KINDS.values())} - set(gold)
        if lacking:
            raise InputError(str(file), "gold", f"gold lacks {', '.join(sorted(lacking))}")
        golds.append(gold)
    return golds


def by_name(records: Iterable[Fact]) -> dict[str, Fact]:
    """Records of ``extract`` by file and by id, as :func:`score` looks them up."""
    named: dict[str, Fact] = {}
    for record in records:
        for key in ("file", "id"):
            if record.get(key):
                named[Path(str(record[key])).name] = record
    return named
