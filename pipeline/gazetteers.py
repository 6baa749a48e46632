"""Gazetteer rows → aliases → ids: places and organizations, read once a process.

Names are compared by ``name_key``: case, tone placement, the kind of dash and spaces around dots and dashes don't
matter. A key that several rows share leads to all of them; whoever asks decides by context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.normalize.fold import match_form
from pipeline.resources import rows

_DASHES = re.compile(r"\s*[-‐‑‒–—]+\s*")
_DOTS = re.compile(r"\.\s*|\s+")


def name_key(name: str) -> str:
    """What two spellings of one name share: "TP.Hồ Chí Minh", "TP. Hồ chí minh" → "tp hồ chí minh"."""
    return _DOTS.sub(" ", _DASHES.sub(" - ", match_form(name))).strip()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Place:
    """A row of ``gazetteers/places.csv``. ``parent`` and ``successor`` are place ids; days are inclusive."""

    place_id: str
    name: str
    kind: str  # country, central_city, province, city, town, urban_district, district
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


@cache
def places() -> dict[str, Place]:
    """All places by id, in file order: countries, provinces, then districts and the cities and towns of that level."""
    return {
        row["place_id"]: Place(
            row["place_id"],
            row["name"],
            row["kind"],
            row["parent"] or None,
            tuple(filter(None, row["aliases"].split("|"))),
            _day(row["valid_from"]),
            _day(row["valid_to"]),
            row["successor"] or None,
        )
        for row in rows("gazetteers/places.csv")
    }


@cache
def place_index() -> dict[str, tuple[Place, ...]]:
    """``name_key`` of every name and alias → the places called so, provinces before districts."""
    index: dict[str, dict[str, Place]] = {}
    for place in places().values():
        for name in (place.name, *place.aliases):
            index.setdefault(name_key(name), {})[place.place_id] = place
    return {key: tuple(named.values()) for key, named in index.items()}


def find_places(name: str) -> tuple[Place, ...]:
    """The places called ``name`` in any spelling: "TP.HCM" → Thành phố Hồ Chí Minh; () where none is."""
    return place_index().get(name_key(name), ())
