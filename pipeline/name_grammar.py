"""The open class of organization names: a head noun, what may stand inside, and where the name ends.

Heads, inside words and stops are rows (``lexicons/organization_heads.csv``, ``organization_words.csv``,
``organization_stops.csv``); a head's ``grammar`` says which of the readings below it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipeline import gazetteers
from pipeline.normalize import name_trie
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical, name_key
from pipeline.resources import rows

_WORD = re.compile(r" ?([^\W_]+(?:['’][^\W_]+)*)")
_CONNECTOR = re.compile(r" ?(?P<tight>[-–—&/])(?=[^\W_])| (?P<wide>và|&|[-–—]) |, ")
_INSERT = re.compile(r" ?\([^()]{2,12}\)(?= ?[^\W\d_])")
_LEVEL = re.compile(
    r" ?(?P<level>tỉnh|thành phố|t\.?p\.?|quận|q\.?(?=[ \d])|huyện|thị xã|tx\.?|thị trấn|xã|phường|đặc khu)(?![^\W\d_])[. ]{0,2}"
)
_LEVELS = {"tp": "thành phố", "q": "quận", "tx": "thị xã"}
_KIND_LEVELS = {
    "province": "tỉnh",
    "central_city": "thành phố",
    "city": "thành phố",
    "town": "thị xã",
    "urban_district": "quận",
    "district": "huyện",
}
_IMPLIED = {
    "Tỉnh ủy": "tỉnh",
    "Tỉnh đoàn": "tỉnh",
    "Thành ủy": "thành phố",
    "Thành đoàn": "thành phố",
    "Huyện ủy": "huyện",
    "Huyện đoàn": "huyện",
    "Quận ủy": "quận",
    "Quận đoàn": "quận",
    "Thị ủy": "thị xã",
    "Thị đoàn": "thị xã",
}
# "các LĐLĐ huyện, thị xã": a kind of body, none in particular.
_POST_BEFORE = re.compile(r"(?:chủ tịch|giám đốc|bí thư|trưởng|phó|hiệu trưởng|công nhân|chị|anh|ông|bà)[^.;\n]*\Z")
_ACRONYM_INSERT = re.compile(r" \([A-ZĐƯ][A-ZĐƯ&. -]{1,10}\)(?= [^\W\d_])")
_LEVELS_LISTED = re.compile(r" (?:các|và các)(?!\w)|(?:, | ?[/-] ?| và | hoặc )(?:tỉnh|thành phố|huyện|quận|thị xã|thành|ngành|tương đương)(?!\w)")
_BARE_LEVEL = re.compile(r" (tỉnh|thành phố|t\.?p|quận|huyện|thị xã|xã|phường)\Z")
_NUMBER = re.compile(r"\d{1,2}(?![\w.,%/-]*\d)(?! (?:tỉnh|người|công nhân|lao động|đoàn|cán|nữ|triệu|tỷ|tỉ|phần|suất))")
_GROUP_BEFORE = re.compile(r"(?:các|những|từng|mỗi|cấp|toàn) \Z")
_BLOC = re.compile(r" ?(?:số )?(?:\d{1,2}|[IVX]{1,5})(?!\w)")
_QUOTED = re.compile(r" ?[“\"‘']([^”\"’'\n]{2,60})[”\"’']")
_STATED = re.compile(r" (?:số|No\.?) ?\d{1,3}(?!\w)")
_COUNTRY = re.compile(r"(?:việt nam|vn)(?!\w)")
_PARENT_PLACE = re.compile(r" ?[-–—] ?")
# Names of one syllable that are also words and persons' names.
_PLAIN_COUNTRIES = frozenset(("anh", "đức", "nga", "mỹ", "áo", "ý", "bỉ", "pháp", "úc", "lào", "séc", "sài gòn"))
_MIDDLES = frozenset(("văn", "thị", "hữu", "đình", "ngọc", "xuân", "quang", "minh", "thanh", "đức", "công", "quốc"))


@dataclass(frozen=True, slots=True)
class Head:
    """A row of ``organization_heads.csv``."""

    head: str
    canonical: str
    org_type: str
    grammar: str
    lower: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A name read at ``start``. ``short`` names are complete only by what the article says elsewhere."""

    start: int
    end: int
    name: str
    org_type: str
    head: str
    short: bool = False
    level: str | None = None  # tỉnh, thành phố, quận, huyện … of the place in it
    place: str | None = None  # that place's name
    nested: Reading | None = None  # the organization inside "Công đoàn Công ty X"
    rule: str = "organization.name"


