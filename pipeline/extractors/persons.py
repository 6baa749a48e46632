"""spaCy component ``congdoan_persons``: writes ``doc.spans["persons"]``.

Two readings of the text: runs led by a family name, and what stands after an honorific (foreign names, and later
references by the given name, which carry the full name). What decides over a doubtful run stands right before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document
from pipeline.normalize import person_names, titles
from pipeline.normalize.fold import match_form
from pipeline.normalize.person_names import Register
from pipeline.normalize.phrases import WORD_END, WORD_START, alternation
from pipeline.resources import rows
from pipeline.values import PersonValue

_WORD = re.compile(r"[^\W_]+(?:[./]+[^\W_]+)*[.:]?")
# What may stand between an honorific or a context word and the name: "ông: ", "quỹ học bổng “".
_OPENING = " :“\"'‘«("
# "(131 Bùi Hữu Nghĩa", "Trần Hưng Đạo, Q.5": a street.
_HOUSE_NUMBER = re.compile(r"(?:\A|[\s(,])\d+[a-z]?(?:[-/]\d+[a-z]?)* \Z")
_DISTRICT_FOLLOWS = re.compile(r", ?(?:q\. ?\d|quận |p\. ?\d|phường |q\.|tp\. ?hcm|tphcm)")
# A post or an age follows: "Kim Long, Chủ tịch", "Danh Út (45 tuổi", "Sơn Ngọc sinh năm".
_POST_FOLLOWS = re.compile(r" ?[,(–—-] ?(?:nguyên |cựu |quyền |hiện là )?([^\W\d_]+) ?(tuổi)?|,? (sinh năm|sn \d)")
_CREDIT_WINDOW = 14


@dataclass(slots=True)
class _Candidate:
    start: int
    end: int
    words: list[str]
    honorific: str | None = None
    sure: bool = False
    rule: str = "person.family-name"
    flags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Text:
    """What a decision looks at: the text, its match form, the borders of organizations."""

    text: str
    form: str
    starts: list[int]
    ends: list[int]

    def organization_at(self, offset: int) -> tuple[int, int] | None:
        i = bisect_right(self.starts, offset) - 1
        return (self.starts[i], self.ends[i]) if i >= 0 and offset < self.ends[i] else None

    def next_organization(self, offset: int) -> int:
        i = bisect_right(self.starts, offset)
        return self.starts[i] if i < len(self.starts) else len(self.text)


@cache
def _honorifics() -> dict[str, str]:
    return {match_form(row["honorific"]): row["kind"] for row in rows("lexicons/honorifics.csv")}


@cache
def _honorific_pattern() -> re.Pattern[str]:
    return re.compile(f"{WORD_START}(?:{alternation(_honorifics())})(?:{WORD_END}[.:]? |: ?|(?<=\\.) ?)")


@cache
def _contexts() -> dict[str, str]:
    return {match_form(row["before"]): row["kind"] for row in rows("lexicons/name_contexts.csv")}


@cache
def _unit_hosts() -> re.Pattern[str]:
    """Bodies of a province or district: after "LĐLĐ tỉnh" a chair's name may follow, after "tỉnh" alone none."""
    hosts = [row["before"] for row in rows("lexicons/unit_hosts.csv")]
    return re.compile(f"{WORD_START}{alternation(map(match_form, hosts))} \\Z")


class Persons:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        spans = sorted((s.start_char, s.end_char) for s in doc.spans.get("organizations", ()))
        view = _Text(document.text_of(doc), document.match_form(doc), [s for s, _ in spans], [e for _, e in spans])
        found = _merge(_family_led(view), _after_honorific(view))
        register = Register()
        # Longer names first: "Diệu Thúy" beside "Trần Thị Diệu Thúy" is no second person.
        for candidate in sorted(found, key=lambda c: -len(c.words)):
            if candidate.rule != "person.short":
                _register(candidate, register)
        doc.spans["persons"] = [
            document.annotate(doc, c.start, c.end, label="PERSON", rule=c.rule, value=value)
            for c in found
            if (value := _value(c, register))
        ]
        return doc


def _register(candidate: _Candidate, register: Register) -> None:
    name = " ".join(candidate.words)
    given_alone = len(candidate.words) == 2 and person_names.strength(candidate.words[0]) in (None, "weak")
    if (given_alone or len(candidate.words) == 1) and candidate.honorific and register.full(name):
        candidate.rule = "person.short"
    else:
        register.add(name)


