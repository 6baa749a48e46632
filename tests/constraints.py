"""Write constraints.txt: what pip resolves today for the project with all its extras.

make constraints
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = "cluster,explore,notebooks,dev,bench"
HEAD = "# Exact versions of everything this project installs, all extras; `make constraints` writes it anew.\n"


def resolve() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        subprocess.run([*pip, "--report", str(report), f"{ROOT}[{EXTRAS}]"], check=True)
        installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    versions = {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in installed}
    return [f"{name}=={version}" for name, version in sorted(versions.items()) if name != "congdoan"]


if __name__ == "__main__":
    (ROOT / "constraints.txt").write_text(HEAD + "\n".join(resolve()) + "\n", encoding="utf-8")
