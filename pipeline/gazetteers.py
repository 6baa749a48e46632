"""Gazetteer rows → aliases → ids: places and organizations, read once a process.

Names are compared by ``name_key``: case, tone placement, the kind of dash and spaces around dots and dashes don't
matter. A key that several rows share leads to all of them; whoever asks decides by context.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.normalize.names import canonical, loose_key, name_key
from pipeline.resources import rows


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


# --- organizations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Organization:
    """A row of ``gazetteers/organizations.csv``. ``parent`` and ``successor`` are organization ids."""

    org_id: str
    name: str
    org_type: str
    name_en: str | None = None
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of an organization. ``kind``: official, short, acronym, variant, former.

    ``valid_to`` is the last day a former name was the official one; None where the rows don't say.
    """

    org_id: str
    alias: str
    kind: str
    valid_to: date | None = None


@cache
def organizations() -> dict[str, Organization]:
    """The registry by id, in file order."""
    return {
        row["org_id"]: Organization(
            row["org_id"],
            row["name"],
            row["org_type"],
            row["name_en"] or None,
            row["parent"] or None,
            _day(row["valid_from"]),
            _day(row["valid_to"]),
            row["successor"] or None,
        )
        for row in rows("gazetteers/organizations.csv")
    }


@cache
def aliases() -> tuple[Alias, ...]:
    """Official names first, then the rows of ``gazetteers/organization_aliases.csv``."""
    official = [Alias(org.org_id, org.name, "official") for org in organizations().values()]
    return (
        *official,
        *(
            Alias(row["org_id"], row["alias"], row["kind"], _day(row["valid_to"]))
            for row in rows("gazetteers/organization_aliases.csv")
        ),
    )


@cache
def _former_names() -> dict[str, list[tuple[date, str]]]:
    names: dict[str, list[tuple[date, str]]] = {}
    for alias in aliases():
        if alias.valid_to:
            names.setdefault(alias.org_id, []).append((alias.valid_to, alias.alias))
    return {org_id: sorted(former) for org_id, former in names.items()}


def name_on(org_id: str, day: date | None) -> str:
    """The official name on ``day``: VCCI was "Phòng Thương mại …" until 2022. The present one where ``day`` is None."""
    if day is not None:
        for last, name in _former_names().get(org_id, ()):
            if day <= last:
                return name
    return organizations()[org_id].name


@cache
def alias_index() -> dict[str, tuple[Alias, ...]]:
    """``name_key`` of each alias, as written and with its abbreviations expanded → who is called so."""
    index: dict[str, dict[str, Alias]] = {}
    for alias in aliases():
        for form in (alias.alias, canonical(alias.alias)):
            index.setdefault(name_key(form), {}).setdefault(alias.org_id, alias)
    return {key: tuple(named.values()) for key, named in index.items()}


@cache
def _loose_index() -> dict[str, tuple[Alias, ...]]:
    index: dict[str, dict[str, Alias]] = {}
    for found in alias_index().values():
        # A short form is what one says of one's own ("Công đoàn Y tế"): "Công đoàn ngành Y tế" may be another's.
        for alias in (alias for alias in found if alias.kind not in ("short", "acronym")):
            index.setdefault(loose_key(canonical(alias.alias)), {}).setdefault(alias.org_id, alias)
    return {key: tuple(named.values()) for key, named in index.items()}


def find_organizations(name: str) -> tuple[Alias, ...]:
    """The aliases that ``name`` is in any spelling; several where a name is shared, () where none is."""
    return alias_index().get(name_key(name), ())


def find_alike(name: str) -> tuple[Alias, ...]:
    """The aliases that say the same as ``name`` but for an "và" or "ngành" ("Công đoàn ngành Y tế Việt Nam")."""
    return _loose_index().get(loose_key(name), ())