def _value(candidate: _Candidate, register: Register) -> PersonValue | None:
    name = " ".join(candidate.words)
    full = register.full(name) if candidate.rule == "person.short" else register.add(name)
    if full is None:
        return None
    return PersonValue(
        person_names.in_title_case(full), candidate.honorific, 1.0 if candidate.sure else 0.8, tuple(candidate.flags)
    )


def _merge(family_led: list[_Candidate], after_honorific: list[_Candidate]) -> list[_Candidate]:
    """Both readings in text order; an honorific's reading yields where a family name's overlaps it."""
    taken = {c.start: c for c in family_led}
    found = list(family_led)
    for candidate in after_honorific:
        if candidate.start in taken:
            taken[candidate.start].honorific = candidate.honorific
        else:
            found.append(candidate)
    found.sort(key=lambda c: (c.start, -c.end))
    kept: list[_Candidate] = []
    for candidate in found:
        if not kept or candidate.start >= kept[-1].end:
            kept.append(candidate)
    return kept


# --- runs led by a family name --------------------------------------------------------------------------------------


def _family_led(view: _Text) -> list[_Candidate]:
    found = []
    pattern = person_names.family_led()
    match = pattern.search(view.text)
    while match:
        candidate = _cut(view, match.start(), match.end())
        if candidate and _is_person(view, candidate):
            found.append(candidate)
            following = candidate.end
        else:
            following = match.start() + len(match[0].split(" ", 1)[0])
        match = pattern.search(view.text, following)
    return found


def _cut(view: _Text, start: int, end: int) -> _Candidate | None:
    """The run without what is no part of the name: an organization, a title, capitals of an abbreviation."""
    if view.organization_at(start):
        return None
    end = min(end, view.next_organization(start))
    words = view.text[start:end].rstrip().split(" ")
    keep = len(words)
    offset = start
    for i, word in enumerate(words):
        if i and match_form(word) in titles.first_words() and titles.title_pattern().match(view.form, offset):
            keep = i
            break
        if i and len(word) > 1 and word.isupper() and not words[0].isupper():
            keep = i
            break
        offset += len(word) + 1
    words = words[:keep]
    skip = person_names.first_of_two(words) or _place_before(words)
    return _candidate(view, start, words, skip)


def _place_before(words: list[str]) -> int:
    """How many words of the run are a place that a name follows ("Hà Nội | Trần Văn Ba"), 0 where none does."""
    for n in (3, 2):
        if len(words) >= n + 2 and person_names.tail_key(words[:n]) in person_names.lookalikes():
            return n if person_names.strength(words[n]) in ("core", "strong") else 0
    return 0


def _candidate(view: _Text, start: int, words: list[str], skip: int) -> _Candidate | None:
    start += sum(len(word) + 1 for word in words[:skip])
    words = words[skip : skip + 6]
    if len(words) < 2 or (len(words) > 5 and not words[0].startswith(("H'", "Y"))):
        words = words[:5]
    if len(words) < 2 or (skip and not person_names.strength(words[0])):
        return None
    return _Candidate(start, start + len(" ".join(words)), words)


def _is_person(view: _Text, candidate: _Candidate) -> bool:
    name = person_names.tail_key(candidate.words)
    if person_names.phrase_pattern().match(view.form, candidate.start):
        return False
    before = _before(view, candidate.start)
    kind = _context(view, candidate, before)
    if kind == "house" and candidate.words[0].isupper() and person_names.strength(candidate.words[0]) != "core":
        return False
    if kind in ("person", "house"):
        candidate.sure = True
        return name not in person_names.lookalikes() or name == "hồ chí minh"
    if kind in ("place", "organization", "campaign", "ideology", "credit"):
        return False
    if name in person_names.lookalikes() or name in person_names.historical():
        return False
    if _HOUSE_NUMBER.search(view.form, max(0, candidate.start - 12), candidate.start):
        return False
    if _DISTRICT_FOLLOWS.match(view.form, candidate.end):
        return False
    strength = person_names.strength(candidate.words[0]) or "strong"
    middle = match_form(candidate.words[1])
    if _lookalike_inside(candidate.words) and middle not in ("thị", "văn"):
        return False
    if candidate.words[0].isupper() and len(candidate.words[0]) > 1 and _in_headline(view, candidate):
        return False
    if kind == "unit":
        return len(candidate.words) >= 3 and bool(_unit_hosts().search(view.form, *_window(view, candidate, before)))
    if _post_follows(view, candidate.end):
        candidate.sure = True
        return True
    if "'" in candidate.words[0] or "’" in candidate.words[0]:
        return True
    if len(candidate.words) == 2:
        return strength == "core" and not view.text[candidate.end : candidate.end + 2].strip()[:1].isdigit()
    return strength in ("core", "strong") or (middle in ("thị", "văn") and strength == "weak")


