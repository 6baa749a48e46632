"""Tables as sheets of one XLSX workbook, streamed to disk row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.dataset.cells import cell_text
from pipeline.dataset.dictionary import sql_type
from pipeline.dataset.export import Rows, Selection, Written, opened, replacing
from pipeline.dataset.schema import Column

# Excel's own limits.
MAX_ROWS, MAX_TEXT, MAX_LINKS, MAX_URL = 1_048_576, 32_767, 65_530, 2_079
_WIDTHS = {pa.date32(): 11, pa.timestamp("us"): 17, pa.int64(): 9, pa.float64(): 14, pa.bool_(): 8}
_LONG = {"text", "text_fold", "evidence", "event_evidence", "best_evidence", "message", "title", "article_title"}
_ABOUT = "columns"
_LINK = re.compile(r"https?://\S+\Z")


def write_workbook(dataset: Path, wanted: Iterable[Selection], path: Path) -> list[Written]:
    """Write one workbook with a sheet for each selection and one that explains their columns."""
    written = []
    with replacing(path) as beside:
        book = _Workbook(beside)
        try:
            for selection in wanted:
                before = book.cut
                with opened(dataset, selection) as rows:
                    count = book.add(rows)
                written.append(Written(path, selection.name, count, book.cut - before))
        finally:
            book.close()
    return written


class _Workbook:
    """A workbook being written; ``cut`` counts the texts that a cell could not hold whole."""

    def __init__(self, path: Path) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._explained: list[tuple[str, Column]] = []
        self.cut = 0

    def add(self, rows: Rows) -> int:
        """Write the rows to a sheet of their name, and to a second one past Excel's limit; how many there were."""
        self._explained += [(rows.name, column) for column in rows.columns]
        count = 0
        sheet, line = self._sheet(rows.name, 1, rows.columns), 0
        for row in rows.lists():
            if line == MAX_ROWS - 1:
                _finish(sheet, line, len(rows.columns))
                sheet, line = self._sheet(rows.name, count // (MAX_ROWS - 1) + 1, rows.columns), 0
            line += 1
            count += 1
            for place, value in enumerate(row):
                self._cell(sheet, line, place, value)
        _finish(sheet, line, len(rows.columns))
        return count

    def close(self) -> None:
        """Write the sheet that explains the columns, and the file."""
        sheet = self._book.add_worksheet(_ABOUT)
        for place, (name, width) in enumerate({"table": 22, "column": 24, "type": 12, "meaning": 110}.items()):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, name, self._head)
        for line, (table, column) in enumerate(self._explained, 1):
            for place, text in enumerate((table, column.name, _type(column.type), column.meaning)):
                sheet.write_string(line, place, text)
        _finish(sheet, len(self._explained), 4)
        self._book.close()

    def _sheet(self, name: str, part: int, columns: Iterable[Column]) -> Worksheet:
        sheet = self._book.add_worksheet(name if part == 1 else f"{name} ({part})")
        for place, column in enumerate(columns):
            sheet.set_column(place, place, 60 if column.name in _LONG else _WIDTHS.get(column.type, 20))
            sheet.write_string(0, place, column.name, self._head)
        self._links = 0
        return sheet

    def _cell(self, sheet: Worksheet, line: int, place: int, value: Any) -> None:
        match value:
            case None:
                pass
            case bool():
                sheet.write_boolean(line, place, value)
            case int() | float():
                sheet.write_number(line, place, value)
            case datetime():
                sheet.write_datetime(line, place, value, self._time)
            case date():
                sheet.write_datetime(line, place, value, self._day)
            case _:
                self._text(sheet, line, place, cell_text(value))

    def _text(self, sheet: Worksheet, line: int, place: int, text: str) -> None:
        if (
            text.startswith(("http://", "https://"))
            and " " not in text
            and len(text) <= MAX_URL
            and self._links < MAX_LINKS
        ):
            self._links += 1
            sheet.write_url(line, place, text, string=text)
            return
        if len(text) > MAX_TEXT:
            self.cut += 1
            text = text[: MAX_TEXT - 1] + "…"
        sheet.write_string(line, place, text)


def _finish(sheet: Worksheet, lines: int, columns: int) -> None:
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, lines, columns - 1)


def _type(kind: pa.DataType) -> str:
    try:
        return sql_type(kind)
    except KeyError:
        return str(kind)