@dataclass(frozen=True, slots=True)
class _Place:
    end: int
    level: str | None
    name: str | None  # None: the level alone ("LĐLĐ tỉnh")


class Source:
    """A text beside its match form; the two have the same offsets."""

    __slots__ = ("form", "text")

    def __init__(self, text: str, form: str | None = None) -> None:
        self.text = text
        self.form = match_form(text) if form is None else form

    def upper(self, offset: int) -> bool:
        return self.text[offset : offset + 1].isupper()


def _capital(source: Source, match: re.Match[str]) -> bool:
    return source.upper(match.start(1))


class Grammar:
    """Reads names in a Source. Built once a process: ``grammar()``."""

    def __init__(self) -> None:
        heads = [
            Head(row["head"], row["canonical"], row["org_type"], row["grammar"], row["lower"] == "yes")
            for row in rows("lexicons/organization_heads.csv")
        ]
        self.heads = {match_form(head.head): head for head in heads}
        self._head = name_trie.pattern(self.heads)
        kinds: dict[str, list[str]] = {}
        self._kind: dict[str, str] = {}
        for row in rows("lexicons/organization_words.csv"):
            kinds.setdefault(row["kind"], []).append(match_form(row["phrase"]))
            self._kind.setdefault(name_key(row["phrase"]), row["kind"])
        self._inside = name_trie.pattern(kinds["legal"] + kinds["sector"] + kinds["action"] + kinds["zone"] + kinds["closing"])
        self._school = name_trie.pattern(kinds["level"])
        self._zone = name_trie.pattern(kinds["zone"])
        self._sector = name_trie.pattern(kinds["sector"] + kinds["action"])
        stops: dict[str, list[str]] = {}
        for row in rows("lexicons/organization_stops.csv"):
            stops.setdefault(row["kind"], []).append(match_form(row["word"]))
        self._title = name_trie.pattern(stops["title"])
        self._not_after = name_trie.pattern(stops["not_after"])
        self._allowed = name_trie.pattern(stops["allowed"])
        self._family = frozenset(stops["family"])
        places = [
            (match_form(name), place) for place in gazetteers.places().values() for name in (place.name, *place.aliases)
        ]
        self._any_place = name_trie.pattern(form for form, _ in places)
        self._wide_place = name_trie.pattern(
            form for form, place in places if place.kind in ("country", "central_city", "province", "city")
        )
        self._readings: dict[str, Callable[[Source, int, int, Head], Reading | None]] = {
            "federation": self._local,
            "local": self._local,
            "mass": self._local,
            "youth": self._local,
            "police": self._local,
            "union": self._union,
            "grassroots": self._grassroots,
            "sector_union": self._sector_union,
            "company": self._company,
            "school": self._school_name,
            "university": self._named,
            "ministry": self._ministry,
            "agency": self._agency,
            "named": self._named,
            "press": self._named,
            "fund": self._fund,
            "bloc": self._bloc,
        }
        self._aliases: dict[str, str] = {}
        self._entry = self._head
        self._add_aliases()

    def _add_aliases(self) -> None:
        """What the grammar doesn't read whole by itself is looked for as it is written."""
        for alias in gazetteers.aliases():
            reading = self.read(Source(alias.alias), 0)
            if reading is None or reading.end < len(alias.alias) or reading.short:
                self._aliases.setdefault(name_key(alias.alias), alias.alias)
        self._entry = name_trie.pattern({*self.heads, *(match_form(alias) for alias in self._aliases.values())})

    # --- reading ----------------------------------------------------------------------------------------------------

    def scan(self, source: Source) -> Iterator[Reading]:
        """All names of a text, outermost only, in order."""
        position = 0
        while match := self._entry.search(source.form, position):
            reading = self.read(source, match.start())
            if reading and reading.short and self._generic(source, reading):
                reading = None
            if reading is None:
                word = _WORD.match(source.text, match.start())
                position = word.end() if word else match.end()
            else:
                yield reading
                position = reading.end

    def _generic(self, source: Source, reading: Reading) -> bool:
        """A kind of body, none in particular: "các LĐLĐ huyện", "LĐLĐ quận, huyện"."""
        before = _GROUP_BEFORE.search(source.form, max(0, reading.start - 8), reading.start)
        return bool(before or _LEVELS_LISTED.match(source.form, reading.end))

    def read(self, source: Source, start: int) -> Reading | None:
        """The name that begins at ``start``: by the registry's spelling or by the grammar, whichever is longer."""
        match = self._entry.match(source.form, start)
        if match is None or (self._not_after.match(source.form, start) and not self._allowed.match(source.form, start)):
            return None
        known = self._known(source, match)
        named = self._by_head(source, start)
        if known and (named is None or known.end >= named.end):
            return known
        return named

    def _known(self, source: Source, match: re.Match[str]) -> Reading | None:
        start, end = match.span()
        while end > start:
            alias = self._aliases.get(name_key(source.form[start:end]))
            if alias is not None and _case_fits(alias, source.text[start:end]):
                return Reading(start, end, alias, "other", "", rule="organization.registry")
            # The longest alias may fail by its case where a shorter one fits.
            end = source.form.rfind(" ", start, end)
        return None

    def _by_head(self, source: Source, start: int) -> Reading | None:
        match = self._head.match(source.form, start)
        if match is None:
            return None
        head = self.heads.get(re.sub(r" ?[-–—] ?", " - ", match[0])) or self.heads.get(match[0])
        if head is None or not _case_fits(head.head, match_text := source.text[start : match.end()]):
            return None
        if match_text[0].islower() and not head.lower:
            return None
        end = match.end()
        if head.lower and source.form.startswith(match[0] + " ", end + 1):  # "Công đoàn Công đoàn Công Thương"
            end += 1 + len(match[0])
        if insert := _INSERT.match(source.text, end):
            end = insert.end()
        read = self._readings.get(head.grammar)
        return read(source, start, end, head) if read else None

    def _make(self, source: Source, start: int, end: int, head: Head, after: int, **more: object) -> Reading:
        rest = canonical(source.text[after:end].strip()) if end > after else ""
        name = f"{head.canonical} {rest}".strip()
        if "level" not in more and (bare := _BARE_LEVEL.search(source.form, after, end)):
            more |= {"short": True, "level": _LEVELS.get(bare[1].replace(".", ""), bare[1])}
        return replace(Reading(start, end, name, head.org_type, head.canonical), **more)  # type: ignore[arg-type]

    # --- places -----------------------------------------------------------------------------------------------------

    def _place(self, source: Source, position: int, wide: bool = True) -> _Place | None:
        """The place after ``position``: a gazetteer's, one that a level word names, or a level word alone."""
        start = position + (source.form[position : position + 1] == " ")
        level = _LEVEL.match(source.form, position)
        if match := (self._any_place if level or not wide else self._wide_place).match(source.form, start):
            place = gazetteers.find_places(source.form[start : match.end()])[0]
            last = source.text.rfind(" ", start, match.end()) + 1
            if source.upper(max(start, last)) or source.text[match.end() - 1].isdigit():
                plain = match[0] in _PLAIN_COUNTRIES and _capital_follows(source, match.end())
                if not plain:
                    return _Place(match.end(), _KIND_LEVELS.get(place.kind), place.name)
        if level is None:
            return None
        word = _LEVELS.get(level["level"].replace(".", ""), level["level"])
        if match := self._any_place.match(source.form, level.end()):
            if source.upper(level.end()) or source.text[level.end()].isdigit():
                return _Place(match.end(), word, source.text[level.end() : match.end()])
        end = level.end() - (source.form[level.end() - 1] == " ")
        if word not in ("xã", "phường", "thị trấn") and self._person(source, end):
            return _Place(level.end("level"), word, None)
        number = _WORD.match(source.text, end)
        if number and number[1].isdigit() and len(number[1]) <= 2:
            return _Place(number.end(), word, number[1])
        last = end
        for count in range(4):
            match = _WORD.match(source.text, last)
            if match is None or not _capital(source, match) or (count and self._person(source, last)):
                break
            if self._title.match(source.form, match.start(1)):
                break
            last = match.end()
        if last > end:
            return _Place(last, word, source.text[end:last].strip())
        return _Place(
            level.end("level") + (source.text[level.end("level") : level.end("level") + 1] == "." and 0), word, None
        )

    def _person(self, source: Source, position: int, name_start: int | None = None) -> bool:
        """Whether a person's name stands here: a family name and capitalized syllables.

        Two syllables are a person's only after a post ("Giám đốc Công ty Hải Minh Lê Hùng"); ``name_start`` is where
        the organization's name begins, before which the post stands.
        """
        match = _WORD.match(source.form, position)
        if match is None or match[1] not in self._family or not source.upper(match.start(1)):
            return False
        field = self._sector.match(source.form, match.start(1))
        place = self._wide_place.match(source.form, match.start(1))
        if any(found and " " in found[0] for found in (field, place)):
            return False
        last, count = match.end(), 0
        while count < 3 and _capital_follows(source, last):
            word = _WORD.match(source.text, last)
            assert word is not None
            if word[1].isupper() and len(word[1]) > 1 and not match[1].isupper():
                break
            last, count = word.end(), count + 1
        if count == 1 and name_start is not None:
            return bool(_POST_BEFORE.search(source.form, max(0, name_start - 60), name_start))
        return count > 0

    # --- the grammars -----------------------------------------------------------------------------------------------

    def _local(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """Federations, people's committees, party committees, mass organizations: a head and its place."""
        if source.form.startswith(("viên", " viên"), end):
            return None
        implied = _IMPLIED.get(head.canonical) if head.grammar == "local" else None
        place = self._place(source, end, wide=implied is None)
        if place is None and head.grammar != "federation" and (inner := self._nested(source, end)):
            return self._of(source, start, end, head, inner)
        kind = head.org_type
        if place and head.grammar == "federation" and place.level not in (None, "tỉnh", "thành phố"):
            kind = "union_district"
        if place is None or place.name is None:
            last, level = (place.end, place.level) if place else (end, implied)
            alone = place is None and head.grammar == "mass"
            return self._make(source, start, last, head, end, short=not alone, level=level, org_type=kind)
        last = place.end
        if place.level in ("quận", "huyện", "thị xã", "thành phố") and (dash := _PARENT_PLACE.match(source.text, last)):
            wider = self._wide_place.match(source.form, dash.end())
            if wider and source.upper(wider.start()):
                last = wider.end()
        more = {"level": implied or place.level, "place": place.name, "org_type": kind}
        return replace(self._make(source, start, place.end, head, end, **more), end=last)

    def _nested(self, source: Source, position: int) -> Reading | None:
        """An organization's name, or a bare head ("Công ty"), right after a union's head."""
        start = position + (source.form[position : position + 1] == " ")
        match = self._head.match(source.form, start)
        if match is None:
            return None
        head = self.heads.get(match[0])
        if head is None or head.grammar in ("union", "grassroots", "federation", "sector_union", "bloc", "police"):
            return None
        if known := self.read(source, start):
            return None if known.short and known.level is None else known
        if head.grammar in ("company", "school", "agency") and _case_fits(head.head, source.text[start : match.end()]):
            return Reading(start, match.end(), head.canonical, head.org_type, head.canonical, short=True)
        return None

    def _of(self, source: Source, start: int, end: int, head: Head, inner: Reading) -> Reading:
        name = f"{head.canonical} {inner.name}"
        kind = head.org_type
        if head.grammar == "union" and inner.head in ("Tổng công ty", "Tập đoàn"):
            kind = "union_corporate"
        return Reading(start, inner.end, name, kind, head.canonical, inner.short, inner.level, inner.place, inner)

    def _union(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        lower = source.text[start].islower()
        if source.form.startswith(" ngành ", end):
            return self._sector_union(source, start, end + 6, replace(head, canonical="Công đoàn ngành"))
        if place := self._place(source, end):
            kind = {"tỉnh": "union_province", "thành phố": "union_province"}.get(place.level or "", "union_district")
            rest = {"short": place.name is None, "level": place.level, "place": place.name, "org_type": kind}
            return self._make(source, start, place.end, head, end, **rest)
        if inner := self._nested(source, end):
            return self._of(source, start, end, head, inner)
        if self._person(source, end):
            return None
        last = self._run(source, end, places=True)
        if last == end or (lower and not _has_name(source.text[end:last])):
            return None
        kind = "union_sector" if self._sector.match(source.form, end + 1) else head.org_type
        return self._make(source, start, last, head, end, org_type=kind)

    def _grassroots(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        after = end + 4 if source.form.startswith(" của ", end) else end
        inner = self._nested(source, after)
        if inner and (after == end or not inner.short or source.upper(inner.start)):
            return self._of(source, start, end, head, inner)
        if after > end or self._person(source, end):
            return None
        place = self._place(source, end)
        if place and place.name:
            return self._make(source, start, place.end, head, end, level=place.level, place=place.name)
        last = self._run(source, end, places=True)
        return self._make(source, start, last, head, end) if _has_name(source.text[end:last]) else None

    def _sector_union(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._run(source, end, places=True, commit_lower=True)
        if last == end or not any(map(str.isupper, source.text[end:last])):
            return None
        return self._make(source, start, last, head, end)

    def _company(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if self._person(source, end) and _middle(source, end):
            return None
        last = self._run(source, end, company=True)
        named = self._strip_legal(source, end, last)
        if not _has_name(named) or (source.text[start].islower() and self._person(source, end)):
            return None
        return self._make(source, start, last, head, end)

    def _strip_legal(self, source: Source, start: int, end: int) -> str:
        position = start
        while position < end:
            match = self._inside.match(source.form, position + (source.form[position] == " "))
            if match is None or self._kind.get(name_key(match[0])) != "legal":
                break
            position = match.end()
        return source.text[position:end]

    def _school_name(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if source.text[start].islower() and _GROUP_BEFORE.search(source.form, max(0, start - 8), start):
            return None
        position = end
        while position < len(source.form):
            step = position + (source.form[position] == " ")
            level = self._school.match(source.form, step) or self._sector.match(source.form, step)
            if level is None or (position == end and not self._school.match(source.form, step)):
                break
            position = level.end()
            if source.form.startswith((" và ", " & "), position) and self._school.match(source.form, position + 3):
                position += 2
        if position == end:
            return None
        last = self._run(source, position, company=True, persons=1, places=True)
        if stated := _STATED.match(source.text, last):
            last = stated.end()
        if last == position and not any(
            map(str.isupper, source.text[end:position].replace("ĐH", "").replace("CĐ", ""))
        ):
            return None
        if last == position and not self._sector.search(source.form, end, position):
            return None
        return self._make(source, start, last, head, end)

    def _ministry(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """Bộ, Sở, Phòng, Vụ: a field of state, then a place."""
        field = self._sector.match(source.form, end + 1)
        if field is None or not source.upper(field.start()) and head.canonical in ("Phòng", "Vụ"):
            return None
        if head.canonical in ("Vụ", "Phòng") and not _STATE_ROOM.match(field[0]):
            return None
        last = self._fields(source, field.end())
        if insert := _INSERT.match(source.text, last):
            if self._place(source, insert.end()):
                last = insert.end()
        place = self._place(source, last)
        if place is None:
            return self._make(source, start, last, head, end)
        more = {"short": place.name is None, "level": place.level, "place": place.name}
        return self._make(source, start, place.end, head, end, **more)

    def _fields(self, source: Source, last: int) -> int:
        """Further fields: "Lao động - Thương binh và Xã hội", "Văn hóa, Thể thao và Du lịch"."""
        while connector := _CONNECTOR.match(source.text, last):
            field = self._sector.match(source.form, connector.end())
            if field is None or (self._head.match(source.form, connector.end()) and source.upper(connector.end())):
                break
            if connector[0] == ", " and not re.match(r" ?(?:và|&) ", source.text[field.end() :]):
                break
            last = field.end()
        if source.form[last : last + 1] == " " and (field := self._sector.match(source.form, last + 1)):
            if source.upper(field.start()):
                return self._fields(source, field.end())
        return last

    def _agency(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._run(source, end, places=True, commit_lower=True)
        if last == end or not any(map(str.isupper, source.text[end:last])):
            return None
        if source.text[start].islower() and not source.upper(end + 1):
            return None
        return self._make(source, start, last, head, end)

    def _named(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._run(source, end, places=True, connect_capitals=head.grammar == "press")
        if not _has_name(source.text[end:last]) or self._person(source, end) and head.grammar != "university":
            return None
        if source.text[start].islower() and not source.upper(end + 1):
            return None
        return self._make(source, start, last, head, end)

    def _fund(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        words = re.compile(r"(?: học bổng| hỗ trợ| từ thiện)?").match(source.form, end)
        after = words.end() if words else end
        if quoted := _QUOTED.match(source.text, after):
            return self._make(source, start, quoted.end(), head, end)
        last = self._run(source, after, commit_lower=True, persons=1)
        if last == after or not source.upper(after + 1):
            return None
        return self._make(source, start, last, head, end)

    def _bloc(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if number := _BLOC.match(source.text, end):
            return self._make(source, start, number.end(), head, end)
        inner = self._by_head(source, end + 1)
        if inner is None or inner.short or inner.head not in ("Công đoàn ngành", "Công đoàn"):
            return None
        return self._make(source, start, inner.end, head, end)

    # --- runs of words ----------------------------------------------------------------------------------------------

    def _run(
        self,
        source: Source,
        start: int,
        *,
        company: bool = False,
        places: bool = False,
        commit_lower: bool = False,
        connect_capitals: bool = False,
        persons: int = 0,
    ) -> int:
        """The end of the words that a name is made of, from ``start``; ``start`` where there are none.

        Capitalized words and numbers belong to it; lower-case ones only as phrases of the lexicon that a capitalized
        word follows (or that ``commit_lower`` takes as they are).
        """
        end = position = start
        fields = False  # the last piece was a field of activity, which a connector may continue
        proper = False
        for _ in range(24):
            connector = _CONNECTOR.match(source.text, position) if end > start else None
            step = connector.end() if connector else position + (source.form[position : position + 1] == " ")
            if step == position and position > start and not connector:
                break
            if places and not connector and (place := self._place(source, position)):
                if place.name is None:
                    return place.end if end > start and not company else end
                if not company or name_key(source.text[step : place.end]) in ("việt nam", "vn"):
                    return place.end
            phrase = self._inside.match(source.form, step)
            word = _WORD.match(source.text, step)
            if word is None or (
                connector and not self._connects(source, connector, step, phrase, fields, connect_capitals)
            ):
                break
            capital = source.upper(step)
            if capital and (self._title.match(source.form, step) and not phrase):
                break
            if capital and (proper or persons) and (proper or not phrase) and self._person(source, step, start):
                if not persons:
                    break
                persons -= 1
                end = position = self._name_end(source, step)
                proper = True
                continue
            if phrase:
                kind = self._kind.get(name_key(phrase[0]), "sector")
                if not capital and proper and not connector and kind != "closing":
                    break
                direct = fields and not proper and not connector and kind == "sector"
                position = phrase.end()
                if capital or (commit_lower and kind != "legal") or direct:
                    end = position
                elif end > start and (kind == "closing" or connector):
                    end = position
                fields = kind != "legal"
                if kind == "closing" and capital:
                    return end
            elif capital or (end > start and end == position and _NUMBER.match(source.text, step)):
                end = position = word.end()
                fields, proper = False, True
                if company and (country := _COUNTRY.match(source.form, step)):
                    end = country.end()
                    break
            else:
                break
            if insert := _ACRONYM_INSERT.match(source.text, position):
                if source.upper(insert.end() + 1) and end == position:
                    position = insert.end()
        return self._suffix(source, end) if company and end > start else end

    def _connects(
        self,
        source: Source,
        connector: re.Match[str],
        step: int,
        phrase: re.Match[str] | None,
        fields: bool,
        capitals: bool,
    ) -> bool:
        sign = connector[0].strip()
        if sign != "&" and self._head.match(source.form, step) and source.upper(step):
            return False
        if sign in ("&", "/") or (
            connector["tight"] and connector[0][0] != " " and sign in "-–—" and source.upper(step)
        ):
            return phrase is not None or source.upper(step) or source.text[step].isdigit()
        if capitals and sign == "và":
            return source.upper(step)
        if sign == ",":
            return fields and phrase is not None and source.form.startswith(" và ", phrase.end())
        return fields and phrase is not None

    def _suffix(self, source: Source, end: int) -> int:
        match = re.compile(r" ?[-–—] ?(?:CTCP|Công ty cổ phần|Công ty Cổ phần)(?!\w)").match(source.text, end)
        return match.end() if match else end

    def _name_end(self, source: Source, position: int) -> int:
        end = position
        for _ in range(4):
            match = _WORD.match(source.text, end)
            if match is None or not _capital(source, match):
                break
            end = match.end()
        return end


_STATE_ROOM = re.compile(
    r"(?:giáo dục|gd|lao động ?[-–,]? ?thương binh|lđ.?.?.?tb|nội vụ|tư pháp|y tế|văn hóa|vh|kinh tế|tài nguyên|tn|tài chính|cảnh sát|thương mại|pháp (?:luật|chế)"
    r"|quản lý đô thị|nông nghiệp|bảo hiểm|bưu chính|hợp tác)"
)


def _capital_follows(source: Source, position: int) -> bool:
    match = _WORD.match(source.text, position)
    return match is not None and match[0][0] == " " and _capital(source, match)


def _middle(source: Source, position: int) -> bool:
    """Whether the second syllable is one that persons have: "Công ty Nguyễn Văn …"."""
    first = _WORD.match(source.form, position)
    second = _WORD.match(source.form, first.end()) if first else None
    return second is not None and second[1] in _MIDDLES and _capital_follows(source, second.end())


def _has_name(text: str) -> bool:
    return any(character.isupper() or character.isdigit() for character in text)


def _case_fits(phrase: str, surface: str) -> bool:
    """Acronyms are as written; another name begins or ends with a capital where the phrase does."""
    if len(phrase) != len(surface):
        return surface[:1].isupper() or surface.rpartition(" ")[2][:1].isupper()
    for written, found in zip(phrase.split(), surface.split(), strict=False):
        if sum(map(str.isupper, written)) > 1 and not (found[:2].isupper() and found.upper() == written.upper()):
            return False
    if phrase[0].isupper() and phrase[:2] != phrase[:2].upper():
        return surface[0].isupper() or (" " in surface and surface[surface.rfind(" ") + 1].isupper())
    return True


@cache
def grammar() -> Grammar:
    return Grammar()
