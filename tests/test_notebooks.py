"""Every notebook runs from top to bottom on the bundled sample."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.readme import sample_dataset
from tests.shared import ROOT


def test_notebooks_run_on_the_sample(tmp_path):
    dataset = sample_dataset(tmp_path / "dataset")
    command = [sys.executable, "-m", "pytest", "--nbmake", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    result = subprocess.run(
        [*command, "--rootdir", str(ROOT / "notebooks"), str(ROOT / "notebooks")],
        env={**os.environ, "CONGDOAN_DATASET": str(dataset), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout
