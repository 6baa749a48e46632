"""kill -9 at twenty moments of a run: the last consistent dataset stays readable, and the next run completes it."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import pytest

from pipeline import cli, engine
from pipeline.dataset import manifest, shards, snapshot
from pipeline.dataset.query import query
from pipeline.dataset.schema import TABLES
from pipeline.errors import DatasetError
from tests.kill_driver import INTERRUPTED
from tests.small_language import line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups to kill there")
N_KILLS = 20
IN_A_ROW = 5  # of the same run
BEFORE, AFTER = range(4), range(16)


class Driver:
    def __init__(self):
        command = [sys.executable, "-m", "tests.kill_driver"]
        root = Path(__file__).parents[1]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
        )

    def run(self, out, name, workers=1, kill_after=None, sign=signal.SIGKILL, **order):
        """Run, killed after so many seconds or as ordered; whether it ended by itself, and the seconds it took."""
        group = self.start(out, name, workers, **order)
        began = time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.killpg(group, sign)
        code = int(self.process.stdout.readline())
        assert code in (0, -signal.SIGKILL if sign == signal.SIGKILL else INTERRUPTED)
        return code == 0, time.monotonic() - began

    def start(self, out, name, workers=1, **order):
        """Start a run (``kill_driver.Order``); the id of its process group."""
        order = {"out": str(out), "name": str(name), "workers": workers, **order}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    driver.process.kill()
    driver.process.communicate()


def write(file, numbers):
    file.write_text("".join(line(number) + "\n" for number in numbers), encoding="utf-8")
    return file


def tables(con):
    """All rows but the runs', whose times and number differ."""
    found = {name: con.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist() for name in TABLES if name != "runs"}
    return {name: [{**row, "run_id": None} for row in rows] for name, rows in found.items()}


def in_snapshot(dataset):
    with snapshot.open_snapshot(dataset) as con:
        return tables(con)


def in_parquet(dataset):
    with snapshot.open_tables(dataset) as con:
        return tables(con)


def test_twenty_kills(tmp_path, driver):
    chance = random.Random(929)
    name = write(tmp_path / "news.jsonl", BEFORE)
    start = tmp_path / "start"
    driver.run(start, name)
    former = in_snapshot(start)
    name = write(tmp_path / "news.jsonl", AFTER)
    whole, log = tmp_path / "whole", tmp_path / "log"
    subprocess.run(["cp", "-r", start, whole], check=True)
    _, seconds = driver.run(whole, name, log=str(log))
    wanted = in_snapshot(whole)
    assert len(wanted["articles"]) == len(AFTER) and former["articles"] == wanted["articles"][: len(BEFORE)]
    places = Counter(log.read_text().split())
    phases = {None, "shards", "derived", "congdoan.duckdb", "manifest.json"}
    assert phases <= {None, *places}

    def anywhere():
        return {"kill_after": chance.uniform(0, seconds), "workers": chance.choice((1, 1, 2))}

    def at(place):
        # Half of them at the operation itself, half while what follows it is written.
        delay = chance.choice((0, chance.uniform(0, 0.04)))
        return {"aim": place, "nth": chance.randrange(places[place]), "delay": delay}

    killed = Counter()
    turns = cycle([None, *places])
    n_runs = 0
    while killed.total() < N_KILLS or not phases <= (+killed).keys():
        assert n_runs < 2 * N_KILLS, f"the kills miss the runs: {killed}"
        out = tmp_path / f"kill-{n_runs}"
        subprocess.run(["cp", "-r", start, out], check=True)
        # What one kill leaves must survive the next ones.
        for _ in range(IN_A_ROW):
            place = next(turns)
            order = at(place) if place else anywhere()
            ended, _ = driver.run(out, name, **order)
            killed[place] += not ended
            found = in_snapshot(out)
            assert found in (former, wanted) and in_parquet(out) in (former, wanted), order
            if found == wanted:
                break
        assert driver.run(out, name)[0]
        assert in_snapshot(out) == in_parquet(out) == wanted
        check_nothing_is_left(out)
        n_runs += 1


