"""Files made to harm whoever reads them: what a stranger made writes nowhere else and runs nothing.

What is read here is not damaged but made with intent (damage: test_fuzz, test_hostile). Each test looks at all that
stands beside the dataset, before and after.
"""

import json
import pickle
import shutil
import sys
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import pipeline.run
from models.event_types import load
from pipeline import engine, inputs, report
from pipeline.annotations import CORRECTION_COLUMNS
from pipeline.cli import app
from pipeline.dataset import manifest, shards, snapshot, versions
from pipeline.dataset.query import query
from pipeline.dataset.schema import TABLES
from pipeline.engine import RunOptions
from pipeline.errors import DatasetError, QueryRefused
from scrapers.errors import InputError
from tests.small_language import language, line

SMALL = RunOptions(workers=1, shard_size=2)
TEXT = "Ngày 3/3/2022, Công đoàn Công ty Alpha trao quà cho đoàn viên khó khăn ở các tổ sản xuất."
ELSEWHERE = ["../../outside", "/tmp/outside", "..", "a/../../b", "C:\\outside", "..\\outside", "", "a\0b", "%2e%2e"]


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A dataset of two versions, and its input."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.run, "language", language)
        for numbers in (range(3), range(5)):
            (folder / "news.jsonl").write_text("".join(line(n) + "\n" for n in numbers), encoding="utf-8")
            engine.run([str(folder / "news.jsonl")], folder / "dataset", SMALL)
    return folder


@pytest.fixture
def place(tmp_path):
    """A user's folder with something of theirs in it."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.json").write_text("{}")
    return tmp_path


@pytest.fixture
def dataset(place, made):
    return shutil.copytree(made / "dataset", place / "dataset")


def beside(place):
    """All that stands beside the dataset, and what is in it."""
    files = [path for path in place.rglob("*") if path.is_file() and place / "dataset" not in path.parents]
    return {path: path.read_bytes() for path in files}


def change(file, **content):
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **content}), encoding="utf-8")


def everything(dataset, made):
    """All that writes to a dataset or looks all of it over; the errors."""
    told = []
    for act in (
        lambda: engine.run([str(made / "news.jsonl")], dataset, SMALL),
        lambda: versions.rollback(dataset),
        lambda: versions.gc(dataset, keep=1),
        lambda: versions.check(dataset),
    ):
        try:
            act()
        except DatasetError as error:
            told.append(str(error))
    return told


# --- a dataset of a stranger ----------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize(
    "name", ["shards", "derived", "versions", ".lock", "manifest.json", "congdoan.duckdb", "report.html", "report.json"]
)
def test_a_dataset_that_links_to_elsewhere_is_not_written(place, dataset, made, name):
    held = dataset / name
    target = place / "mine" if held.is_dir() else place / "mine" / "letter.json"
    if name == "manifest.json":
        shutil.copy(held, target)
    shutil.rmtree(held) if held.is_dir() else held.unlink(missing_ok=True)
    held.symlink_to(target)
    before = beside(place)
    told = everything(dataset, made)
    assert len([text for text in told if f"{name} is a link" in text]) == 3
    assert beside(place) == before


@pytest.mark.parametrize("name", ELSEWHERE)
@pytest.mark.parametrize("where", ["derived", "fingerprint", "counts", "bytes"])
def test_a_manifest_that_names_another_place_is_refused(place, dataset, made, where, name):
    file = dataset / "manifest.json"
    (one, *others) = json.loads(file.read_text(encoding="utf-8"))["shards"]
    if where == "derived":
        change(file, derived=name or "/")
    else:
        change(file, shards=[{**one, where: name if where == "fingerprint" else {name: 1}}, *others])
    before = beside(place)
    told = everything(dataset, made)
    assert len(told) == 4 and all("not a manifest" in text for text in told)
    assert beside(place) == before


def test_a_former_version_that_names_another_place_is_none(place, dataset):
    (file,) = (dataset / "versions").glob("*.json")
    change(file, derived="../../mine")
    before = beside(place)
    assert any("can't be read" in problem for problem in versions.check(dataset))
    assert len(versions.kept(dataset)) == 1
    versions.gc(dataset)
    assert beside(place) == before


def test_a_shard_that_says_it_is_another_is_made_anew(dataset):
    one, other, *_ = manifest.committed(dataset).shards
    file = shards.shard_folder(dataset, one.fingerprint) / "shard.json"
    change(file, fingerprint=other.fingerprint)
    assert shards.read_shard(dataset, one.fingerprint) is None
    change(file, fingerprint="../../mine")
    assert shards.read_shard(dataset, one.fingerprint) is None


@pytest.mark.parametrize(
    "run",
    [
        {"started_at": "soon"},
        {"started_at": None},
        {"n_in": "many"},
        {"status": "'; DROP TABLE"},
        {"engine": 1},
        {"x": 1},
    ],
)
def test_a_manifest_whose_runs_are_none_is_told(dataset, made, run):
    file = dataset / "manifest.json"
    (first, *others) = json.loads(file.read_text(encoding="utf-8"))["runs"]
    change(file, runs=[{**first, **run}, *others])
    assert all("not a manifest" in text for text in everything(dataset, made))


VIEWS = {
    "a file": "SELECT content AS text FROM read_text('{secret}')",
    "a table in a file": "SELECT * FROM read_csv('{secret}')",
    "a folder": "SELECT * FROM glob('{secret}*')",
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_snapshot_that_holds_a_view_of_elsewhere_shows_nothing_of_it(place, dataset, name):
    secret = place / "mine" / "secret.txt"
    secret.write_text("the secret\n")
    with duckdb.connect(str(dataset / "congdoan.duckdb")) as con:
        con.execute("DROP TABLE terms")
        con.execute("CREATE VIEW terms AS " + VIEWS[name].format(secret=secret))
        con.execute("CREATE MACRO lower(x) AS (SELECT min(content) FROM read_text('" + str(secret) + "'))")
        con.execute("CREATE MACRO words() AS TABLE " + VIEWS[name].format(secret=secret))
    for sql in ("FROM terms", "SELECT count(*) FROM terms", "FROM words()", "SELECT lower(title) FROM articles"):
        with pytest.raises(QueryRefused) as refused:
            query(dataset, sql)
        assert "the secret" not in str(refused.value)


def test_a_report_shows_nothing_of_other_files(place, dataset):
    secret = place / "mine" / "secret.txt"
    secret.write_text("the secret\n")
    with duckdb.connect(str(dataset / "congdoan.duckdb")) as con:
        con.execute("DROP TABLE rejects")
        cells = ", ".join(f"content AS {column.name}" for column in TABLES["rejects"].columns)
        con.execute(f"CREATE VIEW rejects AS SELECT {cells} FROM read_text('{secret}')")
    with pytest.raises(duckdb.PermissionException):
        report.write_report(dataset, place / "report.html")
    with pytest.raises(QueryRefused):
        query(dataset, "FROM rejects")
    assert not (place / "report.html").exists()


class _Runs:
    """Unpickled, it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "code was run")


