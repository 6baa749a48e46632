"""What stands around a capitalized run and decides whether it names a person.

All functions read match forms (:func:`pipeline.normalize.fold.match_form`); the words are rows of
``lexicons/honorifics.csv``, ``name_contexts.csv`` and ``unit_hosts.csv``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalize import titles
from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import WORD_END, WORD_START, alternation
from pipeline.resources import rows

# What may stand between an honorific or a context word and the name: "ông: ", "quỹ học bổng “".
_OPENING = " :“\"'‘«("
_REACH = 40
# "(12 Bùi Hữu Nghĩa", "Trần Hưng Đạo, Q.5": a street.
_HOUSE_NUMBER = re.compile(r"(?:\A|[\s(,])\d+[a-z]?(?:[-/]\d+[a-z]?)* \Z")
_DISTRICT_FOLLOWS = re.compile(r", ?(?:q\. ?\d|quận |p\. ?\d|phường |q\.|tp\. ?hcm|tphcm)")
# A post or an age follows: "Kim Long, Chủ tịch", "Danh Út (45 tuổi", "Sơn Ngọc sinh năm".
_POST_FOLLOWS = re.compile(r" ?[,(–—-] ?(?:nguyên |cựu |quyền |hiện là )?([^\W\d_]+) ?(tuổi)?|,? (sinh năm|sn \d)")


@cache
def honorifics() -> dict[str, str]:
    """Match form → kind (kinship, address, degree, army, occupation …)."""
    return {match_form(row["honorific"]): row["kind"] for row in rows("lexicons/honorifics.csv")}


@cache
def honorific_pattern() -> re.Pattern[str]:
    """An honorific with the space or sign before the name."""
    return re.compile(f"{WORD_START}(?:{alternation(honorifics())})(?:{WORD_END}[.:]? |: ?|(?<=\\.) ?)")


@cache
def _contexts() -> dict[str, str]:
    return {match_form(row["before"]): row["kind"] for row in rows("lexicons/name_contexts.csv")}


@cache
def _unit_hosts() -> re.Pattern[str]:
    hosts = [row["before"] for row in rows("lexicons/unit_hosts.csv")]
    return re.compile(f"{WORD_START}{alternation(map(match_form, hosts))} \\Z")


def words_before(form: str, start: int) -> list[str]:
    """The three words before, nearest first; none across a line."""
    window = form[max(0, start - _REACH) : start].rstrip(_OPENING)
    return window[window.rfind("\n") + 1 :].split(" ")[:-4:-1]


def kind_before(before: list[str]) -> tuple[str | None, str | None]:
    """What the words before make of a run, and the honorific among them: ``person`` after an honorific, else what
    carries the name (``place``, ``organization``, ``unit`` …); (None, None) where they say nothing."""
    if before and before[0].endswith(","):
        return None, None  # "Bí thư chi bộ, Vân Thị Mây": a sign stands between
    for n in range(min(3, len(before)), 0, -1):
        phrase = " ".join(reversed(before[:n]))
        bare = phrase.rstrip(".:")
        for form in (phrase, bare):
            if form in honorifics():
                return "person", bare
            if form in _contexts():
                return _contexts()[form], None
    return None, None


def title_ends(form: str, start: int) -> bool:
    """Whether a title ends right before ``start``: "Phó Giám đốc | Võ Sang", not "cấp nước | Phú Hòa"."""
    window = max(0, start - len(_OPENING))
    return window + len(form[window:start].rstrip(_OPENING)) in titles.ends(form)


def unit_has_host(form: str, start: int, before: list[str]) -> bool:
    """Whether a body of the province or district stands before the unit: after "LĐLĐ tỉnh" a chair's name may
    follow, after "tỉnh" alone only the province's own."""
    end = max(0, start - len(before[0]) - 1)
    return bool(_unit_hosts().search(form, max(0, end - _REACH), end))


def is_address(form: str, start: int, end: int) -> bool:
    return bool(_HOUSE_NUMBER.search(form, max(0, start - 12), start) or _DISTRICT_FOLLOWS.match(form, end))


def post_follows(form: str, end: int) -> bool:
    """Whether a post, an age or a year of birth follows the run."""
    match = _POST_FOLLOWS.match(form, end)
    if not match:
        return False
    if match[2] or match[3]:
        return True
    return match[1] in titles.first_words() and bool(titles.title_pattern().match(form, match.start(1)))
