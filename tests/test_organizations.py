"""Organizations: registry, canonical names, abbreviations, linking and the invariants of the component."""

from __future__ import annotations

import re
from datetime import date

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.util import registry

from pipeline import gazetteers
from pipeline.abbreviations import initials, is_short_for
from pipeline.document import create_tokenizer
from pipeline.extractors.organizations import Organizations
from pipeline.normalize.names import canonical, name_key
from tests.linking import compare

TYPES = {
    "union_central", "union_sector", "union_province", "union_district", "union_corporate", "union_grassroots",
    "party", "state", "company", "school", "press", "international", "bloc", "other",
}  # fmt: skip


_PIECES = [
    *(
        "Công đoàn",
        "LĐLĐ",
        "tỉnh",
        "TP.",
        "Công ty",
        "TNHH",
        "CP",
        "và",
        "-",
        "–",
        "&",
        ",",
        ".",
        "(",
        ")",
        "“",
        "”",
        "Nguyễn",
    ),
    *(
        "Văn",
        "Hà Nội",
        "quận",
        "11",
        "Bộ",
        "Y tế",
        "ngành",
        "Trường",
        "THCS",
        "Khối thi đua",
        "số",
        "Tổng",
        "TLĐ",
        "VN",
    ),
    *("Việt Nam", "các", "của", "\n", "/", "Quỹ", "Báo", "Huyện ủy", "viên", "Đ", "İ", "ß", "\u0301"),
]


registry.tokenizers("congdoan.Tokenizer.v1", func=create_tokenizer)


class Reader:
    """The tokenizer and the component alone."""

    def __init__(self):
        self.nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "congdoan.Tokenizer.v1"}}})
        self.find = Organizations(self.nlp, "organizations")

    def __call__(self, text):
        doc = self.find(self.nlp.make_doc(text))
        return list(doc.spans["organizations"])


@pytest.fixture(scope="module")
def read():
    return Reader()


# --- the registry ---------------------------------------------------------------------------------------------------


def test_rows_are_well_formed():
    registry = gazetteers.organizations()
    for org in registry.values():
        assert re.fullmatch(r"[a-z0-9.-]+", org.org_id)
        assert org.name == org.name.strip() and org.name
        assert org.org_type in TYPES
        assert org.parent is None or org.parent in registry
        assert org.successor is None or org.successor in registry
        assert not (org.valid_from and org.valid_to) or org.valid_from <= org.valid_to


def test_aliases_belong_to_rows():
    registry = gazetteers.organizations()
    for alias in gazetteers.aliases():
        assert alias.org_id in registry
        assert alias.kind in {"official", "short", "acronym", "variant", "former"}


def test_shared_aliases_are_only_those_that_context_tells_apart():
    """A name of two live organizations needs a place to decide it: districts of one name, a city and its province."""
    registry = gazetteers.organizations()
    for key, found in gazetteers.alias_index().items():
        if len(found) > 1:
            kinds = {registry[alias.org_id].org_type for alias in found}
            local = {"union_district", "union_province", "union_central"}
            closed = [alias for alias in found if registry[alias.org_id].valid_to]
            assert kinds <= local or len(closed) >= len(found) - 1, (key, found)


def test_every_province_has_its_federation():
    registry = gazetteers.organizations()
    for place in gazetteers.places().values():
        if place.kind in ("province", "central_city"):
            federation = registry[f"ldld-{place.place_id}"]
            assert federation.org_type == "union_province" and federation.valid_to == place.valid_to


def test_the_registry_is_large():
    assert len(gazetteers.organizations()) >= 2_500
    assert len(gazetteers.aliases()) - len(gazetteers.organizations()) >= 3_200


def _federations(day):
    return [
        org
        for place in gazetteers.places().values()
        if place.kind in ("province", "central_city")
        for org in [gazetteers.organizations()[f"ldld-{place.place_id}"]]
        if (org.valid_from or day) <= day <= (org.valid_to or day)
    ]


def test_63_federations_become_34():
    before, after = _federations(date(2024, 12, 31)), _federations(date(2025, 7, 1))
    assert (len(before), len(after)) == (63, 34)
    live = {org.org_id for org in after}
    for org in before:
        assert org.name_en
        last = org
        while last.successor:
            last = gazetteers.organizations()[last.successor]
        assert last.org_id in live, org


