"""Names that no family name gives away, known by the title beside them: "Tổng thống Pháp Emmanuel Macron",
"Thomas O'Dore, chủ tịch công đoàn", "Tổng Giám đốc Bồ Xuân Việt".

Pure reading of a text, its match form and the borders of its organizations; the words that may stand between a title
and a name, and those that make no name, are rows of ``lexicons/title_tails.csv``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.normalize import name_contexts, person_names, titles
from pipeline.normalize.fold import match_form
from pipeline.normalize.person_names import LOWER, UPPER, form_of
from pipeline.normalize.phrases import WORD_END, alternation
from pipeline.normalize.post_words import role_class
from pipeline.resources import rows

# "V.M. Sidorenko", "Lee Jae-Yong", "Thomas O'Dore", "Ursula von der Leyen"
_FOREIGN_WORD = (
    f"(?:(?:[{UPPER}]\\.){{1,3}}(?= )"
    f"|[{UPPER}](?:['’ʼ][{UPPER}]?[{LOWER}]+|[{LOWER}]+(?:[{UPPER}][{LOWER}]+)?(?:-[{UPPER}]?[{LOWER}]+)*"
    f"|[{UPPER}]*(?![{LOWER}])))"
)
_PARTICLE = "(?:von der|van der|van den|de la|von|van|de|der|da|dos|del|di|bin|al|el|ibn)"
FOREIGN_RUN = re.compile(f"{_FOREIGN_WORD}(?: (?:{_PARTICLE} )?{_FOREIGN_WORD}){{0,4}}")
_BEFORE_TITLE = re.compile(
    f"(?<![^\\W_])(?P<name>{_FOREIGN_WORD}(?: (?:{_PARTICLE} )?{_FOREIGN_WORD}){{1,3}})"
    r"(?: ?\([^()\n]{1,30}\))? ?(?:[,(]|[–-] ?) ?\Z"
)
_PLAIN_WORD = f"[{UPPER}][{LOWER}]+"
_HYPHENED = re.compile(f"{_PLAIN_WORD}(?: {_PLAIN_WORD})?(?: - {_PLAIN_WORD}){{1,3}}(?![^\\W_])")
_HYPHEN = re.compile(" - ")
_ACRONYM_HOUSE = re.compile(r" (?:của |tại )?[A-ZĐ&]{2,}(?: [A-ZĐ&]{2,}){0,2}(?= [^\W\d_])")
# "Chủ tịch Sở Giao thông (MTA) | Peter Kalikow"
_ACRONYM_ASIDE = re.compile(r" \([A-ZĐ&.-]{2,12}\)(?= [^\W\d_])")
_WINDOW = 64
_TAILS = 4
_SHORT = 2  # words
_LONGEST = 5


@cache
def _rows(kind: str) -> frozenset[str]:
    return frozenset(match_form(row["phrase"]) for row in rows("lexicons/title_tails.csv") if row["kind"] == kind)


@cache
def countries() -> frozenset[str]:
    """Match forms of the names of countries and their short forms."""
    named = {
        match_form(name)
        for row in rows("gazetteers/places.csv")
        if row["kind"] == "country"
        for name in (row["name"], *row["aliases"].split("|"))
        if name
    }
    return frozenset(named | _rows("country"))


@cache
def tail_pattern() -> re.Pattern[str]:
    """What goes on after a title and still names no person: a country, "Trung ương", "thứ nhất", "người Đài Loan"."""
    return re.compile(
        f" (?:(?:người |của |tại |ở )?{alternation(countries())}|(?:của )?{alternation(_rows('tail'))}){WORD_END}"
    )


@cache
def _between() -> re.Pattern[str]:
    """Tails, and the houses and bodies that stand without a name of their own ("Đảng ủy Tập đoàn")."""
    phrases = {match_form(row["phrase"]) for row in rows("lexicons/generic_organizations.csv")}
    phrases |= {match_form(row["body"]) for row in rows("lexicons/role_bodies.csv")}
    return re.compile(f"(?: và| -)? (?:của |tại |thuộc )?{alternation(phrases)}{WORD_END}")


@cache
def places() -> frozenset[str]:
    """Match forms of the names of provinces and districts."""
    return frozenset(match_form(row["name"]) for row in rows("gazetteers/places.csv"))


@cache
def _no_name() -> frozenset[str]:
    """First words of organizations, bodies and phrases, which lead no name."""
    lists = (("organization_heads", "head"), ("role_bodies", "body"), ("generic_organizations", "phrase"))
    words = {
        match_form(row[column]).split(" ", 1)[0]
        for name, column in lists
        for row in rows(f"lexicons/{name}.csv")
        if row[column]
    }
    return frozenset(words | _rows("no-name"))


def hyphened(text: str, form: str, start: int) -> tuple[int, int] | None:
    """Borders of a foreign name written with spaced hyphens ("Lee - Ming - Shun", "Park Hang - Seo"), else None."""
    match = _HYPHENED.match(text, start)
    if match is None:
        return None
    parts = _HYPHEN.split(match[0])
    end = match.end()
    while len(parts) > 1 and titles.title_pattern().match(form, end - len(parts[-1])):
        end -= len(parts.pop()) + len(" - ")
    words = " ".join(parts).split(" ")
    enough = len(parts) > _SHORT or (len(parts) == _SHORT and person_names.looks_foreign(parts[-1:]))
    named = enough and person_names.looks_foreign(words) and not any(form_of(word) in _no_name() for word in words)
    return (start, end) if named else None


def titled(text: str, form: str, starts: Sequence[int], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Start and end of each name beside a title. ``starts``, ``ends``: borders of organizations, in text order."""
    for match in titles.found(form):
        after = _after(text, form, match, starts, ends)
        if after:
            yield after
        elif form[match.start() - 2 : match.start()].strip(" ") in (",", "(", "–", "-") and (
            before := _before(text, form, match.start(), starts, ends)
        ):
            yield before


