"""Every notebook runs from top to bottom on the bundled sample, and is what its paired script says."""

from __future__ import annotations

import os
import subprocess
import sys

import jupytext
import nbformat
import pytest

from pipeline import engine
from tests.shared import ROOT, SAMPLE

SCRIPTS = sorted((ROOT / "notebooks").glob("*.py"))


def test_notebooks_run_on_the_sample(tmp_path):
    dataset = tmp_path / "dataset"
    engine.run([str(SAMPLE / "pages.warc.gz")], dataset, engine.RunOptions(workers=1, terms=True))
    command = [sys.executable, "-m", "pytest", "--nbmake", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    result = subprocess.run(
        [*command, "--rootdir", str(ROOT / "notebooks"), *map(str, sorted((ROOT / "notebooks").glob("*.ipynb")))],
        env={**os.environ, "CONGDOAN_DATASET": str(dataset), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(SCRIPTS)} passed" in result.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_notebook_and_its_script_are_one_and_its_outputs_are_kept(script):
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    paired = jupytext.read(script)
    assert [(c.cell_type, c.source) for c in notebook.cells] == [(c.cell_type, c.source) for c in paired.cells]
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert not [out for cell in notebook.cells for out in cell.get("outputs", ()) if out.output_type == "error"]


def test_every_notebook_says_what_its_tables_can_not_tell():
    for script in SCRIPTS:
        assert "**What these tables cannot tell.**" in script.read_text("utf-8")
