"""Houses of posts that no organization was read for: their name as the text has it.

"Phó giám đốc Trung tâm dịch vụ việc làm, …", "Phó Chủ tịch CĐ Sở Công nghiệp TP, …", "phó chủ tịch Hội Môi giới bất
động sản VN": a head of organizations (``lexicons/organization_heads.csv``) or an acronym right after the title, up to
a sign, a verb of saying or a name. Pure reading of a text and its match form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from pipeline.normalize import post_words
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical
from pipeline.normalize.person_names import UPPER, form_of, is_vietnamese_syllable
from pipeline.normalize.phrases import WORD_END, alternation
from pipeline.normalize.post_organizations import Organization, generics
from pipeline.resources import rows

_WORD = r"[^\W_][\w&./’'-]*"
# The words of a name are told one after another: the pattern only says where a name may close.
_SIGN = re.compile(r" ?(?:[,;:()\n“”\"!?]|\Z)|(?<!tp)\.(?: |\n|\Z)")
_JOINS = re.compile(r" (?:[-–]|và) ")
_NEXT = re.compile(rf"(?:\. | )?{_WORD}(?<![.])")
_LEAD = re.compile(r" (?:của |tại |thuộc )?")
_CITY = re.compile(r"(?<= )thành phố [^\W\d_]+(?: [^\W\d_]+){1,2}\Z")
_LONGEST = 14
_ACRONYMS = 4  # words of a house without a head ("BAC A BANK")
_CAPITALS = re.compile(f"[{UPPER}][\\w&’'-]*(?: [{UPPER}][\\w&’'-]*){{0,3}}")
_TAIL = 2
_SHORT = 3  # letters
_INDUSTRY_UNIONS = ("công đoàn ngành ", "cđ ngành ")
_UNIONS = ("công đoàn", "cđ", "tổ chức công đoàn", "nghiệp đoàn")


@cache
def _heads() -> re.Pattern[str]:
    heads = {match_form(row["head"]) for row in rows("lexicons/organization_heads.csv")}
    heads |= post_words.beginnings("head")
    return re.compile(f"(?:tổ chức (?=công đoàn))?{alternation(heads - {'tờ', 'kênh', 'vụ'})}{WORD_END}(?! phận)")


@cache
def _places() -> frozenset[str]:
    names = {match_form(row["name"]) for row in rows("gazetteers/places.csv")}
    return frozenset(names | {" ".join(name.split(" ")[-_TAIL:]) for name in names} | {"việt nam", "chí minh"})


@cache
def _no_house() -> frozenset[str]:
    """Capitals that name no house: places and common acronyms."""
    return post_words.house_words("no-house") | {match_form(row["name"]) for row in rows("gazetteers/places.csv")}


def begins_house(form: str, offset: int, limit: int) -> bool:
    """Whether an organization's head stands at ``offset``."""
    return bool(_heads().match(form, offset, limit))


def named_house(form: str, text: str, start: int, limit: int) -> tuple[int, str] | None:
    """End and canonical name of the house that begins right behind ``start``; None where nothing names one."""
    lead = _LEAD.match(form, start, limit)
    if lead is None:
        return None
    begin = lead.end()
    head = _heads().match(form, begin, limit)
    if head is None and not text[begin : begin + 1].isupper():
        return None
    end = _end_of_name(form, text, begin, limit)
    name = text[begin:end]
    if head is None and not text[begin + 1].isupper():
        return _foreign(form, text, begin, limit)
    if head is None:
        words = list(takewhile(str.isupper, name.split(" ")))
        name = " ".join(words)
        end = begin + len(name)
        if (len(name) < _SHORT and canonical(name) == name) or len(words) > _ACRONYMS:
            return None
        if any(form_of(word) in _no_house() for word in words):
            return None
    elif end <= head.end() + 1:
        # "Giám đốc Cung Văn hóa Lao động": a long head that is a name by itself.
        alone = name[:1].isupper() and name.count(" ") >= _TAIL and not form_of(name).startswith(_UNIONS)
        if not alone or head[0] in generics():
            return None
    elif not _names_one(name, head.end() - begin):
        return None
    name = canonical(name.removeprefix("tổ chức "))
    return end, name[:1].upper() + name[1:]


