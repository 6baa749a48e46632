"""What people say of a dataset: the lines of ``corrections.csv`` (one fact) and ``judgements.csv`` (who is who).

Both are UTF-8 CSV with a header; each line says who says so, when and why. Here they are read and checked for form;
``pipeline.corrections`` and ``pipeline.judgements`` hold them against the dataset. A line that can't be used is a
``Problem``, which becomes a row in ``rejects``; a file that can't be read at all is a UsageError.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.resources import DATA

CORRECTIONS, JUDGEMENTS = "corrections.csv", "judgements.csv"
CORRECTION_COLUMNS = ("row_id", "verdict", "column", "value", "who", "when", "why")
JUDGEMENT_COLUMNS = ("kind", "verdict", "one", "other", "who", "when", "why")

_SAID = ("who", "when", "why")
_FILLED = {CORRECTIONS: ("row_id", "verdict", *_SAID), JUDGEMENTS: ("kind", "verdict", "one", "other", *_SAID)}
_ALLOWED: dict[str, dict[str, tuple[str, ...]]] = {
    CORRECTIONS: {"verdict": ("wrong", "value", "right")},
    JUDGEMENTS: {"kind": ("organization", "person", "event"), "verdict": ("same", "different")},
}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
# Nobody writes a larger one by hand.
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``fields`` by the header's names, NFC and stripped; ``source`` is ``file:line``."""

    source: str
    fields: tuple[tuple[str, str], ...]
    said_on: date
    # Of the file that comes with congdoan: it speaks of every dataset, so that what it names need not be in this one.
    shipped: bool = False

    def __getitem__(self, name: str) -> str:
        return dict(self.fields)[name]

    @property
    def said(self) -> dict[str, object]:
        """The columns of who, when and why that ``corrections`` and ``judgements`` share."""
        return {"who": self["who"], "said_on": self.said_on, "why": self["why"], "source": self.source}


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was not applied: a row of ``rejects``."""

    source: str
    error: str  # incomplete, bad_value, unknown_row, unknown_column, contradiction …
    message: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """The lines of all files, in order: those shipped, the dataset's own, those that the command names."""

    corrections: tuple[Line, ...] = ()
    judgements: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        """sha256 over all that they say; empty where they say nothing."""
        if not (self.corrections or self.judgements or self.problems):
            return ""
        return sha256(repr((self.corrections, self.judgements, self.problems)).encode()).hexdigest()


NOTHING = Annotations()


def read_annotations(dataset: Path, corrections: Iterable[Path] = (), judgements: Iterable[Path] = ()) -> Annotations:
    """The lines shipped in ``data/``, those in the dataset's folder, and those of the files named.

    UsageError for a file named that is not there, and for one that is no CSV with the columns wanted.
    """
    problems: list[Problem] = []

    def lines(name: str, columns: tuple[str, ...], named: Iterable[Path]) -> tuple[Line, ...]:
        files = [file for file in (DATA / name, dataset / name) if file.is_file()]
        for file in named:
            if not file.is_file():
                raise UsageError(f"{file}: no such file")
            if file.resolve() not in {known.resolve() for known in files}:
                files.append(file)
        found = [list(_read(file, name, columns, problems)) for file in files]
        return tuple(line for part in found for line in part)

    return Annotations(
        lines(CORRECTIONS, CORRECTION_COLUMNS, corrections),
        lines(JUDGEMENTS, JUDGEMENT_COLUMNS, judgements),
        tuple(problems),
    )


def _read(file: Path, kind: str, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(_text(file), newline=""), delimiter=_delimiter(file), strict=True)
    wanted = f"a CSV with the header {','.join(columns)}"
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in columns if name not in header]:
            raise UsageError(f"{file}: no column {missing[0]!r} in its first line; it must be {wanted}")
        for cells in reader:
            source = f"{file.name}:{reader.line_num}"
            if any(cell.strip() for cell in cells):
                found = _line(source, header, cells, kind, columns, file == DATA / kind)
                if isinstance(found, Problem):
                    problems.append(found)
                else:
                    yield found
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: {error}; it must be {wanted}") from None


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"{file}: more than {_LARGEST:,} bytes; split it, or look whether it is the file meant")
        # Without NUL, which csv refuses.
        return file.read_bytes().decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not UTF-8; save it as CSV UTF-8") from None
    except OSError as error:
        raise UsageError(f"{file}: can't be read ({error.strerror})") from None


def _delimiter(file: Path) -> str:
    """A spreadsheet set to Vietnamese writes semicolons."""
    first = _text(file).partition("\n")[0]
    return max(",;\t", key=first.count)


def _line(
    source: str, header: list[str], cells: list[str], kind: str, columns: tuple[str, ...], shipped: bool
) -> Line | Problem:
    if len(cells) > len(header):
        return Problem(source, "incomplete", f'{len(cells)} cells, the header has {len(header)}: put "…" around commas')
    given = dict(zip(header, map(_clean, cells), strict=False))
    fields = {name: given.get(name, "") for name in columns}
    for name in ("verdict", "kind", "row_id", "column"):
        if name in fields:
            fields[name] = fields[name].lower()
    if empty := [name for name in _FILLED[kind] if not fields[name]]:
        return Problem(source, "incomplete", f"{empty[0]} is empty; each line says {', '.join(_FILLED[kind])}")
    for name, allowed in _ALLOWED[kind].items():
        if fields[name] not in allowed:
            return Problem(source, "bad_value", f"{name} is {fields[name]!r}; it must be one of {', '.join(allowed)}")
    said_on = day(fields["when"])
    if said_on is None:
        return Problem(source, "bad_value", f"when is {fields['when']!r}; write a day as 2026-11-21")
    return Line(source, tuple(fields.items()), said_on, shipped)


def _clean(cell: str) -> str:
    """What was meant: ``congdoan export`` puts an apostrophe before what a spreadsheet would misread."""
    return unicodedata.normalize("NFC", cell).encode("utf-8", "replace").decode().strip().removeprefix("'")


def day(text: str) -> date | None:
    """A day as 2026-11-21, or as a spreadsheet set to Vietnamese writes it, 21/11/2026; None for anything else."""
    try:
        if found := _DAY_FIRST.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
