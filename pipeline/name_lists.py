"""Names in lists under one head: "các công ty Mesan, Nam Tiến và Dona Vina", "4 doanh nghiệp (Mesan, Việt Thắng …)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.name_readings import Readings
from pipeline.name_runs import is_foreign
from pipeline.name_source import WORD, Reading, Source
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical, name_key
from pipeline.normalize.phrases import alternation
from pipeline.resources import rows

_JOINT = re.compile(r"(?P<comma>[,;] ?)|(?P<and> (?:và|hay|hoặc) )")
# "doanh nghiệp ở các huyện (Củ Chi, Hóc Môn)": the list is of places.
_AREA = re.compile(r"(?:huyện|quận|tỉnh|địa bàn|ngành|lĩnh vực)(?!\w)")
_MOST_ITEMS = 30
# A bare acronym in a list is a kind more often than a name: "các doanh nghiệp FDI".
_LETTERS = re.compile(r"[A-ZĐ]{1,4}\Z")


class ListReadings(Readings):
    """What follows a company's name, or a plural that names none itself, as one list."""

    def __init__(self) -> None:
        super().__init__()
        words: dict[str, list[str]] = {}
        for row in rows("lexicons/organization_lists.csv"):
            words.setdefault(row["kind"], []).append(match_form(row["word"]))
        plurals, openings = alternation(words["plural"]), alternation(words["opening"])
        self._several = re.compile(rf"(?<!\w)(?:{plurals}|{openings}|\d{{1,3}}) \Z")
        self._plural_head = re.compile(
            rf"(?<!\w)(?:{plurals}|\d{{1,3}}) {alternation(words['head'])}(?!\w)"
            rf"(?:(?: [^\W\d_]+){{0,10}}?(?: ?[:(]| {openings}(?!\w):?) ?| )"
        )

    def _continued(self, source: Source, first: Reading) -> list[Reading]:
        """The companies listed behind ``first``: in a plural's list any, else only foreign names that "và" closes."""
        several = self._several.search(source.form, max(0, first.start - 16), first.start)
        joint = _JOINT.match(source.form, first.end)
        if joint is None:
            return []
        items, closed = self._items(source, joint.end(), joint["and"] is not None)
        if not several and not (closed and all(self._foreign_item(source, item) for item in items)):
            return []
        return [self._bare(source, item, first.org_type) for item in items]

    def _enumerations(self, source: Source) -> Iterator[Reading]:
        """The lists of plurals that stand for themselves: "các doanh nghiệp như Mesan, Việt Thắng"."""
        for opening in self._plural_head.finditer(source.form):
            items, closed = self._items(source, opening.end(), False)
            last = items[-1][1] if items else 0
            if _AREA.search(opening[0]) or all(self._around.any_place.fullmatch(source.form, *item) for item in items):
                continue
            if len(items) > 1 and (closed or opening[0].rstrip()[-1:] != "(" or source.text[last : last + 1] == ")"):
                yield from (self._bare(source, item, "company") for item in items)

    def _items(self, source: Source, position: int, closing: bool) -> tuple[list[tuple[int, int]], bool]:
        """The listed names from ``position``, and whether "và" stands before the last."""
        found: list[tuple[int, int]] = []
        closed = False
        for _ in range(_MOST_ITEMS):
            end = self._item(source, position)
            if end is None:
                break
            found.append((position, end))
            closed = closing
            joint = _JOINT.match(source.form, end)
            if joint is None or closing:
                break
            position, closing = joint.end(), joint["and"] is not None
        return found, closed

    def _item(self, source: Source, start: int) -> int | None:
        if not source.upper(start) or self._head.match(source.form, start):
            return None
        if self._around.title.match(source.form, start) or self._around.place(source, start):
            return None
        if self._around.person(source, start, least=1):
            return None
        if (zone := self._inside.match(source.form, start)) and self._kind.get(name_key(zone[0])) == "zone":
            return None
        end = self._runs.run(source, start, company=True)
        if end == start or _LETTERS.match(source.text[start:end]):
            return None
        # A lower-case word may begin the sentence's next clause, a capital or a dash an apposition.
        following = WORD.match(source.text, end)
        return None if following and following[1][:1].isupper() else end

    def _foreign_item(self, source: Source, item: tuple[int, int]) -> bool:
        return any(is_foreign(word) for word in re.findall(r"[^\W\d_]+", source.text[item[0] : item[1]]))

    def _bare(self, source: Source, item: tuple[int, int], org_type: str) -> Reading:
        start, end = item
        name = canonical(source.text[start:end])
        return Reading(start, end, name, org_type, "", rule="organization.listed")
