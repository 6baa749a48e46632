"""The dataset on disk: the schema kept, facts checked, derived tables, the dictionary, locks."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import pipeline.run
from pipeline import consolidate, engine
from pipeline.dataset import dictionary, manifest, shards, snapshot, versions
from pipeline.dataset.making import making
from pipeline.dataset.schema import LIST, SHARD_TABLES, TABLES
from pipeline.errors import DatasetError
from pipeline.resources import DATA
from pipeline.rows import canonical_url, discovered_org_id, slug, source_id
from tests.small_language import language, line
from tests.test_consolidate import tables_of


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


def write(folder, *lines, name="news.jsonl"):
    file = folder / name
    file.write_text("".join(text + "\n" for text in lines), encoding="utf-8")
    return str(file)


def made(tmp_path, *lines):
    """The snapshot's tables of these articles, as lists of rows."""
    out = tmp_path / "dataset"
    engine.run([write(tmp_path, *lines)], out)
    with snapshot.open_snapshot(out) as con:
        return {name: con.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist() for name in TABLES}


# --- the schema -----------------------------------------------------------------------------------------------------


def test_the_data_dictionary_is_fresh():
    file = DATA / "README.md"
    text = file.read_text(encoding="utf-8")
    assert dictionary.render(text) == text, "stale: run python -m pipeline.dataset.dictionary"


def test_the_dictionary_keeps_what_stands_above_its_mark():
    assert dictionary.render("By hand.\n\n" + dictionary.MARK + "\nformer text").startswith(
        "By hand.\n\n" + dictionary.MARK
    )
    assert "former text" not in dictionary.render(dictionary.MARK + "\nformer text")


def test_every_table_and_column_says_what_it_means():
    for table in TABLES.values():
        assert table.meaning.endswith(".")
        assert len({column.name for column in table.columns}) == len(table.columns)
        assert all(column.meaning.endswith(".") or "…" in column.meaning for column in table.columns)


SAMPLE = sorted((DATA / "sample").glob("*.warc.gz"))


@pytest.mark.skipif(not SAMPLE, reason="the sample is not built")
def test_no_column_is_empty_on_the_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", cache(pipeline.load))
    broken = write(tmp_path, "{")
    out = tmp_path / "dataset"
    said = {name: (DATA / "sample" / f"{name}.csv",) for name in ("corrections", "judgements")}
    engine.run([*map(str, SAMPLE), broken], out, engine.RunOptions(workers=1, terms=True, **said))
    empty = []
    with snapshot.open_snapshot(out) as con:
        for table in TABLES.values():
            for column in table.columns:
                filled = f'"{column.name}" IS NOT NULL' + (f' AND "{column.name}" <> []' if column.type == LIST else "")
                if not con.sql(f"SELECT count(*) FROM {table.name} WHERE {filled}").fetchall()[0][0]:
                    empty.append(f"{table.name}.{column.name}")
    # No flag is a value too, and the columns of evidence are the same in all tables of facts.
    assert [name for name in empty if not name.endswith(".flags")] == []
    assert "figures.flags" not in empty


# --- rows -----------------------------------------------------------------------------------------------------------


def test_rows_carry_their_evidence(tmp_path):
    tables = made(tmp_path, line(1))
    (article,) = tables["articles"]
    assert article["source_id"] == "vidu.org.vn" and article["input_id"] == "a1"
    assert article["archive_ref"] == "news.jsonl:1"
    for table in SHARD_TABLES:
        for row in tables[table.name] if table.is_facts else ():
            assert article["text"][row["start"] : row["end"]] == row["surface"]
            assert row["surface"] in row["evidence"] and row["evidence"] in article["text"]
            assert row["article_id"] == article["article_id"] and len(row["row_id"]) == 20
            assert row["zone"] in ("lead", "body") and row["run_id"] == tables["runs"][0]["run_id"]


def test_a_range_is_one_row(tmp_path):
    figures = made(tmp_path, line(1))["figures"]
    assert [(row["value"], row["value_max"], row["surface"]) for row in figures] == [
        (2, None, "2 suất quà"),
        (20, 30, "20-30 suất quà"),
    ]


