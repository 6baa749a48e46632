"""A dataset at a URL: published, fetched, gone on with, cut off, tampered with."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest

import pipeline.run
from pipeline import engine
from pipeline.dataset import manifest, publication, versions
from pipeline.dataset.publication import pull, push
from pipeline.engine import RunOptions
from pipeline.errors import DatasetError, UsageError
from tests.small_language import language, line
from tests.test_engine import facts, rows, write

SMALL = RunOptions(workers=1, shard_size=3)


@pytest.fixture(scope="module")
def grow(tmp_path_factory):
    """Make the dataset hold the first n articles of one file."""
    news = tmp_path_factory.mktemp("news") / "news.jsonl"

    def run(dataset, n):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline.run, "language", language)
            engine.run([write(news, *map(line, range(n)))], dataset, SMALL)
        return dataset

    return run


@pytest.fixture(scope="module")
def made(grow, tmp_path_factory):
    return grow(tmp_path_factory.mktemp("made") / "dataset", 8)


@pytest.fixture
def dataset(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "ours"))


@pytest.fixture
def memory():
    yield "memory://published"
    fsspec.filesystem("memory").store.clear()


def test_what_is_published_is_fetched_and_only_what_is_new_travels(dataset, grow, tmp_path, memory):
    theirs = tmp_path / "theirs"
    first = push(dataset, memory)
    assert (first.number, first.files_there) == (1, 0) and first.files > 20
    fetched = pull(memory, theirs)
    assert rows(theirs) == rows(dataset) and fetched.files > 20
    assert versions.check(theirs) == []

    assert push(dataset, memory).files == 0 == pull(memory, theirs).files
    grow(dataset, 14)
    second = push(dataset, memory)
    assert second.number == 2 and 0 < second.files < first.files + second.files_there
    again = pull(memory, theirs)
    assert 0 < again.files < again.files + again.files_there
    assert rows(theirs) == rows(dataset) and len(facts(theirs)["articles"]) == 14
    # The one before is kept, as after a run.
    assert versions.rollback(theirs).generation == 3 and len(facts(theirs)["articles"]) == 8
    assert pull(memory, theirs).files_there and len(facts(theirs)["articles"]) == 14


class CutOff(Exception):
    """As a connection that breaks."""


@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_push_that_is_cut_off_leaves_what_was_published(dataset, grow, tmp_path, memory, monkeypatch, after):
    push(dataset, memory)
    former = facts(dataset)
    grow(dataset, 14)
    fs = fsspec.filesystem("memory")
    monkeypatch.setattr(publication, "_BATCH", 5)
    good, done = fs.pipe_file, []

    def weak(path, content, **options):
        if len(done) == after:
            good(path, content[: len(content) // 2])
            raise CutOff(path)
        done.append(path)
        good(path, content, **options)

    def put(files, names):
        for file, name in zip(files, names, strict=True):
            weak(name, Path(file).read_bytes())

    monkeypatch.setattr(fs, "put", put)
    monkeypatch.setattr(fs, "pipe_file", weak)
    with pytest.raises(DatasetError, match=r"memory://published: can't be .*CutOff.*nothing was replaced"):
        push(dataset, memory)
    monkeypatch.undo()
    pull(memory, tmp_path / "theirs")
    assert facts(tmp_path / "theirs") == former
    # What was sent whole is not sent again, what was sent in half is.
    assert push(dataset, memory).files_there >= after
    pull(memory, tmp_path / "theirs")
    assert facts(tmp_path / "theirs") == facts(dataset)


def test_half_a_publication_is_none(dataset, grow, tmp_path, memory):
    push(dataset, memory)
    former = facts(dataset)
    grow(dataset, 14)
    push(dataset, memory)
    fs = fsspec.filesystem("memory")
    newest = sorted(fs.ls("/published/publications", detail=False))[-1]
    fs.pipe_file(newest, fs.cat_file(newest)[:-100])
    pull(memory, tmp_path / "theirs")
    assert facts(tmp_path / "theirs") == former


def test_a_pull_that_is_cut_off_goes_on(dataset, tmp_path, memory, monkeypatch):
    push(dataset, memory)
    theirs = tmp_path / "theirs"
    good, done = publication._fetch_files, []

    def weak(fs, root, wanted):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(wanted)
        good(fs, root, wanted)

    monkeypatch.setattr(publication, "_fetch_files", weak)
    with pytest.raises(KeyboardInterrupt):
        pull(memory, theirs)
    assert manifest.load(theirs) is None and not list(theirs.rglob(".tmp-*"))
    monkeypatch.setattr(publication, "_fetch_files", good)
    assert pull(memory, theirs).files_there > 0
    assert rows(theirs) == rows(dataset)


def test_damage_on_either_side_is_told_or_mended(dataset, tmp_path, memory):
    push(dataset, memory)
    theirs = tmp_path / "theirs"
    pull(memory, theirs)
    next((theirs / "shards").rglob("articles.parquet")).write_bytes(b"cut")
    (theirs / "congdoan.duckdb").unlink()
    pull(memory, theirs)
    assert versions.check(theirs) == [] and rows(theirs)["articles"] == rows(dataset)["articles"]
    (theirs / "congdoan.duckdb").unlink()
    assert pull(memory, theirs).files == 0 and versions.check(theirs) == []

    fs = fsspec.filesystem("memory")
    largest = max(fs.ls("/published/objects"), key=lambda one: one["size"])["name"]
    fs.pipe_file(largest, bytes(fs.size(largest)))
    with pytest.raises(DatasetError, match=r"object [0-9a-f]{64} is missing or not what was published"):
        pull(memory, tmp_path / "new")
    next((dataset / "shards").rglob("articles.parquet")).write_bytes(b"cut")
    with pytest.raises(DatasetError, match=r"shard .* is damaged"):
        push(dataset, memory)


def test_rows_of_other_runs_are_not_replaced(dataset, grow, tmp_path, memory):
    push(dataset, memory)
    other = tmp_path / "other"
    grow(other, 5)
    grow(other, 8)
    former = rows(other)
    with pytest.raises(DatasetError, match="pull into a new folder"):
        pull(memory, other)
    assert rows(other) == former and versions.check(other) == []


@pytest.mark.parametrize("name", ["../../evil.parquet", "/etc/evil.json", "shards/../../evil.json", "versions/x.json"])
def test_a_publication_can_not_write_elsewhere(dataset, tmp_path, memory, name):
    push(dataset, memory)
    fs = fsspec.filesystem("memory")
    (newest,) = fs.ls("/published/publications", detail=False)
    content = json.loads(fs.cat_file(newest))
    content["files"][name] = content["files"]["manifest.json"]
    raw = json.dumps(content).encode()
    fs.pipe_file(f"/published/publications/000009-{sha256(raw).hexdigest()}.json", raw)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatasetError, match="no dataset's"):
        pull(memory, tmp_path / "theirs")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_of_this_machine_by_path_and_by_url(dataset, tmp_path):
    push(dataset, str(tmp_path / "một thư mục"))
    pull(f"file://{tmp_path}/một thư mục", tmp_path / "theirs")
    assert rows(tmp_path / "theirs") == rows(dataset)


def test_what_can_not_be_reached_is_told(dataset, tmp_path, memory):
    with pytest.raises(UsageError, match="nonsense"):
        push(dataset, "nonsense://x")
    with pytest.raises(DatasetError, match="no dataset is published there"):
        pull(memory, tmp_path / "theirs")
    assert not (tmp_path / "theirs").exists()
    with pytest.raises(DatasetError, match="no dataset here"):
        push(tmp_path / "none", memory)
