"""Every notebook runs from top to bottom on the bundled sample."""

from __future__ import annotations

import os
import subprocess
import sys

from pipeline import engine
from tests.shared import ROOT, SAMPLE


def test_notebooks_run_on_the_sample(tmp_path):
    dataset = tmp_path / "dataset"
    engine.run([str(SAMPLE / "pages.warc.gz")], dataset, engine.RunOptions(workers=1))
    command = [sys.executable, "-m", "pytest", "--nbmake", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    result = subprocess.run(
        [*command, "--rootdir", str(ROOT / "notebooks"), str(ROOT / "notebooks")],
        env={**os.environ, "CONGDOAN_DATASET": str(dataset), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout
