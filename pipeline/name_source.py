"""A text beside its match form, and what is read from it: heads and names of organizations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.normalize.fold import match_form

WORD = re.compile(r" ?([^\W_]+(?:['’][^\W_]+)*)")


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


class Source:
    """A text beside its match form; the two have the same offsets."""

    __slots__ = ("form", "text")

    def __init__(self, text: str, form: str | None = None) -> None:
        self.text = text
        self.form = match_form(text) if form is None else form

    def upper(self, offset: int) -> bool:
        return self.text[offset : offset + 1].isupper()


def capital(source: Source, match: re.Match[str]) -> bool:
    return source.upper(match.start(1))


def capital_follows(source: Source, position: int) -> bool:
    match = WORD.match(source.text, position)
    return match is not None and match[0][0] == " " and capital(source, match)


def has_name(text: str) -> bool:
    return any(character.isupper() or character.isdigit() for character in text)


def case_fits(phrase: str, surface: str) -> bool:
    """Acronyms are as written; another name has a capital in one of its words where the phrase begins with one."""
    if len(phrase) != len(surface):
        return any(word[:1].isupper() for word in surface.split())
    for written, found in zip(phrase.split(), surface.split(), strict=False):
        if sum(map(str.isupper, written)) < 2:
            continue
        if not written.isupper() and written.isascii() and found[0].isupper():
            continue  # a brand: "VnExpress", "Vnexpress"
        if not (found[:2].isupper() and found.upper() == written.upper()):
            return False
    if phrase[0].isupper() and phrase[:2] != phrase[:2].upper():
        return any(word[:1].isupper() for word in surface.split())
    return True
