"""Short forms resolved by what the article names, and one name for all mentions of an organization.

An abbreviation or a shorter form takes the name it stands for (in_text); a level word ("LĐLĐ tỉnh") is completed by the
only place of that level (rule). Where several fit, the clearly nearest is taken; else the short form stays unlinked
and is flagged ambiguous.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache, cached_property, lru_cache

from pipeline import gazetteers
from pipeline.abbreviations import initials
from pipeline.linking import Mention, link, refer
from pipeline.merging import merge_shorter, named_alike
from pipeline.name_places import only_place, places_of
from pipeline.name_source import Reading
from pipeline.normalize.names import canonical, loose_key, name_key

# One of a kind in its province, though the article names none.
_ONE_A_PLACE = frozenset(("Sở", "Bộ Chỉ huy Quân sự", "Tỉnh đoàn", "Thành đoàn"))
_BODIES = frozenset(("Liên đoàn Lao động", "Ủy ban nhân dân", "Hội đồng nhân dân"))
# A dot after an abbreviation ("tp. hcm", "q. 5") ends no sentence.
_SENTENCE_END = re.compile(r"(?<=\w\w\w)[.!?…]+[”\")]* |\n")
_PROVINCIAL = ("tỉnh", "thành phố")
_PLACE_TAIL = re.compile(r" (?:tỉnh|thành phố|quận|huyện|thị xã|xã|phường) .*\Z")


class Context:
    """What an article names in full, for its short forms: by head, by head and level, by level of place."""

    def __init__(self, full: list[Mention], form: str) -> None:
        self.form = form
        self.full = full
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
            groups = [("union", reading.head, head) for head in _heads(reading.nested.head)]
            groups += [("inner", head) for head in _heads(reading.nested.head)]
        else:
            groups += [("inner", head) for head in _heads(reading.head)]
        for group in groups:
            self._groups.setdefault(group, []).append(mention)
        letters = initials(mention.name)
        if len(letters) >= 4 and not _has_acronym(mention.name):
            self.initials.setdefault(letters, set()).add(mention.name)

    def beside(self, mention: Mention, group: list[Mention]) -> Mention | None:
        """The one of ``group`` that is clearly nearer: alone in the mention's sentence or in the nearest before it that
        names any, at most two back; or the only one named so far. None where several are as near."""
        at = bisect_right(self._sentences, mention.start)
        for number in range(at, max(0, at - 3), -1):
            end = self._sentences[number] if number < len(self._sentences) else len(self.form)
            first = bisect_left(group, self._sentences[number - 1], key=lambda other: other.start)
            near = group[first : bisect_left(group, end, key=lambda other: other.start)]
            if near:
                return near[-1] if len({other.key for other in near}) == 1 else None
        so_far = group[: bisect_left(group, mention.start, key=lambda other: other.start)]
        return so_far[-1] if len({other.key for other in so_far}) == 1 else None

    @cached_property
    def _sentences(self) -> list[int]:
        return [0, *(match.end() for match in _SENTENCE_END.finditer(self.form))]

    def provinces(self) -> set[str]:
        """The provinces and central cities that the article names with their level or in another body's name."""
        return {
            place.name
            for level in _PROVINCIAL
            for name in (
                *places_of(level, self.form),
                *(other.reading.place for other in self.group("place", level) if other.reading and other.reading.place),
            )
            for place in gazetteers.find_places(name)[:1]
            if place.kind in ("province", "central_city")
        }

    def group(self, *key: str) -> list[Mention]:
        """The full mentions of a group, in the order of the text."""
        return self._groups.get(key, [])

    @cache  # noqa: B019 - a Context lives as long as its article
    def single(self, *key: str) -> bool:
        """Whether the group's mentions are all of one organization."""
        return len({mention.key for mention in self.group(*key)}) == 1


@lru_cache(maxsize=1024)
def _heads(head: str) -> tuple[str, ...]:
    """A head and what is said for it in short: "Cục Hải quan", "Cục"."""
    words = head.split(" ")
    return (head, *(" ".join(words[:count]) for count in range(1, len(words))))


def resolve(readings: Iterable[Reading], form: str, day: date | None = None) -> list[Mention]:
    """All mentions of an article written on ``day``, linked and named alike; generic short forms that lead nowhere are
    left out."""
    mentions = [link(reading, form, day) for reading in readings]
    context = Context([mention for mention in mentions if mention.reading and not mention.reading.short], form)
    resolved = []
    for mention in mentions:
        reading = mention.reading
        if reading is None or (mention.org_id and not reading.short):
            resolved.append(_of_place(mention, context) or mention)
        elif reading.short and not mention.org_id:
            if completed := _complete(mention, context):
                resolved.append(completed)
        else:
            completed = _of_only_province(mention, context) or _by_initials(mention, context.initials)
            resolved.append(completed or mention)
    return named_alike(merge_shorter(resolved))


