"""Names of companies, schools, state bodies, funds, press and blocs: the readings that run over words."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline import gazetteers
from pipeline.abbreviations import is_short_for
from pipeline.name_places import middle
from pipeline.name_readings import GROUP_BEFORE, Readings
from pipeline.name_source import Head, Reading, Source, has_name
from pipeline.normalize.names import canonical, name_key

_CONNECTOR = re.compile(r" ?(?P<tight>[-–—&/])(?=[^\W_])| (?P<wide>và|&|&amp;|[-–—]) |, ")
_INSERT = re.compile(r" ?\([^()]{2,12}\)(?= ?[^\W\d_])")
_LETTERS = re.compile(r" \(([A-ZĐƯ]{2,8})\)(?= [^\W\d_])")
_AND = re.compile(r" ?(?:và|&) ")
_FUND_KIND = re.compile(r" (?:học bổng|hỗ trợ|từ thiện)(?!\w)")
# "Hiệp hội Giấy và bột giấy Việt Nam", "Trung tâm Nghiên cứu giới (CGF)": words up to the country or the acronym.
_TO_COUNTRY = re.compile(r"(?:,? [^\W\d_]+(?:-[^\W\d_]+)?){1,10}?(?P<country> (?:việt nam|vn))(?!\w)")
_TO_ACRONYM = re.compile(r"(?:,? [^\W\d_]+(?:-[^\W\d_]+)?){1,10}(?= \([A-Z]{2,8}\))")
_IN_VIETNAM = re.compile(r" tại (?:việt nam|vn)(?!\w)")
# In a school's name these are levels: "Trường CĐ Y tế", but "Trường Trung cấp CĐ".
_SCHOOL_LEVELS = {"CĐ": "Cao đẳng", "TH": "Tiểu học", "MN": "Mầm non", "TC": "Trung cấp", "PTTH": "Phổ thông trung học"}
_SCHOOL_SHORT = re.compile(r"(?<!\w)(?:CĐ|TH|MN|TC|PTTH)(?=(?: ?[-–&] ?| )[^\W\d_])")
_ANNOUNCED = re.compile(r"(?:thông|cảnh|dự|loan|khai|mật) \Z")
_NAME_BEFORE = re.compile(r"(?:^|\s)[A-ZĐ][^\W\d_A-Z]+ \Z")
_KIND_BEFORE = re.compile(r"(?:các|cấp|bậc|khối|ngành|lớp|hệ|thi|nghiệp|bằng|hết) \Z")
_BLOC = re.compile(r" ?(?:số )?(?:\d{1,2}|[IVX]{1,5})(?!\w)")
_UNIT_NUMBER = re.compile(r" (?:Bộ binh |Không quân )?\d{1,3}(?![\w.,%/-]*\d)")
_QUOTED = re.compile(r" ?[“\"‘']([^”\"’'\n]{2,60})[”\"’']")
_MADE = re.compile(r"(?: [a-zà-ỹđ]+){0,4}(?= [^\W\d_a-zà-ỹđ])")
_ONE_SYLLABLE = re.compile(r" ?[A-ZÀ-ỸĐ][à-ỹđ]?[a-zà-ỹđ]*[à-ỹđ][a-zà-ỹđ]*")
_STATED = re.compile(r" (?:số|No\.?) ?\d{1,3}(?!\w)")
# Bodies that a field alone names: "Viện khoa học pháp lý".
_BY_FIELD = frozenset(("Viện", "Cục", "Tổng cục", "Chi cục", "Phân viện", "Trung tâm"))
_OF_ASSEMBLY = re.compile(r" (?:của )?(?:quốc hội|qh)(?!\w)")
# Heads that begin another body though written small: "Sở Lao động và công an tỉnh".
_OWN_BODIES = frozenset(("police", "union", "federation", "local"))
_NATIONAL = frozenset(
    ("Hiệp hội", "Tổng hội", "Liên hiệp", "Liên minh", "Liên đoàn", "Hội Doanh nghiệp", "Hội Doanh nhân")
)
_STATE_ROOM = re.compile(
    r"(?:giáo dục|gd|lao động ?[-–,]? ?(?:thương binh|tb)|lđ.?.?.?tb|nội vụ|tư pháp|y tế|văn hóa|vh|kinh tế|tài nguyên"
    r"|tn|tài chính|cảnh sát"
    r"|thương mại|pháp (?:luật|chế)|quản lý đô thị|nông nghiệp|bảo hiểm|bưu chính|hợp tác)"
)


class BodyReadings(Readings):
    """The grammars ``company``, ``school``, ``ministry``, ``agency``, ``named``, ``fund`` and ``bloc``."""

    def _company(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if self._around.person(source, end) and (middle(source, end) or self._around.after_post(source, start, end)):
            return None
        last = self._runs.run(source, end, company=True)
        named = self._strip_legal(source, end, last)
        lower = source.text[start].islower()
        if lower and _ONE_SYLLABLE.fullmatch(named):
            return None  # "công ty Lý": its owner's
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
        if source.text[start].islower() and (
            GROUP_BEFORE.search(source.form, max(0, start - 8), start) or source.form.endswith(" một ", 0, start)
        ):
            return None
        position, stated = end, None
        while position < len(source.form):
            if stated := _STATED.match(source.text, position):
                position = stated.end()
                break
            step = position + (source.form[position] == " ")
            level = self._school.match(source.form, step) or self._sector.match(source.form, step)
            if level is None or (position == end and not self._school.match(source.form, step)):
                break
            position = level.end()
            if (insert := _LETTERS.match(source.text, position)) and is_short_for(insert[1], level[0]):
                position = insert.end()  # "Trường Kỹ thuật Nghiệp vụ (KTNV) Tôn Đức Thắng"
            if source.form.startswith((" và ", " & "), position) and self._school.match(source.form, position + 3):
                position += 2
        if position == end:
            return self._named_school(source, start, end, head)
        if number := _UNIT_NUMBER.match(source.text, position):
            position = number.end()  # "Trường THCS Nông nghiệp 1"
            stated = number
        last = self._runs.run(source, position, company=True, persons=1, places=True)
        if again := _STATED.match(source.text, last):
            last = again.end()
        if last == position and not any(
            map(str.isupper, source.text[end:position].replace("ĐH", "").replace("CĐ", ""))
        ):
            return None
        if last == position and not stated and not self._sector.search(source.form, end, position):
            return None
        reading = self._make(source, start, last, head, end)
        levels = _SCHOOL_SHORT.sub(lambda match: _SCHOOL_LEVELS[match[0]], source.text[end:last])
        return replace(reading, name=f"{head.canonical} {canonical(levels.strip())}")

    def _named_school(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """A school by its name alone: "Trường Mỹ Phước A", "Trường Trần Quốc Toản"."""
        if not source.upper(start) or _NAME_BEFORE.search(source.text, max(0, start - 12), start):
            return None
        last = self._runs.run(source, end, persons=1)
        words = source.text[end:last].split()
        if len(words) < 2 or not all(word[0].isupper() or word.isdigit() for word in words):
            return None
        return None if self._around.place(source, end) else self._make(source, start, last, head, end)

    def _level_school(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "THPT Nguyễn Trãi", "THCS xã Minh Lập": the level stands for the word "Trường"."""
        if _KIND_BEFORE.search(source.form, max(0, start - 12), start):
            return None
        last = self._runs.run(source, end, persons=1, places=True)
        place = self._around.wide_place.match(source.form, end + 1)
        if last == end or (place and place.end() >= last) or source.form.startswith(" quốc", end):
            return None
        return self._make(source, start, last, head, end) if has_name(source.text[end:last]) else None

    def _ministry(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """Bộ, Sở, Phòng, Vụ: a field of state, then a place."""
        field = self._sector.match(source.form, end + 1)
        if field is None or GROUP_BEFORE.search(source.form, max(0, start - 8), start):
            return None
        lower = source.text[start].islower()
        room = head.canonical in ("Vụ", "Phòng")
        if (room and not _STATE_ROOM.match(field[0])) or (lower and not source.upper(field.start())):
            return None
        last = self._fields(source, field.end())
        if (insert := _INSERT.match(source.text, last)) and self._around.place(source, insert.end()):
            last = insert.end()
        place = self._around.place(source, last)
        if (lower or not source.upper(field.start())) and room and (place is None or place.name is None):
            return None
        if place is None:
            return self._make(source, start, last, head, end)
        return self._make(source, start, place.end, head, end, at=place)

    def _fields(self, source: Source, last: int) -> int:
        """Further fields: "Lao động - Thương binh và Xã hội", "Văn hóa, Thể thao và Du lịch"."""
        while True:
            connector = _CONNECTOR.match(source.text, last)
            step = connector.end() if connector else last + (source.form[last : last + 1] == " ")
            if not connector and self._around.place(source, last):
                return last
            field = self._sector.match(source.form, step) if step > last else None
            if field is None or not (connector or source.upper(step)):
                return last
            if connector and (other := self._head.match(source.form, step)):
                grammar = self.heads[other[0]].grammar if other[0] in self.heads else ""
                if source.upper(step) or grammar in _OWN_BODIES:
                    return last
            if connector and connector[0] == ", " and not _AND.match(source.text, field.end()):
                return last
            last = field.end()

    def _agency(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        last = self._runs.run(source, end, places=True, commit_lower=True)
        if last == end:
            return None
        if head.canonical in _BY_FIELD and source.upper(start) and source.upper(end + 1):
            last = self._to_the_end(source, last)
        if not any(map(str.isupper, source.text[end:last])):
            by_field = source.upper(start) and head.canonical in _BY_FIELD
            if (
                not by_field
                or source.form.count(" ", end, last) < 3
                or self._around.kind.fullmatch(source.form, start, last)
            ):
                return None
        if source.text[start:end].islower() and (
            not source.upper(end + 1)
            or (
                self._only_place(source, end, last)
                and not (head.canonical == "Bệnh viện" and self._local_place(source, end))
            )
            or self._head.match(source.form, end + 1)  # "phòng điều khiển trung tâm Nhà máy X"
            or GROUP_BEFORE.search(source.form, max(0, start - 8), start)
        ):
            return None
        return self._make(source, start, last, head, end)

    def _troop(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "Quân khu 7", "Sư đoàn 5"; else a name of words."""
        if number := _UNIT_NUMBER.match(source.text, end):
            return self._make(source, start, number.end(), head, end)
        return self._named(source, start, end, head)

    def _named(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if head.grammar == "press" and _ANNOUNCED.search(source.form, max(0, start - 8), start):
            return None  # "thông báo", "cảnh báo"
        if source.text[start].islower() and self._company_follows(source, end):
            return None  # "siêu thị Công ty TNHH X"
        last = self._runs.run(source, end, places=True, connect_capitals=head.grammar == "press")
        if head.grammar == "university":
            last = self._before_list(source, end, last)
        if head.canonical in ("Hiệp hội", "Hội Doanh nghiệp") and (abroad := _IN_VIETNAM.match(source.form, last)):
            last = abroad.end()
        if source.text[start].islower() and GROUP_BEFORE.search(source.form, max(0, start - 8), start):
            return None
        if head.canonical == "Ủy ban" and last > end and (of := _OF_ASSEMBLY.match(source.form, last)):
            last = of.end()
        if head.canonical in _NATIONAL and last > end:
            last = self._to_the_end(source, last)
        least = 2 if head.grammar == "press" else 1  # "báo Văn Nghệ"
        person = head.grammar != "university" and self._around.person(source, end, least=least)
        if not has_name(source.text[end:last]) or person:
            return None
        if source.text[start].islower() and (not source.upper(end + 1) or self._only_place(source, end, last)):
            return None
        return self._make(source, start, last, head, end)

    def _before_list(self, source: Source, end: int, last: int) -> int:
        """ "ĐH Luật | , Công nghiệp và …": fields in a list are other schools, but within one field's own name."""
        comma = source.text.find(", ", end, last)
        field = self._inside.match(source.form, end + 1)
        return last if comma < 0 or (field and field.end() > comma) else comma

    def _local_place(self, source: Source, start: int) -> bool:
        """Whether a district or a town stands there, which has one hospital: "bệnh viện Củ Chi"."""
        place = self._around.place(source, start)
        found = gazetteers.find_places(place.name) if place and place.name else ()
        return bool(found) and all(near.kind not in ("country", "central_city", "province") for near in found)

    def _company_follows(self, source: Source, end: int) -> bool:
        other = self._head.match(source.form, end + 1)
        head = self.heads.get(other[0]) if other and source.upper(other.start()) else None
        return head is not None and head.canonical in ("Công ty", "Công ty Cổ phần", "Tổng công ty")

    def _only_place(self, source: Source, start: int, end: int) -> bool:
        """ "một khách sạn Trung Quốc": some one of that place."""
        place = self._around.place(source, start)
        return place is not None and place.end == end

    def _to_the_end(self, source: Source, last: int) -> int:
        """Where a name that goes on in lower case ends: at the country it belongs to, or before its acronym."""
        for pattern, text in ((_TO_COUNTRY, source.form), (_TO_ACRONYM, source.text)):
            rest = pattern.match(text, last)
            if rest and not self._around.clause.search(source.form, last, rest.end()):
                words_end = rest.start("country") if pattern is _TO_COUNTRY else rest.end()
                words = source.text[last:words_end].replace(",", "").split()
                if all(word[0].islower() for word in words):
                    return rest.end()
        return last

    def _workshop(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        """ "cơ sở sản xuất bánh tráng Tấn Đạt": what it makes in lower case, then its name."""
        if GROUP_BEFORE.search(source.form, max(0, start - 8), start):
            return None
        made = _MADE.match(source.text, end)
        if made is None or self._around.clause.search(source.form, end, made.end()):
            return None
        if any(word in self._around.not_inside for word in source.form[end : made.end()].split()):
            return None
        if self._around.person(source, made.end(), least=2) or self._around.place(source, made.end()):
            return None
        last = self._runs.run(source, made.end(), company=True)
        return self._make(source, start, last, head, end) if has_name(source.text[made.end() : last]) else None

    def _fund(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        words = _FUND_KIND.match(source.form, end)
        after = words.end() if words else end
        if quoted := _QUOTED.match(source.text, after):
            return self._make(source, start, quoted.end(), head, end)
        last = self._runs.run(source, after, commit_lower=True, persons=1)
        if last == after or not source.upper(after + 1):
            return None
        if " " not in source.text[after:last].strip() and source.text[last + 1 : last + 2].islower():
            return None  # "quỹ Ước mơ của Mai": where its name ends is not seen
        return self._make(source, start, last, head, end)

    def _bloc(self, source: Source, start: int, end: int, head: Head) -> Reading | None:
        if number := _BLOC.match(source.text, end):
            return self._make(source, start, number.end(), head, end)
        inner = self._by_head(source, end + 1)
        if inner is None or inner.short or inner.head not in ("Công đoàn ngành", "Công đoàn"):
            return None
        return self._make(source, start, inner.end, head, end)
