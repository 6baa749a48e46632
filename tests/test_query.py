"""SQL on the snapshot: it answers, it explains, and it reaches nothing else."""

import pytest

import pipeline.run
from pipeline import engine
from pipeline.dataset.query import query
from pipeline.errors import DatasetError, QueryRefused
from tests.small_language import language, line


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("query")
    file = folder / "news.jsonl"
    file.write_text("".join(line(number) + "\n" for number in range(3)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.run, "language", language)
        engine.run([str(file)], folder / "dataset")
    return folder / "dataset"


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) AS n FROM articles", [{"n": 3}]),
        ("select max(value_max) m from figures;", [{"m": 30.0}]),
        ("FROM organizations SELECT org_id", [{"org_id": "x-cong-doan-cong-ty-alpha"}]),
        ("WITH a AS (SELECT 1 AS x) SELECT x FROM a -- done", [{"x": 1}]),
        ('SELECT "end" - start AS n FROM dates WHERE flags = [] LIMIT 1', [{"n": 8}]),
    ],
)
def test_a_select_is_answered(dataset, sql, rows):
    assert query(dataset, sql).to_pylist() == rows


@pytest.mark.parametrize(
    "sql",
    ["SHOW TABLES", "DESCRIBE figures", "SUMMARIZE dates", "EXPLAIN SELECT 1", "PIVOT figures ON unit USING count(*)"],
)
def test_what_only_looks_is_answered(dataset, sql):
    assert query(dataset, sql).num_rows


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE articles",
        "DELETE FROM articles",
        "UPDATE articles SET title = ''",
        "INSERT INTO rejects SELECT * FROM rejects",
        "CREATE TABLE t AS SELECT 1",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE TEMP MACRO f(x) AS x",
        "ALTER TABLE articles RENAME TO a",
        "COPY articles TO '{out}'",
        "COPY (SELECT 1) TO '{out}' (FORMAT parquet)",
        "COPY rejects FROM '{secret}'",
        "EXPORT DATABASE '{out}'",
        "IMPORT DATABASE '{out}'",
        "ATTACH '{out}' AS other",
        "DETACH congdoan",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "CHECKPOINT",
        "VACUUM",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "EXPLAIN ANALYZE COPY articles TO '{out}'",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_blob('{secret}')",
        "SELECT * FROM read_parquet('{shards}')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM '{shards}'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM sniff_csv('{secret}')",
        "SELECT * FROM parquet_metadata('{shards}')",
        "SELECT * FROM query('COPY articles TO ''{out}''')",
        "SELECT * FROM local_variable",
        "SELECT 1; DROP TABLE articles",
        "SELECT 1; SELECT 2",
        "",
        " ; ",
        "-- nothing",
        "SELEC 1",
        "SELECT $1",
        "SELECT 'a'::INTEGER",
        "\x00",
        "SELECT '\ud800",
    ],
)
def test_all_else_is_refused_and_leaves_no_trace(dataset, tmp_path, sql):
    local_variable = [1]
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nsecret\n")
    before = (dataset / "congdoan.duckdb").read_bytes(), sorted(dataset.iterdir())
    parquet = next((dataset / "shards").rglob("figures.parquet"))
    with pytest.raises(QueryRefused) as refused:
        query(dataset, sql.format(out=tmp_path / "out", secret=secret, shards=parquet))
    assert str(refused.value) and "secret\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == [secret]
    assert ((dataset / "congdoan.duckdb").read_bytes(), sorted(dataset.iterdir())) == before
    assert local_variable


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM organisations", "no table 'organisations'; did you mean organizations"),
        ("SELECT * FROM Official", "did you mean officials"),
        ("SELECT * FROM zzz", "the tables are runs, sources, articles"),
        ("SELECT vale FROM figures", "no column 'vale' in figures; did you mean value"),
        ("SELECT f.unti FROM figures f", "did you mean unit"),
        ("SELECT xyzzy FROM rejects", "there are run_id, input_ref, stage, error, message, attempts"),
        ("SELECT 1; SELECT 2", "2 statements given"),
        ("DROP TABLE articles", "DROP is refused"),
        ("SELECT * FROM read_csv('/etc/hostname')", "nothing else"),
    ],
)
def test_messages_name_what_may_be_meant(dataset, sql, words):
    with pytest.raises(QueryRefused) as refused:
        query(dataset, sql)
    assert words in str(refused.value)


def test_no_dataset(tmp_path):
    with pytest.raises(DatasetError, match="congdoan run"):
        query(tmp_path, "SELECT 1")
    engine.run([], tmp_path / "d")
    (tmp_path / "d" / "congdoan.duckdb").write_bytes(b"nonsense")
    with pytest.raises(DatasetError, match="can't be opened"):
        query(tmp_path / "d", "SELECT 1")
    (tmp_path / "d" / "congdoan.duckdb").unlink()
    with pytest.raises(DatasetError, match="start the last run again"):
        query(tmp_path / "d", "SELECT 1")
    engine.run([], tmp_path / "d")
    assert query(tmp_path / "d", "SELECT 1 AS x").to_pylist() == [{"x": 1}]
