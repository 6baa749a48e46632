"""How the event classifier is trained, measured and written down. Deterministic: the same lines, the same weights.

scikit-learn is imported here alone; telling a type (:mod:`models.event_types`) does without.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.event_types import MANIFEST, ROOT, WEIGHTS, EventTypes, save, terms

CARD = ROOT / "README.md"
PICTURE = ROOT / "event_types_confusion.png"
FOLDS = 10
# Chosen by the cross-validated score among 1, 10, 40, 100.
_STRENGTH = 40.0
_BINS = 10

Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One line of the training data. ``group``: its frame; the lines of one frame resemble each other."""

    text: str
    zone: str
    label: str
    group: int


@dataclass(frozen=True)
class Measured:
    """Cross-validated: no frame is in both halves. n lines, K classes."""

    classes: tuple[str, ...]
    truth: npt.NDArray[np.intp]  # [n]
    scores: Table  # [n, K], not calibrated
    temperature: float

    def probabilities(self, temperature: float | None = None) -> Table:
        """[n, K]; with temperature 1 as they were before calibration."""
        scores = self.scores / (temperature or self.temperature)
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: Table = chances / chances.sum(axis=1, keepdims=True)
        return found

    def calibration_error(self, temperature: float | None = None) -> float:
        """Expected calibration error over ten bins (Guo et al. 2017)."""
        return sum(abs(told - right) * share for _, share, told, right in self.reliability(temperature))

    def reliability(self, temperature: float | None = None) -> list[tuple[str, float, float, float]]:
        """Bin, share of the lines in it, mean chance told, share that was right."""
        chances = self.probabilities(temperature)
        told, right = chances.max(axis=1), chances.argmax(axis=1) == self.truth
        bins = np.minimum((told * _BINS).astype(int), _BINS - 1)
        return [
            (f"{number / _BINS:.1f}–{(number + 1) / _BINS:.1f}", float((bins == number).mean()),
             float(told[bins == number].mean()), float(right[bins == number].mean()))
            for number in range(_BINS) if (bins == number).any()
        ]  # fmt: skip


def read(path: Path, normalize: Callable[[str], str]) -> list[Line]:
    """The lines of a training file, their text normalized as the caller's texts will be."""
    found = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        found.append(Line(normalize(row["text"]), row["zone"], row["label"], row["group"]))
    return found


def fit(lines: Sequence[Line], temperature: float = 1.0) -> EventTypes:
    """The classifier that the lines give."""
    model = _model()
    model.fit([line.text for line in lines], [line.label for line in lines])
    vectorizer, regression = model[0], model[-1]
    return EventTypes(
        classes=tuple(map(str, regression.classes_)),
        vocabulary={term: int(number) for term, number in vectorizer.vocabulary_.items()},
        idf=vectorizer.idf_.astype(np.float32),
        weights=np.ascontiguousarray(regression.coef_.T, dtype=np.float32),
        intercept=regression.intercept_.astype(np.float32),
        temperature=temperature,
    )


def measure(lines: Sequence[Line], folds: int = FOLDS) -> Measured:
    """Cross-validate by group, and find the temperature that makes the scores honest."""
    from scipy.optimize import minimize_scalar
    from sklearn.model_selection import GroupKFold, cross_val_predict

    labels = [line.label for line in lines]
    classes = tuple(sorted(set(labels)))
    truth = np.array([classes.index(label) for label in labels])
    scores = cross_val_predict(
        _model(), [line.text for line in lines], labels, groups=[line.group for line in lines],
        cv=GroupKFold(folds), method="decision_function",
    )  # fmt: skip

    def loss(temperature: float) -> float:
        chances = Measured(classes, truth, scores, temperature).probabilities()
        return float(-np.log(chances[np.arange(len(truth)), truth] + 1e-12).mean())

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    return Measured(classes, truth, scores, round(float(best.x), 3))


def _model() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(analyzer=terms, sublinear_tf=True), LogisticRegression(C=_STRENGTH, max_iter=1000)
    )


# --- what is written down --------------------------------------------------------------------------------------------


def write(model: EventTypes, measured: Measured, data: Path) -> dict[str, str]:
    """Weights, manifest, picture and the tables of the model card; the manifest's row."""
    digest = save(model, WEIGHTS)
    report = scores_by_class(measured)
    row = {
        "file": WEIGHTS.name,
        "sha256": digest,
        "bytes": str(WEIGHTS.stat().st_size),
        "data": data.name,
        "data_sha256": sha256(data.read_bytes()).hexdigest(),
        "lines": str(len(measured.truth)),
        "library": f"scikit-learn {version('scikit-learn')}",
        "accuracy": f"{report['accuracy']:.3f}",
        "macro_f1": f"{report['macro avg']['f1-score']:.3f}",
    }
    with MANIFEST.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)
    draw(measured, PICTURE)
    text = CARD.read_text(encoding="utf-8")
    begin, end = "<!-- tables -->\n", "<!-- end of tables -->"
    before, _, rest = text.partition(begin)
    CARD.write_text(before + begin + tables(measured) + end + rest.partition(end)[2], encoding="utf-8")
    return row


def scores_by_class(measured: Measured) -> dict[str, Any]:
    """scikit-learn's classification report of the cross-validated labels."""
    from sklearn.metrics import classification_report

    found: dict[str, Any] = classification_report(
        measured.truth, measured.scores.argmax(axis=1), target_names=measured.classes, output_dict=True, zero_division=0
    )
    return found


def tables(measured: Measured) -> str:
    """The model card's tables: scores a type, calibration."""
    report = scores_by_class(measured)
    lines = ["| type | precision | recall | F1 | lines |", "|---|---|---|---|---|"]
    for name in (*measured.classes, "macro avg"):
        row = report[name]
        numbers = " | ".join(f"{row[key]:.2f}" for key in ("precision", "recall", "f1-score"))
        lines.append(f"| {name} | {numbers} | {row['support']:.0f} |")
    lines += [
        "", f"Accuracy {report['accuracy']:.3f}. Expected calibration error {measured.calibration_error(1.0):.3f} "
        f"before and {measured.calibration_error():.3f} after dividing the scores by {measured.temperature}.", "",
        "| chance told | share of lines | mean chance | right |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {name} | {a:.2f} | {b:.2f} | {c:.2f} |" for name, a, b, c in measured.reliability()]
    return "\n".join(lines) + "\n"


def draw(measured: Measured, path: Path) -> None:
    """The confusion matrix as a picture: rows what it was, columns what was told."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from sklearn.metrics import ConfusionMatrixDisplay

    figure, axes = pyplot.subplots(figsize=(9, 8))
    ConfusionMatrixDisplay.from_predictions(
        measured.truth, measured.scores.argmax(axis=1), display_labels=measured.classes,
        normalize="true", include_values=False, xticks_rotation="vertical", cmap="Blues", ax=axes,
    )  # fmt: skip
    axes.set(xlabel="told", ylabel="was", title="Event types, cross-validated by frame")
    figure.tight_layout()
    figure.savefig(path, dpi=80, metadata={"Software": None})
    pyplot.close(figure)
