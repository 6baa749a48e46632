"""Units inside a house that a title goes on with: "quản đốc | xưởng chế biến", "Giám đốc | chính sách của Công đoàn".

No list has them. What is read is the run of words from the title up to a sign, to "của" or to the house or the person
that closes it; a verb, a word of time or a house's own head on the way says that the title was over before.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalize import post_houses, post_words, titles
from pipeline.normalize.fold import match_form
from pipeline.normalize.person_names import is_vietnamese_syllable
from pipeline.normalize.phrases import alternation
from pipeline.resources import rows

_WORD = re.compile(r"(?: [-–&])? [^\W\d_][\w&/.-]*(?<![.-])| [\d]{1,2}(?![^\s,;)])")
_SIGN = re.compile(r" ?(?:[,;:()–\n]|\Z|-(?!\w))|\.(?: |\n|\Z)")
_OF = re.compile(r" (?:của|thuộc|tại|ở) [^\W_]")
_JOIN = re.compile(r" (kiêm|và|đồng thời)(?: là)? ")
_LONGEST = 9  # words
_FIRST_WORD = 24  # characters


@cache
def _leaders() -> re.Pattern[str]:
    leaders = (row["body"] for row in rows("lexicons/role_bodies.csv") if row["part"] == "unit-leader")
    return re.compile(f"(?:\\A|.* )(?P<leader>{alternation(map(match_form, leaders))})(?: .*)?\\Z")


def leads_unit(title: str) -> bool:
    """Whether the title (match form) goes on with the unit it leads."""
    found = _leaders().match(title)
    if found is None or post_words.title_house(title):
        return False
    # "Trưởng Ban Liên lạc" is whole; "Giám đốc Kinh doanh | Khu vực Miền Trung" may go on.
    return found.end("leader") == len(title) or " ban " not in title


def _title_at(form: str, offset: int) -> bool:
    word = form[offset : offset + 16].split(" ", 1)[0]
    return word in titles.first_words() and bool(titles.title_pattern().match(form, offset))


def unit_end(form: str, text: str, start: int, limit: int, title: str) -> int:
    """Where the unit that begins behind ``title`` at ``start`` ends; ``start`` where none does. ``limit``: where a name
    begins."""
    first = form[start + 1 : min(limit, start + _FIRST_WORD)].split(" ", 1)[0]
    # "Vụ trưởng Vụ …": the unit says again what the title leads.
    again = first in title.split(" ")
    if not first or (not again and post_houses.begins_house(form, start + 1, limit)):
        return start
    proper = text[start + 1].isupper() and not again
    if proper and not is_vietnamese_syllable(first.rstrip(",")):
        return start
    end = start
    for _ in range(_LONGEST):
        if end >= limit:
            return limit if text[limit : limit + 1] else start
        if _OF.match(form, end):
            return end
        if _SIGN.match(form, end, limit):
            return start if proper else end
        join = _JOIN.match(form, end)
        if join and end > start and (join[1] == "kiêm" or _title_at(form, join.end())):
            return start if proper else end
        word = _WORD.match(text, end, limit)
        if word is None or post_words.closes(form, text, end, limit, unit=True) or _title_at(form, end + 1):
            return start
        if form[end + 1 : word.end()] in post_words.house_words("no-house"):
            return start  # "An toàn thực phẩm | TP.HCM": a body of the place
        end = word.end()
    return start
