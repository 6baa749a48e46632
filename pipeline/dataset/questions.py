"""Questions that researchers ask, as SQL: the files of ``data/questions``, in the order of their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.resources import DATA


@dataclass(frozen=True, slots=True)
class Question:
    """``text`` in English, and the SELECT that answers it."""

    number: int
    text: str
    sql: str


def questions() -> list[Question]:
    """All of them; a file's first line is its question."""
    found = []
    for number, file in enumerate(sorted((DATA / "questions").glob("*.sql")), 1):
        head, _, sql = file.read_text(encoding="utf-8").partition("\n")
        found.append(Question(number, head.removeprefix("-- "), sql.strip()))
    return found


def question(number: int) -> Question:
    """The one of this number; UsageError where there is none."""
    known = questions()
    if not 1 <= number <= len(known):
        raise UsageError(f"no example {number}; they are numbered 1 to {len(known)} (congdoan query --examples)")
    return known[number - 1]
