"""The data dictionary ``data/README.md``: the schema as a reader wants it, below a preamble written by hand.

``python -m pipeline.dataset.dictionary`` writes it anew; a test fails while the file is stale.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.dataset.schema import TABLES, Column, Table

MARK = "<!-- From here on generated from pipeline/dataset/schema.py by: python -m pipeline.dataset.dictionary -->"
_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
}
_RULES = """\
# Tables and columns

Text is NFC. Offsets are code points, half open, into `articles.text`; `text[start:end] = surface` holds for every row.
Dates and times are local (Asia/Ho_Chi_Minh). NULL means unknown, never a guess; columns marked `?` may be NULL.
"""


def sql_type(kind: pa.DataType) -> str:
    """DuckDB's name of an Arrow type of the schema."""
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    return "TIMESTAMP" if pa.types.is_timestamp(kind) else _TYPES[kind]


def _row(column: Column) -> str:
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}`{'?' if column.nullable else ''} | {sql_type(column.type)} | {meaning} |"


def _section(table: Table) -> str:
    head = f"## {table.name}\n\n{table.meaning}\n\n| column | type | meaning |\n|---|---|---|"
    return "\n".join([head, *map(_row, table.columns)])


def render(current: str = "") -> str:
    """The whole file: what stands above the mark in ``current`` is kept, all below it is made anew."""
    preamble = current.partition(MARK)[0].rstrip()
    parts = [*([preamble] if preamble else []), MARK, _RULES.rstrip(), *map(_section, TABLES.values())]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    file = Path(__file__).resolve().parents[2] / "data" / "README.md"
    file.write_text(render(file.read_text(encoding="utf-8") if file.exists() else ""), encoding="utf-8")