def _foreign(form: str, text: str, begin: int, limit: int) -> tuple[int, str] | None:
    """A foreign or coined name without a head, up to a sign or a verb: "Phó giám đốc | Falmi", "của | Mcredit"."""
    run = _CAPITALS.match(text, begin, limit)
    if run is None or len(run[0]) <= _SHORT or is_vietnamese_syllable(run[0].split(" ", 1)[0]):
        return None
    end = run.end()
    over = end >= limit or _SIGN.match(form, end, limit) or post_words.closes(form, text, end, limit)
    return (end, canonical(run[0])) if over and form_of(run[0]) not in _no_house() else None


def house_of_title(form: str, text: str, start: int, limit: int, head: str) -> tuple[int, str] | None:
    """End and name of the house that a title names by its own word: "Viện trưởng | Công nhân - Công đoàn" with ``head``
    "viện"; None where another head follows or no capital."""
    begin = start + 1
    if not text[begin : begin + 1].isupper() or text[start] != " " or begins_house(form, begin, limit):
        return None
    end = _end_of_name(form, text, begin, limit)
    return (end, canonical(f"{head[:1].upper()}{head[1:]} {text[begin:end]}")) if end > begin else None


def _names_one(name: str, head: int) -> bool:
    """Whether it is a name, no common noun: a capital or a number behind the head, or the head's own capital where
    two words follow."""
    rest = [word for word in name[head:].split() if form_of(word) not in _no_house()]
    union = form_of(name).startswith(_UNIONS)
    if union and name[:1].isupper() and rest and form_of(name).startswith(_INDUSTRY_UNIONS):
        return True
    if union and rest and not (rest[0][0].isupper() or rest[0][0].isdigit() or form_of(rest[0]) in _owners()):
        return False
    own = name[:1].isupper() and len(rest) > 1 and not union
    return own or any(c.isupper() or c.isdigit() for c in "".join(rest))


@cache
def _owners() -> frozenset[str]:
    """What may follow "công đoàn" in a name without a capital: "Công đoàn | các khu công nghiệp", "ngành", "trường"."""
    heads = frozenset(match_form(row["head"]).split(" ", 1)[0] for row in rows("lexicons/union_owner_heads.csv"))
    return heads | post_words.house_words("union-owner")


def _end_of_name(form: str, text: str, begin: int, limit: int) -> int:
    end = begin
    for _ in range(_LONGEST):
        if end > begin and (_SIGN.match(form, end, limit) or post_words.closes(form, text, end, limit)):
            return end
        if join := _JOINS.match(form, end, limit):
            if join.end() >= limit or not text[join.end()].isupper() or form.startswith(("tp", "hà nội"), join.end()):
                return end
            end = join.end() - 1
        word = _NEXT.match(form, end, limit)
        if word is None:
            return end
        end = word.end()
    return begin


def in_city(name: str, organizations: Sequence[Organization]) -> str:
    """ "Công đoàn Sở Công nghiệp thành phố": with the city of the article's other organizations, where there is one."""
    if not form_of(name).endswith(" thành phố"):
        return name
    cities = {m[0] for o in organizations if (m := _CITY.search(form_of(o.name)))}
    if len(cities) != 1:
        return name
    like = next(o.name for o in organizations if _CITY.search(form_of(o.name)))
    return name[: -len("thành phố")] + like[-len(cities.pop()) :]


def known_house(name: str, organizations: Sequence[Organization]) -> Organization | None:
    """The organization of the article that the name shortens: the same first word and the same last two."""
    words = form_of(name).split(" ")
    # "Hội … Việt Nam", "Sở … Hà Nội": a place says nothing of which one it is.
    place = " ".join(words[-_TAIL:]) in _places()
    for organization in organizations:
        other = form_of(organization.name).split(" ")
        if other == words or (
            not place
            and len(words) > _TAIL < len(other) - 1
            and other[0] == words[0]
            and other[-_TAIL:] == words[-_TAIL:]
            and other[0] != "công"
        ):
            return organization
    # "Công đoàn ngành giáo dục" where the article has the one of a district.
    longer = {o.name: o for o in organizations if form_of(o.name).startswith(" ".join(words) + " ")}
    return next(iter(longer.values())) if len(longer) == 1 and len(words) > _SHORT else None
