"""Short forms resolved by what the article names, and one name for all mentions of an organization.

An abbreviation or a shorter form takes the name it stands for (in_text); a level word ("LĐLĐ tỉnh") is completed by the
only place of that level (rule). Where several fit, the one named last before it is taken and flagged ambiguous.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache

from pipeline import gazetteers
from pipeline.abbreviations import initials
from pipeline.linking import Mention, link, refer
from pipeline.name_source import Reading
from pipeline.normalize.names import canonical, name_key

_RANK = {"official": 0, "former": 1, "variant": 2, "": 3, "short": 8, "acronym": 9}
_LEGAL = re.compile(
    r"\b(?:tnhh|mtv|cổ phần|cp|trách nhiệm hữu hạn|một thành viên|thương mại|dịch vụ|sản xuất"
    r"|xuất nhập khẩu|ctcp|công ty cổ phần)\b"
)
_MERGING = frozenset(("công", "tổng", "tập", "đại", "trường", "xí", "nhà", "ngân"))
_BODIES = frozenset(("Liên đoàn Lao động", "Ủy ban nhân dân", "Hội đồng nhân dân"))
_PLACE_TAIL = re.compile(r" (?:tỉnh|thành phố|quận|huyện|thị xã|xã|phường) .*\Z")


class Context:
    """What an article names in full, for its short forms: by head, by head and level, by level of place."""

    def __init__(self, full: list[Mention], form: str) -> None:
        self.form = form
        self._groups: dict[tuple[str, ...], list[Mention]] = {}
        self.initials: dict[str, set[str]] = {}
        for mention in full:
            self._add(mention)

    def _add(self, mention: Mention) -> None:
        reading = mention.reading
        assert reading is not None
        stem = _stem(reading)
        groups = [("head", reading.head, stem), ("level", reading.head, stem, str(reading.level))]
        if reading.level and reading.place:
            groups.append(("place", reading.level))
        if reading.nested:
            groups = [("union", reading.head, reading.nested.head), ("inner", reading.nested.head)]
        else:
            groups.append(("inner", reading.head))
        for group in groups:
            self._groups.setdefault(group, []).append(mention)
        letters = initials(mention.name)
        if len(letters) >= 4 and not _has_acronym(mention.name):
            self.initials.setdefault(letters, set()).add(mention.name)

    def group(self, *key: str) -> list[Mention]:
        """The full mentions of a group, in the order of the text."""
        return self._groups.get(key, [])

    @cache  # noqa: B019 - a Context lives as long as its article
    def single(self, *key: str) -> bool:
        """Whether the group's mentions are all of one organization."""
        return len({mention.key for mention in self.group(*key)}) == 1


def resolve(readings: Iterable[Reading], form: str) -> list[Mention]:
    """All mentions of an article, linked and named alike; generic short forms that lead nowhere are left out."""
    mentions = [link(reading, form) for reading in readings]
    context = Context([mention for mention in mentions if mention.reading and not mention.reading.short], form)
    resolved = []
    for mention in mentions:
        reading = mention.reading
        if reading is None or (mention.org_id and not reading.short):
            resolved.append(mention)
        elif reading.short and not mention.org_id:
            if completed := _complete(mention, context):
                resolved.append(completed)
        else:
            resolved.append(_by_initials(mention, context.initials) or mention)
    return _named_alike(_merge_shorter(resolved))


def _has_acronym(name: str) -> bool:
    return any(len(word) > 1 and word.isupper() for word in name.split())


