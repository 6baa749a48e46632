"""Many phrases as one regular expression: a trie, so that a text is read once however many rows there are."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A word neither begins nor goes on at the phrase's borders.
WORD_START = r"(?<![^\W_])"
WORD_END = r"(?![^\W_])"

_Trie = dict[str, "_Trie"]


def alternation(phrases: Iterable[str]) -> str:
    """The phrases as a pattern in one group, longest first wherever one begins another."""
    root: _Trie = {}
    for phrase in phrases:
        node = root
        for character in phrase:
            node = node.setdefault(character, {})
        node[""] = {}
    return _pattern(root)


def _pattern(node: _Trie) -> str:
    branches: list[str] = []
    for character, child in node.items():
        if character:
            tail, below = re.escape(character), child
            while len(below) == 1 and "" not in below:
                ((following, below),) = below.items()
                tail += re.escape(following)
            branches.append(tail if set(below) == {""} else tail + _pattern(below))
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})"
    # A phrase that ends here is taken only where none of the longer ones goes through.
    return f"(?:{body})?" if "" in node else body


def words(phrases: Iterable[str]) -> str:
    """The phrases as a pattern that stands on word borders."""
    return f"{WORD_START}{alternation(phrases)}{WORD_END}"
