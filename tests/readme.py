"""The tables in README.md are answers of the bundled sample: written by a command, checked by a test.

    make readme     # run the README's queries on the sample and write their answers

A table stands below a comment ``<!-- sql: SELECT … -->`` and ends at the first line that is no table row.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from pipeline import engine
from pipeline.dataset.cells import cell_text
from pipeline.dataset.query import query
from tests.shared import ROOT, SAMPLE

FILE = ROOT / "README.md"
_TABLE = re.compile(r"(<!-- sql: (?P<sql>.*?) -->\n\n)(?:\|[^\n]*\n)*\n*", re.DOTALL)


def rendered(text: str, dataset: Path) -> str:
    """``text`` with each table made anew from ``dataset``."""
    return _TABLE.sub(lambda match: match[1] + table(dataset, match["sql"]), text)


def table(dataset: Path, sql: str) -> str:
    answer = query(dataset, sql)
    head = ["| " + " | ".join(answer.column_names) + " |", "|" + "---|" * answer.num_columns]
    rows = ["| " + " | ".join(map(_cell, row.values())) + " |" for row in answer.to_pylist()]
    return "\n".join([*head, *rows]) + "\n\n"


def _cell(value: Any) -> str:
    return cell_text(value).replace("|", r"\|").replace("\n", " ")


def sample_dataset(folder: Path) -> Path:
    said = {name: (SAMPLE / f"{name}.csv",) for name in ("corrections", "judgements")}
    engine.run([str(SAMPLE / "pages.warc.gz")], folder, engine.RunOptions(workers=1, **said))
    return folder


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        FILE.write_text(rendered(FILE.read_text("utf-8"), sample_dataset(Path(scratch) / "dataset")), "utf-8")