def test_keys_are_unique_and_every_reference_is_answered(tmp_path):
    tables = made(tmp_path, *map(line, range(12)))
    for table in SHARD_TABLES:
        if table.is_facts:
            keys = [row["row_id"] for row in tables[table.name]]
            assert keys and len(set(keys)) == len(keys)
    org_ids = {row["org_id"] for row in tables["organizations"]}
    assert {row["org_id"] for row in tables["organization_mentions"] + tables["officials"]} <= org_ids
    assert {row["person_id"] for row in tables["officials"]} == {row["person_id"] for row in tables["persons"]}
    assert {row["event_id"] for row in tables["event_mentions"]} == {row["event_id"] for row in tables["events"]}
    assert {row["run_id"] for row in tables["articles"]} == {row["run_id"] for row in tables["runs"]}


def test_a_surface_that_is_not_in_the_text_fails_the_run(tmp_path, monkeypatch):
    good = pipeline.run.rows.fact_rows

    def shifted(doc, article_id, run_id):
        found = good(doc, article_id, run_id)
        found["figures"][0]["start"] += 1
        return found

    monkeypatch.setattr(pipeline.run.rows, "fact_rows", shifted)
    with pytest.raises(DatasetError, match="table figures"):
        engine.run([write(tmp_path, line(1))], tmp_path / "dataset")
    with pytest.raises(DatasetError, match="first run has not ended"):
        manifest.committed(tmp_path / "dataset")


def test_a_null_where_the_schema_has_none_fails_the_shard(tmp_path):
    row = {column.name: None for column in TABLES["rejects"].columns}
    with pytest.raises(DatasetError, match="column run_id is NULL"):
        shards.write_shard(tmp_path, "f", "r", {"rejects": [row]})
    assert shards.read_shard(tmp_path, "f") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Laodong.VN:443/a-1.ldo?utm_source=zalo&page=2#top", "https://laodong.vn/a-1.ldo?page=2"),
        ("http://vidu.org.vn:8080", "http://vidu.org.vn:8080/"),
        ("http://vidu.org.vn/Default.aspx?tabid=&NID=12", "http://vidu.org.vn/Default.aspx?tabid=&NID=12"),
        ("http://[broken/", "http://[broken/"),
    ],
)
def test_canonical_url(url, expected):
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


def test_source_is_the_host():
    assert source_id("https://www.laodong.vn/x") == "laodong.vn"
    assert source_id(None) is None and source_id("http://[broken/") is None and source_id("tin") is None


def test_slugs():
    assert slug("Công đoàn Đường sắt Việt Nam") == "cong-doan-duong-sat-viet-nam"
    assert discovered_org_id("Công đoàn Y") == "x-cong-doan-y"
    long = [slug("Công đoàn " + "rất dài " * 20 + end) for end in ("một", "hai")]
    assert long[0] != long[1] and max(map(len, long)) < 100
    assert slug("***")


# --- across articles ------------------------------------------------------------------------------------------------


def test_a_verbatim_copy_points_to_the_first_and_counts_once(tmp_path):
    copy = line(1, url="https://baomoi.com/ban-sao.epi", title="Tiêu đề khác", published="2022-04-02")
    tables = made(tmp_path, line(1), line(2), copy)
    first, other, second = tables["articles"]
    assert second["dup_of"] == first["article_id"] and second["dup_score"] == 1
    assert first["dup_of"] is None and other["dup_of"] is None
    (tenure,) = tables["tenures"]
    assert (tenure["n_articles"], tenure["n_sources"]) == (2, 2)
    assert [event["n_articles"] for event in tables["events"]] == [1, 1]


PARAGRAPHS = [
    f"Đoạn thứ {word} của bài kể dài dòng về một buổi gặp mặt đầu năm tại nhà văn hóa lao động của tỉnh, không ai vắng."
    for word in ("nhất", "hai", "ba", "tư", "năm", "sáu")
]


def test_a_cut_copy_points_to_the_first(tmp_path):
    tables = made(
        tmp_path,
        line(1, "\n".join(PARAGRAPHS[:4])),
        line(2, "\n".join([*PARAGRAPHS[:3], "Chú thích khác.", PARAGRAPHS[5]]), published="2022-04-02"),
        line(3, "\n".join([PARAGRAPHS[0], PARAGRAPHS[4], PARAGRAPHS[4].replace("năm", "tám")])),
        line(4, "\n".join(PARAGRAPHS[:4]), title="Tiêu đề khác", published="2022-04-03"),
    )
    first = tables["articles"][0]["article_id"]
    assert [row["dup_of"] for row in tables["articles"]] == [None, first, None, first]
    assert [row["dup_score"] for row in tables["articles"]][3] == 1


