"""Whether two places as written may be one: "Cung Văn hóa Lao động, Hà Nội" and "Hà Nội" may, two districts can't."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.gazetteers import find_places, places
from pipeline.normalize.fold import match_form
from pipeline.normalize.names import canonical

SAME, WIDER, CONFLICT = "same", "wider", "conflict"

_PART = re.compile(r"[,;()]| [-–] ?|[-–](?=tp)", re.IGNORECASE)
_WORD = re.compile(r"\w+")


class _Venue(NamedTuple):
    form: str
    provinces: frozenset[str]
    districts: frozenset[str]
    words: frozenset[str]  # of what the gazetteer doesn't know: a hall, a company, a ward


def relation(one: str | None, other: str | None) -> str:
    """``SAME``, ``CONFLICT``, or ``WIDER`` where one of them says less (or nothing)."""
    if one is None or other is None:
        return SAME if one is other else WIDER
    a, b = _venue(one), _venue(other)
    if a.form == b.form:
        return SAME
    if any(x and y and not x & y for x, y in ((a.provinces, b.provinces), (a.districts, b.districts))):
        return CONFLICT
    if a.words and b.words:
        return SAME if a.words <= b.words or b.words <= a.words else CONFLICT
    if bool(a.words) == bool(b.words) and bool(a.districts) == bool(b.districts) and a.provinces & b.provinces:
        return SAME
    return WIDER


@lru_cache(maxsize=1 << 14)
def _venue(place: str) -> _Venue:
    """The parts of a place as written, each looked up: with "quận 11, TPHCM" the district of that city is meant."""
    provinces, districts, words = set[str](), set[str](), set[str]()
    for part in filter(None, map(str.strip, _PART.split(place))):
        found = find_places(part)
        if not found:
            words.update(_WORD.findall(match_form(canonical(part))))
        elif found[0].kind in ("province", "central_city", "country"):
            provinces.add(found[0].place_id)
        else:
            districts.update(place.place_id for place in found)
    of_them = {district for district in districts if places()[district].parent in provinces}
    districts = of_them or districts
    if len(districts) == 1 and not provinces:
        provinces = {parent for district in districts if (parent := places()[district].parent)}
    return _Venue(match_form(place), frozenset(provinces), frozenset(districts), frozenset(words))
