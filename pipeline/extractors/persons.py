"""spaCy component ``congdoan_persons``: writes ``doc.spans["persons"]``.

Three readings of the text: runs led by a family name, what stands after an honorific (foreign names, and later
references by the given name, which carry the full name), and what stands beside a title. What decides over a doubtful
run stands right before it; a run that nothing decides is a name where the article has it as one, or in a list of such.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document
from pipeline.normalize import name_contexts, person_names, titled_names, titles
from pipeline.normalize.name_candidates import Candidate, View, cut
from pipeline.normalize.person_names import Register, form_of
from pipeline.values import PersonValue

# Kinds of context in which a run is the name of something else (lexicons/name_contexts.csv).
_NAMESAKES = frozenset(("place", "organization", "campaign", "ideology", "credit"))
_LONGEST_TAIL = 5
_GIVEN_MIDDLES = ("thị", "văn")
_LIST_SIGN = re.compile(r"(?:[,;]|,? và) ")


class Persons:
    """Every mention of a person as a Span: label PERSON, value a PersonValue with the full name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        spans = sorted((s.start_char, s.end_char) for s in doc.spans.get("organizations", ()))
        view = View(document.text_of(doc), document.match_form(doc), [s for s, _ in spans], [e for _, e in spans])
        found, doubtful = _family_led(view)
        found = _merge(_merge(found, _after_honorific(view)), _beside_title(view))
        found = _admit(view, found, doubtful)
        register = Register()
        # Longer names first: "Diệu Thúy" beside "Đặng Thị Diệu Thúy" is no second person.
        for candidate in sorted(found, key=lambda c: -len(c.words)):
            if candidate.rule != "person.short":
                _register(candidate, register)
        doc.spans["persons"] = [
            document.annotate(doc, c.start, c.end, label="PERSON", rule=c.rule, value=value)
            for c in found
            if (value := _value(c, register))
        ]
        return doc


def _register(candidate: Candidate, register: Register) -> None:
    name = " ".join(candidate.words)
    given_alone = len(candidate.words) == 2 and person_names.strength(candidate.words[0]) in (None, "weak")
    called = candidate.honorific or candidate.rule == "person.title"
    if (given_alone or len(candidate.words) == 1) and called and register.full(name):
        candidate.rule = "person.short"
    else:
        register.add(name)


def _value(candidate: Candidate, register: Register) -> PersonValue | None:
    name = " ".join(candidate.words)
    if person_names.hides(candidate.words):
        return None
    full = register.full(name) if candidate.rule == "person.short" else register.add(name)
    if full is None:
        return None
    return PersonValue(
        person_names.in_title_case(full), candidate.honorific, 1.0 if candidate.sure else 0.8, tuple(candidate.flags)
    )


def _merge(family_led: list[Candidate], after_honorific: list[Candidate]) -> list[Candidate]:
    """Both readings in text order; an honorific's reading yields where a family name's overlaps it."""
    taken = {c.start: c for c in family_led}
    found = list(family_led)
    for candidate in after_honorific:
        if candidate.start in taken:
            taken[candidate.start].honorific = candidate.honorific or taken[candidate.start].honorific
        else:
            found.append(candidate)
    found.sort(key=lambda c: (c.start, -c.end))
    kept: list[Candidate] = []
    for candidate in found:
        if not kept or candidate.start >= kept[-1].end:
            kept.append(candidate)
    return kept


# --- runs led by a family name --------------------------------------------------------------------------------------


def _family_led(view: View) -> tuple[list[Candidate], list[Candidate]]:
    """What is a name, and what may be one."""
    found: list[Candidate] = []
    doubtful: list[Candidate] = []
    pattern = person_names.family_led()
    match = pattern.search(view.text)
    while match:
        candidate = cut(view, match.start(), match.end())
        decided = _is_person(view, candidate) if candidate else False
        following = match.start() + len(match[0].split(" ", 1)[0])
        if candidate and decided:
            found.append(candidate)
            following = candidate.end
        elif candidate and decided is None:
            doubtful.append(candidate)
        match = pattern.search(view.text, following)
    return found, doubtful


