"""What rows depend on besides the input: the code and its resources, as hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
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
    "pipeline/interrupts.py",
    "pipeline/evaluate.py",
    "pipeline/charts.py",
    "pipeline/report.py",
    "pipeline/review.py",
    "pipeline/trends.py",
    "models/event_training.py",
    *(
        f"pipeline/dataset/{name}.py"
        for name in ("cells", "dictionary", "export", "package", "publication", "query", "search", "workbook")
    ),
    *(f"scrapers/{name}.py" for name in _FETCHING.split()),
}
_FOLDERS_ELSEWHERE = ("pipeline/commands/", "pipeline/explorer/")
# What works on the shards' rows, or carries them about, and changes no shard.
_ACROSS = (
    "annotations cluster commits consolidate copies corrections dependent_columns engine event_clusters event_merging "
    "event_pairs event_portions judged_organizations judgements listed_organizations parcels people resemblance "
    "tenures venues workers"
)
_STORING = "changes durable making manifest questions relations search_index snapshot versions"
_CONSOLIDATION = {
    *(f"pipeline/{name}.py" for name in _ACROSS.split()),
    *(f"pipeline/dataset/{name}.py" for name in _STORING.split()),
}
# Their output goes into the rows.
_LIBRARIES = ("spacy", "beautifulsoup4", "lxml", "warcio", "charset-normalizer", "datasketch")


def package_version() -> str:
    """Version of congdoan; 0 for a checkout that was never installed."""
    return _version("congdoan")


def config_sha256() -> str:
    """sha256 over all that rows depend on: that of extraction and that of consolidation."""
    return sha256(f"{extraction_sha256()} {consolidation_sha256()}".encode()).hexdigest()


@cache
def extraction_sha256() -> str:
    """sha256 over what shards are made with: sources, lexicons and gazetteers, weights, the libraries' versions."""
    code = (file for file in _sources() if file.relative_to(_ROOT).as_posix() not in _CONSOLIDATION)
    weights = (_ROOT / "models" / "weights").rglob("*")
    libraries = [f"{library} {_version(library)}\n" for library in _LIBRARIES]
    return _sha256(_hashes(code, _ROOT), _hashes(_resources(), DATA), _hashes(weights, _ROOT), libraries)


@cache
def consolidation_sha256() -> str:
    """sha256 over what works on the shards' rows; resources are not told apart by who reads them."""
    code = (file for file in _sources() if file.relative_to(_ROOT).as_posix() in _CONSOLIDATION)
    return _sha256(_hashes(code, _ROOT), _hashes(_resources(), DATA), [f"duckdb {_version('duckdb')}\n"])


def _sources() -> Iterator[Path]:
    return (file for package in _PACKAGES for file in (_ROOT / package).rglob("*.py") if _makes_rows(file))


def _resources() -> Iterator[Path]:
    return (file for name in ("lexicons", "gazetteers") for file in (DATA / name).rglob("*.csv"))


def _sha256(*parts: Iterable[str]) -> str:
    found = sha256()
    for line in chain.from_iterable(parts):
        found.update(line.encode())
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
