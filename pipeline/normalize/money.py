"""Currency names and signs → ISO 4217 codes, from ``currencies.csv``."""

from __future__ import annotations

import re

from pipeline.resources import rows

_ROWS = {row["surface"]: row for row in rows("lexicons/currencies.csv")}


def _whole_word(surface: str) -> str:
    return re.escape(surface) + (r"(?![^\W_])" if surface[-1].isalpha() else "")


CURRENCY: str = "(?:" + "|".join(_whole_word(s) for s in sorted(_ROWS, key=len, reverse=True)) + ")"
"""Regex source of every currency name and sign, lower case, longest first, whole words. No groups."""


def currency(surface: str, following: str, *, scaled: bool) -> str | None:
    """The ISO code that ``surface`` stands for before the word ``following`` (lower case, may be empty).

    "đồng" before "chí" is a comrade and no money, but not after a scale word: nobody writes "2 triệu đồng chí".
    "Yên" with a capital is a place ("20 Yên Bái"), "bảng" without millions before it a table.

    >>> currency("đồng", "", scaled=False), currency("đồng", "chí", scaled=False), currency("Yên", "", scaled=False)
    ('VND', None, None)
    """
    row = _ROWS.get(surface.lower())
    if row is None or (row["case"] != "any" and not surface.islower()):
        return None
    if row["case"] == "scaled" and not scaled:
        return None
    if not scaled and following and following in row["not_before"].split("|"):
        return None
    return row["iso"]