def _after(
    text: str, form: str, match: re.Match[str], starts: Sequence[int], ends: Sequence[int]
) -> tuple[int, int] | None:
    end = match.end()
    loose = named_after = False
    for _ in range(_TAILS):
        i = bisect_left(starts, match.start())
        while i < len(starts) and ends[i] <= end:
            i += 1
        if i < len(starts) and starts[i] <= end + 1:
            end = ends[i]
        elif tail := tail_pattern().match(form, end) or _between().match(form, end):
            end, loose = tail.end(), True
            named_after = tail[0].strip() in _rows("house")
        elif house := _ACRONYM_HOUSE.match(text, end):
            end = house.end()
        else:
            break
    # "Chủ tịch Công ty Sông Lam, David Lò": a sign may part a house from a foreign name.
    k = bisect_left(ends, end)
    parted = k < len(ends) and ends[k] == end and text.startswith(", ", end)
    end += parted
    if aside := _ACRONYM_ASIDE.match(text, end):
        end = aside.end()
    if text[end : end + 1] != " " or not text[end + 1 : end + 2].isupper():
        return None
    run = FOREIGN_RUN.match(text, end + 1)
    if run is None:
        return None
    words = _name_words(run[0])
    if parted and not (person_names.looks_foreign(words[:1]) and len(words) > 1):
        return None
    # "Công ty Sao Mai | Lê Thị Hạnh": what stands before the second family name is the house's.
    skip = person_names.first_of_two(words)
    start = run.start() + sum(len(word) + 1 for word in words[:skip])
    words = words[skip:]
    if named_after and (person_names.strength(words[0]) != "core" or len(words) <= _SHORT):
        return None
    # "Bộ trưởng Jean - Michel …": half a name is none.
    state = titles.titles()[match["title"]].role_id in role_class("state-leader") and not text.startswith(
        " - ", run.end()
    )
    return (start, start + len(" ".join(words))) if _is_name(words, loose, state) else None


def _name_words(run: str) -> list[str]:
    """The run up to a title or an abbreviation in capitals."""
    words = run.split(" ")
    for i, word in enumerate(words):
        if i and len(word) > 1 and word.isupper() and not words[0].isupper() and "." not in word:
            return words[:i]
    return words


def _is_name(words: list[str], loose: bool, state: bool) -> bool:
    first = form_of(words[0])
    key = person_names.tail_key(words)
    if _SHORT < len(words) <= _LONGEST and form_of(words[1]) in ("thị", "văn") and not words[0].isupper():
        return True  # "Tổng Giám đốc | Lãnh Văn Tài": nothing else goes on so
    if first in _no_name() or first in name_contexts.honorifics() or first in titles.first_words():
        return False
    if key in places() or key in person_names.lookalikes() or key in countries() or len(words) > _LONGEST:
        return False
    if any(form_of(word) in _rows("company") for word in words) or _ends_in_place(words):
        return False
    if words[0].isupper() and len(words[0]) > 1 and "." not in words[0]:
        return False
    foreign = person_names.looks_foreign(words) and not person_names.strength(words[0])
    if len(words) == 1:
        return state and foreign and len(words[0]) > _SHORT + 1 and words[0].isalpha()
    if foreign or (state and not loose):
        return True
    if strength := person_names.strength(words[0]):
        return len(words) > _SHORT if loose or strength == "weak" else True
    return len(words) > _SHORT and not loose


def _ends_in_place(words: list[str]) -> bool:
    """ "Canon Việt Nam", "Samsung Thái Nguyên": a company's branch."""
    if not person_names.looks_foreign(words[:1]):
        return False
    two = len(words) > _SHORT and person_names.tail_key(words[-2:])
    return two in places() or two in countries() or form_of(words[-1]) in countries()


def _before(text: str, form: str, start: int, starts: Sequence[int], ends: Sequence[int]) -> tuple[int, int] | None:
    """A foreign name before a sign and the title."""
    window = max(0, start - _WINDOW)
    match = _BEFORE_TITLE.search(text, window, start)
    if match is None or (match.start() == window and window):
        return None
    words = match["name"].split(" ")
    start = match.start("name")
    # "Đại tá hải quân Mỹ | Bill Carter, người phát ngôn"
    while len(words) > 1 and form_of(words[0]) in countries():
        start += len(words[0]) + 1
        words = words[1:]
    if not person_names.looks_foreign(words) or person_names.strength(words[0]) or not _is_name(words, False, False):
        return None
    i = bisect_left(ends, match.start() + 1)
    if i < len(starts) and starts[i] < match.end("name"):
        return None
    kind, _ = name_contexts.kind_before(name_contexts.words_before(form, match.start()))
    last = form[: match.start()].rstrip()[-3:] if match.start() else ""
    if kind not in (None, "person") or last.endswith(("tại", " ở", "từ", "đến")):
        return None
    return start, match.end("name")
