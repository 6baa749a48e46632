"""spaCy component ``congdoan_roles``: writes ``doc.spans["roles"]``.

A role is a title of ``lexicons/roles.csv``, the status word before it ("nguyên", "quyền") and the internal body it is
held in ("Ủy viên Ban Chấp hành", "Trưởng ban Ban Chính sách pháp luật và Quan hệ lao động"); the organization's own
name is never part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline import document
from pipeline.normalize import post_words, role_links, role_units, titles
from pipeline.normalize.fold import match_form
from pipeline.resources import rows
from pipeline.values import RoleValue

_WHOLE = ("tổng thanh tra", "phó tổng thanh tra", "tổng kiểm toán", "phó tổng kiểm toán")
_APPOSITION = re.compile(r" ?(?:\([^()\n]{1,30}\) ?)?(?:[,(–-]|,? (?:hiện |đang |nguyên )?(?:là|làm)) ?\Z")
# Titles that lead a department take its name, the others only committees.
_LEADS_DEPARTMENT = re.compile(
    r"(?:\A| )(?:ban|phòng|phó|chuyên viên|khoa|bộ môn|văn phòng|quản đốc|tiểu ban|trưởng)"
    r"(?: thường trực| phụ trách)?\Z"
)
_HOLDS_OFFICE = re.compile(r"(?:trưởng|phó|chánh)[ ]")
_NAMES_DEPARTMENT = re.compile(r"(?:phó )?(?:trưởng )?(?:ban|phòng) (?!thường trực|phụ trách|chuyên trách)")
# A department nobody listed: what stands between "Trưởng phòng" and the organization, the name or a sign.
_OPEN_DEPARTMENT = re.compile(r" [^\W\d_][^\n,.;:()–“”\"]{1,60}")
_DEPARTMENT_FOLLOWS = re.compile(r" (?:ban|phòng|khoa) ")
_OPEN_WORDS = 7
_APPOSITION_REACH = 50
_SIGN_FOLLOWS = re.compile(r" ?(?:[,;:()–\n-]|\Z)")


@cache
def _not_after() -> dict[str, int]:
    """Words after which a title names a body or a thing ("Đoàn | chủ tịch", "Ban | giám đốc", "Phủ | Chủ tịch")."""
    return {match_form(row["before"]): 1 for row in rows("lexicons/role_contexts.csv")}


class Roles:
    """Every title as a Span: label ROLE, value a RoleValue with its rank, kind and status."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        view = _View(doc)
        found = []
        end = 0
        matches = titles.found(document.match_form(doc))
        for match, following in zip(matches, (*matches[1:], None), strict=False):
            if match.start() < end or view.names_a_body(match):
                continue
            span = view.role(match, following)
            if span is not None:
                found.append(span)
                end = span.end_char
        doc.spans["roles"] = found
        return doc


