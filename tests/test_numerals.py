"""Numbers in digits and words: what every written form of an amount must give."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.numerals import NUMBER_WORDS, parse_digits, parse_number

WORDS = re.compile(NUMBER_WORDS)
DIGIT = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ((10**12, "nghìn tỷ"), (10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"))


def spell_ones(n, after_ten):
    if after_ten > 1 and n == 1:
        return "mốt"
    return "lăm" if after_ten and n == 5 else DIGIT[n]


def spell_group(n, full):
    """Up to 999; ``full`` spells the missing hundreds too, as the lower part of a larger number does."""
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    words = [DIGIT[hundreds], "trăm"] if hundreds or full else []
    if tens:
        words += ["mười"] if tens == 1 else [DIGIT[tens], "mươi"]
    elif ones and words:
        words.append("linh")
    if ones:
        words.append(spell_ones(ones, tens))
    return " ".join(words)


def spell(n):
    words = []
    for scale, name in SCALES:
        part, n = divmod(n, scale)
        if part:
            words.append(f"{spell_group(part, bool(words))} {name}")
    if n:
        words.append(spell_group(n, bool(words)))
    return " ".join(words)


amounts = st.integers(1, 10**15 - 1)


@given(amounts)
def test_amount_in_words(n):
    if n >= 10**12 and n % 10**12 // 10**9:
        n -= n % 10**12 // 10**9 * 10**9  # "hai nghìn ba trăm tỷ" has its own line below
    phrase = spell(n)
    assert parse_number(phrase) == n
    match = WORDS.match(phrase)
    assert match and match[0] == phrase


@given(amounts, st.sampled_from([".", ","]))
def test_grouped_digits(n, sign):
    written = f"{n:,}".replace(",", sign)
    assert parse_number(written, whole=True) == n


@given(amounts, st.integers(0, 99))
def test_decimals_in_both_conventions(n, cents):
    expected = Decimal(n) + Decimal(cents) / 100
    english = f"{n:,}.{cents:02d}"
    assert parse_number(english) == expected
    assert parse_number(english.translate(str.maketrans(".,", ",."))) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hai mươi lăm", 25),
        ("hai mươi nhăm", 25),
        ("hai mốt", 21),
        ("ba lăm", 35),
        ("hai chục", 20),
        ("mười", 10),
        ("một trăm tư", 104),
        ("ba trăm linh năm", 305),
        ("ba trăm lẻ năm", 305),
        ("hai trăm rưỡi", 250),
        ("một triệu rưỡi", 1_500_000),
        ("một triệu tư", 1_400_000),
        ("hai nghìn linh năm", 2005),
        ("hai nghìn ba trăm tỷ", 2300 * 10**9),
        ("ba mươi ngàn tỉ", 30 * 10**12),
        ("2 tỷ 350 triệu", 2_350_000_000),
        ("1,2 triệu tỷ", 12 * 10**14),
        ("85.6 triệu", 85_600_000),
        ("1,863 tỷ", 1_863_000_000),
        ("1 triệu rưỡi", 1_500_000),
        ("3 chục", 30),
        ("10k", 10_000),
        ("04", 4),
        ("HAI MƯƠI", 20),
    ],
)
def test_forms(text, value):
    assert parse_number(text) == value


def test_fraction():
    assert parse_number("hai phần ba") == Decimal(2) / Decimal(3)


@pytest.mark.parametrize(
    "text",
    ["", "và", "1.23.4", "1.234.56", "12.3.4,5", "ba hai một", "mươi", "tỷ", "linh năm", "một 2", "1,2,3", "phần ba"],
)
def test_no_number(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("hai mươi năm qua", "hai mươi"),
        ("hai nghìn năm văn hiến", "hai nghìn"),
        ("ba trăm năm trước", "ba trăm"),
        ("năm trăm năm mươi người", "năm trăm năm mươi"),
        ("ba trăm linh năm suất", "ba trăm linh năm"),
    ],
)
def test_years_stay_outside_the_number(text, matched):
    match = WORDS.match(text)
    assert match and match[0] == matched


@pytest.mark.parametrize("text", ["bao nhiêu", "haiz", "nămx"])
def test_no_number_words_inside_a_word(text):
    assert not WORDS.match(text)


@given(st.text())
def test_never_raises(text):
    parse_number(text)
    parse_digits(text)


@given(
    st.lists(
        st.sampled_from([*DIGIT, "mươi", "mười", "trăm", "nghìn", "triệu", "tỷ", "linh", "rưỡi", "phần", "12", "tư"])
    )
)
def test_any_mixture_of_number_words_is_read_or_refused(words):
    value = parse_number(" ".join(words))
    assert value is None or value >= 0
