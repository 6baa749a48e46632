"""Names of unions: "Công đoàn Công ty X", "Công đoàn cơ sở Trường Y", "Công đoàn ngành Z"."""

from __future__ import annotations

from dataclasses import replace

from pipeline.name_readings import SPOKEN_FOR, Readings
from pipeline.name_source import Head, Reading, Source, has_name
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import name_key


class UnionReadings(Readings):
    """The grammars ``union``, ``grassroots`` and ``sector_union``."""

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
        if trade := self._of_a_house(source, end):
            return self._make(source, start, trade.end, head, end)
        if self._around.person(source, end):
            return None
        last = self._runs.run(source, end, places=True)
        if last == end or (lower and not has_name(source.text[end:last])):
            return None
        if lower and name_key(source.text[end:last]) in ("kcn", "kcx", "kkt"):
            return None  # the unions of such zones
        if lower and self._called_after(source, start, end, last):
            return None
        kind = "union_sector" if self._sector.match(source.form, end + 1) else head.org_type
        return self._make(source, start, last, head, end, org_type=kind)

    def _of_a_house(self, source: Source, end: int) -> Reading | None:
        """The house whose trade has a union: "công đoàn phi công hãng Air France"."""
        trade = self._sector.match(source.form, end + 1)
        house = self._nested(source, trade.end()) if trade else None
        return house if house and house.head in ("Hãng", "Hãng hàng không") else None

    def _called_after(self, source: Source, start: int, end: int, last: int) -> bool:
        """ "chủ tịch công đoàn Mac Johnson": a foreign person's name behind a post, no company of the text."""
        words = source.text[end:last].split()
        if len(words) > 3 or not all(_is_plain(word) for word in words):
            return False
        if SPOKEN_FOR.search(source.form, max(0, start - 24), start) is None:
            return False
        name = match_form(" ".join(words))
        return f"ty {name}" not in source.form and f"hãng {name}" not in source.form

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


def _is_plain(word: str) -> bool:
    """Whether a word may be a foreign person's: "Mac", "Jean-Claude"."""
    return word.replace("-", "").isalpha() and word.isascii() and word.istitle()
