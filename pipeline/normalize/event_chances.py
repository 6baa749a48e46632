"""What the classifier makes of an article: how likely title, lead and single sentences are to tell each type of event.

Pure: a :class:`~pipeline.normalize.event_reading.Reading` in, chances and hits out.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.event_types import NONE, EventTypes
from pipeline.normalize.event_reading import Reading
from pipeline.normalize.triggers import Hit

# The title says what is reported, the lead what happened.
_TITLE = 0.4
# Nothing that happened is of type other, but less surely so than what sounds like it.
_OTHER = 0.85
# So much of a title or a sentence is read.
_LONGEST = 400
# What is shorter is a dateline or a heading, no lead.
_SENTENCE = 30
# So sure the classifier alone must be of a sentence that tells another event.
_SURE = 0.6


def article_chances(model: EventTypes, reading: Reading, title: tuple[int, int] | None) -> dict[str, float]:
    """Type → chance, of title and first sentence together; what tells nothing that happened is of type other."""
    lead = next((bounds for number, bounds in enumerate(reading.bounds) if _is_told(reading, number)), None)
    chances = dict.fromkeys(model.classes, 0.0)
    told = [(weight, bounds) for weight, bounds in ((_TITLE, title), (1 - _TITLE, lead)) if bounds]
    for weight, bounds in told:
        for kind, chance in _chances(model, reading, bounds).items():
            chances[kind] += chance * weight / sum(weight for weight, _ in told)
    chances["other"] += _OTHER * chances.pop(NONE)
    return chances


def ask(model: EventTypes, reading: Reading, main: Hit) -> None:
    """Let the classifier say what it finds in the sentences of doubtful triggers."""
    told: dict[int, Mapping[str, float]] = {}
    for hit in reading.hits:
        if hit is not main and hit.doubtful:
            if hit.sentence not in told:
                told[hit.sentence] = _chances(model, reading, reading.bounds[hit.sentence])
            hit.chance = told[hit.sentence][hit.type]


def sentences_as_hits(model: EventTypes, reading: Reading, main: str, row: int) -> list[Hit]:
    """The classifier alone: the first sentence tells the main event, others what they surely tell."""
    hits = []
    for number, (start, end) in enumerate(reading.bounds):
        chances = _chances(model, reading, (start, end))
        kind = max(chances, key=chances.__getitem__) if number else main
        if not number or (kind not in (NONE, "other", main) and chances[kind] >= _SURE):
            words = reading.form[start:end]
            hits.append(Hit(start, end, row, kind, 5.0, True, words, number, 0, "body", 0.1 if number else 1.0))
    return hits


def _is_told(reading: Reading, number: int) -> bool:
    start, end = reading.bounds[number]
    return reading.zones[number] not in ("title", "caption") and end - start > _SENTENCE


def _chances(model: EventTypes, reading: Reading, bounds: tuple[int, int]) -> dict[str, float]:
    start, end = bounds
    return model.probabilities(reading.form[start : min(end, start + _LONGEST)])
