"""What may stand between a person and a post, between two posts and between the persons of a list.

Every function reads the text between two mentions (a *gap*, as match form) and says whether it links them; the words
are rows of ``lexicons/role_links.csv``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalize.fold import match_form
from pipeline.normalize.phrases import WORD_END, WORD_START, alternation
from pipeline.resources import rows


def _rows(part: str) -> dict[str, str]:
    return {match_form(row["phrase"]): row["status"] for row in rows("lexicons/role_links.csv") if row["part"] == part}


# "(bìa trái)", "(45 tuổi, quê Quảng Nam)", "(tái đắc cử)"
_ASIDE = (
    r"(?: ?\([^()\n]{1,80}\)|, (?:người |quốc tịch |quê |sinh năm |sn |\d\d tuổi)[^,;.()\n]{0,40}(?=,)"
    rf"|,? ?[-–(]? ?(?:{alternation(_rows('occupation'))})(?![^\W_])[^,;.()\n]{{0,30}}(?=,)"
    r"| [-–] (?:một|tổ chức|đơn vị|cơ quan|doanh nghiệp|công ty|nơi) [^-–;.()\n]{3,60}(?= [-–])){0,2}"
)
_SIGN = r"[,:(–—-]"
_REACH = 90
_NOW = re.compile(r"(?<![^\W_])(?:nay|hiện)(?![^\W_])")
_AND = re.compile(r",? (?:và|cùng) ")


def _any(part: str) -> str:
    return f"(?:{alternation(_rows(part))}){WORD_END}"


@cache
def _verbs() -> dict[str, str]:
    return _rows("verb")


@cache
def _address() -> str:
    """Honorifics before a name, also in the plural: "các đồng chí: ", "hai ông "."""
    named = (row for row in rows("lexicons/honorifics.csv") if row["kind"] != "relative")
    forms = alternation(match_form(row["honorific"]) for row in named)
    return f"(?:(?:các |hai |ba |cùng )?(?:{forms})(?:{WORD_END}|(?<=\\.))[.:]? ?)*"


@cache
def _after_person() -> re.Pattern[str]:
    filler = f"(?: (?:{alternation(_rows('filler'))})|:)?"
    verb = f"(?P<verb>{alternation(_verbs())}){WORD_END}(?: {_any('noun')})?(?: (?:của|vụ))?{filler}"
    return re.compile(
        f'{_ASIDE} ?(?:{_SIGN} ?)?(?P<direct>(?:{_any("adverb")} ?,? ?)*(?:{verb})?(?: ?các)?) ?[:“"]? ?\\Z'
    )


@cache
def _far_verb() -> re.Pattern[str]:
    """A verb that tells of a post at some distance from its person; "là" and "làm" need to stand near."""
    far = {verb: status for verb, status in _verbs().items() if status != "current"} | {"giữ chức": "", "giữ": ""}
    far |= _rows("far-verb")
    filler = f"(?: (?:{alternation(_rows('filler'))})|:)?"
    return re.compile(f"{WORD_START}(?P<verb>{alternation(far)}){WORD_END}(?: {_any('noun')})?{filler} ?\\Z")


@cache
def _between_posts() -> re.Pattern[str]:
    return re.compile(f"{_ASIDE} ?(?:[,;–—/(-]+|{_any('join')}|[,;] ?{_any('join')}|(?=\\Z)) ?\\Z")


@cache
def _before_person() -> re.Pattern[str]:
    return re.compile(
        f'{_ASIDE} ?(?P<sign>:|,|[–—-])? ?(?P<listing>{_any("listing")} ?:? ?)?(?P<address>{_address()})[“"]?\\Z'
    )


@cache
def _between_persons() -> re.Pattern[str]:
    return re.compile(f"{_ASIDE} ?(?:[,;]|và|cùng|, và|, cùng|và các)? ?{_address()}\\Z")


@cache
def _plural() -> re.Pattern[str]:
    return re.compile(f"(?:{WORD_START}{_any('plural')}|{WORD_START}\\d{{1,2}}) (?:đồng chí |nguyên |vị )?\\Z")


@cache
def _decides() -> re.Pattern[str]:
    """A verb before the person: "bổ nhiệm | ông A | giữ chức"."""
    return re.compile(f"{WORD_START}(?P<verb>{alternation(_rows('decides'))}){WORD_END}[^.;\\n]{{0,24}}\\Z")


@cache
def _replaces() -> re.Pattern[str]:
    return re.compile(f"{WORD_START}{_any('replaces')} {_address()}\\Z")


@cache
def _of_person() -> re.Pattern[str]:
    return re.compile(f"{_ASIDE} của {_address()}\\Z")


@cache
def _office() -> re.Pattern[str]:
    verb = f"(?:(?P<verb>{alternation(_verbs())}){WORD_END} )?"
    return re.compile(f"{WORD_START}{verb}{_any('noun')} \\Z")


@cache
def _retires() -> re.Pattern[str]:
    return re.compile(f"[^.;\\n]{{0,24}} (?:để |vì |do )?{_any('retires')}")


@cache
def suffixes() -> dict[str, str]:
    """What follows a title and tells its status: "tiền nhiệm" → former."""
    return _rows("suffix")


def replaces(before: str) -> bool:
    """Whether the words before a person say that another takes the place ("thay ông", "kế nhiệm bà")."""
    return bool(_replaces().search(before))


def of_person(before: str, gap: str) -> str | None:
    """The status of "(thôi) chức vụ | Chủ tịch | của ông A"; None where an office of somebody isn't told so."""
    office = _office().search(before) if _of_person().match(gap) else None
    return (_verbs()[office["verb"]] if office["verb"] else "current") if office else None


