"""Places and persons beside organizations' names: what completes a name, and what it must not swallow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline import gazetteers
from pipeline.name_source import WORD, Source, capital, capital_follows
from pipeline.normalize import name_trie
from pipeline.normalize.fold import match_form
from pipeline.resources import rows

_LEVEL = re.compile(
    r" ?(?P<level>tỉnh|thành phố|t\.?p\.?|quận|q\.?(?=[ \d])|huyện|thị xã|tx\.?|thị trấn|xã(?! hội)|phường|đặc khu)"
    # Only an abbreviation has a full stop of its own: "TP. Huế", but "về UBND xã. Em Hoa …".
    r"(?![^\W\d_])(?:(?<=[pqx.])[. ]{0,2}| ?)"
)
LEVELS = {"tp": "thành phố", "q": "quận", "tx": "thị xã"}
KIND_LEVELS = {
    "province": "tỉnh",
    "central_city": "thành phố",
    "city": "thành phố",
    "town": "thị xã",
    "urban_district": "quận",
    "district": "huyện",
}
_POST_BEFORE = re.compile(r"(?:chủ tịch|giám đốc|bí thư|trưởng|phó|hiệu trưởng|công nhân|chị|anh|ông|bà)[^.;\n]*\Z")
# Names of one syllable that are also words and persons' names.
_PLAIN_COUNTRIES = frozenset(("anh", "đức", "nga", "mỹ", "áo", "ý", "bỉ", "pháp", "úc", "lào", "séc", "sài gòn"))
_OPENING = dict.fromkeys(map(ord, "“\"'‘«("), " ")
# Words that begin a sentence behind a level word ("… TP. Sáng 5-4"), though a company may be called by them.
_BEGINNING = frozenset(("anh", "sáng", "chiều", "tối", "ngày", "năm", "tháng", "nhân"))
_MIDDLES = frozenset(("văn", "thị", "hữu", "đình", "ngọc", "xuân", "quang", "minh", "thanh", "đức", "công", "quốc"))


@dataclass(frozen=True, slots=True)
class NamedPlace:
    end: int
    level: str | None
    name: str | None  # None: the level alone ("LĐLĐ tỉnh")


class Surroundings:
    """Reads places and persons' names by the gazetteer and the rows of ``organization_stops.csv``."""

    def __init__(self, sector: re.Pattern[str]) -> None:
        stops: dict[str, list[str]] = {}
        for row in rows("lexicons/organization_stops.csv"):
            stops.setdefault(row["kind"], []).append(match_form(row["word"]))
        self.title = name_trie.pattern(stops["title"])
        self.not_after = name_trie.pattern(stops["not_after"])
        self.allowed = name_trie.pattern(stops["allowed"])
        self.clause = name_trie.pattern(stops["clause"])
        self.kind = name_trie.pattern(stops["kind"])
        self.not_inside = frozenset(stops["not_inside"])
        self._compound = frozenset(stops["compound"])
        self._family = frozenset(stops["family"])
        self._sector = sector
        named = [
            (match_form(name), place) for place in gazetteers.places().values() for name in (place.name, *place.aliases)
        ]
        self.any_place = name_trie.Names(form for form, _ in named)
        # Districts are named with their level; a bare "Tân Phú" may be a company's.
        self.wide_place = name_trie.pattern(
            form for form, place in named if place.kind in ("country", "central_city", "province", "city")
        )

    def place(self, source: Source, position: int, wide: bool = True) -> NamedPlace | None:
        """The place after ``position``: a gazetteer's, one that a level word names, or a level word alone."""
        start = position + (source.form[position : position + 1] == " ")
        level = _LEVEL.match(source.form, position)
        if match := (self.any_place if level or not wide else self.wide_place).match(source.form, start):
            if source.text[match.end() : match.end() + 1] == " " and self._in_field(source, start, match.end()):
                return None
            place = gazetteers.find_places(source.form[start : match.end()])[0]
            last = source.text.rfind(" ", start, match.end()) + 1
            if source.upper(max(start, last)) or source.text[match.end() - 1].isdigit():
                plain = match[0] in _PLAIN_COUNTRIES and capital_follows(source, match.end())
                if not plain:
                    return NamedPlace(match.end(), KIND_LEVELS.get(place.kind), place.name)
        if level is None:
            return None
        word = LEVELS.get(level["level"].replace(".", ""), level["level"])
        if match := self.any_place.match(source.form, level.end()):
            first = source.text[level.end()]
            if first.isupper() or first.isdigit():
                return NamedPlace(match.end(), word, source.text[level.end() : match.end()])
        end = level.end() - (source.form[level.end() - 1] == " ")
        if word not in ("xã", "phường", "thị trấn") and self.person(source, end):
            return NamedPlace(self._level_end(source, level), word, None)
        number = WORD.match(source.text, end)
        if number and number[1].isdigit() and len(number[1]) <= 2:
            return NamedPlace(number.end(), word, number[1])
        last = end
        for count in range(4):
            match = WORD.match(source.text, last)
            if match is None or not capital(source, match) or (count and self.person(source, last)):
                break
            if self.title.match(source.form, match.start(1)) or match[1].lower() in _BEGINNING:
                break
            last = match.end()
        if last > end:
            return NamedPlace(last, word, source.text[end:last].strip())
        return NamedPlace(self._level_end(source, level), word, None)

    def _in_field(self, source: Source, start: int, end: int) -> bool:
        """Whether a country only begins a longer phrase: "Pháp luật", "Mỹ thuật", "Việt Nam - Singapore"."""
        if source.form[start:end] not in _PLAIN_COUNTRIES and source.form[start:end] != "việt nam":
            return False
        field = self._sector.match(source.form, start)
        return field is not None and field.end() > end

    def _level_end(self, source: Source, level: re.Match[str]) -> int:
        end = level.end("level")
        return end - 1 if source.text[end - 1] == "." else end

    def in_compound(self, source: Source, start: int, end: int) -> bool:
        """Whether the head at [start, end) only ends another word: "cán bộ", "cơ sở", "nhiệm vụ", "Đại hội"."""
        if start < 2 or source.form[start - 1] != " ":
            return False
        if source.upper(start) and not source.upper(source.text.rfind(" ", 0, start - 1) + 1):
            return False  # "tiền công Sở Y tế"
        before = source.form[max(0, start - 8) : start].translate(_OPENING).split()
        first = source.form.find(" ", start, end)
        return bool(before) and f"{before[-1]} {source.form[start : end if first < 0 else first]}" in self._compound

    def after_post(self, source: Source, start: int, end: int) -> bool:
        """Whether [start, end) is a bare head between a post and a person of three syllables or more."""
        return bool(self.person(source, end, least=2) and _POST_BEFORE.search(source.form, max(0, start - 60), start))

    def person(self, source: Source, position: int, name_start: int | None = None, least: int = 1) -> bool:
        """Whether a person's name stands here: a family name and capitalized syllables.

        Two syllables are a person's only after a post ("Giám đốc Công ty Hải Minh Lê Hùng"); ``name_start`` is where
        the organization's name begins, before which the post stands.
        ``least`` is how many syllables must follow the family name.
        """
        match = WORD.match(source.form, position)
        if match is None or match[1] not in self._family or not source.upper(match.start(1)):
            return False
        field = self._sector.match(source.form, match.start(1))
        place = self.wide_place.match(source.form, match.start(1))
        if any(found and " " in found[0] for found in (field, place)):
            return False
        last, count = match.end(), 0
        while count < 3 and capital_follows(source, last):
            word = WORD.match(source.text, last)
            assert word is not None
            if word[1].isupper() and len(word[1]) > 1 and not match[1].isupper():
                break
            last, count = word.end(), count + 1
        if count == 1 and name_start is not None and least < 2:
            return bool(_POST_BEFORE.search(source.form, max(0, name_start - 60), name_start))
        return count >= least


