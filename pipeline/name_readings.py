"""What every reading of an organization's name shares: the rows it reads by, and the body of a place.

Heads, inside words and stops are rows (``lexicons/organization_heads.csv``, ``organization_words.csv``,
``organization_stops.csv``).
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.name_places import LEVELS, NamedPlace, Surroundings
from pipeline.name_runs import Runs
from pipeline.name_source import Head, Reading, Source, case_fits
from pipeline.normalize import name_trie
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical, name_key
from pipeline.resources import rows

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
_BARE_LEVEL = re.compile(r" (tỉnh|thành phố|t\.?p|quận|huyện|thị xã|xã|phường)\Z")
_INSIDE = ("legal", "sector", "action", "zone", "closing", "day")
# "Hội Chữ thập đỏ tại các tỉnh": a kind of body.
_EVERYWHERE = re.compile(r" (?:(?:tại|ở|của) )?(?:các|mỗi|từng|những|nhiều)(?!\w)")
DASH = re.compile(r" ?[-–—] ?")
SPOKEN_FOR = re.compile(r"(?<!\w)(?:chủ tịch|lãnh đạo|thủ lĩnh|cán bộ|đại diện|ông|bà|giám đốc|ngôn viên|điều hành) \Z")
GROUP_BEFORE = re.compile(r"(?:các|những|từng|mỗi|cấp|toàn|hai|ba|nhiều|một số) \Z")


class Readings:
    """The lexicon and the readings of bodies of a place. ``Grammar`` adds the rest and the way in."""

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
        self._inside = name_trie.Names(phrase for kind in _INSIDE for phrase in kinds[kind])
        self._school = name_trie.pattern(kinds["level"])
        self._divisions = frozenset(
            row["phrase"] for row in rows("lexicons/organization_words.csv") if row["kind"] == "division"
        )
        self._sector = name_trie.pattern(kinds["sector"] + kinds["action"])
        self._around = Surroundings(self._sector)
        self._runs = Runs(self._inside, self._kind, self._head, self._around)

    def read(self, source: Source, start: int) -> Reading | None:
        """The name that begins at ``start``."""
        raise NotImplementedError

    def _brand(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """A name in a foreign spelling."""
        raise NotImplementedError

    def _by_head(self, source: Source, start: int) -> Reading | None:
        """The name that a head at ``start`` begins, whatever the registry says."""
        raise NotImplementedError

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
        level, place = (at.level, at.name) if at else (None, None)
        if at is None and (bare := _BARE_LEVEL.search(source.form, after, end)):
            short, level = True, LEVELS.get(bare[1].replace(".", ""), bare[1])
        elif at is not None and at.name is None:
            short = True
        name = canonical(f"{head.canonical} {source.text[after:end]}") if end > after else head.canonical
        return Reading(start, end, name, org_type or head.org_type, head.canonical, short, level, place)

    def _local(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """Federations, people's committees, party committees, mass organizations: a head and its place."""
        if source.form.startswith(("viên", " viên"), end):
            return None
        implied = _IMPLIED.get(head.canonical) if head.grammar == "local" else None
        place = self._around.place(source, end, wide=implied is None)
        if place is None and head.grammar == "mass" and (field := self._of_sector(source, end)):
            within = self._around.place(source, field)
            return self._make(source, start, within.end if within else field, head, end, at=within)
        if place is None and head.grammar == "federation":
            place = self._around.place(source, end, wide=False)
        if place is None and head.grammar != "federation" and (inner := self._nested(source, end)):
            return self._of(source, start, end, head, inner)
        if place is None and head.grammar == "youth" and source.upper(end + 1):
            brand = self.read(source, end + 1)  # "Đoàn Thanh niên Vietsovpetro"
            if brand and not brand.short and brand.rule == "organization.registry":
                return self._of(source, start, end, head, brand)
        if place is None and head.grammar == "federation" and (brand := self._brand(source, start, end, head)):
            return replace(brand, org_type="international")  # "Liên đoàn Lao động Zentoitsu"
        kind = head.org_type
        if place and place.name == "Việt Nam" and (inner_place := self._around.place(source, place.end)):
            # "Mặt trận Tổ quốc Việt Nam tỉnh Hà Nam"
            place = inner_place if inner_place.level else place
        if place and head.grammar == "federation" and place.level not in (None, "tỉnh", "thành phố"):
            kind = "union_district"
        if place is None and head.org_type == "press" and (brand := self._brand(source, start, end, head)):
            return brand  # "Đài truyền hình NDTV"
        if place is None:
            alone = head.grammar == "mass"
            if alone and _EVERYWHERE.match(source.form, end):
                return None
            at = NamedPlace(end, implied, None) if implied else None
            return self._make(source, start, end, head, end, org_type=kind, at=at, short=not alone)
        reading = self._make(
            source, start, place.end, head, end, org_type=kind, at=replace(place, level=implied or place.level)
        )
        if place.name and place.level in ("quận", "huyện", "thị xã", "thành phố"):
            dash = DASH.match(source.text, place.end)
            wider = self._around.wide_place.match(source.form, dash.end()) if dash else None
            if wider and source.upper(wider.start()):
                return replace(reading, end=wider.end())
        return reading

    def _of_sector(self, source: Source, end: int) -> int | None:
        """The end of "ngành Giáo dục" behind a mass organization's head."""
        if not source.form.startswith(" ngành ", end):
            return None
        field = self._sector.match(source.form, end + 7)
        return field.end() if field else None

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
