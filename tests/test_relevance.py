"""Relevance: what is about unions and labour, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.fold import match_form
from pipeline.relevance import THRESHOLD, relevance, score
from tests import relevance as corpus
from tests.shared import SHARED
from tests.small_language import language

ON_TOPIC = [
    "Sáng 5/3, LĐLĐ huyện Ba Tơ trao 40 suất quà.",
    "Chủ tịch Công đoàn Công ty May Sông Đà thăm 12 gia đình.",
    "Hơn 600 công nhân ngừng việc vì nợ lương, công ty hứa trả trước Tết.",
    "Người lao động đòi tăng lương tối thiểu, người sử dụng lao động chưa đồng ý.",
    "Nghiệp đoàn nghề cá xã An Hải ra mắt.",
]
OFF_TOPIC = [
    "Đội tuyển Việt Nam thắng 2-0, hàng nghìn CĐV xuống đường.",
    "Giá vàng chiều nay tăng 300.000 đồng mỗi lượng.",
    "Đoàn viên thanh niên xã An Hải dọn rác bãi biển.",
    "Ca sĩ kể về quãng đời lao động nghệ thuật.",
    "Sở Giáo dục công bố điểm chuẩn lớp 10.",
    "",
]


@pytest.mark.parametrize("text", ON_TOPIC)
def test_on_topic(text):
    assert score(match_form(text)) >= THRESHOLD


@pytest.mark.parametrize("text", OFF_TOPIC)
def test_off_topic(text):
    assert score(match_form(text)) < THRESHOLD


def test_spelling_and_headline():
    assert score(match_form("THOẢ ƯỚC LAO ĐỘNG TẬP THỂ")) == score(match_form("thỏa ước lao động tập thể"))
    assert score("công nhân", len("công nhân")) > score("công nhân")


def test_words_of_another_word_are_none():
    assert score("ban giao công đoànviên") == 0


@given(st.text())
def test_any_text_has_a_relevance(text):
    doc = language().make_doc(text)
    assert 0 <= relevance(doc) <= 1


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the press articles are not here")
def test_other_news_is_told_from_union_news():
    held_out = corpus.measure()[1]
    assert held_out["precision"] >= 0.97 and held_out["recall"] >= 0.97