@pytest.mark.parametrize(
    "name",
    [
        *("Công đoàn Giáo dục Việt Nam", "Công đoàn Y tế Việt Nam", "Công đoàn Công Thương Việt Nam"),
        *("Công đoàn Dầu khí Việt Nam", "Công đoàn Viên chức Việt Nam", "Công đoàn Ngân hàng Việt Nam"),
        *("Công đoàn Xây dựng Việt Nam", "Công đoàn Giao thông vận tải Việt Nam", "Công đoàn Điện lực Việt Nam"),
        *("Công đoàn Than - Khoáng sản Việt Nam", "Công đoàn Cao su Việt Nam", "Công đoàn Dệt may Việt Nam"),
        *("Công đoàn Bưu điện Việt Nam", "Công đoàn Hàng không Việt Nam", "Công đoàn Đường sắt Việt Nam"),
        *("Công đoàn Hàng hải Việt Nam", "Công đoàn Nông nghiệp và Phát triển nông thôn Việt Nam"),
        *("Công đoàn Quốc phòng", "Công đoàn Công an nhân dân", "ILO", "WFTU", "ITUC", "IndustriALL"),
    ],
)
def test_central_unions_and_labour_bodies_are_rows(name):
    assert len({alias.org_id for alias in gazetteers.find_organizations(name)}) == 1


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2015, 5, 1), "Phòng Thương mại và Công nghiệp Việt Nam"),
        (date(2023, 5, 1), "Liên đoàn Thương mại và Công nghiệp Việt Nam"),
        (None, "Liên đoàn Thương mại và Công nghiệp Việt Nam"),
    ],
)
def test_a_name_is_that_of_its_day(day, name):
    assert gazetteers.name_on("vcci", day) == name


def test_only_former_names_end():
    for alias in gazetteers.aliases():
        assert alias.valid_to is None or alias.kind == "former", alias


@pytest.mark.parametrize(
    ("name", "org_id"),
    [
        ("Công đoàn ngành Giáo dục tỉnh Kon Tum", "cd-gd-kon-tum"),
        ("Sở Tài nguyên - Môi trường tỉnh Kon Tum", "so-tnmt-kon-tum"),
        ("Thành ủy Cần Thơ", "uy-can-tho"),
    ],
)
def test_words_said_at_will_do_not_matter(name, org_id):
    assert {alias.org_id for alias in gazetteers.find_alike(name)} == {org_id}


# --- linking against gold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "outcome"), [("ldld-kon-tum", "right"), ("ldld-gia-lai", "wrong"), (None, "missing")]
)
def test_linking_is_judged_by_the_name(given, outcome):
    name = "Liên đoàn Lao động tỉnh Kon Tum"
    gold = {"id": "a", "organizations": [{"name": name, "surfaces": ["LĐLĐ tỉnh"]}]}
    predicted = {"organizations": [{"id": given, "surfaces": ["LĐLĐ tỉnh", "Liên đoàn"]}]}
    assert [found[0] for found in compare(gold, predicted)] == [outcome]


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("CĐ TCT Thép VN-CTCP", "Công đoàn Tổng công ty Thép Việt Nam - CTCP"),
        ("Sở LĐ - TB & XH TP.HCM", "Sở Lao động - Thương binh và Xã hội Thành phố Hồ Chí Minh"),
        ("LĐLĐ TP.Sơn La", "Liên đoàn Lao động thành phố Sơn La"),
        ("LĐLĐ Q.10", "Liên đoàn Lao động quận 10"),
        ("Tổng Tổng Liên đoàn lao động việt Nam", "Tổng Liên đoàn lao động Việt Nam"),
    ],
)
def test_canonical(written, expected):
    assert canonical(written) == expected


@given(st.text(max_size=60))
def test_canonical_never_raises_and_settles(text):
    assert isinstance(canonical(text), str)
    assert name_key(name_key(text)) == name_key(text)


# --- abbreviations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("CĐ DKVN", "Công đoàn Dầu khí Việt Nam"),
        ("CĐCTVN", "Công đoàn Công Thương Việt Nam"),
        ("LĐLĐ", "Liên đoàn Lao động"),
        ("Tổng LĐLĐVN", "Tổng Liên đoàn Lao động Việt Nam"),
    ],
)
def test_abbreviations_fit_their_names(short, long):
    assert is_short_for(short, long)


