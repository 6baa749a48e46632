"""How long the explorer's pages take on a large dataset: python -m tests.benchmarks.explorer [ARTICLES] [FOLDER]

Makes a dataset of invented articles (100,000 unless told; FOLDER keeps it for the next time) and asks each kind of page
several times, in this process, without a network. Prints the median and the slowest wall time, and the processor time,
which says the same on a machine that is busy with other things. What is asked first opens the file and is not counted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from fastapi.testclient import TestClient

from pipeline.explorer.app import create_app
from pipeline.explorer.store import Store
from tests.benchmarks.explorer_dataset import generate
from tests.benchmarks.rounds import in_turn, spread

ARTICLES, TIMES, ALLOWED = 100_000, 9, 0.2
LISTS = (
    "/",
    "/articles",
    "/articles?page=200",
    "/articles?q=cong+doan+dien+luc",
    "/articles?q=công+đoàn+điện+lực",
    "/articles?q=cong+doan",
    "/articles?q=cong+doan&type=welfare&from=2015-01-01&to=2018-12-31",
    "/articles?site=congdoan7.example&type=welfare",
    "/articles?organization=s-1",
    "/organizations",
    "/organizations?q=dien+luc",
    "/persons",
    "/persons?q=nguyen&role=chair",
    "/persons?organization=s-1",
    "/events",
    "/events?type=welfare&place=Hà+Nội",
    "/events?organization=s-1",
    "/figures",
    "/figures?measure=money&unit=VND",
    "/figures?organization=s-1",
    "/search?q=cong+doan+y+te",
)
MOST_NAMED = {
    "/articles/": "SELECT article_id FROM articles ORDER BY n_chars DESC, article_id LIMIT 1",
    "/organizations/": "SELECT org_id FROM organization_mentions GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "/persons/": "SELECT person_id FROM officials GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "/events/": "SELECT event_id FROM events ORDER BY n_articles DESC, event_id LIMIT 1",
}


def measure(dataset: Path) -> bool:
    """Print a line a page; whether each one's median is in what is allowed."""
    snapshot = Store(dataset).snapshot()
    paths = [*LISTS, *(path + str(next(iter(snapshot.rows(sql)[0].values()))) for path, sql in MOST_NAMED.items())]
    client = TestClient(create_app(dataset), base_url="http://127.0.0.1")
    print("median ms  slowest ms  processor ms   kB  page")
    within = True
    for path in paths:
        answer = client.get(path)
        answer.raise_for_status()
        ask = {path: lambda path=path: client.get(path)}
        wall, processor = (spread(in_turn(ask, TIMES, clock)[path]) for clock in ("wall", "processor"))
        within &= wall.median <= ALLOWED
        print(
            f"{1000 * wall.median:9.0f}  {1000 * wall.most:10.0f}  {1000 * processor.median:12.0f} "
            f"{len(answer.content) // 1024:4}  {path}{'' if wall.median <= ALLOWED else '  SLOW'}"
        )
    return within


def main(n_articles: int = ARTICLES, folder: str | None = None) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        dataset = Path(folder or scratch) / f"explorer-{n_articles}"
        if not (dataset / "manifest.json").exists():
            began = time.perf_counter()
            generate(dataset, n_articles)
            print(f"{n_articles:,} articles made in {time.perf_counter() - began:.0f} s")
        return 0 if measure(dataset) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(value) if place == 0 else value for place, value in enumerate(sys.argv[1:]))))
