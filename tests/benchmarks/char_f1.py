"""How near a reading of a page is to what was expected, by characters."""

from __future__ import annotations

from difflib import SequenceMatcher


def char_f1(expected: tuple[str, ...], found: tuple[str, ...]) -> float:
    """F1 of the characters in common, in order."""
    one, other = "\n".join(expected), "\n".join(found)
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    common = sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return 2 * common / (len(one) + len(other))