def test_the_same_page_twice_is_one_article_and_a_reject(tmp_path):
    again = line(1, url="https://www.vidu.org.vn/tin-1.html?utm_source=x#y", id="b")
    tables = made(tmp_path, line(1), line(2), again)
    assert [row["input_id"] for row in tables["articles"]] == ["a1", "a2"]
    (reject,) = tables["rejects"]
    assert reject["error"] == "duplicate" and "news.jsonl:1" in reject["message"]


def test_the_same_page_in_another_shard_is_a_reject_too(tmp_path):
    out = tmp_path / "dataset"
    inputs = [write(tmp_path, *map(line, range(6)), line(1, id="b"))]
    summary = engine.run(inputs, out, engine.RunOptions(shard_size=1))
    assert (summary.n_in, summary.n_ok, summary.n_rejected) == (7, 6, 1)
    assert summary.rejects[0].cause == "duplicate"
    with snapshot.open_snapshot(out) as con:
        assert con.execute("SELECT count(*), count(DISTINCT row_id) FROM figures").fetchone() == (12, 12)
        assert con.execute("SELECT n_in, n_ok, n_rejected FROM runs").fetchall() == [(7, 6, 1)]


def statement(person, company, number, word=""):
    text = (
        f"Ngày 3/3/2022, tại buổi gặp mặt đoàn viên, người lao động dịp đầu năm mới, lần thứ {number}, "
        f"có {word}Chủ tịch Công đoàn Công ty {company} {person} dự."
    )
    return line(number, text)


def test_persons_merge_on_name_and_organization_never_on_name_alone(tmp_path):
    tables = made(
        tmp_path,
        statement("Trần Thị Mai", "Alpha", 1),
        statement("Trần Thị Mai", "Alpha", 2),
        statement("Trần Thị Mai", "Beta", 3),
        statement("Trần Thị Mài", "Alpha", 4),
    )
    who = [row["person_id"] for row in tables["officials"]]
    assert who[0] == who[1] and len(set(who)) == 3
    assert {row["merge_method"] for row in tables["persons"]} == {"name_organization", "single"}


def test_tenures_tell_two_holders_of_one_post_and_leave_former_posts_out(tmp_path):
    tables = made(
        tmp_path,
        statement("Trần Thị Mai", "Alpha", 1),
        statement("Lê Văn Hòa", "Alpha", 2),
        statement("Lê Văn Hòa", "Beta", 3),
        statement("Vũ Thị Lan", "Beta", 4, "nguyên "),
    )
    assert len(tables["persons"]) == 4
    assert sorted((row["org_id"], row["conflict"]) for row in tables["tenures"]) == [
        ("x-cong-doan-cong-ty-alpha", True),
        ("x-cong-doan-cong-ty-alpha", True),
        ("x-cong-doan-cong-ty-beta", False),
    ]


def test_events_of_one_type_day_and_organization_are_one(tmp_path):
    told = "Ngày 3/3/2022, Công đoàn Công ty Alpha trao quà {}."
    undated = "Công đoàn Công ty Alpha trao quà {}."
    tables = made(
        tmp_path,
        line(1, told.format("cho đoàn viên")),
        line(2, told.format("cho người lao động")),
        line(3, told.format("cho đoàn viên").replace("Alpha", "Beta")),
        line(4, undated.format("cho đoàn viên")),
        line(5, undated.format("cho người lao động")),
    )
    assert [row["n_articles"] for row in tables["events"]] == [2, 1, 1, 1]
    best = {row["best_row_id"] for row in tables["events"]}
    assert best <= {row["row_id"] for row in tables["event_mentions"]}


def test_consolidation_depends_on_rows_and_order_only(tmp_path):
    out = tmp_path / "dataset"
    engine.run([write(tmp_path, *map(line, range(9)))], out, engine.RunOptions(shard_size=2))
    known = manifest.committed(out)
    for name in ("one", "two"):
        with making(tmp_path / f"{name}.duckdb") as con:
            consolidate.consolidate(con, out, known.shards, "r", name)
    for file in (out / "derived" / "one").iterdir():
        assert pq.read_table(file).equals(pq.read_table(out / "derived" / "two" / file.name)), file.name