def _by_initials(mention: Mention, index: dict[str, set[str]]) -> Mention | None:
    """ "Công đoàn DKVN" beside "Công đoàn Dầu khí Việt Nam"; else by an acronym of the registry."""
    if not _has_acronym(mention.name):
        return None
    letters = initials(mention.name)
    names = index.get(letters)
    if names and len(names) == 1:
        name = next(iter(names))
        found = gazetteers.find_organizations(name)
        org_id = found[0].org_id if len(found) == 1 else None
        return replace(mention, name=name, org_id=org_id, method="in_text", score=0.9, kind="acronym")
    found = gazetteers.find_organizations(letters) if len(letters) >= 5 else ()
    if len(found) == 1:
        entry = gazetteers.organizations()[found[0].org_id]
        return replace(
            mention,
            name=entry.name,
            org_type=entry.org_type,
            org_id=entry.org_id,
            method="alias",
            score=0.8,
            kind="acronym",
        )
    return None


# --- short forms ----------------------------------------------------------------------------------------------------


def _complete(mention: Mention, context: Context) -> Mention | None:
    """A short form by a fuller one of the same head, else by the place of its level; None for a generic."""
    reading = mention.reading
    assert reading is not None
    if reading.nested is not None:
        return _complete_nested(mention, context) if reading.nested.short and reading.level is None else None
    stem = _stem(reading)
    if reading.level is None:
        if reading.head not in _BODIES:
            return None
        same = context.group("head", reading.head, stem)
        return refer(mention, same[0], 0.85) if context.single("head", reading.head, stem) else None
    key = ("level", reading.head, stem, reading.level)
    if not context.group(*key) and reading.head == "Công đoàn":
        # A province's union is its federation.
        key = ("level", "Liên đoàn Lao động", "liên đoàn lao động", reading.level)
    if context.group(*key):
        return _nearest_of(mention, context, *key)
    return _by_place(mention, context)


def _nearest_of(mention: Mention, context: Context, *key: str) -> Mention:
    """The group's only organization; else the one named last before the mention, flagged ambiguous."""
    nearest = _nearest(mention, context.group(*key))
    if context.single(*key):
        return refer(mention, nearest, 0.9)
    return refer(mention, nearest, 0.6, ("ambiguous",))


def _stem(reading: Reading) -> str:
    """The name's key without its place: what two bodies of one kind share ("phòng giáo dục và đào tạo")."""
    key = name_key(canonical(reading.name))
    if reading.place:
        place = name_key(reading.place)
        key = key.removesuffix(place).strip() if key.endswith(place) else _PLACE_TAIL.sub("", key)
    if reading.level:
        key = key.removesuffix(" " + reading.level)
    return key


def _nearest(mention: Mention, others: list[Mention]) -> Mention:
    at = bisect_left(others, mention.start, key=lambda other: other.start)
    return others[max(0, at - 1)]


def _by_place(mention: Mention, context: Context) -> Mention | None:
    """ "UBND tỉnh" where the article's only province is known from another body of it or from "tỉnh Phú Thọ"."""
    reading = mention.reading
    assert reading is not None and reading.level is not None
    named = context.group("place", reading.level)
    place = _nearest(mention, named).reading if named else None
    name = place.place if place else _only_place(reading.level, context.form)
    if name is None:
        # A bare "LĐLĐ tỉnh" still is one organization; a bare "Huyện ủy" too.
        alone = reading.head in _BODIES or reading.head.endswith("ủy")
        return replace(mention, flags=("ambiguous",)) if alone else None
    stem = canonical(reading.name)
    if name_key(name).startswith(reading.level):
        stem = stem.removesuffix(reading.level).strip()
    found = link(replace(reading, name=f"{stem} {name}", short=False, place=name), context.form)
    alone = len({other.reading.place for other in named if other.reading}) < 2
    flags = () if alone else ("ambiguous",)
    return replace(found, method="rule", score=0.8 if alone else 0.5, kind="short", flags=flags)


_LEVEL_PLACE = {
    level: re.compile(rf"(?<!\w){level}[ .]([^\W\d_]+(?: [^\W\d_]+){{0,3}})")
    for level in ("tỉnh", "huyện", "quận", "thị xã", "thành phố")
}
_LEVEL_KINDS = {
    "tỉnh": ("province",),
    "huyện": ("district",),
    "quận": ("urban_district",),
    "thị xã": ("town",),
    "thành phố": ("central_city", "city"),
}


