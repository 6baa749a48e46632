"""The event classifier: what it tells, how its weights are kept, and that training gives the same again."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import event_training, event_types
from models.event_types import NONE, EventTypes, WeightsRefused, load, save, terms
from pipeline.normalize.fold import match_form
from pipeline.resources import DATA, rows

LINES = DATA / "training" / "events.jsonl"


@pytest.fixture(scope="module")
def training():
    return [json.loads(line) for line in LINES.read_text(encoding="utf-8").splitlines()]


VERBS = (
    ("award", "tuyên dương"), ("welfare", "tặng quà"), (NONE, "cần"),
    ("award", "vinh danh"), ("welfare", "thăm hỏi"), (NONE, "phấn đấu"),
)  # fmt: skip


@pytest.fixture
def small():
    lines = [
        event_training.Line(f"{verb} {what}", "title", label, group)
        for group, (label, verb) in enumerate(VERBS)
        for what in ("công nhân", "đoàn viên", "thợ giỏi")
    ]
    return event_training.fit(lines)


# --- the training lines ----------------------------------------------------------------------------------------------


def test_the_lines_are_enough_of_every_type_and_hard_negatives(training):
    labels = [line["label"] for line in training]
    types = {row["type"] for row in rows("lexicons/event_triggers.csv")}
    assert len(training) >= 2000 and set(labels) == types | {NONE}
    assert all(labels.count(kind) >= 50 for kind in types)
    why = {line["why"] for line in training}
    assert {"aim", "duty", "occasion only", "the purpose of a fund", "statistics", "opinion"} <= why


def test_no_line_stands_twice_and_a_group_has_one_label(training):
    assert len({line["text"] for line in training}) == len(training)
    labels: dict[int, set[str]] = {}
    for line in training:
        labels.setdefault(line["group"], set()).add(line["label"])
    assert all(len(found) == 1 for found in labels.values()) and len(labels) >= 350


def test_the_frames_give_the_lines():
    found = subprocess.run(
        [sys.executable, "-c", _REWRITE, str(DATA / "training" / "write_events.py")],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert found.stdout.decode() == sha256(LINES.read_bytes()).hexdigest()


_REWRITE = """
import hashlib, json, runpy, sys
module = runpy.run_path(sys.argv[1])
text = "".join(json.dumps(line, ensure_ascii=False) + "\\n" for line in module["lines"]())
print(hashlib.sha256(text.encode()).hexdigest(), end="")
"""


# --- what it tells ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Công đoàn ngành Than tuyên dương 40 thợ lò tiêu biểu", "award"),
        ("Thủ tục hưởng trợ cấp khi nghỉ việc như thế nào?", "policy"),
        ("Gần 700 thợ may ở Tân Lạc đình công đòi trả lương tháng 9", "dispute"),
        ("Nhiệm vụ trọng tâm thời gian tới là đẩy mạnh phát triển đoàn viên", NONE),
        ("Bắt giam kế toán trưởng tham ô tiền của hợp tác xã", "other"),
        ("Nhân dịp kỷ niệm ngày thành lập ngành, công đoàn trao 30 suất quà cho thợ nghèo", "welfare"),
        ("Khai mạc hội thao thợ cầu đường", "culture_sport"),
    ],
)
def test_sentences_nobody_trained_on(text, expected):
    chances = load().probabilities(match_form(text))
    assert max(chances, key=chances.__getitem__) == expected


def test_a_quoted_aim_is_less_likely_an_event_than_the_event():
    told = load().probabilities("công đoàn vừa trao học bổng cho 20 con thợ mỏ")
    aim = load().probabilities("quỹ được lập ra để trao học bổng cho con thợ mỏ")
    assert told["welfare"] > aim["welfare"] and aim[NONE] > told[NONE]


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_any_text_has_chances_that_sum_to_one(text):
    chances = load().probabilities(text)
    assert set(chances) == set(load().classes)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-4) and min(chances.values()) >= 0


def test_numbers_are_one_word():
    assert terms("Tặng 1.200 suất") == terms("tặng 35 suất") == ["tặng", "0", "suất", "tặng 0", "0 suất"]


# --- the weight file -------------------------------------------------------------------------------------------------


def manifest(path, digest):
    path.write_text(f"file,sha256\nw.npz,{digest}\n", encoding="utf-8")
    return path


def test_what_is_saved_is_loaded(small, tmp_path):
    path = tmp_path / "w.npz"
    again = load(path, manifest(tmp_path / "m.csv", save(small, path)))
    assert again.classes == small.classes and again.vocabulary == small.vocabulary
    assert np.allclose(again.weights, small.weights, atol=1e-2)
    told = again.probabilities("tuyên dương thợ giỏi")
    assert max(told, key=told.__getitem__) == "award"


def test_a_changed_file_is_refused(small, tmp_path):
    path = tmp_path / "w.npz"
    known = manifest(tmp_path / "m.csv", save(small, path))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(WeightsRefused, match="the file was changed"):
        load(path, known)


def test_an_unknown_or_missing_file_is_refused(small, tmp_path):
    path = tmp_path / "w.npz"
    with pytest.raises(WeightsRefused, match="no weight file"):
        load(path, manifest(tmp_path / "m.csv", "0"))
    save(small, path)
    with pytest.raises(WeightsRefused, match="no row for w"):
        load(path, tmp_path / "none.csv")


def test_the_committed_file_is_small_and_holds_no_pickle():
    assert event_types.WEIGHTS.stat().st_size < 5_000_000
    with np.load(event_types.WEIGHTS, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_telling_a_type_needs_no_scikit_learn():
    code = "import sys; from models.event_types import load; load().scores('họp'); print('sklearn' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert found.stdout.strip() == b"False"


# --- training --------------------------------------------------------------------------------------------------------


def test_the_same_lines_give_the_same_bytes(training, tmp_path):
    lines = [event_training.Line(x["text"], x["zone"], x["label"], x["group"]) for x in training[::12]]
    assert save(event_training.fit(lines), tmp_path / "a.npz") == save(event_training.fit(lines), tmp_path / "b.npz")


def test_the_manifest_names_the_lines_that_stand_here():
    with event_types.MANIFEST.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["data_sha256"] == sha256(LINES.read_bytes()).hexdigest(), "run `congdoan train`"
    assert float(row["accuracy"]) >= 0.65 and float(row["macro_f1"]) >= 0.67


def test_a_frame_is_never_in_both_halves():
    # Each frame has words of its own: who has not seen the frame can only guess among three.
    lines = [
        event_training.Line(f"từ{group}", "title", "abc"[group % 3], group) for group in range(30) for _ in range(4)
    ]
    measured = event_training.measure(lines, folds=5)
    assert (measured.scores.argmax(axis=1) == measured.truth).mean() < 0.5


def test_calibration_brings_chances_nearer_to_what_is_right():
    classes = ("a", "b")
    truth = np.array([0] * 60 + [1] * 40)
    scores = np.tile([4.0, 0.0], (100, 1))  # 98 % sure, right in 60 of 100
    measured = event_training.Measured(classes, truth, scores, temperature=10.0)
    assert measured.calibration_error() < 0.05 < 0.3 < measured.calibration_error(1.0)


def test_the_model_card_has_the_tables_of_these_weights():
    card = event_training.CARD.read_text(encoding="utf-8")
    with event_types.MANIFEST.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert f"Accuracy {row['accuracy']}" in card and event_training.PICTURE.name in card


def test_a_classifier_of_nothing_known_tells_the_intercept():
    model = EventTypes(("a", "b"), {"x": 0}, *(np.ones(s, dtype=np.float32) for s in ((1,), (1, 2), (2,))), 1.0)
    assert model.probabilities("nothing here") == {"a": 0.5, "b": 0.5}