def _admit(view: View, found: list[Candidate], doubtful: list[Candidate]) -> list[Candidate]:
    """With the doubtful runs that the article has as names elsewhere, and those in a list of names."""
    if not doubtful:
        return found
    names = {person_names.tail_key(c.words) for c in found}
    ends = {c.end for c in found}
    starts = {c.start for c in found}
    admitted: list[Candidate] = []
    for candidate in doubtful:
        listed = len(candidate.words) > 2 and (
            any(end in ends for end in _list_borders(view.form, candidate.start))
            or ((match := _LIST_SIGN.match(view.form, candidate.end)) and match.end() in starts)
        )
        if listed or person_names.tail_key(candidate.words) in names:
            admitted.append(candidate)
            ends.add(candidate.end)
            starts.add(candidate.start)
    return _merge(found, admitted) if admitted else found


def _list_borders(form: str, start: int) -> list[int]:
    return [
        start - len(sign) for sign in (", ", "; ", " và ", ", và ", " - ") if form.startswith(sign, start - len(sign))
    ]


def _is_person(view: View, candidate: Candidate) -> bool | None:
    """None where nothing around the run and nothing in it decides."""
    name = person_names.tail_key(candidate.words)
    if person_names.phrase_pattern().match(view.form, candidate.start):
        return False
    before = name_contexts.words_before(view.form, candidate.start)
    kind = _context(view, candidate, before)
    if kind == "person":
        candidate.sure = True
        known_place = name != "hồ chí minh" and (
            name in person_names.lookalikes() or (candidate.honorific is None and name in titled_names.places())
        )
        return not known_place or name_contexts.post_follows(view.form, candidate.end)
    if kind in _NAMESAKES or name in person_names.lookalikes() or name in person_names.historical():
        return False
    if name_contexts.is_address(view.form, candidate.start, candidate.end):
        return False
    if _is_place_name(candidate.words) and not name_contexts.post_follows(view.form, candidate.end):
        return False
    if _is_capitals(candidate) and (kind == "house" or _in_headline(view, candidate)):
        return person_names.strength(candidate.words[0]) == "core" and kind == "house"
    if kind == "unit":
        return len(candidate.words) >= 3 and name_contexts.unit_has_host(view.form, candidate.start, before)
    if kind == "house" or name_contexts.post_follows(view.form, candidate.end):
        candidate.sure = True
        return True
    return _looks_like_name(view, candidate) or None


def _looks_like_name(view: View, candidate: Candidate) -> bool:
    """Without any word around that decides: how surely the run itself is a name."""
    strength = person_names.strength(candidate.words[0]) or "strong"
    if candidate.words[0][1:2] in ("'", "’", "ʼ"):
        return True
    if len(candidate.words) == 2:
        return strength == "core" and not view.text[candidate.end : candidate.end + 2].strip()[:1].isdigit()
    return strength in ("core", "strong") or form_of(candidate.words[1]) in _GIVEN_MIDDLES


def _is_place_name(words: list[str]) -> bool:
    """ "Thái Bình Dương", "Đồng Nai Lê": three syllables that begin as a place does."""
    place = len(words) == 3 and person_names.tail_key(words[:2]) in person_names.lookalikes()
    return place and form_of(words[1]) not in _GIVEN_MIDDLES


def _is_capitals(candidate: Candidate) -> bool:
    return candidate.words[0].isupper() and len(candidate.words[0]) > 1


def _context(view: View, candidate: Candidate, before: list[str]) -> str | None:
    """What the words right before make of the run: ``person``; ``house`` (an organization, whose chair is named);
    what else carries the name; None undecided."""
    kind, honorific = name_contexts.kind_before(before)
    if kind is not None:
        candidate.honorific = honorific or candidate.honorific
        return None if kind == "union" and len(candidate.words) > 2 else "place" if kind == "union" else kind
    stop = view.text[candidate.start - 2 : candidate.start - 1] == "."
    if not stop and name_contexts.title_ends(view.form, candidate.start):
        return "person"
    end = candidate.start - 1
    if end > 0 and view.text[end] == " " and (span := view.organization_at(end - 1)) and span[1] == end:
        # "Công ty Sài Gòn | Nguyễn Gia" goes on as the company's name; "Chủ tịch LĐLĐ quận 5 | Lê Mai" does not.
        led = name_contexts.title_ends(view.form, span[0])
        return "house" if led or len(candidate.words) > 2 else "organization"
    return None


