"""Posts told of "ông", "bà" or of a person named before: whose they are.

Reads match forms; the verbs between a pronoun and a post are those of :mod:`pipeline.normalize.role_links`.
"""

from __future__ import annotations

import re

from pipeline.normalize import role_links
from pipeline.resources import rows

_GENDER = {row["honorific"]: row["gender"] for row in rows("lexicons/honorifics.csv")}
# What may stand for a person named before: "Bà hiện là …".
_FORMS = [row["honorific"] for row in rows("lexicons/honorifics.csv") if row["stands_alone"]]
_LEAD = (
    r"(?:(?:hiện nay|hiện tại|hiện|ngoài ra|trước đó|trước đây|sau đó|đồng thời|trước khi [^.;\n]{1,90}"
    r"|(?:từ|kể từ|đến|vào|tháng|năm|ngày|giai đoạn|trong) [^.;\n]{1,50}),? |[^.;,\n]{1,80}, (?=\w+ (?:được|đã|từng)))?"
)
_SUBJECT = re.compile(rf"[ \n“\"–-]*{_LEAD}(?P<pronoun>{'|'.join(_FORMS)})(?P<rest> (?!\w+/).*)\Z", re.DOTALL)
_SENTENCE = re.compile(r"[.!?…][”\"]? |\n|[.!?…](?=[^\W\d_])")
SENTENCE_REACH = 200


def sentence_before(form: str, offset: int) -> int:
    """Where the sentence of ``offset`` begins, at most some way before."""
    begin = max(0, offset - SENTENCE_REACH)
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
    one, other = _GENDER[pronoun], _GENDER.get(honorific or "", "")
    return not one or not other or one == other
