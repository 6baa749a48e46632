"""The twenty questions and the search, on the bundled sample."""

import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.dataset.query import query
from pipeline.dataset.questions import question, questions
from pipeline.dataset.search import search
from pipeline.errors import UsageError
from pipeline.normalize.fold import search_form

# The sample announces nothing that lies ahead.
_NOTHING_IN_THE_SAMPLE = {"Which events were announced for days after the article?"}


@pytest.fixture(scope="module")
def frames(sample_dataset):
    """A table by its name, as pandas has it."""
    return lambda name: query(sample_dataset, f"SELECT * FROM {name}").to_pandas()


def answer(dataset, text):
    (found,) = (one for one in questions() if text in one.text)
    return query(dataset, found.sql).to_pandas()


def test_there_are_twenty_and_each_is_a_question():
    assert len(questions()) == 20
    assert len({one.text for one in questions()}) == 20
    assert all(one.text.endswith("?") and one.sql for one in questions())


@pytest.mark.parametrize("one", questions(), ids=lambda one: str(one.number))
def test_each_is_answered_by_the_sample(sample_dataset, one):
    rows = query(sample_dataset, one.sql).num_rows
    assert (rows == 0) == (one.text in _NOTHING_IN_THE_SAMPLE)


def test_events_by_month_counts_each_dated_event_once(sample_dataset, frames):
    found = answer(sample_dataset, "does a month have")
    events = frames("events")
    assert found["events"].sum() == events["date_from"].notna().sum()
    months = pd.to_datetime(events["date_from"]).dt.strftime("%Y-%m").value_counts()
    assert found.groupby("month")["events"].sum().to_dict() == months.to_dict()


def test_chairs_are_the_tenures_of_chairs_of_unions(sample_dataset, frames):
    found = answer(sample_dataset, "Who chairs which union")
    joined = frames("tenures").merge(frames("organizations"), on="org_id")
    chairs = joined[(joined["role_id"] == "chair") & joined["org_type"].str.startswith("union")]
    assert len(found) == len(chairs)
    assert set(found["union_name"]) == set(chairs["name"])


def test_what_a_union_never_mentions_it_never_mentions(sample_dataset, frames):
    found = answer(sample_dataset, "never appear in").set_index("union_name")["never"]
    told = frames("organization_mentions").merge(frames("event_mentions"), on="article_id")
    names = frames("organizations").set_index("org_id")["name"]
    for union, types in told.groupby(told["org_id"].map(names))["type"].unique().items():
        assert not set(found.get(union, [])) & set(types)
    assert len(found) > 5


def test_unlinked_organizations_are_not_the_registrys(sample_dataset, frames):
    found = answer(sample_dataset, "does not know")
    joined = frames("organization_mentions").merge(frames("organizations"), on="org_id", suffixes=("", "_own"))
    assert found["mentions"].sum() == (joined["origin"] == "discovered").sum()


def test_gifts_per_head_have_their_unit(sample_dataset):
    found = answer(sample_dataset, "one gift worth")
    assert found["per"].notna().all()
    assert len(found) > 10


def test_examples_are_printed_with_their_sql_and_answered_by_number(sample_dataset):
    run = CliRunner()
    shown = run.invoke(app, ["query", "--examples"], catch_exceptions=False).output
    assert all(one.text in shown and one.sql in shown for one in questions())
    csv = run.invoke(app, ["query", "--example", "5", "--dataset", str(sample_dataset)], catch_exceptions=False).output
    assert csv.splitlines()[0] == "month,type,events"


@pytest.mark.parametrize("arguments", [[], ["SELECT 1", "--examples"], ["--search", "a", "--example", "1"]])
def test_one_thing_is_asked_at_a_time(arguments):
    with pytest.raises(UsageError, match="give one of"):
        CliRunner().invoke(app, ["query", *arguments], catch_exceptions=False)


def test_an_example_that_there_is_not():
    for number in (0, 21):
        with pytest.raises(UsageError, match="numbered 1 to 20"):
            question(number)


# --- search ---------------------------------------------------------------------------------------------------------


def names(dataset, text, kind, limit=50):
    return [row["name"] for row in search(dataset, text, limit).to_pylist() if row["kind"] == kind]


def test_words_are_found_without_marks(sample_dataset):
    for text in ("cong doan dau khi viet nam", "CÔNG ĐOÀN DẦU KHÍ VIỆT NAM", "cong  đoan dầu khi viet nam"):
        assert "Công đoàn Dầu khí Việt Nam" in names(sample_dataset, text, "organization")


def test_what_is_written_as_typed_comes_first(sample_dataset, frames):
    rows = search(sample_dataset, "đoàn viên", 100).to_pylist()
    texts = frames("articles").set_index("article_id")["text"].str.lower()
    typed = ["đoàn viên" in texts[row["id"]] for row in rows if row["kind"] == "article"]
    assert typed == sorted(typed, reverse=True)
    assert any(typed)


def test_the_snippet_shows_the_place(sample_dataset):
    rows = search(sample_dataset, "công nhân", 10).to_pylist()
    assert rows
    assert all("công nhân" in row["snippet"].lower() for row in rows)


def test_syllables_are_whole(sample_dataset):
    found = names(sample_dataset, "an", "organization")
    assert found
    assert all("an" in re.split(r"\W+", search_form(name)) for name in found)
    assert not search(sample_dataset, "cong doa", 5).num_rows


def test_nothing_to_search_for(sample_dataset):
    with pytest.raises(UsageError, match="give a word"):
        search(sample_dataset, " ?! ", 5)


def test_signs_of_patterns_are_words(sample_dataset):
    assert search(sample_dataset, "công.*nhân", 5).num_rows == 0
