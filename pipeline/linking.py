"""Mention → organization id or None, with method and score; short forms resolved by what the article names.

Order: the registry's own spelling (exact), another of its aliases (alias), an abbreviation or a shorter form of what
the article names (in_text), a level word completed by the only place of that level (rule). What stays open stays
unlinked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline import gazetteers
from pipeline.abbreviations import initials
from pipeline.name_grammar import Reading
from pipeline.normalize.names import canonical, name_key

_RANK = {"official": 0, "former": 1, "variant": 2, "": 3, "short": 8, "acronym": 9}
_LEGAL = re.compile(
    r"\b(?:tnhh|mtv|cổ phần|cp|trách nhiệm hữu hạn|một thành viên|thương mại|dịch vụ|sản xuất|xuất nhập khẩu|ctcp|công ty cổ phần)\b"
)
_CLASSES = {"company", "school"}


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
        return self.org_id or name_key(self.name)


def link(reading: Reading, form: str) -> Mention:
    """The registry's entry that the name itself leads to; ``form`` is the article's match form, for context."""
    mention = Mention(
        reading.start, reading.end, canonical(reading.name), reading.org_type, rule=reading.rule, reading=reading
    )
    found = (
        gazetteers.find_organizations(reading.name)
        or gazetteers.find_organizations(mention.name)
        or gazetteers.find_organizations(_with_place(mention))
    )
    alias = _choose(found, form)
    if alias is None:
        return mention
    entry = gazetteers.organizations()[alias.org_id]
    own = alias.kind in ("official", "variant", "former")
    name = entry.name if alias.kind not in ("variant", "former") else mention.name
    method, score = ("exact", 1.0) if alias.kind == "official" else ("alias", 0.95 if own else 0.9)
    if len(found) > 1:
        method, score = "rule", 0.8
    return replace(
        mention, name=name, org_type=entry.org_type, org_id=entry.org_id, method=method, score=score, kind=alias.kind
    )


def _with_place(mention: Mention) -> str:
    """The name with its place as the gazetteer spells it: "… tỉnh Đăk Lăk" → "… tỉnh Đắk Lắk"."""
    reading = mention.reading
    if reading is None or reading.place is None or reading.nested:
        return mention.name
    implied = reading.head.split()[-1] in ("ủy", "đoàn")
    return " ".join(filter(None, (reading.head, None if implied else reading.level, reading.place)))


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


def resolve(readings: Iterable[Reading], form: str) -> list[Mention]:
    """All mentions of an article, linked and named alike; generic short forms that lead nowhere are left out."""
    mentions = [link(reading, form) for reading in readings]
    full = [mention for mention in mentions if mention.reading and not mention.reading.short]
    by_initials = _initials_index(full)
    resolved = []
    for mention in mentions:
        reading = mention.reading
        if reading is None or mention.org_id and not reading.short:
            resolved.append(mention)
        elif reading.short and not mention.org_id:
            if completed := _complete(mention, full, form):
                resolved.append(completed)
        else:
            resolved.append(_by_initials(mention, by_initials) or mention)
    return _named_alike(_merge_shorter(resolved))


def _initials_index(full: list[Mention]) -> dict[str, set[str]]:
    index: dict[str, set[str]] = {}
    for mention in full:
        letters = initials(mention.name)
        if len(letters) >= 4 and not _has_acronym(mention.name):
            index.setdefault(letters, set()).add(mention.name)
    return index


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


def _complete(mention: Mention, full: list[Mention], form: str) -> Mention | None:
    """A short form by a fuller one of the same head, else by the place of its level; None for a generic."""
    reading = mention.reading
    assert reading is not None
    if reading.nested is not None and reading.nested.short and reading.level is None:
        return _complete_nested(mention, full)
    stem = name_key(reading.name)
    same = [
        other
        for other in full
        if other.reading
        and (name_key(other.name).startswith(stem + " ") or other.reading.head == reading.head)
        and (reading.level is None or other.reading.level == reading.level)
        and other.reading.nested is None
        and (reading.level is not None or other.reading.head == reading.head)
        and _stem(other) == _stem(mention)
    ]
    if reading.level is None:
        keys = {other.key for other in same}
        return _take(mention, same[0], 0.85) if len(keys) == 1 else None
    if not same and reading.head == "Công đoàn":
        same = [
            o for o in full if o.reading and o.reading.head == "Liên đoàn Lao động" and o.reading.level == reading.level
        ]
    if same:
        nearest = _nearest(mention, same)
        alone = len({other.key for other in same}) == 1
        return _take(mention, nearest, 0.9 if alone else 0.6, () if alone else ("ambiguous",))
    return _by_place(mention, full, form)


def _stem(mention: Mention) -> str:
    """The name without its place: what two bodies of one kind share ("Phòng Giáo dục và Đào tạo")."""
    reading = mention.reading
    assert reading is not None
    key = name_key(reading.name)
    if reading.place and key.endswith(" " + name_key(reading.place)):
        key = key[: -len(name_key(reading.place)) - 1]
    for level in ("tỉnh", "thành phố", "quận", "huyện", "thị xã", "xã", "phường", "tp"):
        key = key.removesuffix(" " + level)
    return key.replace(" thành phố hồ chí minh", "")


def _nearest(mention: Mention, others: list[Mention]) -> Mention:
    before = [other for other in others if other.start < mention.start]
    return before[-1] if before else others[0]


def _take(mention: Mention, other: Mention, score: float, flags: tuple[str, ...] = ()) -> Mention:
    return replace(
        mention,
        name=other.name,
        org_type=other.org_type,
        org_id=other.org_id,
        method="in_text",
        score=score,
        kind="short",
        flags=flags,
    )


def _by_place(mention: Mention, full: list[Mention], form: str) -> Mention | None:
    reading = mention.reading
    assert reading is not None
    named = [o for o in full if o.reading and o.reading.level == reading.level and o.reading.place]
    if not named and (place := _only_place(reading.level, form)):
        name = f"{canonical(mention.name)} {place}"
        found = link(replace(reading, name=name, short=False, place=place), form)
        return replace(found, method="rule", score=0.7, kind="short")
    if not named:
        # A bare "LĐLĐ tỉnh" still is one organization; a bare "Huyện ủy" too.
        bodies = ("Liên đoàn Lao động", "Ủy ban nhân dân", "Hội đồng nhân dân")
        alone = reading.head in bodies or reading.head.endswith("ủy")
        return replace(mention, flags=("ambiguous",)) if reading.level and alone else None
    nearest = _nearest(mention, named)
    assert nearest.reading is not None and nearest.reading.place is not None
    name = canonical(mention.name)
    place = nearest.reading.place
    if name_key(place).startswith(name_key(reading.level or "")):
        name = name[: len(name) - len(reading.level or "")].strip() if name.endswith(reading.level or "") else name
    found = link(replace(reading, name=f"{name} {place}", short=False), form)
    alone = len({o.reading.place for o in named if o.reading}) == 1
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


def _complete_nested(mention: Mention, full: list[Mention]) -> Mention | None:
    """ "Công đoàn Công ty" is the union of the only company that the article names."""
    reading = mention.reading
    assert reading is not None and reading.nested is not None
    unions = [
        o
        for o in full
        if o.reading and o.reading.nested and o.reading.head == reading.head and _kin(o.reading.nested, reading.nested)
    ]
    if unions:
        if len({other.key for other in unions}) == 1:
            return _take(mention, unions[0], 0.85)
        return _take(mention, _nearest(mention, unions), 0.6, ("ambiguous",))
    inner = [o for o in full if o.reading and _kin(o.reading, reading.nested)]
    inner += [
        replace(o, name=o.reading.nested.name)
        for o in full
        if o.reading and o.reading.nested and _kin(o.reading.nested, reading.nested)
    ]
    if len({name_key(o.name) for o in inner}) != 1:
        return None
    name = f"{reading.head} {inner[0].name}"
    return replace(mention, name=name, method="rule", score=0.8, kind="short")


def _kin(reading: Reading, generic: Reading) -> bool:
    return reading.head == generic.head


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
    merged: dict[str, str] = {}
    for name, words in names.items():
        if len(words) < 3 or not words[0] in ("công", "tổng", "tập", "đại", "trường", "xí", "nhà", "ngân"):
            continue
        longer = [other for other, more in names.items() if other != name and _fits(words, more, name, other)]
        if len(longer) == 1:
            merged[name] = longer[0]
    out = []
    by_name = {mention.name: mention for mention in mentions if mention.kind not in ("short", "acronym")}
    for mention in mentions:
        target = by_name.get(merged.get(mention.name, ""))
        if target is None or (mention.org_id and target.org_id != mention.org_id and target.org_id):
            out.append(mention)
        else:
            out.append(_take(mention, target, 0.85))
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
    return [replace(mention, name=best[mention.key].name) for mention in mentions]
