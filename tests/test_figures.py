"""Figures in any text: amounts in every written form, dates kept apart, spans inside the text, linear time."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from pipeline import records
from pipeline.extractors.figures import Figures
from pipeline.normalize import plausibility
from pipeline.normalize.counted import read_noun_phrase
from pipeline.normalize.labels import label_before
from pipeline.normalize.money import currency
from pipeline.resources import rows
from pipeline.rows import fact_rows
from tests.test_numerals import spell

LEXICONS = (
    "units", "currencies", "comparators", "counted_nouns", "noun_phrase_stops",
    "number_labels", "number_words", "figure_status", "figure_bounds", "figure_agents", "figure_periods", "compounds",
    "counting_cues",
)  # fmt: skip


@pytest.fixture(scope="module")
def alone():
    """Figures without dates or organizations before it."""
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "congdoan.Tokenizer.v1"}}})
    component = Figures(nlp, "figures")

    def find(text):
        doc = component(nlp.make_doc(text))
        return list(doc.spans["figures"])

    return find


def values(spans):
    return [(s._.value.value, s._.value.unit) for s in spans]


def setup_module():
    pipeline.load(exclude=tuple(f"congdoan_{kind}" for kind in records.KINDS))


amounts = st.integers(1, 10**15 - 1)


@given(amounts, st.sampled_from(["{:,} đồng", "{:,}đ", "{:,} VND", "{:,} VNĐ", "{:,}đồng"]))
def test_written_out_amounts(alone, n, form):
    written = form.format(n).replace(",", ".")
    text = f"Công đoàn chi {written} cho công nhân."
    digits = written.split("đ")[0].split(" ")[0]
    expected = [] if "." not in digits and len(digits) > 7 else [(n, "VND")]
    assert values(alone(text)) == expected


@given(
    st.integers(1, 999),
    st.integers(0, 99),
    st.sampled_from([("nghìn", 10**3), ("ngàn", 10**3), ("triệu", 10**6), ("tỷ", 10**9), ("tỉ", 10**9)]),
    st.sampled_from([".", ","]),
)
def test_scaled_amounts_in_both_conventions(alone, whole, cents, scale, sign):
    text = f"Quỹ đã trao {whole}{sign}{cents:02d} {scale[0]} đồng."
    assert values(alone(text)) == [(round((whole * 100 + cents) * scale[1] / 100, 2), "VND")]


@given(amounts.filter(lambda n: n < 10**9), st.sampled_from([".", ","]))
def test_counts_are_whole(alone, n, sign):
    text = f"Tỉnh có {n:,} đoàn viên.".replace(",", sign)
    if n >= 1000:
        assert values(alone(text)) == [(n, "đoàn viên")]


@given(amounts.filter(lambda n: n >= 10))
def test_an_amount_in_words(alone, n):
    """Below ten "một" is an article and "năm" a year first; both have corpus lines."""
    if n >= 10**12:
        n -= n % 10**12 // 10**9 * 10**9  # "hai nghìn ba trăm tỷ" has its own line in test_numerals
    text = f"Quỹ đã chi {spell(n)} đồng."
    assert values(alone(text)) == [(float(n), "VND")]


@settings(max_examples=40)
@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(2, 999))
def test_dates_and_amounts_stay_apart(full, day, n):
    text = f"Ngày {day.day}/{day.month}/{day.year}, công đoàn trao {n} suất quà trị giá {n} triệu đồng."
    doc = full(text)
    assert values(doc.spans["figures"]) == [(n, "suất quà"), (n * 10**6, "VND")]


@pytest.fixture(scope="module")
def full():
    kinds = ("organizations", "persons", "roles", "officials", "events")
    return pipeline.load(exclude=tuple(f"congdoan_{kind}" for kind in kinds))


PIECES = ["1", "12.", "3,", "/", "-", " ", "triệu", "đồng", "%", "“", '"', "(năm)", "hai", "mươi", "hơn", "từ", "đến",
          "người", "lần thứ", "CNVC- LĐ", "mỗi", "m2", "\n", "một", "rưỡi", "gần chục", "ĐV, NLĐ", "20/11"]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join) | st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_is_read_and_spans_lie_inside(alone, text):
    for span in alone(text):
        assert 0 <= span.start_char < span.end_char <= len(text)
        assert text[span.start_char : span.end_char] == span.text
        assert span._.value.value >= 0


@given(st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_figures_do_not_overlap(alone, text):
    spans = sorted(alone(text), key=lambda s: s.start_char)
    assert all(a.end_char <= b.start_char for a, b in pairwise(spans))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1.",
        "1/",
        "1 ",
        "1-",
        "một ",
        "hai ",
        "hai mươi ",
        "hai nghìn ",
        "35, ",
        "khoản 1, ",
        "1 triệu ",
        "từ 1 đến ",
        "“1",
        "a ",
        "12 công nhân, ",
        "25%, ",
        "số công nhân là 1, ",
        "tổng số ",
        "sẽ ",
        "chương trình ",
    ],
)
def test_long_runs_are_read_in_linear_time(alone, piece):
    """A reader that looks to the end of the text from each number would take hours here; no clock is needed."""
    assert isinstance(alone((piece * 200_000)[:200_000]), list)


@pytest.fixture(scope="module")
def told():
    """Figures with dates and organizations before them."""
    return pipeline.load(exclude=tuple(f"congdoan_{kind}" for kind in ("persons", "roles", "officials", "events")))


@settings(max_examples=30)
@given(st.integers(2, 999), st.sampled_from(["trao", "đã tặng", "sẽ trao tặng", "vừa hỗ trợ", "cũng đã trao"]))
def test_who_gives_is_the_subject_of_the_verb(told, n, verb):
    doc = told(f"Liên đoàn Lao động tỉnh Lâm Đồng {verb} {n} suất quà cho đoàn viên.")
    (figure,) = doc.spans["figures"]
    assert figure._.value.who_org_id == "ldld-lam-dong"
    assert figure._.value.who == "Liên đoàn Lao động tỉnh Lâm Đồng"


@settings(max_examples=30)
@given(st.integers(2000, 2030), st.integers(2, 999))
def test_the_year_that_opens_a_sentence_is_its_figures_period(full, year, n):
    doc = full(f"Năm {year}, công đoàn kết nạp {n} đoàn viên.")
    (figure,) = doc.spans["figures"]
    value = figure._.value
    assert (value.period_from, value.period_to) == (date(year, 1, 1), date(year, 12, 31))
    assert value.period_kind == "stated"


TOLD = [*PIECES, "Công đoàn Công ty Mây", "trao", "năm 2022", "tính đến", "ngày 5/3/2022", "sẽ", "số công nhân là",
        "tổng", "mỗi suất", "suất quà", "."]  # fmt: skip


@given(st.lists(st.sampled_from(TOLD)).map(" ".join))
@settings(max_examples=60)
def test_any_mixture_has_a_known_status_and_period(told, text):
    doc = told(text)
    for span in doc.spans["figures"]:
        value = span._.value
        assert value.status in ("actual", "target", "planned")
        assert (value.period_kind == "none") == (value.period_from is None and value.period_to is None)
        assert text[span.start_char : span.end_char] == span.text


def test_values_with_who_and_when_survive_serialization(told):
    doc = told("Năm 2022, Liên đoàn Lao động tỉnh Lâm Đồng trao 30 suất quà.")
    again = spacy.tokens.Doc(told.vocab).from_bytes(doc.to_bytes())
    assert again.spans["figures"][0]._.value == doc.spans["figures"][0]._.value


def test_rows_name_who_and_when(told):
    doc = told("Năm 2022, Công ty TNHH Mây Xanh tặng 30-40 suất quà, mỗi suất từ 1 triệu đến dưới 2 triệu đồng.")
    gifts, money = fact_rows(doc, "article", "run")["figures"]
    assert gifts["who_org_id"].startswith("x-cong-ty") and gifts["period_from"] == date(2022, 1, 1)
    assert (gifts["comparator"], gifts["comparator_max"]) == ("=", "=")
    assert (money["comparator"], money["comparator_max"]) == ("=", "<")


def test_dates_are_skipped(alone, full):
    text = "Sau 5 năm, ngày 20/11 có 12 đoàn viên."
    doc = full(text)
    assert [s.text for s in doc.spans["figures"]] == ["12 đoàn viên"]
    assert [s.text for s in alone(text)] == ["12 đoàn viên"]


def test_numbers_inside_an_organization_are_skipped():
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "congdoan.Tokenizer.v1"}}})
    doc = nlp.make_doc("Công ty Rồng 8 công nhân và 120 Chủ tịch Công đoàn cơ sở.")
    doc.spans["organizations"] = [doc.char_span(0, 14), doc.char_span(41, 56)]
    found = Figures(nlp, "figures")(doc)
    assert [s.text for s in found.spans["figures"]] == ["120 Chủ tịch Công đoàn cơ sở"]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("đoàn viên công đoàn có con nhỏ", "đoàn viên công đoàn"),
        ("cán bộ, giáo viên, nhân viên là nữ", "cán bộ, giáo viên, nhân viên"),
        ("đơn vị trực thuộc", "đơn vị"),
        ("Quán Sứ, Hà Nội", None),
        ("của tỉnh", None),
        ("năm qua", None),
        ("", None),
    ],
)
def test_noun_phrase(text, unit):
    phrase = read_noun_phrase(text, 0)
    assert (phrase.unit if phrase else None) == unit


@pytest.mark.parametrize(
    ("before", "role"),
    [("quận ", "label"), ("lần thứ ", "label"), ("trong số ", "count"), ("Q. ", "label"), ("có ", ""), ("", "")],
)
def test_label(before, role):
    assert label_before(before.lower() + "11", len(before)) == role


def test_bounds():
    assert not plausibility.is_implausible("money", "VND", 300 * 10**9, 300, 10**9)
    assert plausibility.is_implausible("age", "tuổi", 150, 150, None)
    assert plausibility.is_implausible_per_head(300 * 10**9, 12)
    assert not plausibility.is_implausible_per_head(36 * 10**6, 12)
    assert not plausibility.is_implausible_per_head(10, 0)


def test_currency():
    assert currency("đồng", "chí", scaled=True) == "VND"
    assert currency("bảng", "", scaled=False) is None
    assert currency("bảng", "", scaled=True) == "GBP"
    assert currency("xu", "", scaled=True) is None


@pytest.mark.parametrize("name", LEXICONS)
def test_rows_have_a_source_and_stand_once(name):
    table = rows(f"lexicons/{name}.csv")
    assert table and all(row["source"] for row in table)
    assert all(None not in row and None not in row.values() for row in table)
    keys = [tuple(row.values())[:-1] for row in table]
    assert len(keys) == len(set(keys))


def test_every_rule_has_a_line():
    folder = Path(__file__).parent / "corpus" / "figures"
    lines = [json.loads(line) for file in folder.glob("*.jsonl") for line in file.read_text("utf-8").splitlines()]
    claimed = {fact["rule"] for line in lines for fact in line["expected"] if "rule" in fact}
    source = (Path(pipeline.__file__).parent / "normalize" / "figures.py").read_text("utf-8")
    literal = set(re.findall(r'"(figure\.[a-z-]+)"', source))
    measured = {f"figure.{row['measure']}" for row in rows("lexicons/units.csv")}
    assert literal | measured <= claimed
    assert sum(not line["expected"] for line in lines) >= len(lines) / 3