def after_person(gap: str) -> str | None:
    """The status that the words between a person and a post give it, None where they link nothing."""
    match = _after_person().match(gap)
    if match:
        if match["verb"]:
            return _verbs()[match["verb"]]
        return "current" if gap.strip() else None
    return told_far(gap)


def of_several(gap: str) -> bool:
    """Whether the verb between a person and a post may have several subjects ("A và B được bầu làm")."""
    match = _after_person().match(gap)
    verb = match["verb"] if match else (_far_verb().search(gap) or {"verb": ""})["verb"]
    return bool(verb) and verb not in _rows("single")


def now(gap: str) -> bool:
    """Whether the words between two posts lead from the past to today ("; nay là ")."""
    return bool(_NOW.search(gap))


def retires(after: str) -> bool:
    """Whether the words behind a former post or its holder say why it ended: "để nghỉ hưu"."""
    return bool(_retires().match(after))


def and_another(gap: str) -> bool:
    """Whether "và", "cùng" joins two persons, no mere comma."""
    return bool(_AND.match(gap)) and joins_persons(gap)


def goes_on(gap: str) -> str | None:
    """The status that a verb right after one's last post gives the next one: ", làm Chủ tịch", " giữ chức Giám đốc"."""
    match = _after_person().match(gap) if "\n" not in gap else None
    return _verbs()[match["verb"]] or "current" if match and match["verb"] else told_far(gap)


def told_far(gap: str) -> str | None:
    """A verb of election or appointment right before the post, its subject farther left in the sentence."""
    if len(gap) > _REACH or "\n" in gap or ". " in gap or ";" in gap:
        return None
    match = _far_verb().search(gap)
    return (_verbs().get(match["verb"]) or "current") if match else None


def decided(before: str) -> str | None:
    """The status given by a verb whose object the person is ("bầu bà A làm …")."""
    match = _decides().search(before)
    return _rows("decides")[match["verb"]] if match else None


@cache
def _of_group() -> re.Pattern[str]:
    return re.compile(f" (?:của |tại |thuộc )?(?:các|những|nhiều|một số) {_any('group-of')}")


def of_group(after: str) -> bool:
    """Whether the words behind a title say that several nameless persons hold it ("Thứ trưởng | của các bộ")."""
    return bool(_of_group().match(after))


def joins_posts(gap: str) -> bool:
    return "\n" not in gap and bool(_between_posts().match(gap))


def before_person(gap: str) -> str | None:
    """How a post is linked to the person after it: ``tight`` (nothing but an honorific), ``list`` (a colon, "gồm"),
    ``loose`` (a comma or dash); None where it is not."""
    match = _before_person().match(gap) if "\n" not in gap else None
    if not match:
        return None
    if match["listing"] or match["sign"] == ":" or (match["address"] or "").rstrip().endswith(":"):
        return "list"
    return "loose" if match["sign"] else "tight"


def joins_persons(gap: str) -> bool:
    return "\n" not in gap and bool(_between_persons().match(gap))


def is_plural(before: str) -> bool:
    """Whether the words before a post say that several hold it ("các", "4", "đều là")."""
    return bool(_plural().search(before))
