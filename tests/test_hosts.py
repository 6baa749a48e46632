"""A cluster of hosts: driver, scheduler and two workers, each in a network and mount namespace of its own.

What runs on one reaches the others by a bridge alone; the folder of inputs and dataset is there for the driver only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline.run
from pipeline import engine
from pipeline.engine import RunOptions
from tests.small_language import language, line
from tests.test_engine import facts, rows, write

pytest.importorskip("distributed", reason="without the extra [cluster]")
pytestmark = pytest.mark.timeout(200)
ROOT = Path(__file__).parents[1]
PATIENCE = 60
HOSTS = ("scheduler", "driver", "one", "two")
SCHEDULER = "tcp://10.77.0.1:8786"
# A host that is gone says nothing: how long silence is borne.
IMPATIENT = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "4s", "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s"}


class Network:
    """Namespaces joined by a bridge that stands in the scheduler's."""

    def __init__(self, folder):
        self.secret = folder / "driver"
        self.folder = folder
        self.names = {host: f"congdoan-{os.getpid()}-{host}" for host in HOSTS}
        self.processes = []

    def build(self):
        for name in self.names.values():
            ip("netns", "add", name)
        hub = self.names["scheduler"]
        ip("-n", hub, "link", "add", "bridge", "type", "bridge")
        ip("-n", hub, "addr", "add", "10.77.0.1/24", "dev", "bridge")
        ip("-n", hub, "link", "set", "bridge", "up")
        for number, host in enumerate(HOSTS[1:], 2):
            there = self.names[host]
            ip("link", "add", "cable", "netns", there, "type", "veth", "peer", "name", host, "netns", hub)
            ip("-n", hub, "link", "set", host, "master", "bridge", "up")
            ip("-n", there, "addr", "add", f"10.77.0.{number}/24", "dev", "cable")
            ip("-n", there, "link", "set", "cable", "up")
        for name in self.names.values():
            ip("-n", name, "link", "set", "lo", "up")

    def start(self, host, *command, **options):
        # Only the driver sees its folder: the others have an empty one in its place, in a mount namespace of theirs.
        hide = "" if host == "driver" else f"mount -t tmpfs none '{self.secret}' && "
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.names[host], "sh", "-c", f'{hide}exec "$@"', "sh", sys.executable, *command],
            cwd=self.folder if host != "driver" else self.secret,
            env={**os.environ, "PYTHONPATH": str(ROOT), **IMPATIENT},
            **options,
        )
        self.processes.append(process)
        return process

    def dask(self, host, what, *options):
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.start(host, "-m", "dask", what, *options, "--no-dashboard", **silent)

    def unplug(self, host):
        ip("-n", self.names["scheduler"], "link", "set", host, "down")

    def close(self):
        for process in self.processes:
            process.kill()
            process.communicate()
        for name in self.names.values():
            # What outlives its Dask worker for a moment.
            pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True).stdout.split()
            for pid in pids:
                subprocess.run(["kill", "-9", pid], capture_output=True)
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=PATIENCE)


@pytest.fixture
def network(tmp_path):
    network = Network(tmp_path)
    network.secret.mkdir()
    try:
        if sys.platform != "linux" or os.geteuid() or not shutil.which("ip"):
            pytest.skip("network namespaces want Linux, root and iproute2")
        try:
            network.build()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
        network.dask("scheduler", "scheduler", "--host", "10.77.0.1", "--port", "8786")
        for number, host in enumerate(("one", "two"), 3):
            place = ["--local-directory", str(tmp_path / host)]
            network.dask(
                host, "worker", SCHEDULER, "--host", f"10.77.0.{number}", "--no-nanny", "--nthreads", "1", *place
            )
        yield network
    finally:
        network.close()


def test_workers_on_other_hosts_and_one_that_is_unplugged(network, monkeypatch):
    monkeypatch.setattr(pipeline.run, "language", language)
    name = write(network.secret / "news.jsonl", *map(line, range(48)))
    driver = network.start(
        "driver", "-m", "tests.host_driver", SCHEDULER, "dataset", "news.jsonl", stdout=subprocess.PIPE, text=True
    )
    for done in map(int, driver.stdout):
        if done >= 8:
            network.unplug("two")
            break
    assert [int(done) for done in driver.stdout][-1] == 48
    assert driver.wait(PATIENCE) == 0
    found = rows(network.secret / "dataset")
    assert found["runs"][0]["engine"] == "dask"
    engine.run([name], network.secret / "local", RunOptions(workers=1, shard_size=4))
    assert facts(network.secret / "dataset")["articles"] == facts(network.secret / "local")["articles"]
