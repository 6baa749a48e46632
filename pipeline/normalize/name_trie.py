"""Many names as one regular expression whose dashes are of any kind, for texts in the form of ``fold.match_form``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_ATOM = re.compile(r" ?[-–—] ?| |[^ ]")
_DASH = " ?[-–—] ?"
_DASHES = re.compile(_DASH)
# The words that a name is grouped by: fewer would make "công ty" one group, more would make as many groups as names.
_KEY = re.compile(r"[^ –—-]*(?:(?: ?[-–—] ?| )[^ –—-]*)?")


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


class Names:
    """What :func:`pattern` finds of thousands of names, which take most of a second to compile at once.

    Names that begin with the same two words are a group; a pattern of those words leads to it, and it is compiled when
    a text first has them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, list[str]] = {}
        for name in names:
            self._names.setdefault(_key(name), []).append(name)
        self._keys = pattern(self._names)
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._groups: dict[str, tuple[re.Pattern[str], ...]] = {}

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The name that begins at ``start``."""
        found = self._keys.match(text, start)
        return self._named(text, found) if found else None

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first name at ``start`` or behind it."""
        while found := self._keys.search(text, start):
            if named := self._named(text, found):
                return named
            start = found.start() + 1
        return None

    def fullmatch(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """The name that stands at [``start``, ``end``)."""
        found = self._keys.match(text, start, end)
        met = (group.fullmatch(text, start, end) for group in self._of(found[0])) if found else ()
        return next(filter(None, met), None)

    def _named(self, text: str, found: re.Match[str]) -> re.Match[str] | None:
        start = found.start()
        for group in self._of(found[0]):
            if named := group.match(text, start):
                return named
        return None

    def _of(self, words: str) -> tuple[re.Pattern[str], ...]:
        """The groups of these words and of what they begin with, the longest first."""
        groups = self._groups.get(words)
        if groups is None:
            key = _DASHES.sub("-", words)
            keys = (key[:length] for length in range(len(key), 0, -1))
            groups = tuple(self._group(key) for key in keys if key in self._names)
            self._groups[words] = groups
        return groups

    def _group(self, key: str) -> re.Pattern[str]:
        if key not in self._compiled:
            self._compiled[key] = pattern(self._names[key])
        return self._compiled[key]


def _key(name: str) -> str:
    """A name's first two words; dashes, of which any stands for any, are made one."""
    found = _KEY.match(name)
    return _DASHES.sub("-", found[0]) if found else ""
