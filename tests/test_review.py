"""``congdoan review``: what is most worth a look, in an order that says so, and what to write."""

import csv
import io
import json
from functools import cache

import pytest
from typer.testing import CliRunner

import pipeline
import pipeline.run
from pipeline import engine, gazetteers
from pipeline.annotations import CORRECTION_COLUMNS, CORRECTIONS, JUDGEMENT_COLUMNS, JUDGEMENTS, read_annotations
from pipeline.cli import app
from pipeline.dataset.query import query
from pipeline.review import SCHEMA, nearest, review

TEXTS = (
    "Năm 2021, Công đoàn Y tế Việt Nam trao 300 suất quà cho công nhân.\n"
    "Năm 2021, Công đoàn Y tế Việt Nam trao 450 suất quà cho công nhân.\n"
    "Bà Lò Thị Kiểm, Chủ tịch Công đoàn Công ty TNHH Dệt Sao Khuê, cho biết tiền làm lợi là 64.000.000 triệu đồng.",
    "Sáng nay, bà Vi Thị Sao, Chủ tịch Công đoàn Công ty TNHH Dệt Sao Khuê, đến thăm các gia đình ở xã Mường Lống.",
)


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory):
    """A dataset with something of each doubt, and the input it is of."""
    folder = tmp_path_factory.mktemp("review")
    lines = [
        {"id": str(n), "url": f"https://vidu.org.vn/{n}", "title": f"Tin {n}", "published": "2022-04-01", "text": text}
        for n, text in enumerate(TEXTS)
    ]
    file = folder / "news.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.run, "language", cache(pipeline.load))
        engine.run([str(file)], folder / "dataset", engine.RunOptions(workers=1))
    return folder / "dataset", file


def test_each_doubt_is_listed_and_the_gravest_comes_first(doubtful):
    rows = review(doubtful[0], 50).to_pylist()
    assert [row["doubt"] for row in rows[:3]] == ["implausible", "contradicted", "unlinked"]
    by_doubt = {doubt: [row for row in rows if row["doubt"] == doubt] for doubt in ("contradicted", "unlinked")}
    assert rows[0]["kind"] == "figures" and "64.000.000 triệu đồng" in rows[0]["sentence"]
    figures = [row for row in by_doubt["contradicted"] if row["kind"] == "figures"]
    assert sorted(row["why"] for row in figures) == [
        'contradicted: also "300 suất quà"', 'contradicted: also "450 suất quà"',
    ]  # fmt: skip
    posts = [row for row in by_doubt["contradicted"] if row["kind"] == "officials"]
    assert {row["why"].split(": ")[1].split(" in ")[0] for row in posts} == {"Lò Thị Kiểm", "Vi Thị Sao"}
    (name,) = by_doubt["unlinked"]
    assert name["value"].startswith("Công đoàn Công ty TNHH Dệt Sao Khuê; nearest: ")
    assert name["why"] == "in 2 articles (2 times), not in the registry"
    assert all(row["sentence"] and row["url"].startswith("https://vidu.org.vn/") for row in rows)
    assert len({row["row_id"] for row in rows}) == len(rows)


def test_a_limit_takes_from_the_front(doubtful):
    every = review(doubtful[0], 50)
    assert review(doubtful[0], 3) == every.slice(0, 3) and every.schema == SCHEMA
    assert review(doubtful[0], 50) == every


def test_its_lines_can_be_used_once_filled_in(doubtful, tmp_path):
    """The lines that it proposes, filled in, are read without a problem, and what they speak of is listed no more."""
    dataset, file = doubtful
    rows = review(dataset, 3).to_pylist()
    values = {"figures": "5"}
    corrections, judgements = tmp_path / CORRECTIONS, tmp_path / JUDGEMENTS
    filled = [row["line"].replace("…", values.get(row["kind"], next(iter(gazetteers.organizations())))) for row in rows]
    filled = [line.replace("WHO,DAY,WHY", "Vi Thị Sao,2026-11-21,seen") for line in filled]
    corrections.write_text("\n".join([",".join(CORRECTION_COLUMNS), *filled[:2]]), encoding="utf-8")
    judgements.write_text("\n".join([",".join(JUDGEMENT_COLUMNS), filled[2]]), encoding="utf-8")
    assert read_annotations(tmp_path).problems == ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.run, "language", cache(pipeline.load))
        options = engine.RunOptions(workers=1, corrections=(corrections,), judgements=(judgements,))
        engine.run([str(file)], tmp_path / "dataset", options)
    left = {row["row_id"] for row in review(tmp_path / "dataset", 50).to_pylist()}
    assert not left & {row["row_id"] for row in rows}
    assert query(tmp_path / "dataset", "SELECT count(*) AS n FROM rejects").to_pylist() == [{"n": 0}]


def test_a_name_s_nearest_is_of_its_own_kind():
    known = gazetteers.organizations()
    near = nearest("Công đoàn ngành Y tế VN", union=True)
    assert near and near[0][0] == "cd-y-te"
    assert all(known[org_id].org_type.startswith("union_") for org_id, _ in near)
    assert not any(known[org_id].org_type.startswith("union_") for org_id, _ in nearest("Bộ Y tế", union=False))
    assert nearest("", union=False) == []


def test_the_command_prints_the_list_and_how_to_write(doubtful):
    done = CliRunner().invoke(app, ["review", "--dataset", str(doubtful[0]), "--limit", "4", "--format", "csv"])
    assert done.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 4 and list(rows[0]) == SCHEMA.names
    assert "ROW_ID,wrong,,," in done.stderr and str(doubtful[0] / CORRECTIONS) in done.stderr
