"""Names that lean on a place or stand in a foreign spelling: governments, embassies, agencies, brands, societies."""

from __future__ import annotations

import re

from pipeline import gazetteers
from pipeline.name_places import NamedPlace
from pipeline.name_readings import GROUP_BEFORE, SPOKEN_FOR, Readings
from pipeline.name_runs import is_foreign
from pipeline.name_source import WORD, Head, Reading, Source, capital, has_name
from pipeline.normalize.names import name_key

_ORDINAL = re.compile(r"[IVX]+")
_AT = re.compile(r" (?:tại|ở) ")
# "cơ quan An ninh Vận tải Mỹ (TSA)": a foreign acronym behind a translated name.
_DEFINED = re.compile(r" [^\W\d_][^()\n,;:.!?“”\"]{6,70} \((?P<short>[A-Z]{3,8})\)")
_LIST = re.compile(r"(?:,| và| hoặc| hay| của|;)(?= )")
_PARTNERS = re.compile(r" (?:và|&) (?:các )?(?:cộng sự|đồng sự|đồng nghiệp)(?!\w)")
# Heads that only say what a brand is; the name goes without them.
_DESCRIBING = frozenset(("Hãng", "Hãng hàng không", "Hãng tin", "Hãng thông tấn", "Kênh", "Báo", "Trang tin"))
# In lower case these only say what it is, too: "tổ chức Human Rights Watch".
_DESCRIBING_IN_LOWER_CASE = frozenset(("Tổ chức",))
# "tổ chức" is a verb as well ("tổ chức Festival Huế"): a name nobody knows wants one of these before it.
_NOUN_BEFORE = re.compile(
    r"(?:^|[,;:.(\n“\"]|(?<!\w)(?:theo|của|từ|với|do|bởi|các|cho|và|là|những|nhiều|thuộc|tại|vào|về)) ?\Z"
)


