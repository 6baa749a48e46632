"""Runs in a process of its own for test_frontier: for each line ``FOLDER PORT`` on stdin, fork a scrape.

Forking after the imports lets a kill fall into the scrape instead of into its start. Prints the child's process id,
then its exit code.
"""

import os
import sys
from pathlib import Path

from tests.servers.scraping import NEWS, scrape


def main():
    for line in sys.stdin:
        folder, port = line.split()
        child = os.fork()
        if not child:
            scrape(int(port), Path(folder), (NEWS,))
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
