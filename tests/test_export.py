"""Tables in files: as many rows as the query has, read back as what they were."""

import csv
import json
import subprocess
import sys
from datetime import datetime

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package
from typer.testing import CliRunner

import pipeline.run
from pipeline import engine
from pipeline.cli import app
from pipeline.dataset import export, workbook
from pipeline.dataset.cells import cell_text, spreadsheet_text
from pipeline.dataset.package import write_package
from pipeline.dataset.query import query
from pipeline.dataset.schema import TABLES, Column
from pipeline.errors import DatasetError, QueryRefused, UsageError
from tests.small_language import language, line


def run(*arguments):
    return CliRunner().invoke(app, ["export", *map(str, arguments)], catch_exceptions=False)


def n_rows(dataset, table):
    return query(dataset, f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"]


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Titles that a spreadsheet would run or misread."""
    monkeypatch.setattr(pipeline.run, "language", language)
    titles = [
        "=HYPERLINK(1)",
        "+84 24 1234",
        "-1 là gì?",
        "@ai",
        "0012",
        "10/8",
        "12e5",
        'Tin, có "ngoặc"; và\nhai dòng',
    ]
    file = tmp_path / "news.jsonl"
    file.write_text("".join(line(n, title=title) + "\n" for n, title in enumerate(titles)), encoding="utf-8")
    engine.run([str(file)], tmp_path / "dataset")
    return tmp_path / "dataset"


@pytest.mark.parametrize("format", ["csv", "parquet", "json"])
def test_each_table_is_written_whole(sample_dataset, tmp_path, format):
    result = run("--dataset", sample_dataset, "--format", format, "--out", tmp_path)
    assert result.exit_code == 0
    read = {
        "csv": lambda path: pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records"),
        "parquet": lambda path: pq.read_table(path).to_pylist(),
        "json": lambda path: json.loads(path.read_text("utf-8")),
    }[format]
    for name, table in TABLES.items():
        rows = read(tmp_path / f"{name}.{format}")
        assert len(rows) == n_rows(sample_dataset, name)
        assert {column.name for column in table.columns} <= set(rows[0] if rows else table.arrow.names)


def test_names_stand_beside_ids(sample_dataset, tmp_path):
    run("officials", "organizations", "--dataset", sample_dataset, "--out", tmp_path, "--format", "parquet")
    names = {o["org_id"]: o["name"] for o in query(sample_dataset, "FROM organizations").to_pylist()}
    officials = pq.read_table(tmp_path / "officials.parquet").to_pylist()
    assert any(row["org_id"] for row in officials)
    assert all(row["org_name"] == names.get(row["org_id"]) for row in officials)
    assert all(row["article_title"] and row["person_name"] for row in officials)
    organizations = pq.read_table(tmp_path / "organizations.parquet").to_pylist()
    assert all(row["parent_org_name"] == names.get(row["parent_org_id"]) for row in organizations)
    assert any(row["parent_org_name"] for row in organizations)


def test_rows_keep_the_tables_order(sample_dataset, tmp_path):
    run("figures", "--dataset", sample_dataset, "--out", tmp_path / "figures.csv")
    # An id of digits alone has an apostrophe before it: Excel would round it.
    ids = pd.read_csv(tmp_path / "figures.csv", dtype=str)["row_id"].str.removeprefix("'").tolist()
    assert ids == query(sample_dataset, "SELECT row_id FROM figures")["row_id"].to_pylist()


def test_csv_for_a_spreadsheet(hostile, tmp_path):
    run("articles", "--dataset", hostile, "--out", tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    titles = [row["title"] for row in csv.DictReader(raw.decode("utf-8-sig").splitlines(keepends=True))]
    assert titles == [
        "'=HYPERLINK(1)",
        "'+84 24 1234",
        "'-1 là gì?",
        "'@ai",
        "'0012",
        "'10/8",
        "'12e5",
        'Tin, có "ngoặc"; và hai dòng',
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@a", "\tx", "007", "12e5", "10/8", "15 - 20", "1.458", "85%", "8:30", "1" * 16]
)
def test_text_that_would_be_misread_is_marked(text):
    assert spreadsheet_text(text) == "'" + text


@pytest.mark.parametrize(
    "value", ["Tin", "2022-10-08", "1458", "XXXX-10-20", "10 suất quà", "", "0", 5.0, -3, None, True]
)
def test_the_rest_is_left_alone(value):
    assert spreadsheet_text(value) == cell_text(value)


def test_a_delimiter_for_an_excel_set_to_vietnamese(sample_dataset, tmp_path):
    run("sources", "--dataset", sample_dataset, "--out", tmp_path / "s.csv", "--delimiter", ";")
    assert pd.read_csv(tmp_path / "s.csv", sep=";").shape[0] == n_rows(sample_dataset, "sources")


def test_a_workbook(hostile, tmp_path):
    run("articles", "dates", "figures", "--dataset", hostile, "--out", tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["articles", "dates", "figures", "columns"]
    for name in book.sheetnames[:-1]:
        assert book[name].max_row == n_rows(hostile, name) + 1
        assert book[name].freeze_panes == "A2"
    articles = book["articles"]
    head = {cell.value: place for place, cell in enumerate(articles[1])}
    first = articles[2]
    assert first[head["title"]].value == "=HYPERLINK(1)"
    assert first[head["title"]].data_type == "s"
    assert articles[6][head["title"]].value == "0012"
    assert first[head["published_date"]].value == datetime(2022, 4, 1)
    assert first[head["published_date"]].is_date
    assert first[head["url"]].hyperlink.target == first[head["url"]].value
    explained = {(row[0].value, row[1].value): row[3].value for row in book["columns"].iter_rows(min_row=2)}
    assert explained["figures", "value"].startswith("The number")
    assert all(explained.values())


def test_what_a_cell_can_not_hold_is_told(sample_dataset, tmp_path):
    result = run(
        "--sql", "SELECT repeat('x', 40000) AS long", "--dataset", sample_dataset, "--out", tmp_path / "b.xlsx"
    )
    assert "1 texts were longer than an Excel cell can hold" in result.output
    cell = openpyxl.load_workbook(tmp_path / "b.xlsx")["query"]["A2"].value
    assert len(cell) == workbook.MAX_TEXT
    assert cell.endswith("…")


def test_more_rows_than_a_sheet_holds_go_on_in_a_second_one(sample_dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 4)
    wanted = export.selections([], "SELECT range AS n FROM range(7)")
    (written,) = workbook.write_workbook(sample_dataset, wanted, tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    found = [[cell.value for cell in book[name]["A"]] for name in ("query", "query (2)", "query (3)")]
    assert found == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]
    assert written.rows == 7


def test_an_answer_to_sql(sample_dataset, tmp_path):
    sql = "SELECT unit, count(*) AS n FROM figures GROUP BY unit ORDER BY n DESC, unit"
    run("--sql", sql, "--dataset", sample_dataset, "--out", tmp_path / "units.json")
    assert json.loads((tmp_path / "units.json").read_text("utf-8")) == query(sample_dataset, sql).to_pylist()


def test_a_research_package_is_valid_and_whole(sample_dataset, tmp_path):
    written = write_package(sample_dataset, tmp_path / "package")
    report = Package(str(tmp_path / "package" / "datapackage.json")).validate()
    assert report.valid, report.to_summary()
    for one in written:
        assert one.rows == n_rows(sample_dataset, one.name)
        read = (
            pq.read_table(one.path).num_rows if one.path.suffix == ".parquet" else len(pd.read_csv(one.path, dtype=str))
        )
        assert read == one.rows
    check = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "package", capture_output=True, text=True)
    assert check.returncode == 0
    assert len(check.stdout.splitlines()) == 2 * len(TABLES) + 4
    run_id = query(sample_dataset, "SELECT run_id FROM runs")["run_id"][0].as_py()
    for name in ("CITATION.cff", "README.md", "run.json", "datapackage.json"):
        assert run_id in (tmp_path / "package" / name).read_text("utf-8")


def test_a_package_in_which_a_row_was_changed_is_not_valid(sample_dataset, tmp_path):
    write_package(sample_dataset, tmp_path)
    sources = tmp_path / "data" / "sources.csv"
    sources.write_text(sources.read_text("utf-8") + sources.read_text("utf-8").splitlines()[-1] + "\n", "utf-8")
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["official"], "no table 'official'"),
        (["officials", "--sql", "SELECT 1"], "not both"),
        (["officials", "figures", "--out", "x.csv"], "one file for 2 tables"),
        (["officials", "--out", "x.csv", "--format", "xlsx"], "give one of them"),
        (["--package", "officials"], "holds all tables"),
        (["--delimiter", "", "officials"], "one character"),
    ],
)
def test_wrong_usage_is_told(sample_dataset, arguments, message):
    with pytest.raises(UsageError, match=message):
        run(*arguments, "--dataset", sample_dataset)


def test_a_query_that_is_refused_leaves_no_file(sample_dataset, tmp_path):
    for sql, message in (("SELECT persn FROM officials", "did you mean person"), ("DROP TABLE officials", "refused")):
        with pytest.raises(QueryRefused, match=message):
            run("--sql", sql, "--dataset", sample_dataset, "--out", tmp_path / "out" / "x.csv")
    assert not list(tmp_path.rglob("*.*"))


def test_a_folder_that_holds_something_gets_no_package(sample_dataset, tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(DatasetError, match="not empty"):
        write_package(sample_dataset, tmp_path)


def test_a_file_that_can_not_be_written_is_told(sample_dataset, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="can't be written"):
        run("sources", "--dataset", sample_dataset, "--out", tmp_path / "file" / "s.csv")


def test_every_column_that_points_to_a_table_is_in_the_schema():
    columns = {column.name for table in TABLES.values() for column in table.columns}
    for column, (table, key, names) in export._POINTS_TO.items():
        assert column in columns
        assert {key, *names} <= {c.name for c in TABLES[table].columns}


def test_columns_of_a_query_keep_their_meaning(sample_dataset):
    (selection,) = export.selections([], "SELECT role_id, count(*) AS n FROM officials GROUP BY ALL")
    with export.opened(sample_dataset, selection) as rows:
        role, n = rows.columns
    assert isinstance(role, Column)
    assert role.meaning.startswith("Controlled")
    assert n.meaning == ""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's memory as Linux tells it")
def test_a_million_rows_take_no_more_memory_than_a_hundred_thousand(sample_dataset, tmp_path):
    def peak(rows):
        code = (
            "import resource, sys; from pathlib import Path; from pipeline.dataset.export import *\n"
            f"(s,) = selections([], 'SELECT range AS n, repeat(chr(65), 90) AS t FROM range({rows})')\n"
            f"with opened(Path({str(sample_dataset)!r}), s) as r:\n"
            f"    assert write_csv(r, Path({str(tmp_path / 'm.csv')!r})) == {rows}\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)

    small, large = peak(100_000), peak(1_000_000)
    assert large < small + 60_000  # KB; the rows alone are 100 MB
