"""The command line as its users meet it: exit codes, streams, messages."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from tests.shared import ROOT

PAGE = """Công đoàn Y tế Việt Nam tập huấn cán bộ công đoàn
Cập nhật lúc 09:15 ngày 12/05/2021
Sáng 11/5, Công đoàn Y tế Việt Nam tổ chức hướng dẫn nghiệp vụ cho hơn 120 cán bộ cơ sở tại Hà Nội.
Bà Trịnh Thị Mơ, Phó Chủ tịch Công đoàn Y tế Việt Nam, dự và phát biểu khai mạc lớp tập huấn.
"""


def congdoan(*arguments, stdin="", cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "HOME": str(cwd)},
    )


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    (folder / "page.txt").write_text(PAGE, encoding="utf-8")
    done = congdoan("run", folder / "page.txt", "--out", folder / "dataset", "--workers", 1)
    assert done.returncode == 0, done.stderr
    return folder / "dataset", done


def test_run_sums_up(dataset):
    out, done = dataset
    assert "1 of 1 articles" in done.stdout
    assert "officials" in done.stdout and str(out) in done.stdout
    assert done.stdout.count("congdoan query") == 3


def test_the_questions_it_proposes_have_answers(dataset):
    from pipeline.commands.run import QUESTIONS

    for sql in QUESTIONS:
        done = congdoan("query", sql, "--dataset", dataset[0])
        assert done.returncode == 0, done.stderr


def test_query_is_csv_in_a_pipe(dataset):
    done = congdoan("query", "SELECT person, role, organization FROM officials", "--dataset", dataset[0])
    assert list(csv.DictReader(io.StringIO(done.stdout))) == [
        {"person": "Trịnh Thị Mơ", "role": "Phó Chủ tịch", "organization": "Công đoàn Y tế Việt Nam"}
    ]


def test_csv_keeps_lists_and_whole_numbers(dataset):
    sql = (
        "SELECT ['a', 'b,c'] AS l, 9007199254740993 AS n, NULL AS x, 3e8::DOUBLE AS v UNION ALL SELECT [], NULL, 1, 0.5"
    )
    done = congdoan("query", sql, "--dataset", dataset[0])
    assert sorted(csv.reader(io.StringIO(done.stdout)))[-1] == ["l", "n", "x", "v"]
    assert ['["a", "b,c"]', "9007199254740993", "", "300000000"] in csv.reader(io.StringIO(done.stdout))
    assert ["[]", "", "1", "0.5"] in csv.reader(io.StringIO(done.stdout))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT persn FROM officials", "person"),
        ("SELECT * FROM officails", "officials"),
        ("DROP TABLE officials", ""),
        ("SELECT 1; SELECT 2", ""),
        ("SELECT * FROM read_csv('/etc/passwd')", ""),
        ("COPY officials TO '/tmp/stolen.csv'", ""),
        ("ATTACH '/tmp/other.duckdb'", ""),
        ("not sql at all", ""),
    ],
)
def test_query_refuses_with_one_clear_message(dataset, sql, says):
    done = congdoan("query", sql, "--dataset", dataset[0])
    assert done.returncode == 1
    assert done.stderr.startswith("congdoan: ") and says in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""


def test_query_without_a_dataset_says_what_to_do(tmp_path):
    done = congdoan("query", "SELECT 1", "--dataset", tmp_path / "nowhere")
    assert done.returncode == 1 and "congdoan run" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["run", "no/such/path"], ["extract", "no-such.txt"], ["run", "--no-such-flag"], ["x"]]
)
def test_wrong_usage_exits_with_2(arguments, tmp_path):
    done = congdoan(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert arguments[-1] in done.stderr and "Traceback" not in done.stderr


def test_extract_reads_standard_input_and_prints_facts():
    done = congdoan("extract", "-", stdin=PAGE)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["title"] == "Công đoàn Y tế Việt Nam tập huấn cán bộ công đoàn"
    assert record["published"].startswith("2021-05-12")
    assert {fact["value"] for fact in record["dates"]} == {"2021-05-11TMO"}
    for kind in ("dates", "officials", "figures", "events"):
        for fact in record[kind]:
            assert record["text"][fact["start"] : fact["end"]] == fact["surface"]


def test_what_extract_prints_can_be_extracted_again(tmp_path):
    first = congdoan("extract", "-", stdin=PAGE).stdout
    again = congdoan("extract", "-", stdin=first).stdout
    before, after = json.loads(first), json.loads(again)
    assert after["text"] == before["text"]
    assert after["officials"] == before["officials"] and after["dates"] == before["dates"]


def test_rejects_are_named_and_the_rest_is_extracted(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "good.txt").write_text(PAGE, encoding="utf-8")
    lines = [json.dumps({"id": "x", "url": None, "title": "Tin", "published": None, "text": PAGE}), "{broken"]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = congdoan("extract", tmp_path)
    assert done.returncode == 3
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == {"good", "x"}
    for name in ("empty.txt", "binary.txt", "news.jsonl:2"):
        assert done.stderr.count(name) == 1
    done = congdoan("run", tmp_path, "--out", tmp_path / "out" / "dataset", "--workers", 1)
    assert done.returncode == 3
    rejects = congdoan("query", "SELECT input_ref, error FROM rejects", "--dataset", tmp_path / "out" / "dataset")
    assert len(rejects.stdout.splitlines()) == 1 + 3


def test_evaluate_prints_scores(tmp_path):
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    gold = {"id": "page", "file": "page.txt", "published": "2021-05-12", "title": None, "byline": None}
    gold |= {"dates": [{"surface": "Sáng 11/5", "type": "TIME", "value": "2021-05-11TMO"}]}
    gold |= {"organizations": [], "officials": [], "figures": [], "events": []}
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "page.json").write_text(json.dumps(gold))
    done = congdoan("evaluate", tmp_path / "gold", tmp_path / "page.txt", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["dates"] == 1.0
