"""A table's values as text: for a terminal, for CSV, and for spreadsheets, which take text for what it is not."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any

# What a spreadsheet runs as a formula, or reads as a number, day or hour and shows as another: 0012, 12e5, 10/8, 15-20.
# Whole numbers of up to 15 digits and ISO days come out as they went in.
_MISREAD = re.compile(
    r"[=+\-@\t\r\n]|(?!\d{4}-\d\d-\d\d\Z)(?!(?:0|[1-9]\d{0,14})\Z)\s*\d[\d.,:/\- ]*(?:[eE]\+?\d+)?\s*%?\s*\Z"
)


def cell_text(value: Any) -> str:
    """A value as a table shows it: amounts in full (300000000, not 3e+08), lists as JSON, NULL as nothing."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def spreadsheet_text(value: Any) -> str:
    """``cell_text`` for a file that a spreadsheet opens by itself: an apostrophe before text that it would misread."""
    text = cell_text(value)
    return f"'{text}" if isinstance(value, str | list | dict) and _MISREAD.match(text) else text
