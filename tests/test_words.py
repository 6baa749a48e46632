"""Words of articles, and the table of them."""

import pytest

import pipeline.run
from models.words import term_counts
from pipeline import engine
from pipeline.dataset.query import query
from pipeline.engine import RunOptions
from tests.small_language import language, line


def test_syllables_of_a_word_are_one_term_in_any_case():
    counts = term_counts(
        "Công đoàn trao quà.\nCác cấp công đoàn Việt Nam trao 120 suất quà, trị giá 300.000 đồng/suất!"
    )
    assert counts["công đoàn"] == 2
    assert counts["trao"] == 2
    assert "việt nam" in counts
    assert not [term for term in counts if not any(letter.isalpha() for letter in term)]


@pytest.mark.parametrize("text", ["", " \n\t", "...", "120 - 300.000", "\u200b\x00", "🎉" * 50])
def test_text_without_words_has_no_terms(text):
    assert term_counts(text) == {}


def test_the_table_is_filled_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)
    file = tmp_path / "news.jsonl"
    file.write_text(line(1) + "\n" + line(2) + "\n", encoding="utf-8")
    dataset = tmp_path / "dataset"
    engine.run([str(file)], dataset)
    assert query(dataset, "SELECT * FROM terms").num_rows == 0
    assert engine.run([str(file)], dataset, RunOptions(terms=True)).shards_done == 1
    found = query(dataset, "SELECT article_id, term, count FROM terms").to_pylist()
    texts = query(dataset, "SELECT article_id, text FROM articles").to_pylist()
    for row in texts:
        own = {one["term"]: one["count"] for one in found if one["article_id"] == row["article_id"]}
        assert own == term_counts(row["text"])
        assert own["công đoàn"] == 2
    assert engine.run([str(file)], dataset, RunOptions(terms=True)).shards_done == 0