def _in_headline(view: View, candidate: Candidate) -> bool:
    """A run in capitals inside a line in capitals names whatever the headline names."""
    after = view.text[candidate.end : candidate.end + 12].split()
    before = view.text[max(0, candidate.start - 12) : candidate.start].split()
    near = [word for word in (*after[:1], *before[-1:]) if len(word) > 1 and word.isalpha()]
    return bool(near) and all(word.isupper() for word in near)


# --- beside a title -------------------------------------------------------------------------------------------------


def _beside_title(view: View) -> list[Candidate]:
    found = []
    tails = {
        " ".join(words[-n:])
        for start, end in zip(view.starts, view.ends, strict=True)
        for words in (view.text[start:end].split(" "),)
        for n in range(1, min(_LONGEST_TAIL, len(words)))
    }
    for start, end in titled_names.titled(view.text, view.form, view.starts, view.ends):
        words = view.text[start:end].split(" ")
        # "Giám đốc Lake Side": what the article has as a house's name ("Khách sạn Lake Side").
        if person_names.strength(words[0]) or view.text[start:end] not in tails:
            found.append(Candidate(start, end, words, sure=True, rule="person.title"))
    return found


# --- after an honorific ---------------------------------------------------------------------------------------------


def _after_honorific(view: View) -> list[Candidate]:
    found = []
    for match in name_contexts.honorific_pattern().finditer(view.form):
        if not view.text[match.end() : match.end() + 1].isupper():
            continue
        run = titled_names.FOREIGN_RUN.match(view.text, match.end())
        if not run or match.end() == match.start():
            continue
        honorific = match[0].rstrip(" :.")
        if borders := titled_names.hyphened(view.text, view.form, match.end()):
            words = view.text[slice(*borders)].split(" ")
            found.append(Candidate(*borders, words, honorific, sure=True, rule="person.honorific"))
            continue
        if not person_names.looks_foreign(run[0].split(" ")):
            run = person_names.NAME_RUN.match(view.text, match.end()) or run
        candidate = _named(view, run.start(), run.end())
        # "lao động Việt Nam", "phóng viên Tuổi Trẻ": an occupation alone makes no name of capitals.
        if candidate and name_contexts.honorifics().get(honorific) in ("occupation", "relative"):
            candidate.rule = "person.short"
        if candidate:
            candidate.honorific = honorific
            candidate.sure = True
            found.append(candidate)
    return found


@cache
def _no_names() -> frozenset[str]:
    return person_names.lookalikes() | titled_names.countries()


def _named(view: View, start: int, end: int) -> Candidate | None:
    """The name after an honorific: a foreign or unusual full name, or a short reference."""
    shapes = view.text[start:end].split(" ")
    if len(shapes) > 1 and len(shapes[0]) > 1 and shapes[0].isupper() and not shapes[1].isupper():
        return None  # "phóng viên ĐBQH Lò Văn Páo": an abbreviation stands between
    words = view.form[start:end].split(" ")
    # "Ông Ông Văn Bền": the family name is written as the honorific is.
    if (
        (words[0] in name_contexts.honorifics() and not (words[0] == "ông" and words[1:2] in (["văn"], ["thị"])))
        or view.organization_at(start)
        or titles.title_pattern().match(view.form, start)
    ):
        return None
    candidate = cut(view, start, end)
    if candidate is None:
        words = view.text[start:end].split(" ")[:1]
        candidate = Candidate(start, start + len(words[0]), words)
    if candidate.start != start or person_names.tail_key(candidate.words) in _no_names():
        return None
    word = candidate.words[0]
    lone = len(candidate.words) == 1
    foreign = lone and len(word) > 3 and not word.isupper() and person_names.looks_foreign(candidate.words)
    candidate.rule = "person.short" if lone and not foreign else "person.honorific"
    return candidate
