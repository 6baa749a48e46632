"""The open class of organization names: a head noun, what may stand inside, and where the name ends.

Heads, inside words and stops are rows (``lexicons/organization_heads.csv``, ``organization_words.csv``,
``organization_stops.csv``); a head's ``grammar`` says which of the readings below it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from pipeline import gazetteers
from pipeline.name_places import LEVELS, NamedPlace, Surroundings, middle
from pipeline.name_runs import Runs
from pipeline.name_source import WORD, Head, Reading, Source, case_fits, has_name
from pipeline.normalize import name_trie
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical, name_key
from pipeline.resources import rows

_CONNECTOR = re.compile(r" ?(?P<tight>[-–—&/])(?=[^\W_])| (?P<wide>và|&|[-–—]) |, ")
_INSERT = re.compile(r" ?\([^()]{2,12}\)(?= ?[^\W\d_])")
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
_LEVELS_LISTED = re.compile(
    r" (?:các|và các)(?!\w)|(?:, | ?[/-] ?| và | hoặc | \()"
    r"(?:tỉnh|thành phố|huyện|quận|thị xã|thành|ngành|tương đương)(?!\w)"
)
_BARE_LEVEL = re.compile(r" (tỉnh|thành phố|t\.?p|quận|huyện|thị xã|xã|phường)\Z")
_GROUP_BEFORE = re.compile(r"(?:các|những|từng|mỗi|cấp|toàn) \Z")
_INSIDE = ("legal", "sector", "action", "zone", "closing")
_AND = re.compile(r" ?(?:và|&) ")
_FUND_KIND = re.compile(r" (?:học bổng|hỗ trợ|từ thiện)(?!\w)")
_IN_VIETNAM = re.compile(r" tại (?:việt nam|vn)(?!\w)")
# In a school's name these are levels: "Trường CĐ Y tế", but "Trường Trung cấp CĐ".
_SCHOOL_LEVELS = {"CĐ": "Cao đẳng", "TH": "Tiểu học", "MN": "Mầm non", "TC": "Trung cấp", "PTTH": "Phổ thông trung học"}
_SCHOOL_SHORT = re.compile(r"(?<!\w)(?:CĐ|TH|MN|TC|PTTH)(?= [^\W\d_])")
_ANNOUNCED = re.compile(r"(?:thông|cảnh|dự|loan|khai|mật) \Z")
_BLOC = re.compile(r" ?(?:số )?(?:\d{1,2}|[IVX]{1,5})(?!\w)")
_QUOTED = re.compile(r" ?[“\"‘']([^”\"’'\n]{2,60})[”\"’']")
_STATED = re.compile(r" (?:số|No\.?) ?\d{1,3}(?!\w)")
_DASH = re.compile(r" ?[-–—] ?")


_STATE_ROOM = re.compile(
    r"(?:giáo dục|gd|lao động ?[-–,]? ?thương binh|lđ.?.?.?tb|nội vụ|tư pháp|y tế|văn hóa|vh|kinh tế|tài nguyên"
    r"|tn|tài chính|cảnh sát"
    r"|thương mại|pháp (?:luật|chế)|quản lý đô thị|nông nghiệp|bảo hiểm|bưu chính|hợp tác)"
)


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
        inside = name_trie.pattern(phrase for kind in _INSIDE for phrase in kinds[kind])
        self._inside = inside
        self._school = name_trie.pattern(kinds["level"])
        self._zone = name_trie.pattern(kinds["zone"])
        self._sector = name_trie.pattern(kinds["sector"] + kinds["action"])
        self._around = Surroundings(self._sector)
        self._runs = Runs(inside, self._kind, self._head, self._around)
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
                word = WORD.match(source.text, match.start())
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
        if match is None or (
            self._around.not_after.match(source.form, start) and not self._around.allowed.match(source.form, start)
        ):
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
            if alias is not None and case_fits(alias, source.text[start:end]):
                return Reading(start, end, alias, "other", "", rule="organization.registry")
            # The longest alias may fail by its case where a shorter one fits.
            end = source.form.rfind(" ", start, end)
        return None

    def _by_head(self, source: Source, start: int) -> Reading | None:
        match = self._head.match(source.form, start)
        if match is None:
            return None
        head = self.heads.get(match[0]) or self.heads.get(_DASH.sub(" - ", match[0]))
        if head is None or not case_fits(head.head, match_text := source.text[start : match.end()]):
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

    def _make(
        self,
        source: Source,
        start: int,
        end: int,
        head: Head,
        after: int,
        *,
        org_type: str | None = None,
        at: NamedPlace | None = None,
        short: bool = False,
    ) -> Reading:
        """The reading of [start, end), whose head ends at ``after``; a level word at its end asks for its place."""
        rest = canonical(source.text[after:end].strip()) if end > after else ""
        level, place = (at.level, at.name) if at else (None, None)
        if at is None and (bare := _BARE_LEVEL.search(source.form, after, end)):
            short, level = True, LEVELS.get(bare[1].replace(".", ""), bare[1])
        elif at is not None and at.name is None:
            short = True
        name = f"{head.canonical} {rest}".strip()
        return Reading(start, end, name, org_type or head.org_type, head.canonical, short, level, place)

    # --- the grammars -----------------------------------------------------------------------------------------------

    def _local(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """Federations, people's committees, party committees, mass organizations: a head and its place."""
        if source.form.startswith(("viên", " viên"), end):
            return None
        implied = _IMPLIED.get(head.canonical) if head.grammar == "local" else None
        place = self._around.place(source, end, wide=implied is None)
        if place is None and head.grammar == "federation":
            place = self._around.place(source, end, wide=False)
        if place is None and head.grammar != "federation" and (inner := self._nested(source, end)):
            return self._of(source, start, end, head, inner)
        if place is None and head.grammar == "youth" and source.upper(end + 1):
            brand = self.read(source, end + 1)  # "Đoàn Thanh niên Vietsovpetro"
            if brand and not brand.short and brand.rule == "organization.registry":
                return self._of(source, start, end, head, brand)
        kind = head.org_type
        if place and place.name == "Việt Nam" and (inner_place := self._around.place(source, place.end)):
            # "Mặt trận Tổ quốc Việt Nam tỉnh Hà Nam"
            place = inner_place if inner_place.level and inner_place.name else place
        if place and head.grammar == "federation" and place.level not in (None, "tỉnh", "thành phố"):
            kind = "union_district"
        if place is None:
            alone = head.grammar == "mass"
            at = NamedPlace(end, implied, None) if implied else None
            return self._make(source, start, end, head, end, org_type=kind, at=at, short=not alone)
        reading = self._make(
            source, start, place.end, head, end, org_type=kind, at=replace(place, level=implied or place.level)
        )
        if place.name and place.level in ("quận", "huyện", "thị xã", "thành phố"):
            dash = _DASH.match(source.text, place.end)
            wider = self._around.wide_place.match(source.form, dash.end()) if dash else None
            if wider and source.upper(wider.start()):
                return replace(reading, end=wider.end())
        return reading

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
        if head.grammar in ("company", "school", "agency") and case_fits(head.head, source.text[start : match.end()]):
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
        if place := self._around.place(source, end):
            if lower and place.level is None and place.name != "Việt Nam":
                return None  # "các công đoàn Đức": that country's unions
            kind = {"tỉnh": "union_province", "thành phố": "union_province"}.get(place.level or "", "union_district")
            return self._make(source, start, place.end, head, end, org_type=kind, at=place)
        if inner := self._nested(source, end):
            return self._of(source, start, end, head, inner)
        if self._around.person(source, end):
            return None
        last = self._runs.run(source, end, places=True)
        if last == end or (lower and not has_name(source.text[end:last])):
            return None
        kind = "union_sector" if self._sector.match(source.form, end + 1) else head.org_type
        return self._make(source, start, last, head, end, org_type=kind)

    def _grassroots(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        after = end + 4 if source.form.startswith(" của ", end) else end
        inner = self._nested(source, after)
        if inner and (after == end or not inner.short or source.upper(inner.start)):
            return self._of(source, start, end, head, inner)
        if after > end or self._around.person(source, end):
            return None
        place = self._around.place(source, end)
        if place and place.name:
            return self._make(source, start, place.end, head, end, at=place)
        last = self._runs.run(source, end, places=True)
        return self._make(source, start, last, head, end) if has_name(source.text[end:last]) else None

    def _sector_union(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._runs.run(source, end, places=True, commit_lower=True)
        if last == end or not any(map(str.isupper, source.text[end:last])):
            return None
        return self._make(source, start, last, head, end)

    def _company(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if self._around.person(source, end) and (middle(source, end) or self._around.after_post(source, start, end)):
            return None
        last = self._runs.run(source, end, company=True)
        named = self._strip_legal(source, end, last)
        lower = source.text[start].islower()
        if not has_name(named) or (lower and (self._around.person(source, end) or self._only_place(source, end, last))):
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
        last = self._runs.run(source, position, company=True, persons=1, places=True)
        if stated := _STATED.match(source.text, last):
            last = stated.end()
        if last == position and not any(
            map(str.isupper, source.text[end:position].replace("ĐH", "").replace("CĐ", ""))
        ):
            return None
        if last == position and not self._sector.search(source.form, end, position):
            return None
        reading = self._make(source, start, last, head, end)
        levels = _SCHOOL_SHORT.sub(lambda match: _SCHOOL_LEVELS[match[0]], source.text[end:last])
        return replace(reading, name=f"{head.canonical} {canonical(levels.strip())}")

    def _ministry(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """Bộ, Sở, Phòng, Vụ: a field of state, then a place."""
        field = self._sector.match(source.form, end + 1)
        if field is None or (not source.upper(field.start()) and head.canonical in ("Phòng", "Vụ")):
            return None
        if head.canonical in ("Vụ", "Phòng") and not _STATE_ROOM.match(field[0]):
            return None
        last = self._fields(source, field.end())
        if (insert := _INSERT.match(source.text, last)) and self._around.place(source, insert.end()):
            last = insert.end()
        place = self._around.place(source, last)
        if place is None:
            return self._make(source, start, last, head, end)
        return self._make(source, start, place.end, head, end, at=place)

    def _fields(self, source: Source, last: int) -> int:
        """Further fields: "Lao động - Thương binh và Xã hội", "Văn hóa, Thể thao và Du lịch"."""
        while True:
            connector = _CONNECTOR.match(source.text, last)
            step = connector.end() if connector else last + (source.form[last : last + 1] == " ")
            field = self._sector.match(source.form, step) if step > last else None
            if field is None or not (connector or source.upper(step)):
                return last
            if connector and self._head.match(source.form, step) and source.upper(step):
                return last
            if connector and connector[0] == ", " and not _AND.match(source.text, field.end()):
                return last
            last = field.end()

    def _agency(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._runs.run(source, end, places=True, commit_lower=True)
        if last == end or not any(map(str.isupper, source.text[end:last])):
            return None
        if source.text[start].islower() and not source.upper(end + 1):
            return None
        return self._make(source, start, last, head, end)

    def _named(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if head.grammar == "press" and _ANNOUNCED.search(source.form, max(0, start - 8), start):
            return None  # "thông báo", "cảnh báo"
        last = self._runs.run(source, end, places=True, connect_capitals=head.grammar == "press")
        if head.canonical in ("Hiệp hội", "Hội Doanh nghiệp") and (abroad := _IN_VIETNAM.match(source.form, last)):
            last = abroad.end()
        if not has_name(source.text[end:last]) or (self._around.person(source, end) and head.grammar != "university"):
            return None
        if source.text[start].islower() and (not source.upper(end + 1) or self._only_place(source, end, last)):
            return None
        return self._make(source, start, last, head, end)

    def _only_place(self, source: Source, start: int, end: int) -> bool:
        """ "một khách sạn Trung Quốc": some one of that place."""
        place = self._around.place(source, start)
        return place is not None and place.end == end

    def _fund(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        words = _FUND_KIND.match(source.form, end)
        after = words.end() if words else end
        if quoted := _QUOTED.match(source.text, after):
            return self._make(source, start, quoted.end(), head, end)
        last = self._runs.run(source, after, commit_lower=True, persons=1)
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


@cache
def grammar() -> Grammar:
    return Grammar()
