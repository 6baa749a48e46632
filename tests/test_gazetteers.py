"""The gazetteers' rows are well-formed, and names lead to them in any spelling."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pipeline import gazetteers


def test_places_have_live_parents_and_successors():
    places = gazetteers.places()
    for place in places.values():
        assert re.fullmatch(r"[a-z0-9.-]+", place.place_id)
        assert place.parent is None or place.parent in places
        assert place.successor is None or (place.successor in places and place.valid_to)


def test_the_mergers_leave_34_provinces():
    day = date(2025, 7, 1)
    provinces = [p for p in gazetteers.places().values() if p.kind in ("province", "central_city")]
    live = [p for p in provinces if (not p.valid_to or p.valid_to >= day) and (not p.valid_from or p.valid_from <= day)]
    before = date(2024, 12, 31)
    old = [p for p in provinces if (not p.valid_to or p.valid_to >= before) and (p.valid_from or before) <= before]
    assert (len(old), len(live)) == (63, 34)
    assert sum(p.kind == "central_city" for p in live) == 6


@pytest.mark.parametrize("name", ["TP.HCM", "TP. Hồ Chí Minh", "Thành phố Hồ chí minh", "TPHCM"])
def test_spellings_of_one_place(name):
    assert [place.place_id for place in gazetteers.find_places(name)] == ["ho-chi-minh"]


@pytest.mark.parametrize("name", ["Bà Rịa – Vũng Tàu", "Bà Rịa-Vũng Tàu", "Bà Rịa Vũng Tàu"])
def test_dashes_do_not_matter(name):
    assert [place.place_id for place in gazetteers.find_places(name)] == ["ba-ria-vung-tau"]


def test_a_shared_name_leads_to_all():
    assert {place.place_id for place in gazetteers.find_places("Sơn La")} == {"son-la", "son-la.tp-son-la"}


def test_unknown_is_empty():
    assert gazetteers.find_places("Xyz") == ()
