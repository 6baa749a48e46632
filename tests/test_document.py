"""The Doc: lossless tokens, sentences, zones, values."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

import pipeline
from pipeline import document, records
from pipeline.document import Tokenizer
from pipeline.language import COMPONENTS
from pipeline.values import DateValue
from scrapers.page import Article, Block, Published, clean_text
from tests.shared import ROOT

VOCAB = spacy.blank("xx").vocab
UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(UNICODE)
def test_tokenizer_round_trips_any_text(text):
    doc = Tokenizer(VOCAB)(text)
    assert doc.text == text
    assert document.token_starts(doc) == [token.idx for token in doc]


@given(st.text(max_size=200))
def test_clean_text_is_idempotent_and_encodes(text):
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("Công ty G&amp;H", "Công ty G&H"),
        ("&amp;quot;Mái ấm&amp;quot;", '"Mái ấm"'),
        ("R&D; AT&T", "R&D; AT&T"),
        ("a&nbsp;b&#8211;c", "a b–c"),
    ],
)
def test_left_over_entities(written, clean):
    assert clean_text(written) == clean


@given(UNICODE)
def test_the_whole_pipeline_never_raises_and_stays_in_the_text(text):
    doc = nlp()(text)
    assert doc.text == text
    for group in records.KINDS:
        for span in doc.spans[group]:
            assert text[span.start_char : span.end_char] == span.text != ""
            assert span._.value is not None


def nlp(cache=[]):  # noqa: B006 - one pipeline for all of Hypothesis's examples
    if not cache:
        cache.append(pipeline.load())
    return cache[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đ/c. Lê Thị Mận phát biểu. Hội nghị kết thúc.", ["Đ/c. Lê Thị Mận phát biểu.", "Hội nghị kết thúc."]),
        ("Họp tại TP. Vinh. Có 1.458 người dự.", ["Họp tại TP. Vinh.", "Có 1.458 người dự."]),
        ("Ông H. A. Khoa nói. Bà cười.", ["Ông H. A. Khoa nói.", "Bà cười."]),
        ("Tiền được góp.Ông Lê Văn Sung trao quà.", ["Tiền được góp.", "Ông Lê Văn Sung trao quà."]),
        ("Ở TP.Quy Nhơn, có 85.6 triệu đồng.", ["Ở TP.Quy Nhơn, có 85.6 triệu đồng."]),
        ("Ông hỏi: “Đã đủ chưa?” Mọi người đáp: đủ.", ["Ông hỏi: “Đã đủ chưa?”", "Mọi người đáp: đủ."]),
        ("Dòng một\nDòng hai", ["Dòng một", "Dòng hai"]),
        ("1. Công tác tổ chức. 2. Công tác tuyên truyền.", ["1. Công tác tổ chức.", "2. Công tác tuyên truyền."]),
    ],
)
def test_sentences(text, expected):
    doc = nlp()(text)
    assert [text[start:end] for start, end in document.sentences(doc)] == expected
    assert [sentence.text.strip() for sentence in doc.sents] == expected


def test_sentence_at():
    text = "Một. Hai. Ba."
    doc = nlp()(text)
    assert [document.sentence_at(doc, text.index(word)) for word in ("Một", "Hai", "Ba")] == [0, 1, 2]


def test_build_lays_out_zones_and_metadata():
    article = Article(
        "ref",
        "file",
        (Block("lead", "Mở đầu."), Block("caption", "Toàn cảnh"), Block("body", "Thân bài.")),
        title="Nhan đề",
        published=Published(datetime(2022, 8, 10, 9, 30), "site", "10/08/2022 09:30", has_time=True),
    )
    doc = document.build(nlp(), article)
    assert doc.text == "Nhan đề\nMở đầu.\nToàn cảnh\nThân bài."
    assert [(span.label_, span.text) for span in doc.spans["zones"]] == [
        ("title", "Nhan đề"),
        ("lead", "Mở đầu."),
        ("caption", "Toàn cảnh"),
        ("body", "Thân bài."),
    ]
    assert document.zone_at(doc, doc.text.index("Toàn")) == "caption"
    assert document.published(doc) == datetime(2022, 8, 10).date()


def test_two_facts_on_the_same_characters_keep_their_values():
    doc = Tokenizer(VOCAB)("Sáng 15.12 họp")
    first = document.annotate(doc, 0, 10, label="DATE", rule="a", value=DateValue("DATE", "2020-12-15"))
    second = document.annotate(doc, 0, 10, label="DATE", rule="a", value=DateValue("DATE", "2021-12-15"))
    assert (first._.value.value, second._.value.value) == ("2020-12-15", "2021-12-15")
    assert second.id_ == "a#2"


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_outsiders_pipeline_can_take_each_component(name):
    """In a fresh process that has not imported us: the entry points alone must do."""
    code = f"import spacy; nlp = spacy.blank('xx'); nlp.add_pipe({name!r}); nlp('Sáng 14/7/2022, bà Mận họp.')"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT / "tests")


def test_a_saved_pipeline_loads_again(tmp_path):
    nlp().to_disk(tmp_path / "saved")
    code = f"import spacy; print(len(spacy.load({str(tmp_path / 'saved')!r})('Ngày 14/7/2022 họp.').spans['dates']))"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT / "tests", capture_output=True, text=True)
    assert done.stdout.strip() == "1"


def test_docs_carry_their_values_through_bytes():
    text = "Ngày 14/7/2022, bà Lê Thị Mận, Chủ tịch Công đoàn Y tế Việt Nam, trao 20 suất quà trị giá 10 triệu đồng."
    doc = nlp()(text)
    again = Doc(doc.vocab).from_bytes(doc.to_bytes())
    for group in records.KINDS:
        assert [span._.value for span in again.spans[group]] == [span._.value for span in doc.spans[group]]
