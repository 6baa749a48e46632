"""Posts told of "ông", "bà" or of a person named before: whose they are, and in which years.

Reads match forms; the verbs between a pronoun and a post are those of :mod:`pipeline.normalize.role_links`.
"""

from __future__ import annotations

import re
from datetime import date as Day

from pipeline.normalize import role_links

_FORMS = {
    "ông": "m",
    "anh": "m",
    "bà": "f",
    "chị": "f",
    "cô": "f",
    "đồng chí": "",
    "đ/c": "",
    "thầy": "m",
}
_GENDER = {**_FORMS, "thầy giáo": "m", "cô giáo": "f", "mr": "m", "mr.": "m", "mrs": "f", "ms": "f", "chú": "m"}
_LEAD = (
    r"(?:(?:hiện nay|hiện tại|hiện|ngoài ra|trước đó|trước đây|sau đó|đồng thời|trước khi [^.;\n]{1,90}"
    r"|(?:từ|kể từ|đến|vào|tháng|năm|ngày|giai đoạn|trong) [^.;\n]{1,50}),? )?"
)
_SUBJECT = re.compile(rf"[ \n“\"–-]*{_LEAD}(?P<pronoun>{'|'.join(_FORMS)})(?P<rest> (?!\w+/).*)\Z", re.DOTALL)
_SENTENCE = re.compile(r"[.!?…][”\"]? |\n|[.!?…](?=[^\W\d_])")
_SENTENCE_REACH = 200
_YEAR = r"(?:(?:ngày )?(?:\d{1,2}[/-])?(?:tháng )?(?:\d{1,2}[/-])?(?:năm )?)((?:19|20)\d\d)"
_UNTIL = rf"(?: ?[-–] ?| đến (?:hết )?| tới ){_YEAR}"
_YEARS_AFTER = re.compile(
    rf" ?\(?(?:(?:từ|kể từ) {_YEAR}(?:{_UNTIL})?|(?:giai đoạn|những năm|các năm|trong các năm) {_YEAR}{_UNTIL}"
    rf"|{_YEAR} ?[-–] ?{_YEAR}\)|đến (?:hết )?{_YEAR})"
)
_YEARS_BEFORE = re.compile(
    rf"(?:\A|[ \n“\"-])(?:(?:từ|kể từ) {_YEAR}(?:{_UNTIL})?|(?:giai đoạn|trong các năm) {_YEAR}{_UNTIL})"
    r"(?: đến nay)?[,:]? "
)
_LEAD_REACH = 70


def sentence_before(form: str, offset: int) -> int:
    """Where the sentence of ``offset`` begins, at most some way before."""
    begin = max(0, offset - _SENTENCE_REACH)
    for match in _SENTENCE.finditer(form, begin, offset):
        begin = match.end()
    return begin


def subject(form: str, start: int) -> tuple[str, str] | None:
    """The pronoun that begins the sentence of a post at ``start``, and the status its verb gives; None without one."""
    match = _SUBJECT.match(form, sentence_before(form, start), start)
    if match is None:
        return None
    rest = match["rest"]
    status = role_links.after_person(rest) if rest.strip() else None
    return (match["pronoun"], status) if status else None


def may_mean(pronoun: str, honorific: str | None) -> bool:
    """Whether the pronoun may stand for somebody addressed so."""
    one, other = _FORMS[pronoun], _GENDER.get(honorific or "", "")
    return not one or not other or one == other


def years(form: str, start: int, end: int) -> tuple[Day | None, Day | None]:
    """First and last day of the years that a sentence states for a post from ``start`` to ``end``."""
    match = _YEARS_AFTER.match(form, end)
    near = form[max(0, start - _SENTENCE_REACH) : start]
    if match is None and ("từ " in near or "giai đoạn" in near or "các năm" in near):
        begin = sentence_before(form, start)
        match = _YEARS_BEFORE.search(form, begin, min(start, begin + _LEAD_REACH))
    if match is None:
        return None, None
    groups = match.groups()
    if match.re is _YEARS_AFTER and groups[-1] and not any(groups[:-1]):
        return None, Day(int(groups[-1]), 12, 31)
    found = [int(year) for year in groups if year]
    if len(found) > 1 and found[1] < found[0]:
        return None, None
    return Day(found[0], 1, 1), Day(found[1], 12, 31) if len(found) > 1 else None
