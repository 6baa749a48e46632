"""Persons: names, what looks like one, later references."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from pipeline.normalize import person_names
from pipeline.normalize.person_names import Register


@cache
def nlp():
    return pipeline.load(exclude=("congdoan_dates", "congdoan_figures", "congdoan_events"))


def persons(text):
    doc = nlp()(text)
    return [span._.value.name for span in doc.spans["persons"]]


PIECES = st.sampled_from(
    [
        "ông ",
        "bà ",
        "Bà ",
        "Nguyễn ",
        "Thị ",
        "Hoa",
        "TRẦN ",
        "đường ",
        ", ",
        ".",
        "\n",
        "Chủ tịch ",
        "H'",
        "Y ",
        "(",
        "12 ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60))
def test_any_text_is_read_and_spans_are_exact(text):
    doc = nlp()(text)
    for kind in ("persons", "roles", "officials"):
        for span in doc.spans[kind]:
            assert text[span.start_char : span.end_char] == span.text
            assert span._.value is not None


def test_two_given_names_alike_are_left_open():
    register = Register()
    register.add("Phùng Gia Tuệ")
    register.add("Lê Minh Tuệ")
    assert register.full("Tuệ") is None
    assert register.full("Gia Tuệ") == "Phùng Gia Tuệ"


def test_the_first_spelling_of_a_name_is_kept():
    register = Register()
    assert register.add("Đặng Thị Thuý") == "Đặng Thị Thuý"
    assert register.add("Đặng Thị Thúy") == "Đặng Thị Thuý"


@pytest.mark.parametrize(
    ("word", "vietnamese"),
    [
        ("Quỳnh", True),
        ("Nghiêm", True),
        ("Thuỷ", True),
        ("Powley", False),
        ("Kenji", False),
        ("Sung", True),
        ("Niê", True),
    ],
)
def test_syllables(word, vietnamese):
    assert person_names.is_vietnamese_syllable(word) is vietnamese


def test_capitals_become_title_case():
    assert person_names.in_title_case("TRẦN THỊ LAN") == "Trần Thị Lan"
    assert person_names.in_title_case("Y Bhiu") == "Y Bhiu"


def test_family_name_rows_are_unique():
    names = [row.lower() for row in person_names.family_names()]
    assert len(names) == len(set(names))
    assert {"Nguyễn", "Thạch", "Danh", "Kim", "Sơn", "Niê", "Mlô", "Rơ Châm", "Y", "H'", "K'"} <= set(
        person_names.family_names()
    )


def test_a_name_does_not_cross_a_line():
    assert persons("bà Nguyễn\nThị Hoa") == []