def _of_place(mention: Mention, context: Context) -> Mention | None:
    """ "Công đoàn ngành Y tế" is the province's where the article names that one, not the country's."""
    if mention.kind != "short" or mention.org_type != "union_sector" or mention.reading is None:
        return None
    own = loose_key(canonical(mention.reading.name)) + " "
    fuller = {
        other.key: other
        for other in context.full
        if loose_key(other.name).startswith(own) and not other.name.endswith("Việt Nam")
    }
    return refer(mention, fuller.popitem()[1], 0.85) if len(fuller) == 1 else None


def _of_only_province(mention: Mention, context: Context) -> Mention | None:
    """ "Sở Xây dựng" where the article names one province alone, and the registry that province's department."""
    reading = mention.reading
    if reading is None or reading.head != "Sở" or reading.place:
        return None
    provinces = context.provinces()
    if len(provinces) != 1:
        return None
    place = provinces.pop()
    full = link(replace(reading, name=f"{mention.name} {place}", place=place), context.form)
    if full.org_id is None:
        return None
    return replace(full, name=gazetteers.organizations()[full.org_id].name, method="rule", score=0.7, kind="short")


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
        if reading.level is not None:
            return _complete_inner(mention, reading, context)
        return _complete_nested(mention, context) if reading.nested.short else None
    stem = _stem(reading)
    if reading.level is None:
        if reading.head not in _BODIES:
            return None
        same = context.group("head", reading.head, stem)
        return refer(mention, same[0], 0.85) if context.single("head", reading.head, stem) else None
    key = ("level", reading.head, stem, reading.level)
    if not context.group(*key) and stem == "công đoàn":
        # A province's union is its federation.
        key = ("level", "Liên đoàn Lao động", "liên đoàn lao động", reading.level)
    if context.group(*key):
        return _nearest_of(mention, context, *key)
    return _by_place(mention, context)


def _nearest_of(mention: Mention, context: Context, *key: str) -> Mention:
    """The group's only organization, or the clearly nearest one of it; unlinked where several fit."""
    group = context.group(*key)
    if context.single(*key):
        return refer(mention, _nearest(mention, group), 0.9)
    near = context.beside(mention, group)
    return refer(mention, near, 0.7) if near else replace(mention, flags=("ambiguous",))


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
    alone = len({other.reading.place for other in named if other.reading}) < 2
    near = _nearest(mention, named) if named and alone else context.beside(mention, named)
    if named and near is None:
        return replace(mention, flags=("ambiguous",))
    place = near.reading if near else None
    name = place.place if place else only_place(reading.level, context.form)
    if name is None:
        # A bare "LĐLĐ tỉnh" still is one organization; a bare "Huyện ủy" and "Công đoàn Viên chức tỉnh" too.
        single_kind = reading.head in _BODIES or reading.head.endswith("ủy") or reading.head in _ONE_A_PLACE
        stem = _stem(reading)
        single_kind = single_kind or (reading.head == "Công đoàn" and stem != "công đoàn" and " và " not in stem)
        return replace(mention, flags=("ambiguous",)) if single_kind else None
    stem = canonical(reading.name)
    if name_key(name).startswith(reading.level):
        stem = stem.removesuffix(reading.level).strip()
    found = link(replace(reading, name=f"{stem} {name}", short=False, place=name), context.form)
    return replace(found, method="rule", score=0.8 if alone else 0.7, kind="short")


def _complete_inner(mention: Mention, reading: Reading, context: Context) -> Mention | None:
    """ "CĐ cơ quan LĐLĐ tỉnh" with the place that the inner body's short form stands for."""
    inner = _complete(replace(mention, reading=reading.nested), context)
    if inner is None:
        return None
    name = f"{reading.head} {inner.name}"
    found = gazetteers.find_organizations(name)
    org_id = found[0].org_id if len(found) == 1 else None
    return replace(mention, name=name, org_id=org_id, method="rule", score=0.7, kind="short", flags=inner.flags)


def _complete_nested(mention: Mention, context: Context) -> Mention | None:
    """ "Công đoàn Công ty" is the union of the only company that the article names."""
    reading = mention.reading
    assert reading is not None and reading.nested is not None
    union = ("union", reading.head, reading.nested.head)
    if context.group(*union):
        return _nearest_of(mention, context, *union)
    names = []
    for other in context.group("inner", reading.nested.head)[:50]:
        assert other.reading is not None
        names.append(canonical(other.reading.nested.name) if other.reading.nested else other.name)
    if len({name_key(name) for name in names}) != 1:
        return None
    return replace(mention, name=f"{reading.head} {names[0]}", method="rule", score=0.8, kind="short")
