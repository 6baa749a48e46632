"""The tables of speed in the documentation are made of ``tests/benchmarks/ratios.json``, which ``make bench`` writes.

    python -m tests.speed     # write them anew

A table stands below a comment ``<!-- speed: ratios -->`` or ``<!-- speed: components -->`` and ends at the first line
that is no table row.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.shared import ROOT

RATIOS = ROOT / "tests" / "benchmarks" / "ratios.json"
FILES = tuple(ROOT / name for name in ("tests/benchmarks/README.md", "README.md", "SCALING.md"))
_TABLE = re.compile(r"(<!-- speed: (?P<table>\w+) -->\n\n)(?:\|[^\n]*\n)*\n*")


def load() -> dict[str, Any]:
    """What the last ``make bench`` measured."""
    found: dict[str, Any] = json.loads(RATIOS.read_text(encoding="utf-8"))
    return found


def rendered(text: str, found: dict[str, Any]) -> str:
    """``text`` with each table made anew."""
    return (
        _TABLE.sub(lambda match: match[1] + "\n".join(TABLES[match["table"]](found)) + "\n\n", text).rstrip("\n") + "\n"
    )


def _ratios(found: dict[str, Any]) -> list[str]:
    lines = ["| | congdoan | peer | peer takes | times our time (least–most) |", "|---|---|---|---|---|"]
    for one in found["comparisons"]:
        ours, *peers = one["ms"]
        for peer in peers:
            ratio = one["ratios"][peer]
            lines.append(
                f"| {one['what']} | {_time(one['ms'][ours]['median'])} {_one(one['per'])} | {peer} "
                f"| {_time(one['ms'][peer]['median'])} | {_number(ratio['median'])} "
                f"({_number(ratio['least'])}–{_number(ratio['most'])}) |"
            )
    return lines


def _components(found: dict[str, Any]) -> list[str]:
    spent = found["components_ms"]
    total = sum(spent.values())
    lines = ["| component | ms an article | share |", "|---|---|---|"]
    lines += [f"| {name} | {ms:.2f} | {100 * ms / total:.0f} % |" for name, ms in spent.items()]
    return [*lines, f"| all | {total:.1f} | |"]


def _one(thing: str) -> str:
    return f"an {thing}" if thing[0] in "aeiou" else f"a {thing}"


def _time(ms: float) -> str:
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.1f} ms"


def _number(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}"


TABLES = {"ratios": _ratios, "components": _components}


if __name__ == "__main__":
    for file in FILES:
        if file.exists():
            file.write_text(rendered(file.read_text("utf-8"), load()), "utf-8")
