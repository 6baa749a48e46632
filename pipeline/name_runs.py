"""Runs of words inside a name: capitalized words, and lower-case ones as phrases of the lexicon."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.name_places import Surroundings
from pipeline.name_source import WORD, Source, capital, capital_follows
from pipeline.normalize.fold import search_form
from pipeline.normalize.name_trie import Names
from pipeline.normalize.names import name_key

_CONNECTOR = re.compile(r" ?(?P<tight>[-–—&/])(?=[^\W_])| (?P<wide>và|&|&amp;|[-–—]) |[-–—] |, ")
_ACRONYM_INSERT = re.compile(r" \([A-ZĐƯ][A-ZĐƯ&. -]{1,10}\)(?= [^\W\d_])")
_NUMBER = re.compile(r"\d{1,2}(?![\w.,%/-]*\d)(?! (?:tỉnh|người|công nhân|lao động|đoàn|cán|nữ|triệu|tỷ|tỉ|phần|suất))")
_COUNTRY = re.compile(r"(?:việt nam|vn)(?!\w)")
_ZONES = frozenset(("KCN", "KCX", "KKT", "TPHCM", "TP", "CTCP", "HCM", "UBND", "LĐLĐ", "CĐ"))
_CORPORATE_FORM = re.compile(r" ?[-–—] ?(?:CTCP|Công ty cổ phần|Công ty Cổ phần)(?!\w)")
# A Vietnamese syllable without its marks; "Vissan", "Kanzaki" are none.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?", re.ASCII
)


# A level word said outright behind a company's field: "HTX Thương mại quận 3".
_LEVEL_SAID = re.compile(r" ?(?:tỉnh|thành phố|t\.?p|quận|q\.|huyện|thị xã)(?![^\W\d_])")
_COMMUNE_SAID = re.compile(r" ?(?:xã|phường|thị trấn|huyện|quận|thị xã)(?![^\W\d_])")
_INITIALS = re.compile(r"(?:\.[A-ZĐ])+(?!\w)")
_MOST_PIECES = 24
_NUMBERED = re.compile(r" (?:số|No\.) ?\d{1,3}(?![\w.,%/-]*\d)")
# Three digits may count people, but not before a pause: "Công ty Xây dựng giao thông 584 (Cienco 5)".
_HUNDREDS = re.compile(r" \d{3}(?= ?[(),;:]|\Z)")
_ONE_OF_SEVERAL = re.compile(r" (?:(?:số )?\d{1,2}|[A-E])(?![\w.,%/-]*\w)")


def is_foreign(word: str) -> bool:
    """Whether ``word`` is no Vietnamese syllable: "Vissan", "Air"; letters of acronyms are neither."""
    return word.isascii() and not word.isupper() and not _SYLLABLE.fullmatch(word.lower())


@dataclass(slots=True)
class _Run:
    """A run being read: what it may take, and how far it is."""

    source: Source
    start: int
    company: bool
    places: bool
    commit_lower: bool
    connect_capitals: bool
    persons: int  # how many persons' names it may still take in
    end: int  # of what surely belongs to the name
    position: int  # of what was read; past ``end`` by phrases that wait for a capitalized word
    fields: bool = False  # the last piece was a field of activity, which a connector may continue
    proper: int = 0  # words that are no field: the name itself
    last: str = ""  # the last word of the name itself
    lone: bool = False  # the last piece was a field of one syllable, which may begin a name ("Hoa Sen")
    whole: bool = False  # nothing belongs to it behind ``end``, no corporate form either

    @property
    def committed(self) -> bool:
        """Something was read, and all of it belongs to the name."""
        return self.start < self.end == self.position

    def take(self, end: int) -> None:
        """A piece of the name itself up to ``end``."""
        self.last = self.source.text[self.end : end].rpartition(" ")[2]
        self.end = self.position = end
        self.fields = False
        self.proper += 1


class Runs:
    """Where a run of words ends. ``inside`` are the lexicon's phrases and ``kinds`` their kinds by ``name_key``."""

    def __init__(self, inside: Names, kinds: dict[str, str], heads: re.Pattern[str], around: Surroundings) -> None:
        self._inside = inside
        self._kind = kinds
        self._head = heads
        self._around = around

    def run(
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
        run = _Run(source, start, company, places, commit_lower, connect_capitals, persons, start, start)
        for _ in range(_MOST_PIECES):
            if not self._piece(run):
                break
        return self._suffix(source, run.end) if company and run.end > start and not run.whole else run.end

    def _piece(self, run: _Run) -> bool:
        """Read the next piece; whether another may follow."""
        source, position = run.source, run.position
        connector = _CONNECTOR.match(source.text, position) if run.end > run.start or run.fields else None
        step = connector.end() if connector else position + (source.form[position : position + 1] == " ")
        if step == position and position > run.start and not connector:
            return False
        if (run.places or run.company) and not connector and self._place(run, step):
            return False
        numbered = _NUMBERED.match(source.text, position) or (run.company and _HUNDREDS.match(source.text, position))
        if run.committed and not connector and (number := numbered):
            run.take(number.end())  # "Tiểu học số 1 Hải Ba"
            return True
        phrase = self._inside.match(source.form, step)
        word = WORD.match(source.text, step)
        if word is None or (
            connector and not self._connects(source, connector, step, phrase, run.fields, run.connect_capitals)
        ):
            return False
        capital = source.upper(step)
        if capital and not phrase and self._titled(run, word, step):
            return False
        if capital and self._swallowed(run, step, phrase):
            return self._person(run, step)
        if phrase:
            return self._phrase(run, phrase, capital, connector is not None)
        if capital or (run.committed and _NUMBER.match(source.text, step)):
            return self._word(run, word, step, capital)
        return False

    def _titled(self, run: _Run, word: re.Match[str], step: int) -> bool:
        """Whether a person's title begins; "Công ty Than Cửa Ông", "Công ty An Nguyên" only end by such a syllable."""
        title = self._around.title.match(run.source.form, step)
        if title is None or run.proper != 1:
            return title is not None
        return title.end() > word.end() or capital_follows(run.source, word.end())

    def _place(self, run: _Run, step: int) -> bool:
        """Whether a place that stands at the position ends the name, within it or behind it."""
        said = run.committed and not run.proper and _LEVEL_SAID.match(run.source.form, run.position)
        if run.places and run.company and not run.proper:
            said = said or _COMMUNE_SAID.match(run.source.form, run.position)  # "Trường Mầm non xã Tân Lập 2"
        if not run.places and not said:
            return False
        place = self._around.place(run.source, run.position)
        if place is None:
            return False
        if place.name is None:
            taken = run.end > run.start and (not run.company or run.source.upper(step))
        elif run.company and name_key(run.source.text[step : place.end]) not in ("việt nam", "vn"):
            if not said:
                return False
            if run.places and (number := _ONE_OF_SEVERAL.match(run.source.text, place.end)):
                run.end = run.position = number.end()
                run.whole = True
                return True
            taken = True
        else:
            taken = True
        run.whole = True
        if taken:
            run.end = place.end
        return True

    def _person(self, run: _Run, step: int) -> bool:
        """Take a person's name where one is allowed."""
        if not run.persons:
            return False
        run.persons -= 1
        run.end = run.position = self._name_end(run.source, step)
        run.proper += 1
        return True

    def _phrase(self, run: _Run, phrase: re.Match[str], capital: bool, connected: bool) -> bool:
        """Take a phrase of the lexicon; a lower-case one belongs to the name only if something commits it."""
        kind = self._kind.get(name_key(phrase[0]), "sector")
        if not capital and run.proper and not connected and kind != "closing":
            return False
        if kind == "day":
            run.take(phrase.end())  # "Công ty Dược phẩm 3/2"
            return True
        direct = run.fields and not run.proper and not connected and kind == "sector"
        begun = run.end > run.start
        run.position = phrase.end()
        run.lone = " " not in phrase[0]
        if (
            capital
            or (run.commit_lower and kind != "legal" and phrase[0] not in self._around.not_inside)
            or direct
            or (begun and (kind == "closing" or connected))
        ):
            run.end = run.position
        run.fields = kind != "legal"
        if kind == "closing" and capital:
            run.whole = True
            return False
        return self._insert(run)

    def _word(self, run: _Run, word: re.Match[str], step: int, capital: bool) -> bool:
        """Take a capitalized word or a number."""
        source, end = run.source, word.end()
        if len(word[1]) == 1 and (dotted := _INITIALS.match(source.text, end)):
            end = dotted.end()  # "Công ty G.T"
        if capital and not (run.proper or run.lone or run.persons) and (compound := self._compound(source, word, end)):
            # "Cục Xúc tiến", "Bệnh viện Hữu nghị": one word of two syllables, of which one is capitalized.
            run.end = run.position = compound
            run.fields = True
            return True
        if capital and self._begins_anew(run, word, end):
            return False
        run.take(end)
        named = step > run.start + 1  # "Công ty VN Kỹ nghệ Súc sản" begins with it
        if run.company and named and (country := _COUNTRY.match(source.form, step)):
            run.end = country.end()
            return False
        return self._insert(run)

    def _begins_anew(self, run: _Run, word: re.Match[str], end: int) -> bool:
        """Whether a sentence that lost its full stop begins: "Công ty Mesan Vina | Thông tin …"."""
        if not run.proper or len(word[1]) < 2 or not is_foreign(run.last) or not word[1].istitle():
            return False
        following = WORD.match(run.source.text, end)
        if following is None or following[0][0] != " " or not following[1].islower():
            return False
        if following[1] in self._around.not_inside or is_foreign(search_form(word[1])):
            return False
        return self._around.any_place.match(run.source.form, word.start(1)) is None

    def _insert(self, run: _Run) -> bool:
        """Step over an acronym in brackets that the name goes on behind."""
        insert = _ACRONYM_INSERT.match(run.source.text, run.position)
        if insert and run.source.upper(insert.end() + 1) and run.end == run.position:
            run.position = insert.end()
        return True

    def _compound(self, source: Source, word: re.Match[str], position: int) -> int | None:
        """The end of a lower-case syllable that completes a single capitalized one; None where it begins a clause."""
        following = WORD.match(source.text, position)
        if following is None or following[0][0] != " " or not following[1].islower():
            return None
        if following[1] in self._around.not_inside or self._inside.match(source.form, following.start(1)):
            return None
        if not (_SYLLABLE.fullmatch(search_form(word[1])) and _SYLLABLE.fullmatch(search_form(following[1]))):
            return None
        return following.end()

    def _swallowed(self, run: _Run, step: int, phrase: re.Match[str] | None) -> bool:
        """Whether a person stands at ``step`` after a name that is whole: "ĐH Thương mại Nguyễn Văn …"."""
        if run.proper or run.persons:
            least = 2 if run.proper == 1 else 1  # "Hồng Hà Phương" is one name
            return (run.proper > 0 or phrase is None) and self._around.person(run.source, step, run.start, least=least)
        fields = run.fields and not run.company
        return fields and phrase is None and self._around.person(run.source, step, run.start, least=2)

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
        if sign in "-–—" and not connector["tight"] and self._both_foreign(source, connector.start(), step):
            return True  # "Kimberly - Clark"
        if sign not in ("&", "&amp;") and self._head.match(source.form, step) and source.upper(step):
            return False
        if sign in ("&", "&amp;", "/") or (
            connector["tight"] and connector[0][0] != " " and sign in "-–—" and source.upper(step)
        ):
            return phrase is not None or source.upper(step) or source.text[step].isdigit()
        if capitals and sign == "và":
            return source.upper(step)
        if sign in "-–—" and (word := WORD.match(source.text, step)) and len(word[1]) > 1 and word[1].isupper():
            return not self._around.wide_place.match(source.form, step) and word[1] not in _ZONES  # "Luxshare - ICT"
        if sign == "và" and phrase is not None and self._cut_word(source, step, phrase):
            return False
        if sign == ",":
            return fields and phrase is not None and source.form.startswith(" và ", phrase.end())
        return fields and phrase is not None

    def _both_foreign(self, source: Source, left: int, right: int) -> bool:
        before = source.text[max(0, left - 20) : left].rpartition(" ")[2]
        after = WORD.match(source.text, right)
        words = (before, search_form(before)), (after[1], search_form(after[1])) if after else ("", "")
        return all(word.istitle() and is_foreign(bare) for word, bare in words)

    def _cut_word(self, source: Source, step: int, phrase: re.Match[str]) -> bool:
        """Whether a lower-case syllable is the first half of another word: "An toàn lao động và cá | nhân"."""
        if " " in phrase[0] or source.upper(step):
            return False
        following = WORD.match(source.text, phrase.end())
        if following is None or following[0][0] != " " or not following[1].islower():
            return False
        return self._inside.match(source.form, following.start(1)) is None

    def _suffix(self, source: Source, end: int) -> int:
        match = _CORPORATE_FORM.match(source.text, end)
        return match.end() if match else end

    def _name_end(self, source: Source, position: int) -> int:
        end = position
        for _ in range(4):
            match = WORD.match(source.text, end)
            if match is None or not capital(source, match):
                break
            end = match.end()
        return end