class _View:
    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text = document.text_of(doc)
        self.form = document.match_form(doc)
        spans = sorted(doc.spans.get("organizations", ()), key=lambda span: span.start_char)
        self.organizations: list[Span] = spans
        self.starts = [span.start_char for span in spans]
        persons = sorted((span.start_char, span.end_char) for span in doc.spans.get("persons", ()))
        self.persons = [start for start, _ in persons]
        self.person_ends = [end for _, end in persons]

    def names_a_body(self, match: re.Match[str]) -> bool:
        """The title is part of another name: a body ("Đoàn chủ tịch"), or the inside of an organization."""
        before = self.form[max(0, match.start() - 24) : match.start()].rstrip().rsplit("\n", 1)[-1].split(" ")
        if before[-1] in _not_after() or " ".join(before[-2:]) in _not_after():
            return True
        i = bisect_right(self.starts, match.start()) - 1
        # An organization may begin with its leader's title only by an extractor's slip; one that began before is whole.
        return i >= 0 and self.starts[i] < match.start() < self.organizations[i].end_char

    def role(self, match: re.Match[str], following: re.Match[str] | None = None) -> Span | None:
        """The title with its body or unit; ``following``: the title met next, which an assistant's goes on with."""
        known = titles.titles()
        form = match["title"]
        limit = self._organization_inside(match.start("title"), match.end())
        if limit is not None and (shorter := self._until(form, limit - match.start("title"))):
            form = shorter
        start, end = match.start(), match.start("title") + len(form)
        if following and following.start() == end + 1 and known[form].role_id in post_words.role_class("assistant"):
            end = following.end()  # "trợ lý | Tổng Giám đốc"
        elif limit is None:
            end = max(self._with_body(form, end), self._unit(form, end))
        title = known[form]
        # An organization that begins inside the title is its own: "Phó | ban Nội chính Trung ương".
        if title.needs_name and limit is None and not self._name_follows(end) and not self._name_before(match.start()):
            return None
        status, start = self._status(match, start)
        role = " ".join(self.text[start:end].split())
        value = RoleValue(role, title.role_id, title.rank, title.kind, status)
        return document.annotate(self.doc, start, end, label="ROLE", rule=f"role.{title.role_id}", value=value)

    def _status(self, match: re.Match[str], start: int) -> tuple[str, int]:
        """ "nguyên" stays in the role as written; "tân" and "từng là" only tell the status."""
        if not match["modifier"]:
            return "current", start
        status = titles.modifiers()[match["modifier"]]
        kept = status != "elected" and " " not in match["modifier"]
        return status, start if kept else match.start("title")

    def _organization_inside(self, start: int, end: int) -> int | None:
        """Where an organization begins inside the title as matched ("Bí thư | Đảng ủy Khối Doanh nghiệp")."""
        i = bisect_right(self.starts, start)
        if i >= len(self.starts) or self.starts[i] >= end:
            return None
        span = self.organizations[i]
        inside = self.form[span.start_char : end]
        if span.end_char == end and self.form[start:end] in titles.whole_titles():
            return None
        named = match_form(span._.value.name if span._.value else span.text)
        # "Trưởng Ban Tuyên giáo LĐLĐ" may come as one span that names the federation: then the body is the role's.
        own = named.startswith((inside.split(" ", 1)[0], *titles.shortened(inside)))
        return span.start_char if own else None

    def _until(self, form: str, length: int) -> str | None:
        """The longest listed title that ends before the organization, or the shortest that begins the match."""
        known = titles.titles()
        words = form.split(" ")
        if known[form].needs_name is False and form.startswith(_WHOLE):
            return None
        prefixes = [" ".join(words[:n]) for n in range(len(words), 0, -1)]
        listed = [prefix for prefix in prefixes if prefix in known]
        return next((prefix for prefix in listed if len(prefix) < length), listed[-1] if listed else None)

    def _unit(self, form: str, end: int) -> int:
        if not role_units.leads_unit(form):
            return end
        return role_units.unit_end(self.form, self.text, end, self._limit(end), form)

    def _with_body(self, form: str, end: int) -> int:
        """The end of the role with the committee or department it is held in."""
        if form.endswith("phụ trách"):
            charge = titles.department_pattern().match(self.form, end, self._limit(end))
            return charge.end() if charge else end
        if _NAMES_DEPARTMENT.match(form):
            more = titles.more_departments_pattern().match(self.form, end, self._limit(end))
            return more.end() if more and "," not in more[0] else end
        leads = _LEADS_DEPARTMENT.search(form) or (form.startswith(("trưởng ", "phó trưởng ")) and " " in form)
        pattern = titles.department_pattern() if leads else titles.committee_pattern()
        limit = self._limit(end)
        body = pattern.match(self.form, end, limit)
        if form.endswith("giám đốc") and not body:
            body = titles.department_pattern().match(self.form, end, limit)
            return body.end() if body and self._closes(body.end(), limit) else end
        if not leads:
            return body.end() if body else end
        if form.endswith(("ban", "phòng")) and self._organization_starts(end + 1):
            return end
        if acronym := titles.ACRONYM.match(self.text, end + 1, limit):
            body_of_state = post_words.names_of("chaired").match(self.form, end + 1)
            return end if body_of_state or self._organization_starts(end + 1) else acronym.end()
        if body and (body.end() >= limit or not self.text[body.end() + 1 : body.end() + 2].isupper()):
            return role_units.unit_end(self.form, self.text, body.end(), limit, form)
        if form.endswith(("ban", "phòng", "khoa", "bộ môn")) or _DEPARTMENT_FOLLOWS.match(self.form, end):
            return max(self._open_department(end, limit), body.end() if body else end)
        return body.end() if body else end

    def _closes(self, end: int, limit: int) -> bool:
        """Whether the title is over: an organization, a person, a sign or the house ("công ty") follows."""
        return end >= limit or bool(_SIGN_FOLLOWS.match(self.text, end)) or self.form.startswith(" công ty", end)

    def _open_department(self, end: int, limit: int) -> int:
        """A capitalized department that closes at an organization, a person or a sign; else none."""
        match = _OPEN_DEPARTMENT.match(self.text, end, limit)
        if not match or not self.text[end + 1 : end + 2].isupper():
            return end
        stop = match.end()
        closes = stop >= limit or _SIGN_FOLLOWS.match(self.text, stop)
        return stop if closes and len(match[0].split()) <= _OPEN_WORDS else end

    def _limit(self, end: int) -> int:
        """Where the next organization or person begins (its space before it left out)."""
        limits = [len(self.text)]
        i = bisect_left(self.starts, end)
        if i < len(self.starts):
            limits.append(self.starts[i])
        j = bisect_left(self.persons, end)
        if j < len(self.persons):
            limits.append(self.persons[j])
        limit = min(limits)
        return limit - 1 if limit > end and self.text[limit - 1] == " " else limit

    def _organization_starts(self, offset: int) -> bool:
        i = bisect_left(self.starts, offset)
        return i < len(self.starts) and self.starts[i] == offset

    def _name_before(self, start: int) -> bool:
        """ "anh Trần Văn Bền, quản đốc": the title stands in apposition."""
        j = bisect_left(self.persons, start) - 1
        if j < 0:
            return False
        gap_start = self.person_ends[j]
        return start - gap_start < _APPOSITION_REACH and bool(_APPOSITION.match(self.text, gap_start, start))

    def _name_follows(self, end: int) -> bool:
        j = bisect_left(self.persons, end)
        if j < len(self.persons) and self.persons[j] - end < _APPOSITION_REACH:
            gap = self.form[end : self.persons[j]]
            if not gap.strip(" :") or (gap.startswith(" là ") and role_links.before_person(gap)):
                return True
        return self._organization_starts(end + 1)
