"""Where: the named place that a preposition leads to ("tại Nhà Văn hóa Lao động, quận 11").

Pure: text in, bounds out. A bare capitalized name counts only where the caller knows it as a place, so that "tại Hội
nghị" and "đến Nguyễn Văn An" give none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.normalize.fold import match_form

_UPPER = "".join(
    c for c in map(chr, range(0x41, 0x1EFA)) if c.isupper() and c.isalpha() and not 0x250 < ord(c) < 0x1E00
)
_NAME_WORD = rf"(?:[{_UPPER}\d][\w&./]*(?<![./])|[IVX]+)"
_FROM = re.compile(r"(?<!\w)từ [^,.;]*\Z")
_CLAUSE = re.compile(r"[,;.:!?] ")
_LONGEST_NAME = 90
# "Sáng 6/1, tại …", "tổ chức tại …"; "80 công nhân tại …" tells who, not where.
_OF_ITS_OWN = re.compile(r"(?:\A|[,.\d] ?|tổ chức |diễn ra |khai mạc |có mặt |trụ sở |bắt đầu )\Z")
_GLUE = re.compile(r"(?:, | ?[-–] ?| \()")


def _words(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(match_form(phrase)) for phrase in sorted(phrases, key=len, reverse=True))


class PlaceFinder:
    """Built from the lists of ``event_places.csv``; ``known`` tells whether a bare name is a place."""

    def __init__(self, lists: dict[str, list[str]], known: Callable[[str], bool]) -> None:
        self._known = known
        self._prepositions = [
            re.compile(rf"(?<!\w)(?:{_words(lists[kind])}) ") for kind in ("preposition", "weak_preposition")
        ]
        self._no_place = re.compile(rf"(?:{_words(lists['no_place'])})(?!\w)")
        self._resident = re.compile(rf"(?<!\w)(?:{_words(lists['resident'])}) \Z")
        self._attributed = re.compile(
            rf"(?<!\w)(?:{_words(lists.get('attributed', ('quê',)))})(?: [^\s,.;]+){{0,2}} \Z"
        )
        self._head = re.compile(rf"(?:(?:{_words([*lists['venue'], *lists['division']])})(?!\w)\.? ?)+")
        # Venues that are one of a kind, in whatever letters: "Phủ chủ tịch".
        self._proper = re.compile(rf"(?:{_words(lists.get('proper', ()))})(?!\w)")
        self._company = re.compile(rf"(?<!\w)(?:{_words(lists.get('company', ('công ty',)))})(?!\w)")
        self._division = re.compile(rf"(?:(?:{_words(lists['division'])})(?!\w)\.? ?)+")
        # A dozen words at most: capitalized words, numbers ("58 Quán Sứ"), codes ("E21.105"), the small second
        # syllables of names ("Văn hóa Lao động"); dashes and "của" join them.
        syllables = "|".join(lists["name_syllable"])
        word = rf"{_NAME_WORD}(?: (?:{syllables})(?!\w))*"
        self._name = re.compile(
            rf"{word}(?:(?: ?[-–] ?| |, số | số )(?:(?:và(?! Công ty| Cty| CTCP)|của|thuộc) )?{word}){{0,12}}"
        )

    def find(
        self, text: str, form: str, start: int, end: int, *, at_work: bool = False, surely: bool = False
    ) -> tuple[int, int] | None:
        """Bounds of the named place in [start, end); None where there is none. "tại" goes before "ở" and "đến".

        ``at_work``: what is told happened where the company is, a strike, an accident. ``surely``: only after a "tại"
        that goes with the whole sentence.
        """
        for preposition, weak in zip(self._prepositions[: 1 if surely else 2], (False, True), strict=False):
            for match in preposition.finditer(form, start, end):
                # Where somebody lives or works is not where it happened.
                if self._resident.search(form, max(start, match.start() - 14), match.start()):
                    continue
                # "công ty may ở Thái Nguyên", "từ Quảng Trị đến Quảng Ngãi" tell who, not where it happened.
                before = form[max(start, match.start() - 30) : match.start()]
                if weak and not at_work and (self._attributed.search(before) or _FROM.search(before)):
                    continue
                if surely and not _OF_ITS_OWN.search(before):
                    continue
                bounds = self._named(text, form, match.end(), end)
                if bounds:
                    return bounds
        return self._beside_company(text, form, start, end) if at_work else None

    def _beside_company(self, text: str, form: str, start: int, end: int) -> tuple[int, int] | None:
        """ "Công ty Hải Sơn (KCN Sóng Thần, tỉnh Bình Dương)": where the company is, said in brackets."""
        for company in self._company.finditer(form, start, end):
            bracket = text.find("(", company.end(), min(end, company.end() + _LONGEST_NAME))
            if bracket >= 0 and not _CLAUSE.search(text, company.end(), bracket):
                bounds = self._named(text, form, bracket + 1, end)
                if bounds:
                    return bounds
        return None

    def _named(self, text: str, form: str, start: int, end: int) -> tuple[int, int] | None:
        if self._no_place.match(form, start, end):
            return None
        stop = self._unit(text, form, start, end, self._head)
        if stop is None:
            return None
        # "…, xã Trung An, TP Mỹ Tho", "… (tỉnh Hà Nam)", "… - Hà Nội"
        while glue := _GLUE.match(text, stop, end):
            within = self._head if glue[0] == " (" else self._division
            more = self._unit(text, form, glue.end(), end, within)
            if more is None:
                break
            stop = more
        return start, stop + (text[stop : stop + 1] == ")" and "(" in text[start:stop])

    def _unit(self, text: str, form: str, start: int, end: int, heads: re.Pattern[str]) -> int | None:
        """End of one named unit at ``start``: a head word with its name, or a name known as a place."""
        head = heads.match(form, start, end)
        name = self._name.match(text, head.end() if head else start, end)
        if head and name:
            return name.end()
        proper = self._proper.match(form, start, end)
        if proper and proper.end() > start and text[start].isupper():
            return proper.end()
        name = self._name.match(text, start, end)
        found = name[0] if name else ""
        # "Hà Nội và 3 điểm cầu": what is known may be the name's beginning only.
        while found and not self._known(found):
            found = found.rpartition(" ")[0]
        return start + len(found) if found else None
