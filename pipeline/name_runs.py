"""Runs of words inside a name: capitalized words, and lower-case ones as phrases of the lexicon."""

from __future__ import annotations

import re

from pipeline.name_places import Surroundings
from pipeline.name_source import WORD, Source, capital
from pipeline.normalize.fold import search_form
from pipeline.normalize.names import name_key

_CONNECTOR = re.compile(r" ?(?P<tight>[-–—&/])(?=[^\W_])| (?P<wide>và|&|&amp;|[-–—]) |, ")
_ACRONYM_INSERT = re.compile(r" \([A-ZĐƯ][A-ZĐƯ&. -]{1,10}\)(?= [^\W\d_])")
_NUMBER = re.compile(r"\d{1,2}(?![\w.,%/-]*\d)(?! (?:tỉnh|người|công nhân|lao động|đoàn|cán|nữ|triệu|tỷ|tỉ|phần|suất))")
_COUNTRY = re.compile(r"(?:việt nam|vn)(?!\w)")
_ZONES = frozenset(("KCN", "KCX", "KKT", "TPHCM", "TP", "CTCP", "HCM", "UBND", "LĐLĐ", "CĐ"))
_CORPORATE_FORM = re.compile(r" ?[-–—] ?(?:CTCP|Công ty cổ phần|Công ty Cổ phần)(?!\w)")
# A Vietnamese syllable without its marks; "Vissan", "Kanzaki" are none.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?", re.ASCII
)


_INITIALS = re.compile(r"(?:\.[A-ZĐ])+(?!\w)")
_NUMBERED = re.compile(r" (?:số|No\.) ?\d{1,3}(?![\w.,%/-]*\d)")


def is_foreign(word: str) -> bool:
    """Whether ``word`` is no Vietnamese syllable: "Vissan", "Air"; letters of acronyms are neither."""
    return word.isascii() and not word.isupper() and not _SYLLABLE.fullmatch(word.lower())


class Runs:
    """Where a run of words ends. ``inside`` are the lexicon's phrases and ``kinds`` their kinds by ``name_key``."""

    def __init__(
        self, inside: re.Pattern[str], kinds: dict[str, str], heads: re.Pattern[str], around: Surroundings
    ) -> None:
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
        end = position = start
        fields = False  # the last piece was a field of activity, which a connector may continue
        proper = 0  # words that are no field: the name itself
        lone = False  # the last piece was a field of one syllable, which may begin a name ("Hoa Sen")
        for _ in range(24):
            connector = _CONNECTOR.match(source.text, position) if end > start else None
            step = connector.end() if connector else position + (source.form[position : position + 1] == " ")
            if step == position and position > start and not connector:
                break
            if places and not connector and (place := self._around.place(source, position)):
                if place.name is None:
                    return place.end if end > start and not company else end
                if not company or name_key(source.text[step : place.end]) in ("việt nam", "vn"):
                    return place.end
            if end > start and end == position and not connector and (number := _NUMBERED.match(source.text, position)):
                end = position = number.end()  # "Tiểu học số 1 Hải Ba"
                fields, proper = False, proper + 1
                continue
            phrase = self._inside.match(source.form, step)
            word = WORD.match(source.text, step)
            if word is None or (
                connector and not self._connects(source, connector, step, phrase, fields, connect_capitals)
            ):
                break
            capital = source.upper(step)
            if capital and (self._around.title.match(source.form, step) and not phrase):
                break
            if capital and self._swallowed(source, step, start, proper, fields and not company, persons, phrase):
                if not persons:
                    break
                persons -= 1
                end = position = self._name_end(source, step)
                proper += 1
                continue
            if phrase:
                kind = self._kind.get(name_key(phrase[0]), "sector")
                if not capital and proper and not connector and kind != "closing":
                    break
                direct = fields and not proper and not connector and kind == "sector"
                position = phrase.end()
                lone = " " not in phrase[0]
                if (
                    capital
                    or (commit_lower and kind != "legal" and phrase[0] not in self._around.not_inside)
                    or direct
                    or (end > start and (kind == "closing" or connector))
                ):
                    end = position
                fields = kind != "legal"
                if kind == "closing" and capital:
                    return end
            elif capital or (end > start and end == position and _NUMBER.match(source.text, step)):
                end = position = word.end()
                if len(word[1]) == 1 and (dotted := _INITIALS.match(source.text, position)):
                    end = position = dotted.end()  # "Công ty G.T"
                if capital and not (proper or lone or persons) and (compound := self._compound(source, word, position)):
                    # "Cục Xúc tiến", "Bệnh viện Hữu nghị": one word of two syllables, of which one is capitalized.
                    end = position = compound
                    fields = True
                    continue
                fields, proper = False, proper + 1
                if company and (country := _COUNTRY.match(source.form, step)):
                    end = country.end()
                    break
            else:
                break
            insert = _ACRONYM_INSERT.match(source.text, position)
            if insert and source.upper(insert.end() + 1) and end == position:
                position = insert.end()
        return self._suffix(source, end) if company and end > start else end

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

    def _swallowed(
        self,
        source: Source,
        step: int,
        start: int,
        proper: int,
        fields: bool,
        persons: int,
        phrase: re.Match[str] | None,
    ) -> bool:
        """Whether a person stands at ``step`` after a name that is whole: "ĐH Thương mại Nguyễn Văn …"."""
        if proper or persons:
            least = 2 if proper == 1 else 1  # "Hồng Hà Phương" is one name
            return (proper > 0 or phrase is None) and self._around.person(source, step, start, least=least)
        return fields and phrase is None and self._around.person(source, step, start, least=2)

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
        if sign == ",":
            return fields and phrase is not None and source.form.startswith(" và ", phrase.end())
        return fields and phrase is not None

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
