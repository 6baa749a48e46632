"""Many names as one regular expression whose dashes are of any kind, for texts in the form of ``fold.match_form``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_ATOM = re.compile(r" ?[-–—] ?| |[^ ]")
_DASH = " ?[-–—] ?"


def _atoms(name: str) -> list[str]:
    return [
        _DASH if atom != " " and atom.strip(" ") in ("-", "–", "—") else re.escape(atom) for atom in _ATOM.findall(name)
    ]


def _write(node: dict[str, Any], depth: int) -> str:
    ends = "" in node
    # A look-behind at the front would keep the engine from skipping ahead by first letters.
    edge = r"(?<!\w.)" if depth == 0 else ""
    parts = [atom + edge + _write(child, depth + 1) for atom, child in sorted(node.items()) if atom]
    if ends:
        parts.append(r"(?!\w)")
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Matches any of ``names`` as whole words, the longest that fits; a dash in one stands for any, spaced or not."""
    root: dict[str, Any] = {}
    for name in names:
        node = root
        for atom in _atoms(name):
            node = node.setdefault(atom, {})
        node[""] = {}
    # (?!) never matches: no names, no finds.
    return re.compile(_write(root, 0) if root else r"(?!)", re.DOTALL)