def _with_pickle(file, path):
    """The table of a Parquet file, with a pickle wherever a reader might look for one."""
    table = pq.read_table(file)
    harm = pickle.dumps(_Runs(path))
    fields = [
        field.with_metadata({"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": harm})
        for field in table.schema
    ]
    told = {"pandas": harm, "pickle": harm, "ARROW:schema:x": harm}
    pq.write_table(table.cast(pa.schema(fields)).replace_schema_metadata(told), file)


def test_parquet_with_pickles_runs_nothing(place, dataset, made):
    known = manifest.committed(dataset)
    for shard in known.shards:
        for table in shard.counts:
            _with_pickle(shards.shard_folder(dataset, shard.fingerprint) / f"{table}.parquet", place / "harm")
    for file in (dataset / "derived").rglob("*.parquet"):
        _with_pickle(file, place / "harm")
    # The stranger's manifest says the sizes that the files have.
    content = json.loads((dataset / "manifest.json").read_text(encoding="utf-8"))
    for shard in content["shards"]:
        folder = shards.shard_folder(dataset, shard["fingerprint"])
        shard["bytes"] = {table: (folder / f"{table}.parquet").stat().st_size for table in shard["counts"]}
    change(dataset / "manifest.json", shards=content["shards"])
    (dataset / "congdoan.duckdb").unlink()
    before = beside(place)
    with suppress(duckdb.Error), snapshot.open_tables(dataset) as con:
        con.execute("SELECT * FROM articles JOIN officials USING (article_id)").fetchall()
    everything(dataset, made)
    assert beside(place) == before
    # It would: the harm is real.
    pickle.loads(pickle.dumps(_Runs(place / "harm")))
    assert (place / "harm").read_text() == "code was run"


# --- inputs of a stranger -------------------------------------------------------------------------------------------

URIS = [
    "../../../outside.html", "/etc/outside.html", "file:///etc/passwd", "C:\\outside.html", "https://vidu.org.vn/../../x",
    "https://../outside/", "https://vidu.org.vn/\0/x", "javascript:alert(1)", "", "https://" + "a" * 5000 + "/",
]  # fmt: skip


def _record(writer, uri, number):
    said = (
        f"Sáng {number + 1}/3/2022, tổ {number} của Công đoàn Công ty Alpha trao {number + 7} suất quà cho đoàn viên."
    )
    body = f"<h1>Tổ {number} trao quà cho đoàn viên khó khăn</h1><p>{said}</p>".encode()
    return writer.create_warc_record(
        uri,
        "response",
        payload=BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Filename": "../../outside",
            "WARC-Date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


@pytest.mark.parametrize("ending", [".warc", ".warc.gz"])
def test_addresses_in_archives_are_text(place, ending):
    path = place / f"pages{ending}"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=ending == ".warc.gz")
        for number, uri in enumerate(URIS):
            writer.write_record(_record(writer, uri, number))
    before = beside(place)
    engine.run([str(path)], place / "dataset", SMALL)
    assert beside(place) == before
    rows = query(place / "dataset", "SELECT url, archive_ref FROM articles").to_pylist()
    assert len(rows) >= 3 and all(row["archive_ref"].startswith(f"pages{ending}#") for row in rows)
    # What was not fetched over HTTP is no page of an archive.
    assert all(row["url"].startswith("https:") and row["url"].isprintable() for row in rows)
    shown = (place / "dataset" / "report.html").read_text(encoding="utf-8")
    assert "javascript:" not in shown and 'href="file:' not in shown


