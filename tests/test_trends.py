"""What the notebooks compute."""

import math

import pandas as pd
import pytest

from pipeline.errors import DatasetError
from pipeline.trends import SECTORS, Tables, counts_by_month, keyness, pairs_in_common, seasonality, typical_of_years


def test_the_dataset_comes_from_the_environment_or_from_here(sample_dataset, monkeypatch, tmp_path):
    monkeypatch.setenv("CONGDOAN_DATASET", str(sample_dataset))
    assert Tables().ask("SELECT count(*) AS n FROM articles")["n"][0] > 0
    monkeypatch.delenv("CONGDOAN_DATASET")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match="make run"):
        Tables()


def test_days_are_timestamps(sample_dataset):
    frame = Tables(sample_dataset).ask(
        "SELECT date_from, published_date FROM event_mentions JOIN articles USING (article_id)"
    )
    assert all(str(kind).startswith("datetime64") for kind in frame.dtypes)


def test_an_organization_belongs_to_the_sector_above_it(sample_dataset):
    sectors = Tables(sample_dataset).ask(SECTORS).set_index("org_id")["sector"]
    assert sectors["cd-dau-khi"] == "Công đoàn Dầu khí Việt Nam"
    assert sectors.index.is_unique
    assert len(sectors) > sectors.nunique()


def test_months_without_events_are_zero_and_undated_ones_are_left_out():
    events = pd.DataFrame({"day": ["2021-01-05", "2021-04-30", "2021-04-01", None], "type": ["a", "b", "b", "a"]})
    table = counts_by_month(events, "day", "type")
    assert list(table.columns) == ["b", "a"]
    assert table["b"].tolist() == [0, 0, 0, 2]
    assert table["a"].tolist() == [1, 0, 0, 0]


def test_seasonality_is_a_multiple_of_an_even_twelfth_over_whole_years():
    months = pd.date_range("2020-01-01", "2022-06-01", freq="MS")
    table = pd.DataFrame({"even": 2, "may": [6 if month.month == 5 else 0 for month in months]}, index=months)
    result = seasonality(table)
    assert result["even"].tolist() == [1.0] * 12
    assert result["may"][5] == 12.0
    assert result["may"].sum() == 12.0
    assert seasonality(table[:6])["even"].isna().all()
    assert seasonality(table, min_per_year=10)["may"].isna().all()


def test_keyness_is_dunnings_and_signed():
    target = pd.Series({"đại hội": 30, "nước": 70})
    reference = pd.Series({"đại hội": 10, "nước": 185, "mưa": 5})
    scored = keyness(target, reference)
    expected = 30 * math.log(30 / (40 * 100 / 300)) + 10 * math.log(10 / (40 * 200 / 300))
    assert scored.loc["đại hội", "g2"] == pytest.approx(2 * expected)
    assert scored.loc["đại hội", "log_ratio"] == pytest.approx(math.log2(0.3 / 0.05))
    assert scored.loc["nước", "g2"] < 0
    assert scored.loc["mưa", "g2"] < 0
    assert scored.index[0] == "đại hội"


def test_equal_use_is_no_key():
    same = pd.Series({"a": 5, "b": 10})
    assert keyness(same, same * 3)["g2"].abs().max() == pytest.approx(0, abs=1e-9)


def test_each_pair_is_counted_once_a_group():
    rows = pd.DataFrame({"event": [1, 1, 1, 2, 2, 3], "name": ["b", "a", "a", "a", "b", "c"]})
    assert pairs_in_common(rows, "event", "name").to_dict("records") == [{"one": "a", "other": "b", "n": 2}]


def test_typical_terms_of_a_year():
    rows = [(2020, "dịch", 50), (2020, "lương", 10), (2021, "dịch", 5), (2021, "lương", 40)]
    table = typical_of_years(pd.DataFrame(rows, columns=["year", "term", "count"]), [2020, 2021], top=3)
    assert table[2020].dropna().tolist() == ["dịch"]
    assert table[2021].dropna().tolist() == ["lương"]
