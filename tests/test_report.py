"""The report of a run: whole in one file, asks nothing of the network, and says what the dataset says."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

import pipeline.run
from pipeline import engine, report
from pipeline.charts import stacked_bars
from pipeline.cli import app
from pipeline.dataset.query import query
from pipeline.errors import DatasetError
from tests import floors
from tests.small_language import language, line


class Reader(HTMLParser):
    """What a page would load, its marks, and its text."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.marks, self.words, self.inside = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        self.loads += [(tag, name) for name, _ in attributes if name in ("src", "href", "srcset", "data", "action")]
        self.loads += [(tag, "")] if tag in ("script", "link", "iframe", "object", "embed", "img") else []

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        self.words.append(data)
        if self.inside == "mark":
            self.marks.append(data)


@pytest.fixture(scope="module")
def page(sample_dataset):
    return Reader((sample_dataset / report.NAME).read_text("utf-8"))


def small(folder, *lines):
    file = folder / "news.jsonl"
    file.write_text("".join(text + "\n" for text in lines), encoding="utf-8")
    return str(file)


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)
    return tmp_path / "dataset"


def test_every_run_leaves_one_that_asks_nothing_of_the_network(page):
    assert not page.loads


def test_it_tells_what_the_dataset_holds(page, sample_dataset):
    text = " ".join(page.words)
    for table in ("figures", "officials", "event_mentions", "persons"):
        n = query(sample_dataset, f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()
        assert re.search(rf"\b{table}\s+{n:,}\b", text)
    for row in query(sample_dataset, "SELECT evidence FROM figures WHERE flags @> ['implausible']").to_pylist():
        assert row["evidence"] in "".join(page.words)


def test_each_kind_has_a_fact_with_its_words_marked(page, sample_dataset):
    for table in report._SHOWN_OF:
        surfaces = set(query(sample_dataset, f"SELECT surface FROM {table}")["surface"].to_pylist())
        assert surfaces & set(page.marks)


def test_the_accuracy_it_shows_is_the_measured_one():
    shown = {(row["gold"], row["kind"]): row["score"] for row in report.resource_rows("accuracy.csv")}
    for kind, value in floors.measured("sample").items():
        assert float(shown["sample", kind]) == pytest.approx(value, abs=0.0006), "stale: `make floors`"


def test_what_changed_since_the_run_before(dataset, tmp_path):
    engine.run([small(tmp_path, line(1), line(2))], dataset)
    assert "(0%)" not in (dataset / report.NAME).read_text("utf-8")
    engine.run([small(tmp_path, line(1), line(2, published=None), line(3, title=None))], dataset)
    text = (dataset / report.NAME).read_text("utf-8")
    assert text.count('class="n worse">33% (0%)') == 2
    # A run that does nothing, or a report written again, compares with the same run as before.
    engine.run([small(tmp_path, line(1), line(2, published=None), line(3, title=None))], dataset)
    report.write_report(dataset)
    assert (dataset / report.NAME).read_text("utf-8") == text


def test_a_report_that_was_deleted_comes_back(dataset, tmp_path):
    engine.run([small(tmp_path, line(1))], dataset)
    (dataset / report.NAME).unlink()
    engine.run([small(tmp_path, line(1))], dataset)
    assert (dataset / report.NAME).is_file()


def test_numbers_that_can_not_be_read_cost_the_comparison_only(dataset, tmp_path):
    engine.run([small(tmp_path, line(1))], dataset)
    (dataset / report.NUMBERS).write_text("{", encoding="utf-8")
    engine.run([small(tmp_path, line(1), line(2))], dataset)
    assert json.loads((dataset / report.NUMBERS).read_text("utf-8"))["before"] == {}


def test_titles_can_not_write_html(dataset, tmp_path):
    bad = '<script>alert(1)</script><img src=x onerror="a()">'
    body = f"Ngày 1/3/2022, Công đoàn Công ty Alpha trao 3 suất quà {bad} cho đoàn viên."
    engine.run([small(tmp_path, line(1, text=body, title=bad))], dataset)
    found = Reader((dataset / report.NAME).read_text("utf-8"))
    assert not found.loads
    assert bad in "".join(found.words)


def test_rejects_are_told_by_cause(dataset, tmp_path):
    engine.run([small(tmp_path, line(1), "{", line(2, text=""))], dataset)
    text = " ".join(Reader((dataset / report.NAME).read_text("utf-8")).words)
    assert "json" in text
    assert "news.jsonl:2" in text


def test_an_empty_dataset_has_a_report(dataset, tmp_path):
    engine.run([small(tmp_path, "{")], dataset)
    assert "None." in (dataset / report.NAME).read_text("utf-8")


def test_the_command_writes_it_again(sample_dataset, tmp_path):
    out = tmp_path / "run.html"
    arguments = ["report", "--dataset", str(sample_dataset), "--out", str(out)]
    assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
    assert out.read_text("utf-8") == (sample_dataset / report.NAME).read_text("utf-8")
    with pytest.raises(DatasetError):
        report.write_report(tmp_path)


def test_bars_are_as_high_as_their_counts():
    chart = stacked_bars({"2021": {"a": 3, "b": 1}, "2022": {"a": 2}, "<&>": {}}, 'A "title" <b>')
    root = ElementTree.fromstring(chart.svg)
    bars = {bar.find("title").text: float(bar.get("height")) for bar in root.iter("rect")}
    assert list(bars) == ["2021 a: 3", "2021 b: 1", "2022 a: 2"]
    assert bars["2021 a: 3"] == pytest.approx(3 * bars["2021 b: 1"], abs=0.2)
    assert [name for name, _ in chart.legend] == ["a", "b"]
    assert ElementTree.fromstring(stacked_bars({}, "nothing").svg) is not None


def test_a_time_without_events_has_its_empty_bar_and_long_ago_is_one(dataset, tmp_path, monkeypatch):
    days = ("1/3/1999", "5/5/2000", "7/5/2003")
    texts = [f"Ngày {day}, Công đoàn Công ty Alpha trao quà cho đoàn viên khó khăn đợt {day}." for day in days]
    engine.run([small(tmp_path, *(line(n, text=text) for n, text in enumerate(texts)))], dataset)
    with report.open_snapshot(dataset) as con:
        chart = report._by_time(con, "events", "date_from", "type", "t")
        assert re.findall(r'font-size="12">([\d-]+)<', chart.svg)[-1] >= "2003-01"
        monkeypatch.setattr(report, "_BARS", 5)
        years = re.findall(r'font-size="12">(\d{4})<', report._by_time(con, "events", "date_from", "type", "t").svg)
        assert years == ["1999", "2000", "2001", "2002", "2003"]
        monkeypatch.setattr(report, "_BARS", 4)
        chart = report._by_time(con, "events", "date_from", "type", "t")
    assert "&lt; 2001 welfare: 2" in chart.svg
    assert "2003 welfare: 1" in chart.svg
