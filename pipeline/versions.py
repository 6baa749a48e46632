"""What rows depend on besides the input: the code and its resources, as hashes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.resources import DATA

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("pipeline", "scrapers", "models")
_FETCHING = (
    "addresses crawl crawl_log discover entries fetch frontier frontier_schema health journal judge plan robots "
    "scaffold targets urls warc wire"
)
# What only fetches, reads, prints or makes weights (which count themselves) changes no row.
_ELSEWHERE = {
    "pipeline/cli.py",
    "pipeline/__main__.py",
    "pipeline/console.py",
    "pipeline/evaluate.py",
    "pipeline/charts.py",
    "pipeline/report.py",
    "pipeline/review.py",
    "models/event_training.py",
    *(
        f"pipeline/dataset/{name}.py"
        for name in ("cells", "dictionary", "export", "package", "query", "search", "workbook")
    ),
    *(f"scrapers/{name}.py" for name in _FETCHING.split()),
}
_FOLDERS_ELSEWHERE = ("pipeline/commands/", "pipeline/explorer/")
# Their output goes into the rows.
_LIBRARIES = ("spacy", "beautifulsoup4", "lxml", "warcio", "charset-normalizer", "datasketch")


def package_version() -> str:
    """Version of congdoan; 0 for a checkout that was never installed."""
    return _version("congdoan")


@cache
def config_sha256() -> str:
    """sha256 over our packages' sources, the lexicons and gazetteers, and the libraries' versions."""
    code = (file for package in _PACKAGES for file in (_ROOT / package).rglob("*.py") if _makes_rows(file))
    resources = (file for name in ("lexicons", "gazetteers") for file in (DATA / name).rglob("*.csv"))
    weights = (_ROOT / "models" / "weights").rglob("*")
    found = sha256()
    for line in (*_hashes(code, _ROOT), *_hashes(resources, DATA), *_hashes(weights, _ROOT)):
        found.update(line.encode())
    for library in _LIBRARIES:
        found.update(f"{library} {_version(library)}\n".encode())
    return found.hexdigest()


def _makes_rows(file: Path) -> bool:
    name = file.relative_to(_ROOT).as_posix()
    return name not in _ELSEWHERE and not name.startswith(_FOLDERS_ELSEWHERE)


def _hashes(files: Iterable[Path], root: Path) -> list[str]:
    return sorted(
        f"{file.relative_to(root).as_posix()} {sha256(file.read_bytes()).hexdigest()}\n"
        for file in files
        if file.is_file()
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"