def test_a_damaged_snapshot_is_not_taken_over(tmp_path):
    out, options = tmp_path / "dataset", engine.RunOptions(workers=1, shard_size=2)
    names = [write(tmp_path, *map(line, range(9)))]
    engine.run(names, out, options)
    file = snapshot.snapshot_file(out)
    whole = file.read_bytes()
    # Its first blocks tell of what generation it is.
    file.write_bytes(whole[: len(whole) // 2])
    names.append(write(tmp_path, line(30), name="more.jsonl"))
    assert engine.run(names, out, options).n_ok == 10
    assert versions.check(out) == []


def test_damaged_derived_tables_are_made_anew(tmp_path):
    out, options = tmp_path / "dataset", engine.RunOptions(workers=1, shard_size=2)
    names = [write(tmp_path, *map(line, range(9)))]
    engine.run(names, out, options)
    (out / "derived" / manifest.committed(out).derived / "persons.parquet").write_bytes(b"PAR1")
    snapshot.snapshot_file(out).unlink()
    again = engine.run(names, out, options)
    assert (again.n_ok, again.shards_done, again.unchanged) == (9, 0, False)
    # The former version stays as damaged as it was.
    assert [problem.split(":")[0] for problem in versions.check(out)] == ["version 1"]


def test_what_a_strangers_view_reads_is_not_taken_over(tmp_path):
    out, options = tmp_path / "dataset", engine.RunOptions(workers=1, shard_size=2)
    names = [write(tmp_path, *map(line, range(9)))]
    engine.run(names, out, options)
    secret = tmp_path / "secret.csv"
    secret.write_text("person_id,name,name_fold,merge_method\nsecret,secret,secret,single\n", encoding="utf-8")
    with duckdb.connect(str(snapshot.snapshot_file(out))) as con:
        con.execute("DROP TABLE persons")
        con.execute(f"CREATE VIEW persons AS SELECT * FROM read_csv('{secret}')")
    names.append(write(tmp_path, line(30), name="more.jsonl"))
    assert engine.run(names, out, options).n_ok == 10
    assert "secret" not in {row["name"] for row in tables_of(out)["persons"]}


# --- on disk --------------------------------------------------------------------------------------------------------


def test_a_run_of_nothing_is_a_dataset(tmp_path):
    tables = made(tmp_path)
    assert [row["error"] for row in tables["rejects"]] == ["empty"]
    assert tables["articles"] == [] and tables["runs"][0]["status"] == "finished"
    summary = engine.run([], tmp_path / "none")
    assert summary.n_in == 0 and summary.counts["runs"] == 1 and summary.shards_done == 0


def test_the_snapshot_holds_what_the_parquet_files_hold(tmp_path):
    out = tmp_path / "dataset"
    engine.run([write(tmp_path, *map(line, range(9)))], out, engine.RunOptions(shard_size=2))
    with snapshot.open_snapshot(out) as snap, snapshot.open_tables(out) as files:
        for table in TABLES.values():
            sql = f"SELECT * FROM {table.name} ORDER BY ALL"
            assert snap.sql(sql).to_arrow_table().to_pylist() == files.sql(sql).to_arrow_table().to_pylist()
        comments = (
            "SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal AND comment IS NULL"
        )
        assert snap.execute(comments).fetchone() == (0,)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    with pytest.raises(DatasetError, match=r"thesis\.docx"):
        engine.run([], tmp_path)
    with pytest.raises(DatasetError, match="not a folder"):
        engine.run([], tmp_path / "thesis.docx")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_another_layout_or_a_broken_manifest_is_told(tmp_path):
    engine.run([], tmp_path / "d")
    file = tmp_path / "d" / manifest.NAME
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "layout_version": 99}))
    with pytest.raises(DatasetError, match="layout version 99"):
        engine.run([], tmp_path / "d")
    file.write_text("{")
    with pytest.raises(DatasetError, match="not a manifest"):
        manifest.committed(tmp_path / "d")


HOLD = """
import sys, time
from pathlib import Path
from pipeline.dataset import manifest
with manifest.locked(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_two_runs_at_once_on_one_dataset_refuse(tmp_path):
    root = Path(__file__).parents[1]
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "d"], stdout=subprocess.PIPE, cwd=root) as other:
        try:
            assert other.stdout.readline() == b"locked\n"
            with pytest.raises(DatasetError, match=f"process {other.pid}"):
                engine.run([], tmp_path / "d")
        finally:
            other.kill()
    assert engine.run([], tmp_path / "d").n_in == 0
