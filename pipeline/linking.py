"""Mention → organization id or None, with method and score: the registry's own spelling (exact), another of its
aliases (alias), or a name that several share and the article's province decides (rule). What stays open stays
unlinked. Short forms are ``short_forms``' matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from pipeline import gazetteers
from pipeline.name_places import KIND_LEVELS
from pipeline.name_source import Reading
from pipeline.normalize.names import canonical, loose_key

_BRAND_HEADS = frozenset(("Công ty", "Công ty Cổ phần", "Tổng công ty", "Tập đoàn", "Ngân hàng", "Hãng"))
_LEGAL = re.compile(r"\A(?:(?:TNHH|MTV|Cổ phần|Liên doanh|Thương mại Cổ phần) )+", re.IGNORECASE)
_LEVEL_SAID = re.compile(r" (?:tỉnh|thành phố|quận|huyện|thị xã)\Z", re.IGNORECASE)
_VARIANTS = {"official": "variant"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A linked mention. ``name`` is the article's fullest form of it; ``kind`` says which alias it was written by."""

    start: int
    end: int
    name: str
    org_type: str
    org_id: str | None = None
    method: str = "none"
    score: float | None = None
    rule: str = "organization.name"
    kind: str = ""
    flags: tuple[str, ...] = ()
    reading: Reading | None = None

    @property
    def key(self) -> str:
        """What makes two mentions the same organization."""
        return self.org_id or loose_key(self.name)


def link(reading: Reading, form: str, day: date | None = None) -> Mention:
    """The registry's entry that the name itself leads to; ``form`` is the article's match form, for context, ``day``
    the day it was written, for names that have changed."""
    own_name = canonical(reading.name)
    mention = Mention(reading.start, reading.end, own_name, reading.org_type, rule=reading.rule, reading=reading)
    found = gazetteers.find_organizations(reading.name) or gazetteers.find_organizations(mention.name)
    if not found and reading.head in _BRAND_HEADS:
        found = tuple(replace(alias, kind="variant") for alias in _brands(own_name, reading.head))
    if not found:
        found = tuple(replace(alias, kind=_VARIANTS.get(alias.kind, alias.kind)) for alias in _in_full(mention))
    alias = _choose(found, form)
    if alias is None:
        return mention
    entry = gazetteers.organizations()[alias.org_id]
    own = alias.kind in ("official", "variant", "former")
    name = mention.name if alias.kind == "variant" else canonical(alias.alias)
    kind = alias.kind
    if kind == "former" and alias.valid_to and day and day > alias.valid_to:
        kind = "past"  # told of the time before: no name for the other mentions
    if alias.kind == "official":
        name = entry.name
    elif alias.kind in ("short", "acronym"):
        name = gazetteers.name_on(entry.org_id, day)
    method, score = ("exact", 1.0) if alias.kind == "official" else ("alias", 0.95 if own else 0.9)
    if len(found) > 1:
        method, score = "rule", 0.8
    return Mention(
        reading.start,
        reading.end,
        name,
        entry.org_type,
        entry.org_id,
        method,
        score,
        reading.rule,
        kind,
        reading=reading,
    )


def _brands(name: str, head: str) -> tuple[gazetteers.Alias, ...]:
    """Who is called by the name behind its head and legal form: "Công ty Vissan", "Ngân hàng TMCP Sacombank"."""
    brand = _LEGAL.sub("", name.removeprefix(head + " "))
    registry = gazetteers.organizations()
    return tuple(
        alias for alias in gazetteers.find_organizations(brand) if registry[alias.org_id].org_type == "company"
    )


def _in_full(mention: Mention) -> tuple[gazetteers.Alias, ...]:
    """Who is called so with the place as the gazetteer spells it and its level said: "Sở Y tế Đăk Lăk"."""
    for name in (mention.name, *_with_place(mention)):
        if found := gazetteers.find_organizations(name) or gazetteers.find_alike(name):
            return found
    return ()


def _with_place(mention: Mention) -> list[str]:
    reading = mention.reading
    if reading is None:
        return []
    words = mention.name.split()
    for length in range(min(6, len(words) - 1), 0, -1):
        for place in gazetteers.find_places(" ".join(words[-length:])):
            level = KIND_LEVELS.get(place.kind)
            if level and reading.level in (None, level):
                bare = _LEVEL_SAID.sub("", " ".join(words[:-length]))
                wide = place.kind in ("province", "central_city")
                return [f"{bare} {place.name}"] * wide + [f"{bare} {level} {place.name}"]
    return []


def _choose(found: tuple[gazetteers.Alias, ...], form: str) -> gazetteers.Alias | None:
    """A shared name goes to the one whose province the article names, to none where it names several of them."""
    if len(found) < 2:
        return found[0] if found else None
    registry = gazetteers.organizations()
    wider = [alias for alias in found if registry[alias.org_id].org_type != "union_district"]
    if len(wider) == 1 and len({registry[alias.org_id].org_type for alias in found}) > 1:
        return wider[0]
    near = []
    for alias in found:
        parent = registry[alias.org_id].parent
        place = gazetteers.places().get((parent or "").partition("-")[2])
        if place and place.name.lower() in form:
            near.append(alias)
    return near[0] if len(near) == 1 else None


def refer(mention: Mention, other: Mention, score: float, flags: tuple[str, ...] = ()) -> Mention:
    """``mention`` as one more of the organization that ``other`` names in full."""
    return Mention(
        mention.start,
        mention.end,
        other.name,
        other.org_type,
        other.org_id,
        "in_text",
        score,
        mention.rule,
        "short",
        flags,
        mention.reading,
    )