def test_ctrl_c_ends_a_run_soon_and_the_dataset_is_whole(tmp_path, driver):
    chance = random.Random(930)
    name = write(tmp_path / "news.jsonl", BEFORE)
    start = tmp_path / "start"
    driver.run(start, name)
    former = in_snapshot(start)
    name = write(tmp_path / "news.jsonl", range(120))
    stopped = []
    for round_, workers in enumerate((1, 2, 1, 2)):
        out = tmp_path / f"stop-{round_}"
        subprocess.run(["cp", "-r", start, out], check=True)
        moment = chance.uniform(0.1, 0.8)
        ended, seconds = driver.run(out, name, workers, kill_after=moment, sign=signal.SIGINT)
        stopped.append(not ended)
        # Two seconds on a machine that has nothing else to do; for commands tests/test_interrupts.py has a promise.
        assert seconds - moment < 10
        assert in_snapshot(out) == in_parquet(out) == former or ended
    assert any(stopped[::2]) and any(stopped[1::2]), "the signals miss the runs"
    assert driver.run(out, name)[0]
    assert len(in_snapshot(out)["articles"]) == 120
    check_nothing_is_left(out)


def test_a_kill_of_the_first_run(tmp_path, driver):
    name = write(tmp_path / "news.jsonl", AFTER)
    _, seconds = driver.run(tmp_path / "whole", name)
    out = tmp_path / "d"
    driver.run(out, name, kill_after=seconds / 3)
    assert driver.run(out, name)[0]
    assert in_snapshot(out) == in_snapshot(tmp_path / "whole")
    # The run that was cut off and the one that completed it are one run.
    ids = "SELECT run_id, status FROM runs"
    assert query(out, ids).to_pylist() == query(tmp_path / "whole", ids).to_pylist()
    check_nothing_is_left(out)


def test_workers_end_with_their_driver(tmp_path, driver):
    name = write(tmp_path / "news.jsonl", range(400))
    group = driver.start(tmp_path / "d", name, workers=2)
    while not list((tmp_path / "d").glob("shards/*/shard.json")):
        time.sleep(0.05)
    os.kill(group, signal.SIGKILL)  # the driver alone: its workers hear nothing
    assert driver.process.stdout.readline().strip() == str(-signal.SIGKILL)
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("workers outlive their driver")


def test_a_second_run_on_a_dataset_is_refused(tmp_path, driver):
    name = write(tmp_path / "news.jsonl", range(120))
    other = write(tmp_path / "other.jsonl", BEFORE)
    group = driver.start(tmp_path / "d", name)
    while not (tmp_path / "d" / "manifest.json").exists():
        time.sleep(0.02)
    with pytest.raises(DatasetError, match=rf"another run \(process {group}\) is writing it"):
        engine.run([str(other)], tmp_path / "d")
    assert driver.process.stdout.readline().strip() == "0"
    assert len(in_snapshot(tmp_path / "d")["articles"]) == 120
    check_nothing_is_left(tmp_path / "d")


def check_nothing_is_left(dataset):
    known = manifest.committed(dataset)
    assert all(shards.is_whole(dataset, shard) for shard in known.shards)
    assert not list(dataset.rglob("*.tmp-*"))
    statuses = query(dataset, "SELECT DISTINCT status FROM runs").to_pylist()
    assert {row["status"] for row in statuses} <= {"finished", "interrupted"}


def test_ctrl_c_is_answered_with_what_to_do(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.engine.run", interrupted)
    monkeypatch.setattr(sys, "argv", ["congdoan", "run"])
    with pytest.raises(SystemExit) as leaving:
        cli.main()
    assert leaving.value.code == 130 and "goes on from there" in capsys.readouterr().err
