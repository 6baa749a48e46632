"""Where the annotated press articles lie on machines that have them; they are not part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SAMPLE = ROOT / "data" / "sample"

needs_shared = pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the annotated press articles are not here")
