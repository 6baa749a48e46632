"""What may be done to the explorer: texts that try to be code, marks that overlap, a snapshot swapped meanwhile."""

import json
import shutil

import duckdb
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

import pipeline.run
from pipeline import engine
from pipeline.dataset.snapshot import snapshot_file
from pipeline.errors import DatasetError
from pipeline.explorer.app import create_app
from pipeline.explorer.marking import Mark, paragraphs
from pipeline.explorer.store import Store
from tests.shared import ROOT
from tests.small_language import language
from tests.test_explorer import Reader

HOSTILE = [json.loads(line) for line in (ROOT / "tests/corpus/explorer/hostile.jsonl").read_text("utf-8").splitlines()]
ACTIVE = {"script", "iframe", "object", "embed", "base", "style", "img", "math", "video", "template"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Articles with each hostile text as title, byline and body, and names made hostile in the snapshot."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = []
    for number, one in enumerate(HOSTILE):
        bad = one["text"]
        body = f"Ngày 1/3/2022, Công đoàn Công ty Alpha trao 3 suất quà {bad} cho đoàn viên.\n\n{bad}"
        lines.append({"id": str(number), "url": one.get("url"), "title": bad, "published": "2022-03-02", "text": body})
    file = folder / "news.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.run, "language", language)
        engine.run([str(file)], folder / "dataset")
    with duckdb.connect(str(snapshot_file(folder / "dataset"))) as con:
        # An extractor hardly takes such a thing for a name; should one ever, it is text too.
        for number, one in enumerate(HOSTILE):
            name = "x-" + one["text"]
            con.execute(
                "INSERT INTO organizations BY NAME SELECT * REPLACE ($1 AS org_id, $2 AS name) "
                "FROM organizations LIMIT 1",
                [name, one["text"]],
            )
            con.execute(
                "INSERT INTO organization_aliases VALUES ($1, $2, $2, $2)",
                [name, one["text"]],
            )
            con.execute(
                "UPDATE figures SET unit = $1, who_org_id = $2, rule = $1 WHERE rowid = $3", [one["text"], name, number]
            )
    return folder / "dataset"


def test_no_text_of_a_page_becomes_code(hostile):
    client = TestClient(create_app(hostile), base_url="http://127.0.0.1")
    snapshot = Store(hostile).snapshot()
    articles = snapshot.rows("SELECT article_id, title, text FROM articles")
    assert len(articles) >= len(HOSTILE) - 1
    paths = [
        "/",
        "/articles?size=100",
        "/organizations?size=100",
        "/figures?size=100",
        "/persons",
        "/events",
        "/search?q=cong+doan",
    ]
    paths += [f"/articles/{row['article_id']}" for row in articles]
    plain = Reader(client.get("/articles/none").text)
    harmless = {tag for tag, _ in plain.elements} & ACTIVE
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = Reader(answer.text)
        assert len(page.of("script")) == len(plain.of("script")), path
        assert {tag for tag, _ in page.elements} & ACTIVE <= harmless, path
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
            for name in ("href", "action", "hx-get"):
                assert (attributes.get(name) or "/").startswith(("/", "#", "http://", "https://")), (path, attributes)
    for row in articles:
        words = "".join(Reader(client.get(f"/articles/{row['article_id']}").text).words)
        assert row["text"].replace("\n", "") in words.replace("\n", "")


def test_hostile_names_are_followed_and_filtered(hostile):
    client = TestClient(create_app(hostile), base_url="http://127.0.0.1")
    for one in HOSTILE:
        for path, parameters in (
            ("/organizations", {"q": one["text"][:200]}),
            ("/figures", {"unit": one["text"][:200]}),
            ("/articles", {"organization": one["text"][:200]}),
        ):
            answer = client.get(path, params=parameters)
            assert answer.status_code in (200, 422)
            assert len(Reader(answer.text).of("script")) == 2


def test_a_download_holds_no_formula(hostile):
    text = TestClient(create_app(hostile), base_url="http://127.0.0.1").get("/articles.csv").text
    assert "'=HYPERLINK" in text
    assert "\n=HYPERLINK" not in text and ",=HYPERLINK" not in text


# --- marks ------------------------------------------------------------------------------------------------------------


def pieces_of(text, *spans):
    marks = [Mark(name, "dates", start, end) for name, start, end in spans]
    return [
        [(p.text, [m.row_id for m in p.marks], [m.row_id for m in p.opens]) for p in line]
        for line in paragraphs(text, marks)
    ]


def test_nested_and_overlapping_marks():
    assert pieces_of("abcdef\ngh", ("outer", 0, 4), ("inner", 1, 2), ("over", 3, 6), ("last", 7, 9)) == [
        [
            ("a", ["outer"], ["outer"]),
            ("b", ["outer", "inner"], ["inner"]),
            ("c", ["outer"], []),
            ("d", ["outer", "over"], ["over"]),
            ("ef", ["over"], []),
        ],
        [("gh", ["last"], ["last"])],
    ]
    assert pieces_of("ab", ("same", 0, 2), ("twin", 0, 2)) == [[("ab", ["same", "twin"], ["same", "twin"])]]
    assert pieces_of("ab", ("empty", 1, 1), ("far", 1, 9)) == [[("ab", [], [])]]


@given(st.text("ab\n", max_size=30), st.lists(st.tuples(st.integers(-1, 31), st.integers(-1, 31)), max_size=8))
def test_pieces_are_the_text_and_each_mark_opens_once(text, spans):
    marks = [Mark(str(number), "dates", start, end) for number, (start, end) in enumerate(spans)]
    lines = paragraphs(text, marks)
    assert "".join(piece.text for line in lines for piece in line) == text.replace("\n", "")
    opened = [mark.row_id for line in lines for piece in line for mark in piece.opens]
    assert len(opened) == len(set(opened))
    for mark in marks:
        if 0 <= mark.start < mark.end <= len(text) and text[mark.start] != "\n":
            under = [piece.text for line in lines for piece in line if mark in piece.marks]
            assert "".join(under) == text[mark.start : mark.end].replace("\n", "")
            assert mark.row_id in opened


# --- the snapshot -----------------------------------------------------------------------------------------------------


def copy_of(dataset, folder, titles):
    folder.mkdir()
    shutil.copy(snapshot_file(dataset), snapshot_file(folder))
    with duckdb.connect(str(snapshot_file(folder))) as con:
        con.execute("UPDATE articles SET title = ?", [titles])
    return folder


def test_a_swapped_snapshot_is_taken_up_without_a_restart(sample_dataset, tmp_path):
    dataset = copy_of(sample_dataset, tmp_path / "dataset", "former")
    later = copy_of(sample_dataset, tmp_path / "later", "swapped in")
    client = TestClient(create_app(dataset), base_url="http://127.0.0.1")
    assert "former" in client.get("/articles").text
    store = Store(dataset)
    begun = store.snapshot().stream("SELECT title FROM articles")
    assert next(begun) == ["title"]
    snapshot_file(later).replace(snapshot_file(dataset))
    text = client.get("/articles").text
    assert "swapped in" in text and "former" not in text
    # What was being read is read to its end, as it was.
    assert {row[0] for row in begun} == {"former"}
    # A file that can't be read does not take the pages down.
    (tmp_path / "broken").write_bytes(b"no database")
    (tmp_path / "broken").replace(snapshot_file(dataset))
    assert "swapped in" in client.get("/articles").text


def test_what_people_said_stands_beside_the_row(sample_dataset, tmp_path):
    dataset = copy_of(sample_dataset, tmp_path / "dataset", "title")
    with duckdb.connect(str(snapshot_file(dataset))) as con:
        row_id, article_id = con.execute("SELECT row_id, article_id FROM figures ORDER BY row_id").fetchone()
        con.execute(
            "INSERT INTO corrections VALUES (?, 'figures', ?, 'value', 'value', '3', '5', 'An <b>', '2024-01-02', "
            "'counted again', 'corrections.csv:2')",
            [row_id, article_id],
        )
        con.execute(
            "INSERT INTO judgements VALUES ('organization', 'different', 'one', 'other', 'cd-dau-khi', 'x', 'split', "
            "'Binh', '2024-01-03', 'two houses', 'judgements.csv:2')"
        )
    client = TestClient(create_app(dataset), base_url="http://127.0.0.1")
    article = client.get(f"/articles/{article_id}").text
    assert "counted again (An &lt;b&gt;, 2024-01-02; corrections.csv:2)" in article
    assert "3 → 5" in article
    assert "two houses (Binh, 2024-01-03; judgements.csv:2)" in client.get("/organizations/cd-dau-khi").text


def test_a_very_long_text_is_cut_and_said_to_be(sample_dataset, tmp_path):
    dataset = copy_of(sample_dataset, tmp_path / "dataset", "title")
    with duckdb.connect(str(snapshot_file(dataset))) as con:
        con.execute("UPDATE articles SET text = text || repeat('dài ', 100_000)")
        (article_id,) = con.execute("SELECT article_id FROM articles").fetchone()
    client = TestClient(create_app(dataset), base_url="http://127.0.0.1")
    text = client.get(f"/articles/{article_id}", params={"lang": "en"}).text
    assert "longer than what is shown" in text
    assert len(text) < 400_000


def test_a_snapshot_without_the_index_is_refused_by_name(sample_dataset, tmp_path):
    dataset = copy_of(sample_dataset, tmp_path / "dataset", "title")
    with duckdb.connect(str(snapshot_file(dataset))) as con:
        con.execute("DROP TABLE search.postings")
    with pytest.raises(DatasetError, match=r"congdoan\.duckdb: a snapshot of an older congdoan"):
        create_app(dataset)


def test_the_database_can_only_be_read(sample_dataset):
    snapshot = Store(sample_dataset).snapshot()
    before = snapshot_file(sample_dataset).stat().st_mtime_ns
    for sql in (
        "DELETE FROM articles",
        "UPDATE articles SET title = ''",
        "CREATE TABLE snapshot.main.t AS SELECT 1",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY articles TO '/tmp/out.csv'",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            snapshot.rows(sql)
    assert snapshot_file(sample_dataset).stat().st_mtime_ns == before
