"""The repository's own promises: pinned versions, sourced rows, documented commands."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tomllib

import pytest

from tests.shared import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = ROOT / "README.md"


def test_every_dependency_is_pinned():
    pinned = {
        line.split("==")[0].strip().lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(requirement for extra in extras for requirement in extra)]
    names = {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in wanted} - {"congdoan"}
    assert names <= pinned


def test_no_package_registry_is_named():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    text_files = [ROOT / name for name in tracked if name.endswith((".toml", ".txt", ".md", ".cfg", "Makefile", "run"))]
    host = re.compile("pypi" + r"\.org|pythonhosted|registry\." + "npm|--(?:extra-)?index-url|--find-links")
    assert [file.name for file in text_files if host.search(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "file",
    [file for folder in ("lexicons", "gazetteers") for file in sorted((ROOT / "data" / folder).glob("*.csv"))],
    ids=lambda file: file.name,
)
def test_every_row_has_a_source(file):
    with file.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    assert rows, "a file without rows serves nobody"
    assert "source" in (reader.fieldnames or [])
    assert [row for row in rows if not (row["source"] or "").strip() or None in row] == []


def test_help_imports_nothing_heavy():
    heavy = ("spacy", "pandas", "duckdb", "pyarrow", "sklearn")
    code = f"import sys, pipeline.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_readme_tells_every_command():
    from pipeline.cli import app

    text = README.read_text(encoding="utf-8")
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert [name for name in names if f"congdoan {name}" not in text] == []
