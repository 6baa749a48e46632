"""What a title or a sentence tells: one of the event types, or nothing that happened. Learned; text in, chances out.

A multinomial logistic regression over word n-grams, written down as plain arrays: loading needs no pickle and telling
a type neither scikit-learn nor more than a sum of rows. :mod:`models.event_training` makes the weights,
``models/README.md`` is the model card.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).parent
WEIGHTS = ROOT / "weights" / "event_types.npz"
MANIFEST = ROOT / "MANIFEST.csv"
# No happening of its own: an aim, a duty, a number, an opinion.
NONE = "none"

Floats = npt.NDArray[np.float32]

_NUMBER = re.compile(r"\d[\d.,/-]*")
_WORD = re.compile(r"[^\W_]+|[?“”]")


class WeightsRefused(ValueError):
    """A weight file that is missing, that the manifest does not know, or that was changed after it was written."""


def terms(text: str) -> list[str]:
    """The words of a text and its pairs of neighbouring words; every number is the same word."""
    words = _WORD.findall(_NUMBER.sub("0", text.lower()))
    return words + [f"{first} {second}" for first, second in pairwise(words)]


@dataclass(frozen=True)
class EventTypes:
    """The classifier. V terms, K classes: the event types and :data:`NONE`, in alphabetical order."""

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Floats  # [V]
    weights: Floats  # [V, K]
    intercept: Floats  # [K]
    temperature: float  # what the scores are divided by, so that a chance of 0.8 is right in 8 cases of 10

    def scores(self, text: str) -> Floats:
        """[K] log-odds up to a constant, not yet calibrated."""
        known = Counter(map(self.vocabulary.get, terms(text)))
        known.pop(None, None)
        if not known:
            return self.intercept
        rows = np.array(list(known), dtype=np.intp)
        counts = np.array([1 + log(count) if count > 1 else 1.0 for count in known.values()], dtype=np.float32)
        values = counts * self.idf[rows]
        values /= np.sqrt(values @ values)
        return np.asarray(values @ self.weights[rows] + self.intercept, dtype=np.float32)

    def probabilities(self, text: str) -> dict[str, float]:
        """Class → calibrated probability. ``text``: lower case or not, tone marks placed as in the training data."""
        scores = self.scores(text) / self.temperature
        chances = np.exp(scores - scores.max())
        return dict(zip(self.classes, (chances / chances.sum()).tolist(), strict=True))


def save(model: EventTypes, path: Path = WEIGHTS) -> str:
    """Write the arrays, the same bytes for the same model; return their sha256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = "\n".join(sorted(model.vocabulary, key=model.vocabulary.__getitem__))
    np.savez_compressed(
        path,
        allow_pickle=False,
        classes=np.frombuffer("\n".join(model.classes).encode(), dtype=np.uint8),
        vocabulary=np.frombuffer(words.encode(), dtype=np.uint8),
        idf=model.idf,
        weights=model.weights.astype(np.float16),
        intercept=model.intercept,
        temperature=np.array([model.temperature], dtype=np.float32),
    )
    return sha256(path.read_bytes()).hexdigest()


@cache
def load(path: Path = WEIGHTS, manifest: Path = MANIFEST) -> EventTypes:
    """The classifier that ``path`` holds. Raises :class:`WeightsRefused` unless the manifest names its sha256."""
    if not path.is_file():
        raise WeightsRefused(f"{path}: no weight file; `congdoan train` writes it")
    expected = _known_hash(path.name, manifest)
    found = sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise WeightsRefused(
            f"{path}: sha256 is {found[:12]}…, {manifest.name} says {expected[:12]}…: the file was changed; "
            "take it from the repository again, or run `congdoan train`"
        )
    with np.load(path, allow_pickle=False) as arrays:
        words = arrays["vocabulary"].tobytes().decode().split("\n")
        return EventTypes(
            classes=tuple(arrays["classes"].tobytes().decode().split("\n")),
            vocabulary={word: number for number, word in enumerate(words)},
            idf=arrays["idf"],
            weights=arrays["weights"].astype(np.float32),
            intercept=arrays["intercept"],
            temperature=float(arrays["temperature"][0]),
        )


def _known_hash(name: str, manifest: Path) -> str:
    lines: Iterable[dict[str, str]] = ()
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
    for line in lines:
        if line["file"] == name:
            return line["sha256"]
    raise WeightsRefused(f"{manifest}: no row for {name}; `congdoan train` writes it")