class ForeignReadings(Readings):
    """The grammars ``abroad``, ``embassy``, ``brand``, ``defined``, ``placed``, ``cell``, ``zoned``, ``society``."""

    def _country(self, source: Source, position: int) -> NamedPlace | None:
        place = self._around.place(source, position)
        if place is None or place.name is None:
            return None
        found = gazetteers.find_places(place.name)
        return place if found and found[0].kind == "country" else None

    def _abroad(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "Chính phủ Mỹ", "quốc hội Ba Lan"; Vietnam's own are the registry's."""
        place = self._country(source, end)
        if place is None or place.name == "Việt Nam" or GROUP_BEFORE.search(source.form, max(0, start - 8), start):
            return None
        return self._make(source, start, place.end, head, end)

    def _embassy(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        place = self._country(source, end)
        if place is None:
            return None
        last = place.end
        if (there := _AT.match(source.form, last)) and (seat := self._around.place(source, there.end() - 1)):
            last = seat.end if seat.name else last
        return self._make(source, start, last, head, end)

    def _brand(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "hãng hàng không Air France", "tờ Daily News": capitalized words, of which one is no Vietnamese syllable."""
        last, foreign = end, False
        for _ in range(6):
            word = WORD.match(source.text, last)
            if word is None or not (capital(source, word) or (last > end and word[1].isdigit())) or word[0][0] != " ":
                break
            if last > end and self._around.title.match(source.form, word.start(1)):
                break
            foreign = foreign or is_foreign(word[1]) or (word[1].isupper() and len(word[1]) > 2)
            if (
                last > end
                and foreign
                and not is_foreign(word[1])
                and not word[1].isupper()
                and self._ends(source, word)
            ):
                break
            last = word.end()
        if last == end or not foreign or GROUP_BEFORE.search(source.form, max(0, start - 8), start):
            return None
        name = source.text[end:last].strip()
        if _ORDINAL.fullmatch(name):
            return None  # "Đại hội Đảng XII"
        if gazetteers.find_places(name) or self._speaker(source, start, name):
            return None
        if self._head.match(source.form, end + 1) and source.text[end + 1 : end + 3].isupper():
            return None  # "Ban Cán sự Đảng UBND tỉnh"
        lower = source.text[start].islower() and head.canonical in _DESCRIBING_IN_LOWER_CASE
        if (
            lower
            and not gazetteers.find_organizations(name)
            and not _NOUN_BEFORE.search(source.form, max(0, start - 12), start)
        ):
            return None
        whole = name if lower or head.canonical in _DESCRIBING else f"{head.canonical} {name}"
        return Reading(start, last, whole, head.org_type, head.canonical, rule="organization.brand")

    def _speaker(self, source: Source, start: int, name: str) -> bool:
        """ "phát ngôn viên hãng Ross Feinstein": a foreign person behind a post; the company is the text's."""
        if not SPOKEN_FOR.search(source.form, max(0, start - 24), start) or gazetteers.find_organizations(name):
            return False
        words = name.split()
        return len(words) == 2 and all(word.isalpha() and word.istitle() for word in words)

    def _ends(self, source: Source, word: re.Match[str]) -> bool:
        """Whether a person or a place, not the brand, goes on at ``word``."""
        return self._around.person(source, word.start(), least=1) or bool(
            self._around.wide_place.match(source.form, word.start(1))
        )

    def _defined(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        found = _DEFINED.match(source.text, end)
        if found is None and (abroad := self._of_country(source, end)):
            return self._make(source, start, abroad, head, end)
        if found is None:
            brand = self._brand(source, start, end, head)
            return brand if brand and any(map(is_foreign, brand.name.split())) else None
        if not source.upper(end + 1) or _LIST.search(source.form, end, found.start("short") - 2):
            return None
        name = source.text[end : found.start("short") - 2].strip()
        letters = "".join(part[0] for part in name.upper().split())
        if found["short"].startswith(letters[:2]) or self._head.match(source.form, end + 1):
            return None  # an abbreviation of Vietnamese words: a kind of office or an act
        return self._make(source, start, found.start("short") - 2, head, end)

    def _of_country(self, source: Source, end: int) -> int | None:
        """The end of an agency of another country: "Cơ quan Hàng không Ấn Độ"."""
        if not source.upper(end + 1):
            return None
        last = self._runs.run(source, end, places=True, commit_lower=True)
        words = source.text[end:last].split()
        country = any(
            place.kind == "country" and place.place_id != "viet-nam"
            for count in (1, 2, 3)
            if len(words) > count
            for place in gazetteers.find_places(" ".join(words[-count:]))
        )
        return last if country else None

    def _placed(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """A head that only its place makes a name: "Bưu điện Nghệ An", "Cảng Quy Nhơn"."""
        place = self._around.place(source, end)
        if place is None and source.upper(start):
            place = self._around.place(source, end, wide=False)
        if place is None or (place.name is None and source.text[start].islower()):
            return None
        if place.name is None and place.level is None:
            return None
        if source.text[start].islower() and place.name and name_key(place.name) == "việt nam":
            return None
        return self._make(source, start, place.end, head, end, at=place)

    def _cell(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "Đoàn Cơ quan LĐLĐ TPHCM": a cell of an organization that is named."""
        inner = self._nested(source, end) or self.read(source, end + 1)
        if inner is None or (inner.short and inner.level is None):
            return None
        return self._of(source, start, end, head, inner)

    def _zoned(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._runs.run(source, end, places=True)
        return self._make(source, start, last, head, end) if has_name(source.text[end:last]) else None

    def _society(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "Hội Cầu đường", "Hội Bảo trợ bệnh nhân nghèo TPHCM": a society by its field."""
        field = self._sector.match(source.form, end + 1)
        if field is None or not source.upper(end + 1) or " " not in field[0]:
            return None
        last = self._runs.run(source, end, places=True, commit_lower=True)
        return self._make(source, start, last, head, end) if last >= field.end() else None

    def _lawyers(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """A law office is called by a person's name: "Văn phòng Luật sư Trần Văn Bảy"."""
        last = end
        for _ in range(5):
            word = WORD.match(source.text, last)
            if word is None or not capital(source, word):
                break
            last = word.end()
        if partners := _PARTNERS.match(source.form, last):
            last = partners.end()
        return self._make(source, start, last, head, end) if last > end else None
