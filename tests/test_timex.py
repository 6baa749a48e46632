"""Expressions of time: every written form of every day, any text at all, and a corpus line for each rule."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize import calendar
from pipeline.normalize.calendar import Point
from pipeline.normalize.timex import find
from pipeline.resources import rows

CORPUS = Path(__file__).parent / "corpus" / "dates"
LINES = [
    json.loads(line)
    for file in sorted(CORPUS.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
RULES = {row["rule"] for row in rows("lexicons/date_rules.csv")}
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
FULL_FORMS = (
    "Ngày {d}/{m}/{y}",
    "ngày {d:02}/{m:02}/{y}",
    "ngày {d}-{m}-{y}",
    "ngày {d}.{m}.{y}",
    "ngày {d} tháng {m} năm {y}",
    "Ngày {d:02} tháng {m:02} năm {y}",
    "({d}/{m}/{y})",
    "từ {d}/{m}/{y}",
    "ngày {d} / {m} / {y}",
    "ngày {d}/{m} năm {y}",
)
PARTS = {"Sáng": "TMO", "trưa": "TMI", "Chiều ngày": "TAF", "tối": "TEV", "Đêm": "TNI"}
# Whatever dates are made of, in any order and amount.
WORDS_OF_TIME = (
    "ngày tháng năm quý tuần hôm nay qua mùng tết từ đến và - – / . , ( ) “ ” 1 2 12 31 2020 2099 8h đầu cuối mỗi "
    "hằng một hai mươi nửa thế kỷ cùng thứ sáng chiều sẽ İ ẞ"
)
SHARDS = st.lists(st.sampled_from([*WORDS_OF_TIME.split(), "\n"]), max_size=30)


def values(text, published=None):
    return [timex.value.value for timex in find(text, published)]


@given(DAYS, st.sampled_from(FULL_FORMS))
def test_any_day_in_any_full_form(day, form):
    text = form.format(d=day.day, m=day.month, y=day.year)
    [found] = find(f"{text}, hội nghị họp.")
    assert found.value.value == day.isoformat()
    assert found.value.date_from == found.value.date_to == day
    assert not found.value.flags


@given(DAYS, st.sampled_from(sorted(PARTS)), st.sampled_from("/-."))
def test_any_day_with_a_part_of_day_takes_the_year_of_its_publication(day, part, sign):
    [found] = find(f"{part} {day.day}{sign}{day.month}, hội nghị họp.", day + timedelta(days=1))
    assert found.value.value == day.isoformat() + PARTS[part]
    assert found.value.type == "TIME"
    assert found.value.anchor_date == day + timedelta(days=1)
    assert found.value.flags == ("inferred_year",)


@given(DAYS, st.integers(0, 23), st.integers(0, 59))
def test_any_clock_time_with_its_day(day, hour, minute):
    found = values(f"Lúc {hour} giờ {minute:02} ngày {day.day}/{day.month}/{day.year}")
    assert found == [f"{day.isoformat()}T{hour:02}:{minute:02}"]


@given(DAYS, st.integers(1, 400))
def test_any_range_is_one_expression(first, length):
    last = first + timedelta(days=length)
    one, two = (f"{day.day}/{day.month}/{day.year}" for day in (first, last))
    [found] = find(f"Từ ngày {one} đến ngày {two}, quầy mở cửa.")
    assert found.value.value == f"{first.isoformat()}/{last.isoformat()}"
    assert (found.value.date_from, found.value.date_to) == (first, last)


@given(st.integers(1990, 2060), st.integers(1, 12))
def test_any_month_in_any_form(year, month):
    for form in ("tháng {m}/{y}", "tháng {m:02}-{y}", "tháng {m} năm {y}", "T{m}/{y}", "đầu tháng {m}/{y}"):
        assert values(form.format(m=month, y=year)) == [f"{year}-{month:02}"]


@given(st.integers(1950, 2060), st.integers(1, 9))
def test_any_term(year, length):
    for form in ("nhiệm kỳ {a}-{b}", "Nhiệm kỳ {a} – {b}", "giai đoạn {a}–{b}", "từ năm {a} đến năm {b}"):
        assert values(form.format(a=year, b=year + length)) == [f"{year}/{year + length}"]


@given(st.text())
def test_any_text_is_read_and_spans_lie_inside_it(text):
    for timex in find(text, date(2022, 8, 10)):
        assert 0 <= timex.start < timex.end <= len(text)


@given(SHARDS)
def test_any_mixture_of_the_words_of_time_is_read_and_values_are_whole(words):
    text = " ".join(words)
    for published in (None, date(2024, 2, 29)):
        for timex in find(text, published):
            assert 0 <= timex.start < timex.end <= len(text)
            assert timex.value.value
            assert (timex.value.date_from is None) == (timex.value.date_to is None)
            assert timex.value.date_from is None or timex.value.date_from <= timex.value.date_to


@given(st.sampled_from((date.min, date.max, date(1, 12, 31), date(9999, 1, 1))), SHARDS)
def test_the_ends_of_the_calendar_raise_nothing(published, words):
    find(" ".join(words) + " hôm qua, tuần tới, tháng sau, năm tới, quý trước, sáng mai", published)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_has_corpus_lines_of_both_kinds(rule):
    assert any(line.get("rule") == rule for line in LINES), "no negative line names this rule"
    day = date(2022, 8, 10)
    fired = {timex.rule for line in LINES if line["expected"] for timex in find(line["text"], day)}
    assert rule in fired, "no positive line is read by this rule"


def test_the_example_of_each_rule_is_a_date_somewhere():
    for row in rows("lexicons/date_rules.csv"):
        assert find(f"Ngày 5/8, từ {row['example']}", date(2022, 8, 10)), row


@pytest.mark.parametrize(
    ("point", "value", "first", "last"),
    [
        (Point(2024, 2), "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (Point(2022, span="H2"), "2022-H2", date(2022, 7, 1), date(2022, 12, 31)),
        (Point(2022, span="Q1"), "2022-Q1", date(2022, 1, 1), date(2022, 3, 31)),
        (Point(2020, span="W53"), "2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        (Point(1990, span="D"), "199", date(1990, 1, 1), date(1999, 12, 31)),
        (Point(2000, span="C"), "19", date(1901, 1, 1), date(2000, 12, 31)),
        (Point(2023, span="M10-12"), "2023-10/2023-12", date(2023, 10, 1), date(2023, 12, 31)),
    ],
)
def test_points_of_the_calendar(point, value, first, last):
    assert calendar.value(point) == value
    assert calendar.bounds(point) == (first, last)
