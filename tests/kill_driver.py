"""Runs in a process of its own for test_kill: for each line ``OUT INPUT WORKERS`` on stdin, fork a run.

Forking after the imports lets a kill fall into the run instead of into its start. Each run is the leader of its own
process group, so that one signal ends it with its workers. Prints the group's id, then the run's exit code.
"""

import os
import signal
import sys
from pathlib import Path

from pipeline import engine, run, versions
from tests import deadly
from tests.small_language import language

INTERRUPTED = 130


def main():
    run.language = language
    language()
    # Once for all runs: the sources may be edited while the test runs.
    versions.config_sha256()
    engine.language = deadly.prepare
    engine.run_shard, engine.probe = deadly.run_shard, deadly.probe
    for line in sys.stdin:
        out, name, workers = line.split()
        child = os.fork()
        if not child:
            os.setsid()
            # A shell that starts the tests in the background has them ignore it.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                engine.run([name], Path(out), engine.RunOptions(workers=int(workers), shard_size=2))
            except KeyboardInterrupt:
                os._exit(INTERRUPTED)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