def middle(source: Source, position: int) -> bool:
    """Whether the second syllable is one that persons have: "Công ty Nguyễn Văn …"."""
    first = WORD.match(source.form, position)
    second = WORD.match(source.form, first.end()) if first else None
    return second is not None and second[1] in _MIDDLES and capital_follows(source, second.end())


# --- the places of a level that an article names ----------------------------------------------------------------------

_LEVEL_PLACE = {
    level: re.compile(rf"(?<!\w){word}[ .]{{0,2}}([^\W\d_]+(?: [^\W\d_]+){{0,3}})")
    for level, word in (
        ("tỉnh", r"tỉnh(?!\w)"),
        ("huyện", r"huyện(?!\w)"),
        ("quận", r"quận(?!\w)"),
        ("thị xã", r"(?:thị xã(?!\w)|tx(?=[. ]))"),
        ("thành phố", r"(?:thành phố(?!\w)|t\.?p)"),
    )
}
_LEVEL_KINDS = {
    "tỉnh": ("province",),
    "huyện": ("district",),
    "quận": ("urban_district",),
    "thị xã": ("town",),
    "thành phố": ("central_city", "city"),
}


@lru_cache(maxsize=16)
def places_of(level: str | None, form: str) -> frozenset[str]:
    """The places of a level that the article names: where there is one, its "LĐLĐ tỉnh" is that province's."""
    if level not in _LEVEL_PLACE:
        return frozenset()
    found = set()
    for match in _LEVEL_PLACE[level].finditer(form):
        words = match[1].split()
        for count in range(len(words), 0, -1):
            places = [p for p in gazetteers.find_places(" ".join(words[:count])) if p.kind in _LEVEL_KINDS[level]]
            if places:
                found.add(places[0].name)
                break
    return frozenset(found)


def only_place(level: str | None, form: str) -> str | None:
    """The place of a level where the article names just one."""
    found = places_of(level, form)
    return next(iter(found)) if len(found) == 1 else None
