"""Titles of posts as written: one compiled reading of ``lexicons/roles.csv`` and ``lexicons/role_bodies.csv``.

All patterns are for :func:`pipeline.normalize.fold.match_form` of a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import WORD_END, WORD_START, alternation
from pipeline.resources import rows

_JOIN = r"(?: ?[-–—] ?|, ?| & | và )"
# "TG-NC", "CSPL", "LĐ-TB&XH": a department in capitals; looked for in the text itself.
ACRONYM = re.compile(r"[A-ZĐ]{2,}(?: ?[-–&] ?[A-ZĐ]{2,})*(?![^\W\d_])")


@dataclass(frozen=True, slots=True)
class Title:
    """A row of the roles: controlled form of a title."""

    role_id: str
    rank: int
    kind: str
    needs_name: bool  # "đại biểu", "thư ký": a post only where a name or an organization follows


@cache
def titles() -> dict[str, Title]:
    """Match form → title."""
    return {
        match_form(row["pattern"]): Title(row["role_id"], int(row["rank"]), row["kind"], row["part"] == "before-name")
        for row in rows("lexicons/roles.csv")
        if row["part"] != "modifier"
    }


@cache
def modifiers() -> dict[str, str]:
    """Match form of "nguyên", "quyền", "tân" … → status."""
    return {
        match_form(row["pattern"]): row["role_id"] for row in rows("lexicons/roles.csv") if row["part"] == "modifier"
    }


@cache
def title_pattern() -> re.Pattern[str]:
    """Modifier and title; group ``title`` holds the title."""
    return re.compile(
        f"{WORD_START}(?:(?P<modifier>{alternation(modifiers())}) )?(?!(?<=chức )vụ )"
        f"(?P<title>{alternation(titles())}){WORD_END}"
    )


@lru_cache(maxsize=2)
def found(form: str) -> tuple[re.Match[str], ...]:
    """Every title of a text, in order; held for the components that ask for the same text one after another."""
    return tuple(title_pattern().finditer(form))


@lru_cache(maxsize=2)
def ends(form: str) -> frozenset[int]:
    """Where the titles of a text end, and where do with the body or department after them."""
    borders = set()
    for match in found(form):
        borders.add(match.end())
        if body := department_pattern().match(form, match.end()) or committee_pattern().match(form, match.end()):
            borders.add(body.end())
    return frozenset(borders)


@cache
def _bodies(part: str) -> str:
    return alternation(match_form(row["body"]) for row in rows("lexicons/role_bodies.csv") if row["part"] == part)


@cache
def committee_pattern() -> re.Pattern[str]:
    """Internal bodies one after another: " ban chấp hành đảng bộ"."""
    return re.compile(f"(?: (?:{_bodies('committee')}){WORD_END}){{1,3}}")


@cache
def department_pattern() -> re.Pattern[str]:
    """A department: " ban chính sách pháp luật và quan hệ lao động", " tổ chức - hành chính"."""
    one = f"(?:{_bodies('department')}){WORD_END}"
    return re.compile(
        f"(?: (?:ban|phòng|khoa|bộ môn|văn phòng|vụ|tổ))? {one}(?:(?:{_JOIN}| )(?:phòng |ban )?{one}){{0,4}}"
    )


@cache
def more_departments_pattern() -> re.Pattern[str]:
    """What a title that names its department goes on with: " - nữ công", " và quan hệ lao động"."""
    return re.compile(f"(?:{_JOIN}(?:ban |phòng )?(?:{_bodies('department')}){WORD_END}){{1,4}}")


@cache
def first_words() -> frozenset[str]:
    return frozenset(form.split(" ", 1)[0] for form in (*titles(), *modifiers()))


def shortened(head: str) -> tuple[str, ...]:
    """What an abbreviated head inside a title stands for: "chủ nhiệm CLB" → "câu lạc bộ"."""
    return ("câu lạc bộ",) if head.startswith("clb") else ()


@cache
def whole_titles() -> frozenset[str]:
    """Titles that keep the body they name ("Bí thư Trung ương Đảng"): no organization of that name acts."""
    return frozenset(
        form for form, title in titles().items() if title.role_id.startswith("central_") and "ban" not in form
    )
