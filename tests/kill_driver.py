"""Runs in a process of its own for test_kill: for each line of JSON on stdin (see ``Order``), fork a run.

Forking after the imports lets a kill fall into the run instead of into its start. Each run is the leader of its own
process group, so that one signal ends it with its workers. Prints the group's id, then the run's exit code.
"""

import json
import os
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline import engine, run, versions
from tests import deadly
from tests.small_language import language

INTERRUPTED = 130
_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "shutil.rmtree"}


@dataclass
class Order:
    """``log``: a file that gets the place of each operation on the dataset's files, one a line.

    ``aim``: kill -9 the group ``delay`` seconds after the ``nth`` operation (from 0) on this place.
    """

    out: str
    name: str
    workers: int = 1
    log: str | None = None
    aim: str | None = None
    nth: int = 0
    delay: float = 0.0


def place(path, out):
    """The first part of the path in the dataset, without what makes a temporary name; None for a path elsewhere."""
    if not isinstance(path, str | os.PathLike) or not (name := os.fspath(path)).startswith(out + os.sep):
        return None
    return re.sub(r"^\.tmp-|-\d+$", "", Path(name).relative_to(out).parts[0])


def watch(order):
    """Have Python tell of each operation on files; what DuckDB and Arrow write falls between two of them."""
    seen = 0
    log = order.log and os.open(order.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def tell(event, arguments):
        nonlocal seen
        if event not in _EVENTS or (event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)):
            return
        found = place(arguments[0], order.out)
        if found and log:
            os.write(log, f"{found}\n".encode())
        if found and found == order.aim:
            seen += 1
            if seen == order.nth + 1:
                strike(order.delay)

    sys.addaudithook(tell)


def strike(delay):
    if not delay:
        os.killpg(0, signal.SIGKILL)
    threading.Thread(target=lambda: (time.sleep(delay), os.killpg(0, signal.SIGKILL)), daemon=True).start()


def main():
    run.language = language
    language()
    # Once for all runs: the sources may be edited while the test runs.
    versions.config_sha256()
    engine.language = deadly.prepare
    engine.run_shard, engine.probe = deadly.run_shard, deadly.probe
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if not child:
            os.setsid()
            # A shell that starts the tests in the background has them ignore it.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            watch(order)
            try:
                engine.run([order.name], Path(order.out), engine.RunOptions(workers=order.workers, shard_size=2))
            except KeyboardInterrupt:
                os._exit(INTERRUPTED)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
