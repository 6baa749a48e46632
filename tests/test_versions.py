"""Versions of a dataset: kept, gone back to, checked and collected, also where something is killed in between."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

import pipeline.run
from pipeline import cli, engine
from pipeline.dataset import manifest, shards, snapshot, versions
from pipeline.engine import RunOptions
from pipeline.errors import DatasetError, UsageError
from tests.small_language import language, line
from tests.test_engine import facts, files, rows, write

ROOT = Path(__file__).parents[1]
SMALL = RunOptions(workers=1, shard_size=2)


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("versions")


@pytest.fixture
def news(place):
    """Write the input anew: the articles of these numbers."""
    return lambda *numbers: write(place / "news.jsonl", *map(line, numbers))


@pytest.fixture
def dataset(place, news, tmp_path):
    """Three versions: of two articles, of four, of five others in part."""
    made = place / "made"
    if not made.exists():
        for numbers in ((0, 1), (0, 1, 2, 3), (0, 1, 2, 7, 8)):
            engine.run([news(*numbers)], made, SMALL)
    return copytree(made, tmp_path / "d")


def ids(dataset):
    assert versions.check(dataset) == []
    with snapshot.open_snapshot(dataset) as con, snapshot.open_tables(dataset) as tables:
        found = [c.execute("SELECT input_id FROM articles ORDER BY input_id").fetchall() for c in (con, tables)]
    assert found[0] == found[1]
    return [int(name[1:]) for (name,) in found[0]]


def generations(dataset):
    return [version.generation for version in versions.kept(dataset)]


def congdoan(*arguments):
    found = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    return found.exit_code, found.output, found.exception


def test_the_last_versions_are_kept_and_older_ones_go(dataset, news):
    assert generations(dataset) == [1, 2, 3]
    engine.run([news(5)], dataset, SMALL)
    assert generations(dataset) == [2, 3, 4]
    engine.run([news(5)], dataset, SMALL)
    assert generations(dataset) == [2, 3, 4], "a run that changes nothing makes no version"
    engine.run([news(6)], dataset, RunOptions(workers=1, shard_size=2, keep=1))
    assert generations(dataset) == [5]
    versions.gc(dataset)
    named = {shard.fingerprint for shard in manifest.committed(dataset).shards}
    assert {path.name for path in (dataset / "shards").iterdir()} == named
    assert len(list((dataset / "derived").iterdir())) == 1


def test_rollback_and_back_again(dataset):
    before = facts(dataset)
    made = versions.rollback(dataset)
    assert (made.generation, ids(dataset)) == (4, [0, 1, 2, 3])
    versions.rollback(dataset, 1)
    assert ids(dataset) == [0, 1]
    versions.rollback(dataset, 3)
    assert facts(dataset) == before
    assert generations(dataset) == [1, 2, 3, 4, 5, 6]


def test_a_run_after_rollback_uses_the_shards_of_the_other_version(dataset, news, monkeypatch):
    before = rows(dataset)
    versions.rollback(dataset)
    monkeypatch.setattr(engine, "run_shard", None)
    summary = engine.run([news(0, 1, 2, 7, 8)], dataset, SMALL)
    assert (summary.shards_done, ids(dataset)) == (0, [0, 1, 2, 7, 8])
    after = rows(dataset)
    assert after["articles"] == before["articles"]
    made_by = {row["run_id"] for row in after["articles"]}
    assert made_by <= {row["run_id"] for row in after["runs"]}


@pytest.mark.parametrize(("missing", "says"), [(9, "version 9 is not kept"), (3, "there is: 1, 2")])
def test_a_version_that_is_not_there_is_told(dataset, missing, says):
    written = files(dataset)
    with pytest.raises(UsageError, match=says):
        versions.rollback(dataset, missing)
    assert files(dataset) == written


def test_a_damaged_version_is_told_and_not_gone_back_to(dataset, news):
    shard, *_ = versions.kept(dataset)[0].shards
    file = shards.shard_folder(dataset, shard.fingerprint) / "figures.parquet"
    whole = file.read_bytes()
    file.write_bytes(b"PAR1" + bytes(len(whole) - 8) + b"PAR1")
    assert any("version 1" in problem and "figures" in problem for problem in versions.check(dataset))
    file.write_bytes(b"cut")
    assert any("another size" in problem for problem in versions.check(dataset))
    with pytest.raises(DatasetError, match="version 1 is damaged"):
        versions.rollback(dataset, 1)
    file.write_bytes(whole)
    assert versions.check(dataset) == []
    (dataset / "versions" / "000002.json").write_text("{", encoding="utf-8")
    (problem,) = versions.check(dataset)
    assert "000002.json" in problem
    assert generations(dataset) == [1, 3]


def test_gc_deletes_what_no_version_names(dataset):
    orphans = [dataset / "shards" / "0123", dataset / "derived" / "000009-x", dataset / "shards" / ".tmp-x-1"]
    written = set(files(dataset))
    for folder in orphans:
        folder.mkdir()
        (folder / "dates.parquet").write_bytes(b"half")
    (dataset / "versions" / ".tmp-000003.json-1").write_bytes(b"half")
    assert versions.gc(dataset) == versions.Collected(4, 16)
    assert set(files(dataset)) == written
    assert versions.gc(dataset, 2).n > 0
    assert generations(dataset) == [2, 3] and ids(dataset) == [0, 1, 2, 7, 8]
    versions.rollback(dataset)
    assert ids(dataset) == [0, 1, 2, 3]


_KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.dataset import manifest, snapshot, versions
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
setattr({"manifest": manifest, "snapshot": snapshot}[sys.argv[2]], sys.argv[3], die)
versions.rollback(Path(sys.argv[1]), 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize(
    ("module", "name", "holds"), [("manifest", "commit", [0, 1, 2, 7, 8]), ("snapshot", "swap_in", [0, 1])]
)
def test_a_rollback_that_is_killed_happened_or_not(dataset, module, name, holds):
    command = [sys.executable, "-c", _KILLED, str(dataset), module, name]
    assert subprocess.run(command, cwd=ROOT, timeout=100).returncode == -9
    with snapshot.open_tables(dataset) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (len(holds),)
    versions.gc(dataset)
    assert ids(dataset) == holds
    assert not list(dataset.rglob(".tmp-*"))


def test_nothing_is_collected_or_gone_back_to_while_a_run_writes(dataset):
    script = (
        "import sys; from pathlib import Path; from pipeline.dataset import versions; "
        "from pipeline.errors import DatasetError\n"
        "for act in (versions.gc, versions.rollback):\n"
        "    try: act(Path(sys.argv[1]))\n"
        "    except DatasetError as error: print(error)\n"
    )
    with manifest.locked(dataset):
        command = [sys.executable, "-c", script, str(dataset)]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert found.stdout.count("is writing it") == 2, found.stderr


def test_the_commands(dataset, tmp_path):
    code, listed, _ = congdoan("dataset", "list", "--dataset", dataset)
    assert code == 0 and [row.split()[0] for row in listed.splitlines()] == ["version", "1", "2", "3"]
    assert listed.splitlines()[-1].endswith("(the dataset)")
    code, told, _ = congdoan("dataset", "rollback", "2", "--dataset", dataset)
    assert code == 0 and "is now version 4" in told and ids(dataset) == [0, 1, 2, 3]
    assert congdoan("dataset", "check", "--dataset", dataset)[:2] == (
        0,
        f"{dataset}: 4 versions, all files there and whole\n",
    )
    code, told, _ = congdoan("dataset", "gc", "--keep", "1", "--dataset", dataset)
    assert code == 0 and "deleted" in told and generations(dataset) == [4]
    (dataset / "congdoan.duckdb").unlink()
    code, told, _ = congdoan("dataset", "check", "--dataset", dataset)
    assert code == 1 and "gc` builds it anew" in told
    assert isinstance(congdoan("dataset", "rollback", "--dataset", dataset)[2], UsageError)
    for command in ("list", "rollback", "gc", "check"):
        assert isinstance(congdoan("dataset", command, "--dataset", tmp_path / "none")[2], DatasetError)


@pytest.mark.parametrize("eighth", [1, 4, 7])
def test_a_damaged_snapshot_is_told_and_built_anew(dataset, eighth):
    """Its first blocks say of which version it is: cut or changed behind them, it passed for sound."""
    file = snapshot.snapshot_file(dataset)
    whole, before = file.read_bytes(), facts(dataset)
    changed = bytearray(whole)
    for at in range(len(whole) // 8 * eighth, len(whole), 1000):
        changed[at] ^= 1
    for damaged in (whole[: len(whole) // 8 * eighth], bytes(changed)):
        file.write_bytes(damaged)
        (problem,) = versions.check(dataset)
        assert "congdoan.duckdb" in problem and "gc" in problem
        versions.gc(dataset)
        assert versions.check(dataset) == [] and facts(dataset) == before
