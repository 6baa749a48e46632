"""A run on a cluster of tests, in a process of its own: ``host_driver ADDRESS OUT INPUT…``; prints each progress."""

import sys
from pathlib import Path

from pipeline import engine, run
from tests import deadly
from tests.small_language import language


def main():
    address, out, *names = sys.argv[1:]
    run.language = language
    engine.language = deadly.prepare
    for name in ("run_shard", "extract_batch", "shard_away", "probe"):
        setattr(engine, name, getattr(deadly, name))
    options = engine.RunOptions(dask=address, shard_size=4)
    engine.run(names, Path(out), options, lambda done, _: print(done, flush=True))


if __name__ == "__main__":
    main()
