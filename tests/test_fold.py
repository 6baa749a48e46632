"""Folding keeps lengths, so that what is found in a folded text stands at the same place in the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.fold import match_form, search_form


@given(st.text(max_size=200))
def test_folds_keep_length(text):
    assert len(match_form(text)) == len(search_form(text)) == len(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Uỷ ban HOÀ BÌNH", "ủy ban hòa bình"),
        ("Thuý khoẻ, quý tuỳ", "thúy khỏe, quý tùy"),
        ("hoàn toàn", "hoàn toàn"),
    ],
)
def test_tone_placement(written, folded):
    assert match_form(written) == folded


def test_search_form_takes_the_bar_off_d():
    assert search_form("Công đoàn Điện lực") == "cong doan dien luc"
