"""Expressions of time: every written form of every day, any text at all, and a corpus line for each rule."""

import json
import sys
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


@given(DAYS, st.integers(1, 31), st.sampled_from(("ngày {a} và {b}", "ngày {a}, {b}", "trong 2 ngày {a} và {b}")))
def test_any_two_days_of_one_month_are_two_days(day, other, form):
    a, b = sorted({day.day, other if other <= 28 else 28} | {1 if day.day > 1 else 2})[:2]
    expected = [day.replace(day=number).isoformat() for number in (a, b)]
    found = values(f"Họp {form.format(a=a, b=b)}/{day.month}/{day.year} tại Vinh.")
    assert [value for value in found if value[0] != "P"] == expected


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)), st.sampled_from("/-."))
def test_any_day_with_two_digits_of_the_year(day, sign):
    [found] = find(f"Ngày {day:%d}{sign}{day:%m}{sign}{day:%y}, hội nghị họp.")
    assert found.value.value == day.isoformat()


@given(DAYS)
def test_any_day_of_a_site_that_writes_the_month_first(day):
    text = f"Bản tin {day.month}/{day.day}/{day.year}: hội nghị họp."
    [found] = find(text, month_first=True)
    assert found.value.value == day.isoformat()
    [told] = find(f"Ngày {day.day}/{day.month}/{day.year}, hội nghị họp.", month_first=True)
    assert told.value.value == day.isoformat()


@given(DAYS, st.sampled_from(("Sáng nay ({d}/{m})", "Chiều qua, {d}-{m}", "Ngày mai {d}-{m}", "Thứ bảy, ngày {d}/{m}")))
def test_a_written_day_beside_a_relative_one_is_the_day(day, form):
    [found] = find(f"{form.format(d=day.day, m=day.month)}, hội nghị họp.", day + timedelta(days=1))
    assert found.value.value[:10] == day.isoformat()


AMOUNTS = (
    "{n} suất quà",
    "{n}.500.000 đồng",
    "{n},5 triệu đồng",
    "{n}%",
    "{n} - 99 triệu đồng",
    "{n} đoàn viên",
    "{n} lần",
    "tỷ lệ 1/{n}",
    "lần thứ {n}",
    "số {n}/QĐ-TLĐ",
    "hotline 0912.345.{n}",
)


@given(DAYS, st.integers(100, 999), st.lists(st.sampled_from(AMOUNTS), min_size=1, max_size=4), st.booleans())
def test_amounts_beside_a_day_are_no_dates(day, number, amounts, first):
    amount = ", ".join(form.format(n=number) for form in amounts)
    told = f"ngày {day.day}/{day.month}/{day.year}"
    text = f"Trao {amount} {told}." if first else f"Vào {told}, công đoàn trao {amount}."
    [found] = find(text)
    assert (found.value.value, text[found.start : found.end]) == (day.isoformat(), told)


@given(st.integers(1990, 2060), st.integers(1, 12))
def test_any_month_in_any_form(year, month):
    for form in ("tháng {m}/{y}", "tháng {m:02}-{y}", "tháng {m} năm {y}", "T{m}/{y}", "đầu tháng {m}/{y}"):
        assert values(form.format(m=month, y=year)) == [f"{year}-{month:02}"]


@given(st.integers(1950, 2060), st.integers(1, 9))
def test_any_term(year, length):
    for form in ("nhiệm kỳ {a}-{b}", "Nhiệm kỳ {a} – {b}", "giai đoạn {a}–{b}", "từ năm {a} đến năm {b}"):
        assert values(form.format(a=year, b=year + length)) == [f"{year}/{year + length}"]


@given(st.text(), st.booleans())
def test_any_text_is_read_and_spans_lie_inside_it(text, month_first):
    end = 0
    for timex in find(text, date(2022, 8, 10), month_first=month_first):
        assert end <= timex.start < timex.end <= len(text)
        end = timex.start


@given(st.lists(st.tuples(st.dates(date(2001, 1, 1), date(2040, 12, 31)), st.booleans()), min_size=1, max_size=6))
def test_years_of_a_text_without_publication_are_grounded_or_unknown(days):
    text = "\n".join(f"Ngày {d.day}/{d.month}{f'/{d.year}' if full else ''}, tổ họp." for d, full in days)
    written = {day.year for day, full in days if full}
    for timex, (day, full) in zip(find(text), days, strict=True):
        if full:
            assert timex.value.value == day.isoformat()
        elif timex.value.date_from is None:
            assert timex.value.value == f"XXXX-{day.month:02}-{day.day:02}" or (day.month, day.day) == (2, 29)
        else:
            assert "inferred_year" in timex.value.flags
            assert timex.value.anchor_date is not None
            assert any(abs(timex.value.date_from.year - year) <= 1 for year in written)


@pytest.mark.parametrize(
    "piece", ["1/1/", "1.1.", "1" * 10, "ngày      ", "từ 1 - ", "hai mươi ", "“ngày 5 ", "1/2/2020 "]
)
def test_long_runs_are_read_in_linear_time(piece):
    # Counted calls, no clock: what looks back over all that was read shows as more than twice the work.
    def work(length):
        calls = 0

        def count(frame, event, argument):
            nonlocal calls
            calls += event in ("call", "c_call")

        text = piece * (length // len(piece))
        sys.setprofile(count)
        try:
            find(text)
        finally:
            sys.setprofile(None)
        return calls

    work(1000)
    assert work(40_000) <= 2.2 * work(20_000) + 200


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
