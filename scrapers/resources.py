"""Where the data rows are, and how they are read."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# A checkout has data/ beside the packages; an installed wheel carries it as pipeline/_data (pyproject.toml).
DATA = _ROOT / "data" if (_ROOT / "data" / "lexicons").is_dir() else _ROOT / "pipeline" / "_data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``data/<name>`` (UTF-8 CSV with a header), in file order; read once a process."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