@lru_cache(maxsize=16)
def _only_place(level: str | None, form: str) -> str | None:
    """The one place of a level that the article names: its "LĐLĐ tỉnh" is that province's."""
    if level not in _LEVEL_PLACE:
        return None
    found = set()
    for match in _LEVEL_PLACE[level].finditer(form):
        words = match[1].split()
        for count in range(len(words), 0, -1):
            places = [p for p in gazetteers.find_places(" ".join(words[:count])) if p.kind in _LEVEL_KINDS[level]]
            if places:
                found.add(places[0].name)
                break
    return found.pop() if len(found) == 1 else None


def _complete_nested(mention: Mention, context: Context) -> Mention | None:
    """ "Công đoàn Công ty" is the union of the only company that the article names."""
    reading = mention.reading
    assert reading is not None and reading.nested is not None
    union = ("union", reading.head, reading.nested.head)
    if context.group(*union):
        return _nearest_of(mention, context, *union)
    names = set()
    for other in context.group("inner", reading.nested.head)[:50]:
        assert other.reading is not None
        names.add(canonical(other.reading.nested.name) if other.reading.nested else other.name)
    if len({name_key(name) for name in names}) != 1:
        return None
    return replace(mention, name=f"{reading.head} {names.pop()}", method="rule", score=0.8, kind="short")


# --- one name for one organization ----------------------------------------------------------------------------------


def _plain(name: str) -> tuple[str, ...]:
    key = _LEGAL.sub(" ", name_key(name))
    key = key.replace("công đoàn cơ sở", "công đoàn").replace("trường đại học", "đại học")
    return tuple(key.split())


def _within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


def _merge_shorter(mentions: list[Mention]) -> list[Mention]:
    """ "Công ty Aleron" is "Công ty TNHH giày Aleron Việt Nam" where the article names no other that it could be."""
    names: dict[str, tuple[str, ...]] = {}
    for mention in mentions:
        if mention.kind not in ("short", "acronym"):
            names.setdefault(mention.name, _plain(mention.name))
    containing: dict[str, list[str]] = {}
    for name, words in names.items():
        for word in set(words):
            containing.setdefault(word, []).append(name)
    merged: dict[str, str] = {}
    for name, words in names.items():
        if len(words) < 3 or words[0] not in _MERGING:
            continue
        rarest = min((containing[word] for word in words), key=len)
        longer = [other for other in rarest if other != name and _fits(words, names[other], name, other)]
        if len(longer) == 1:
            merged[name] = longer[0]
    out = []
    by_name = {mention.name: mention for mention in mentions if mention.kind not in ("short", "acronym")}
    for mention in mentions:
        target = by_name.get(merged.get(mention.name, ""))
        if target is None or (mention.org_id and target.org_id != mention.org_id and target.org_id):
            out.append(mention)
        else:
            out.append(refer(mention, target, 0.85))
    return out


def _fits(words: tuple[str, ...], more: tuple[str, ...], name: str, other: str) -> bool:
    if words == more:
        return len(name) < len(other)
    union = words[:2] == ("công", "đoàn")
    if union != (more[:2] == ("công", "đoàn")) or (
        union and words[2:3] not in (("công",), ("tổng",), ("đại",), ("trường",))
    ):
        return False
    return len(words) < len(more) and words[:1] in (more[:1], more[1:2]) and _within(words, more)


def _named_alike(mentions: list[Mention]) -> list[Mention]:
    """Every mention of an organization gets the article's best form of its name: the registry's, else the longest."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        known = best.get(mention.key)
        if known is None or (_RANK[mention.kind], -len(mention.name)) < (_RANK[known.kind], -len(known.name)):
            best[mention.key] = mention
    names = ((mention, best[mention.key].name) for mention in mentions)
    return [mention if mention.name == name else replace(mention, name=name) for mention, name in names]