def _lookalike_inside(words: list[str]) -> bool:
    """ "Thái Bình Dương", "Đồng Nai Lê": three syllables that begin as a place does."""
    return len(words) == 3 and person_names.tail_key(words[:2]) in person_names.lookalikes()


def _before(view: _Text, start: int) -> list[str]:
    """The three words before, nearest first, as match forms; none across a line or a closed sentence."""
    window = view.form[max(0, start - 40) : start].rstrip(_OPENING)
    window = window[window.rfind("\n") + 1 :]
    return window.split(" ")[:-4:-1]


def _window(view: _Text, candidate: _Candidate, before: list[str]) -> tuple[int, int]:
    end = candidate.start - len(before[0]) - 1
    return max(0, end - 40), max(0, end)


def _context(view: _Text, candidate: _Candidate, before: list[str]) -> str | None:
    """What the words right before make of the run: ``person``, ``house`` (an
    organization stands right before), or what else carries the name; None undecided."""
    contexts, honorifics = _contexts(), _honorifics()
    for n in (3, 2, 1):
        phrase = " ".join(reversed(before[:n]))
        bare = phrase.rstrip(".:,")
        for form in (phrase, bare):
            if form in honorifics and len(before) >= n:
                candidate.honorific = bare
                return "person"
            if form in contexts and len(before) >= n:
                return contexts[form]
    if before and before[0] in titles.last_words() and view.text[candidate.start - 2 : candidate.start - 1] != ".":
        return "person"
    end = candidate.start - 1
    if end > 0 and view.text[end] == " " and (span := view.organization_at(end - 1)) and span[1] == end:
        return "house"
    return None


def _post_follows(view: _Text, end: int) -> bool:
    match = _POST_FOLLOWS.match(view.form, end)
    if not match:
        return False
    if match[2] or match[3]:
        return True
    return match[1] in titles.first_words() and bool(titles.title_pattern().match(view.form, match.start(1)))


def _in_headline(view: _Text, candidate: _Candidate) -> bool:
    """A run in capitals inside a line in capitals names whatever the headline names."""
    after = view.text[candidate.end : candidate.end + 12].split()
    before = view.text[max(0, candidate.start - 12) : candidate.start].split()
    near = [word for word in (*after[:1], *before[-1:]) if len(word) > 1 and word.isalpha()]
    return bool(near) and all(word.isupper() for word in near)


# --- after an honorific ---------------------------------------------------------------------------------------------


def _after_honorific(view: _Text) -> list[_Candidate]:
    found = []
    for match in _honorific_pattern().finditer(view.form):
        run = person_names.NAME_RUN.match(view.text, match.end())
        if not run or match.end() == match.start():
            continue
        honorific = match[0].rstrip(" :.")
        candidate = _named(view, run.start(), run.end())
        # "lao động Việt Nam", "phóng viên Tuổi Trẻ": an occupation alone makes no name of capitals.
        if candidate and _honorifics().get(honorific) == "occupation":
            candidate.rule = "person.short"
        if candidate:
            candidate.honorific = honorific
            candidate.sure = True
            found.append(candidate)
    return found


def _named(view: _Text, start: int, end: int) -> _Candidate | None:
    """The name after an honorific: a foreign or unusual full name, or a short reference."""
    first = view.form[start:end].split(" ", 1)[0]
    if first in _honorifics() or view.organization_at(start) or titles.title_pattern().match(view.form, start):
        return None
    candidate = _cut(view, start, end)
    if candidate is None:
        words = view.text[start:end].split(" ")[:1]
        candidate = _Candidate(start, start + len(words[0]), words)
    if candidate.start != start or person_names.tail_key(candidate.words) in person_names.lookalikes():
        return None
    foreign = person_names.looks_foreign(candidate.words)
    if len(candidate.words) == 1 and not (foreign and len(candidate.words[0]) > 3):
        candidate.rule = "person.short"
    elif len(candidate.words) == 2 and not foreign and not person_names.strength(candidate.words[0]):
        candidate.rule = "person.honorific"
    else:
        candidate.rule = "person.honorific"
    return candidate
