"""A disk that is full and a folder that is read-only: a clear error, and the dataset as it was."""

import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import pipeline.run
from pipeline import engine
from pipeline.dataset import snapshot, versions
from pipeline.dataset.query import query
from pipeline.engine import RunOptions
from pipeline.errors import DatasetError
from tests.small_language import language, line
from tests.test_engine import facts, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits and mounts")
SMALL = RunOptions(workers=1, shard_size=20)


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


@contextmanager
def files_no_larger_than(n_bytes):
    """As on a full disk, a write past it fails; Python ignores the signal that comes along."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


@contextmanager
def mounted(folder, *options):
    """``folder`` as a mount of its own; the test is skipped where that is not allowed."""
    if os.geteuid() or subprocess.run(["mount", *options, folder], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, timeout=60)


def unharmed(dataset, former):
    assert not list(dataset.rglob(".tmp-*"))
    with snapshot.open_snapshot(dataset) as con, snapshot.open_tables(dataset) as tables:
        ids = "SELECT article_id FROM articles ORDER BY ALL"
        assert con.execute(ids).fetchall() == tables.execute(ids).fetchall()
    return facts(dataset) == former


# A shard's table, the derived tables, and the snapshot are what does not fit.
@pytest.mark.parametrize("n_bytes", [500, 12_000, 300_000])
def test_a_full_disk_is_told_and_harms_nothing(tmp_path, n_bytes):
    out = tmp_path / "d"
    engine.run([write(tmp_path / "news.jsonl", *map(line, range(3)))], out, SMALL)
    former = facts(out)
    name = write(tmp_path / "news.jsonl", *map(line, range(60)))
    with files_no_larger_than(n_bytes), pytest.raises(DatasetError, match=r"can't be written .* still there"):
        engine.run([name], out, SMALL)
    assert unharmed(out, former)
    engine.run([name], out, SMALL)
    assert len(facts(out)["articles"]) == 60
    with files_no_larger_than(n_bytes), pytest.raises(DatasetError, match="can't be written"):
        versions.rollback(out)
    assert len(facts(out)["articles"]) == 60 and versions.check(out) == []


def test_a_disk_without_room_left_is_told_and_harms_nothing(tmp_path):
    few = write(tmp_path / "few.jsonl", *map(line, range(3)))
    many = write(tmp_path / "many.jsonl", *map(line, range(60)))
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=32m", "tmpfs"):
        out, ballast = disk / "d", disk / "ballast"
        engine.run([few], out, SMALL)
        former = facts(out)
        # What does not fit is a shard, a derived table, the snapshot's log, its pages.
        for room in (10_000, 100_000, 500_000, 2_000_000, 4_000_000):
            # A former try's shards are kept, and take room.
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            ballast.write_bytes(bytes(max(0, free - room)))
            with pytest.raises(DatasetError, match=r"(?i)can't be written .*(no space|disk|checkpoint)"):
                engine.run([many], out, SMALL)
            assert unharmed(out, former)
            ballast.unlink()
        engine.run([many], out, SMALL)
        assert len(facts(out)["articles"]) == 60


@pytest.mark.parametrize("folder", ["một 'thư' \"mục\" [1] {a,b}", "-d*\n$HOME;#%41"])
def test_a_folder_may_have_any_name(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    for n in (3, 4):
        engine.run([write(tmp_path / "news.jsonl", *map(line, range(n)))], Path(folder), SMALL)
        assert query(Path(folder), "SELECT count(*) AS n FROM articles").to_pylist() == [{"n": n}]
    assert versions.check(Path(folder)) == []


@pytest.mark.parametrize("folder", ["what?", "back\\slash", "~me", "\udcff"])
def test_a_name_that_duckdb_can_not_open_is_told(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match="name another"):
        engine.run([write(tmp_path / "news.jsonl", line(1))], Path(folder), SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["news.jsonl"]


def test_a_read_only_folder_is_told_and_can_be_asked(tmp_path):
    out = tmp_path / "d"
    name = write(tmp_path / "news.jsonl", *map(line, range(3)))
    engine.run([name], out, SMALL)
    name = write(tmp_path / "news.jsonl", *map(line, range(9)))
    with read_only(out):
        for write_it in (lambda: engine.run([name], out, SMALL), lambda: versions.gc(out)):
            with pytest.raises(DatasetError, match=r"Read-only|Permission denied"):
                write_it()
        with pytest.raises(DatasetError, match="name another folder"):
            engine.run([name], out / "new", SMALL)
        assert query(out, "SELECT count(*) AS n FROM articles").to_pylist() == [{"n": 3}]
    assert versions.check(out) == []


@contextmanager
def read_only(folder):
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
    else:
        with mounted(folder, "--bind", str(folder)):
            subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
            yield