@pytest.mark.parametrize(
    ("short", "long"), [("CD DKVN", "Công đoàn Dầu khí Việt Nam"), ("NLĐ", "Liên đoàn Lao động"), ("", "A"), ("A", "")]
)
def test_others_do_not_fit(short, long):
    assert not is_short_for(short, long)


def test_initials_keep_acronyms_whole():
    assert initials("CĐ DKVN") == initials("Công đoàn Dầu khí Việt Nam") == "CĐDKVN"


# --- the component --------------------------------------------------------------------------------------------------


def test_a_post_leaves_its_organization(read):
    spans = read("Ông Lê Văn Bảy, Chủ tịch LĐLĐ quận 12, nhặt rác.")
    assert [span.text for span in spans] == ["LĐLĐ quận 12"]


def test_all_mentions_carry_one_name_and_id(read):
    spans = read("LĐLĐ tỉnh Lào Cai họp. LĐLĐ tỉnh chủ trì. Liên đoàn lao động tỉnh Lào cai kết luận.")
    assert {(span._.value.name, span.kb_id_) for span in spans} == {("Liên đoàn Lao động tỉnh Lào Cai", "ldld-lao-cai")}
    assert [span._.value.link_method for span in spans] == ["exact", "in_text", "exact"]


def test_a_shared_name_is_told_apart_by_its_province(read):
    (first,) = read("LĐLĐ huyện Châu Thành, tỉnh Bến Tre, trao quà.")
    (second,) = read("LĐLĐ huyện Châu Thành trao quà.")
    assert (first.kb_id_, second.kb_id_) == ("ldld-ben-tre.huyen-chau-thanh", "")


def test_an_ambiguous_short_form_says_so(read):
    spans = read("LĐLĐ tỉnh Phú Thọ và LĐLĐ tỉnh Yên Bái giao lưu. LĐLĐ tỉnh tặng cờ.")
    assert spans[2]._.value.flags == ("ambiguous",)


def test_a_registry_row_of_elsewhere_stays_unlinked(read):
    spans = read("Bộ trưởng Bộ Nội vụ Martin Wexler từ chức. Bộ Nội vụ chưa trả lời.")
    assert [(span.text, span.kb_id_) for span in spans] == [("Bộ Nội vụ", ""), ("Bộ Nội vụ", "")]


def test_each_mention_says_how_it_was_linked(read):
    spans = read("Sở Y tế và LĐLĐ tỉnh Bến Tre tập huấn. Tổng LĐLĐ VN khen. Công ty Mesan cảm ơn. LĐLĐ tỉnh đáp lời.")
    assert [(span._.value.link_method, span._.value.link_score) for span in spans] == [
        ("rule", 0.7),
        ("exact", 1.0),
        ("alias", 0.95),
        ("none", None),
        ("in_text", 0.9),
    ]


def test_a_credit_is_no_mention_unless_named_elsewhere(read):
    assert [span.text for span in read("Giá gạo tăng.\nTheo TTXVN")] == []
    assert len(read("Thông tấn xã Việt Nam họp.\nTheo TTXVN")) == 2


def test_of_two_spellings_a_short_form_takes_the_first(read):
    # From a set it would be either, by the process's seed of hashes.
    spans = read("Cục Hải quan Bà Rịa - Vũng Tàu họp. Cục Hải quan Bà Rịa Vũng Tàu dọn. Đoàn Thanh niên Cục trồng cây.")
    assert spans[-1]._.value.name == "Đoàn Thanh niên Cục Hải quan Bà Rịa - Vũng Tàu"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(_PIECES),
        max_size=40,
    )
)
def test_spans_are_exact_ordered_and_apart(words):
    text = " ".join(words)
    reader = _reader()
    end = 0
    for span in reader(text):
        assert span.start_char >= end
        assert text[span.start_char : span.end_char] == span.text and span.text == span.text.strip()
        assert span._.value.name and (span._.value.org_id or "") == span.kb_id_
        end = span.end_char


_READERS: list[Reader] = []


def _reader():
    if not _READERS:
        _READERS.append(Reader())
    return _READERS[0]


@pytest.mark.parametrize(
    "unit", ["1", ".", "/", " ", "a", "A", "Công đoàn ", "LĐLĐ tỉnh ", "Công ty ", "(", "Công ty A - ", "(CĐ "]
)
def test_long_runs_are_read(read, unit):
    spans = read(unit * (40_000 // len(unit)))
    assert isinstance(list(spans), list)
