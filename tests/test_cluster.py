"""A Dask cluster: a scheduler and two workers in processes of their own, on the loopback."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import pipeline.run
from pipeline import cluster, engine
from pipeline.dataset import manifest
from pipeline.engine import RunOptions
from pipeline.errors import ClusterError, InputError
from pipeline.inputs import find_items, read_items
from pipeline.parcels import pack, unpacked
from pipeline.workers import Work
from tests import deadly
from tests.small_language import language, line
from tests.test_engine import facts, rows, write

pytestmark = pytest.mark.timeout(120)
ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds that a process has to start in


class Cluster:
    """``address`` for --dask; ``workers`` and ``scheduler`` are processes, each the leader of its group."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.address = f"file:{self.file}"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(self.file))
        self.workers = []

    def add_workers(self, n):
        for _ in range(n):
            options = ["--scheduler-file", str(self.file), "--no-nanny", "--nthreads", "1", "--death-timeout", "60"]
            place = ["--local-directory", str(self.folder / f"worker-{len(self.workers)}")]
            self.workers.append(self._start("worker", *options, *place))
        self.wait(n)

    def wait(self, n):
        import distributed

        end = time.monotonic() + PATIENCE
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        with distributed.Client(scheduler_file=str(self.file), timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=PATIENCE)

    def _start(self, what, *options):
        common = ["--host", "127.0.0.1", "--no-dashboard"]
        return subprocess.Popen(
            [sys.executable, "-m", "dask", what, *common, *options],
            # Workers see neither the folder of the test's inputs nor its relative paths; code alone they share.
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def close(self):
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    pytest.importorskip("distributed", reason="without the extra [cluster]")
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.add_workers(2)
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(autouse=True)
def small_language(monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)
    for name in ("run_shard", "extract_batch", "shard_away", "probe"):
        monkeypatch.setattr(engine, name, getattr(deadly, name))
    monkeypatch.setattr(engine, "language", deadly.prepare)


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The name of a folder of eight files, relative to the driver's own folder."""
    monkeypatch.chdir(tmp_path)
    folder = Path("pages")
    folder.mkdir()
    for number in range(8):
        write(folder / f"{number}.jsonl", line(number))
    text = "Ngày 3/3/2022, Công đoàn Công ty Alpha trao 5 suất quà cho đoàn viên khó khăn của doanh nghiệp này."
    (folder / "8.txt").write_text(f"Tin của công đoàn\n\n{text}\n\n{text}\n", "utf-8")
    write(folder / "9.jsonl", "{not json")
    return folder


def options(running, **more):
    return RunOptions(shard_size=6, dask=running.address, **more)


@contextmanager
def once(after, act):
    """A progress function that acts when ``after`` entries are done."""
    seen = []

    def progress(done, _):
        if done >= after and not seen:
            seen.append(done)
            act()

    yield progress
    assert seen, "the run never came so far"


def test_rows_are_those_of_the_local_engine(running, pages, tmp_path):
    away = engine.run([str(pages)], tmp_path / "dask", options(running))
    engine.run([str(pages)], tmp_path / "local", RunOptions(workers=1, shard_size=6))
    assert (away.n_in, away.n_ok, away.n_rejected) == (10, 9, 1) and away.shards_done > 1
    found, local = rows(tmp_path / "dask"), rows(tmp_path / "local")
    assert [row.pop("engine") for row in found["runs"] + local["runs"]] == ["dask", "local"]
    assert found == local
    assert engine.run([str(pages)], tmp_path / "dask", options(running)).shards_done == 0


def test_an_entry_that_kills_its_process_costs_no_batch_no_order_and_no_worker(running):
    names = ["a", "b", "deadly-1", "c", "d", "e", "f", "deadly-2", "g"]
    piles = [deadly.Pile(tuple(map(deadly.Stone, names[start : start + 2]))) for start in range(0, len(names), 2)]
    work = Work(deadly.count, deadly.probe, deadly.nothing)
    done = [name for _, result in cluster.in_order(work, piles, running.address) for name in result]
    assert done == [name + " crashed" if deadly.WORD in name else name for name in names]
    assert all(worker.poll() is None for worker in running.workers)


def test_extract_keeps_the_order(running, tmp_path):
    many = write(tmp_path / "many.jsonl", *map(line, range(70)))
    found = list(engine.extract([many], options(running)))
    assert [record["id"] for record in found] == [f"a{number}" for number in range(70)]
    assert found == list(engine.extract([many], RunOptions(workers=1)))


def test_workers_of_other_code_or_resources_are_refused(running, pages, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "config_sha256", lambda: "f" * 64)
    with pytest.raises(ClusterError, match=r"worker tcp://127.0.0.1:\d+ has congdoan .*, the driver has .*f{12}"):
        engine.run([str(pages)], tmp_path / "d", options(running))


def test_a_process_that_started_later_checks_its_code():
    assert cluster._checked(cluster.code(), len, "four") == 4
    with pytest.raises(ClusterError, match="install the same"):
        cluster._checked(replace(cluster.code(), python="2.7"), len, "four")


def test_an_error_on_a_worker_is_the_drivers(running):
    with pytest.raises(TypeError):
        list(cluster.in_order(Work(len, len, deadly.nothing), [deadly.Pile(())], running.address))


def test_a_worker_that_can_not_write_is_told(running):
    work = Work(deadly.full_disk, deadly.probe, deadly.nothing)
    with pytest.raises(ClusterError, match=r"a worker can't go on .*No space left.*goes on from there"):
        list(cluster.in_order(work, [deadly.Pile((deadly.Stone("a"),))], running.address))


def test_a_worker_that_is_killed_costs_nothing(running, tmp_path):
    name = write(tmp_path / "many.jsonl", *map(line, range(60)))

    def kill():
        worker = running.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(PATIENCE)

    with once(10, kill) as progress:
        summary = engine.run([name], tmp_path / "d", options(running), progress)
    assert (summary.n_in, summary.n_ok) == (60, 60)
    found = rows(tmp_path / "d")
    assert [row["input_id"] for row in found["articles"]] == [f"a{number}" for number in range(60)]
    assert len({row["row_id"] for row in found["figures"]}) == len(found["figures"]) > 60
    running.add_workers(1)


def test_a_scheduler_that_is_gone_is_told_and_the_run_goes_on_later(running, tmp_path, monkeypatch):
    """The last test on this cluster."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2.0)
    name = write(tmp_path / "many.jsonl", *map(line, range(60)))
    with once(10, running.scheduler.kill) as progress, pytest.raises(ClusterError, match=r"scheduler is gone.*goes on"):
        engine.run([name], tmp_path / "d", options(running), progress)
    assert manifest.load(tmp_path / "d").generation == 0
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        engine.run([name], tmp_path / "d", options(running))
    later = engine.run([name], tmp_path / "d", RunOptions(workers=1, shard_size=6))
    assert later.n_ok == 60 and later.shards_kept >= 2
    engine.run([name], tmp_path / "whole", RunOptions(workers=1, shard_size=6))
    assert facts(tmp_path / "d") == facts(tmp_path / "whole")


def test_a_cluster_on_this_machine(tmp_path, monkeypatch):
    inproc = pytest.importorskip("distributed.comm.inproc", reason="without the extra [cluster]")
    # Else it asks the system by which address the world is reached, which looks like a connection.
    monkeypatch.setattr(inproc.global_manager, "_ip", "127.0.0.1")
    many = write(tmp_path / "many.jsonl", *map(line, range(15)))
    found = list(engine.extract([many], RunOptions(dask="auto")))
    assert [record["id"] for record in found] == [f"a{number}" for number in range(15)]


def test_a_scheduler_without_workers_is_told(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="without the extra [cluster]")
    monkeypatch.setattr(cluster, "NO_WORKER_SECONDS", 1.0)
    here = {"host": "127.0.0.1", "protocol": "tcp", "dashboard_address": "127.0.0.1:0"}
    with (
        distributed.LocalCluster(n_workers=0, processes=False, **here) as empty,
        pytest.raises(ClusterError, match="no worker for 1 s"),
    ):
        list(cluster.in_order(Work(deadly.count, deadly.probe, deadly.nothing), [], empty.scheduler_address))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "file:/nowhere/scheduler.json", "nonsense://x"])
def test_no_scheduler_is_told(address, monkeypatch):
    pytest.importorskip("distributed", reason="without the extra [cluster]")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        list(cluster.in_order(Work(deadly.count, deadly.probe, deadly.nothing), [], address))


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'congdoan\[cluster\]'"):
        list(cluster.in_order(Work(deadly.count, deadly.probe, deadly.nothing), [], "auto"))


# --- parcels --------------------------------------------------------------------------------------------------------


def test_a_parcel_is_read_as_its_files_are(pages):
    archive = ROOT / "data/sample/pages.warc.gz"
    entries = [*find_items([str(pages), str(archive)]), InputError("x", "empty", "nothing")]
    items = [entry for entry in entries if not isinstance(entry, InputError)]
    at_home = list(read_items(items))
    parcel = pack(entries)
    for path in pages.iterdir():
        path.unlink()
    with unpacked(parcel) as away:
        assert isinstance(away[-1], InputError)
        there = list(read_items([entry for entry in away if not isinstance(entry, InputError)]))
    assert len(items) > 20
    for (_, ours), (_, theirs) in zip(at_home, there, strict=True):
        same = (str(ours), ours.cause) if isinstance(ours, InputError) else ours
        assert same == ((str(theirs), theirs.cause) if isinstance(theirs, InputError) else theirs)


def test_what_is_gone_when_it_is_packed_is_a_reject(pages):
    items = [item for item in find_items([str(pages)]) if item.path.endswith(("1.jsonl", "8.txt"))]
    (pages / "8.txt").unlink()
    with unpacked(pack(items)) as away:
        (_, first), (_, second) = read_items(list(away))
    assert first.id == "a1"
    assert (second.cause, second.ref) == ("unreadable", str(pages / "8.txt"))