LINES = {
    "a way up as id": ('{"id": "../../outside", "text": "%s"}', "../../outside"),
    "a drive as id": (r'{"id": "C:\\outside", "text": "%s"}', r"C:\outside"),
    "NUL in the id": (r'{"id": "a\u0000b", "text": "%s"}', "ab"),
    "half a character": (r'{"id": "\ud800", "text": "%s"}', "\ufffd"),
    "an id twice": ('{"id": "a", "id": "b", "text": "%s"}', "b"),
    "deep nesting": ('{"id": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + ', "text": "%s"}', "json"),
    "deep objects": ('{"id": "a", "x": ' + '{"x":' * 100_000 + "1" + "}" * 100_000 + ', "text": "%s"}', "json"),
    "a million digits": ('{"id": ' + "9" * 10**6 + ', "text": "%s"}', "json"),
    "a million digits beside": ('{"id": "a", "x": ' + "9" * 10**6 + ', "text": "%s"}', "json"),
    "no number as id": ('{"id": NaN, "text": "%s"}', "json"),
    "numbers without end": ('{"id": "a", "x": [NaN, Infinity, 1e99999], "text": "%s"}', "a"),
    "a class to make": ('{"id": "a", "py/object": "os.system", "__reduce__": ["os.system", "x"], "text": "%s"}', "a"),
    "another type as text": ('{"id": "a", "text": {"$ref": "file:///etc/passwd"}, "x": "%s"}', "json"),
}


@pytest.mark.parametrize("name", LINES)
def test_crafted_lines_are_articles_or_rejects(place, name):
    text, expected = LINES[name]
    path = place / "crafted.jsonl"
    path.write_text(text.replace("%s", TEXT) + "\n", encoding="utf-8")
    ((_, found),) = inputs.read_items(list(inputs.find_items([str(path)])))
    assert (found.cause if isinstance(found, InputError) else found.id) == expected


def test_a_run_over_crafted_lines_writes_its_dataset_only(place):
    path = place / "crafted.jsonl"
    path.write_text("".join(text.replace("%s", f"{TEXT} {name}.") + "\n" for name, (text, _) in LINES.items()))
    before = beside(place)
    summary = engine.run([str(path)], place / "dataset", SMALL)
    assert (summary.n_ok, summary.n_rejected) == (len(LINES) - 6, 6)
    assert beside(place) == before


def test_formulas_of_corrections_are_text_in_exports(place, dataset, made):
    (row_id,) = {row["row_id"] for row in query(dataset, "SELECT row_id FROM officials LIMIT 1").to_pylist()}
    formula = "=cmd|' /C calc'!A0"
    cells = {
        "row_id": row_id,
        "verdict": "value",
        "column": "person",
        "value": formula,
        "who": "+1+1",
        "why": "@SUM(1)",
    }
    row = [{**cells, "when": "2026-11-21"}[name] for name in CORRECTION_COLUMNS]
    told = f"{','.join(CORRECTION_COLUMNS)}\n" + ",".join(f'"{cell}"' for cell in row) + "\n"
    (dataset / "corrections.csv").write_text(told, encoding="utf-8")
    engine.run([str(made / "news.jsonl")], dataset, SMALL)
    for out in ("csv", "x.xlsx"):
        arguments = ["export", "--out", str(place / out), "--dataset", str(dataset)]
        found = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert found.exit_code == 0, found.output
    for name in ("corrections", "officials"):
        text = (place / "csv" / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert f"'{formula}" in text and not any(f"{before}{formula}" in text for before in (",", '"', "\n"))
    book = openpyxl.load_workbook(place / "x.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "f" not in kinds and formula in {cell.value for row in book["corrections"].iter_rows() for cell in row}


# --- weights of a stranger ------------------------------------------------------------------------------------------


def test_weights_with_a_pickle_run_nothing_though_the_manifest_names_them(tmp_path):
    path, known = tmp_path / "w.npz", tmp_path / "MANIFEST.csv"
    names = ("classes", "vocabulary", "weights", "intercepts", "idf")
    np.savez(path, **{name: np.array([_Runs(tmp_path / "harm")], dtype=object) for name in names})
    known.write_text(f"file,sha256\nw.npz,{sha256(path.read_bytes()).hexdigest()}\n", encoding="utf-8")
    with pytest.raises((ValueError, KeyError)):
        load(path, known)
    assert not (tmp_path / "harm").exists()
