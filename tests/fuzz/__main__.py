"""``python -m tests.fuzz --executions 200000 --seed 1 [--only NAME] [--failures FOLDER]``

Runs mutants of each target's seeds and says, a line a target: how many, which took longest per 100 KB (time of the
processor), and what was found. Ends with 1 where something was. What fails is written to a folder, as it was read, with
the traceback beside it. The same seed and number give the same mutants, whatever else is run.
"""

import argparse
import faulthandler
import sys
import tempfile
from pathlib import Path

from tests.fuzz.run import fuzz
from tests.fuzz.targets import targets


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--executions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="targets whose name has this")
    parser.add_argument("--failures", type=Path, default=Path("build/fuzz"))
    asked = parser.parse_args()
    faulthandler.enable()
    print(f"{'target':<24}{'executions':>11}{'s/100 KB':>10}{'s':>8}{'bytes':>9}  found")
    n_found = n_done = 0
    with tempfile.TemporaryDirectory(prefix="congdoan-fuzz-") as folder:
        all_ = targets(folder)
        whole = sum(target.share for target in all_)
        for target in all_:
            if asked.only and asked.only not in target.name:
                continue
            n = max(1, asked.executions * target.share // whole)
            done = fuzz(target, n, asked.seed, keep=asked.failures)
            n_found, n_done = n_found + len(done.found), n_done + n
            print(
                f"{target.name:<24}{n:>11,}{done.rate:>10.3f}{done.seconds:>8.3f}{done.n_bytes:>9,}  "
                f"{'; '.join(sorted(done.found)) or '-'}",
                flush=True,
            )
    print(f"{n_done:,} executions with seed {asked.seed}: {n_found} findings")
    sys.exit(1 if n_found else 0)


if __name__ == "__main__":
    main()
