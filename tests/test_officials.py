"""Officials: what may link a person, a role and an organization."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.normalize import post_sharing, role_links, role_units, titles
from pipeline.normalize.fold import match_form
from pipeline.normalize.post_organizations import Directory, Organization, of_same_place
from pipeline.resources import rows


@cache
def nlp():
    return pipeline.load(exclude=("congdoan_dates", "congdoan_figures", "congdoan_events"))


def officials(text):
    doc = nlp()(text)
    return [span._.value for span in doc.spans["officials"]]


@pytest.mark.parametrize(
    ("gap", "status"),
    [
        (", ", "current"),
        (" - ", "current"),
        (" (bìa trái), ", "current"),
        (" là ", "current"),
        (" được bầu giữ chức ", "elected"),
        (" với số phiếu cao đã được bầu làm ", "elected"),
        (" được bổ nhiệm làm ", "appointed"),
        (" từng giữ chức ", "former"),
        (" gặp ", None),
        (". ", None),
        (" cho biết ", None),
    ],
)
def test_what_stands_between_a_person_and_a_post(gap, status):
    assert role_links.after_person(gap) == status


@pytest.mark.parametrize(
    ("gap", "link"),
    [
        (" ", "tight"),
        (" đồng chí ", "tight"),
        (": ", "list"),
        (" gồm: ông ", "list"),
        (", bà ", "loose"),
        (" gặp ", None),
    ],
)
def test_what_stands_between_a_post_and_a_person(gap, link):
    assert role_links.before_person(gap) == link


def test_a_list_shares_its_role_only_in_the_plural():
    assert role_links.is_plural("tham dự có các ")
    assert role_links.is_plural("bầu 4 ")
    assert not role_links.is_plural("tham dự có ")


def test_a_generic_means_the_one_organization_so_named():
    school = Organization(0, 10, "Trường Đại học Trà Vinh")
    company = Organization(20, 30, "Công ty TNHH May Sông Lam")
    known = Directory([school, company])
    assert known.resolve("nhà trường", 50) == school
    assert known.resolve("công đoàn công ty", 50).name == "Công đoàn Công ty TNHH May Sông Lam"
    assert known.resolve("tập đoàn", 50) is None


def test_only_employers_have_unions_named_after_them():
    known = Directory([])
    station = known.owner_of_union(Organization(0, 9, "Công đoàn Đài Tiếng nói Việt Nam"))
    assert station.name == "Đài Tiếng nói Việt Nam"
    assert known.owner_of_union(Organization(0, 9, "Công đoàn Y tế Việt Nam")) is None
    assert known.owner_of_union(Organization(0, 9, "Liên đoàn Lao động tỉnh Cà Mau")) is None


def test_a_committee_takes_the_place_of_the_post_beside_it():
    council = Organization(0, 9, "Hội đồng nhân dân tỉnh Quảng Bình")
    assert of_same_place("tỉnh ủy", council).name == "Tỉnh ủy Quảng Bình"
    assert of_same_place("huyện ủy", council) is None


def test_role_rows():
    roles = [row for row in rows("lexicons/roles.csv") if row["part"] != "modifier"]
    forms = [match_form(row["pattern"]) for row in roles]
    assert len(roles) >= 250
    assert len(forms) == len(set(forms))
    assert all(row["role_id"] and row["rank"].isdigit() and row["gloss_en"] and row["source"] for row in roles)
    assert {row["kind"] for row in roles} <= {
        "union",
        "party",
        "state",
        "enterprise",
        "school",
        "army",
        "mass",
        "other",
    }
    assert set(titles.modifiers().values()) == {"former", "acting", "elected"}


def test_a_person_keeps_the_full_name_in_later_posts():
    found = officials("Bà Mai Thị Xuân Thu dự lễ.\nBà Thu là Chủ tịch Công đoàn Y tế Việt Nam.")
    assert [(fact.person, fact.organization) for fact in found] == [("Mai Thị Xuân Thu", "Công đoàn Y tế Việt Nam")]


def test_a_later_bare_role_adds_no_row_without_organization():
    found = officials("Ông Lê Văn Hậu, Chủ tịch Công đoàn Y tế Việt Nam, dự.\nChủ tịch Lê Văn Hậu nói.")
    assert {fact.organization for fact in found} == {"Công đoàn Y tế Việt Nam"}


def test_spans_reach_from_role_to_name():
    text = "Sáng nay, Chủ tịch Công đoàn Y tế Việt Nam Lê Văn Hậu dự lễ."
    doc = nlp()(text)
    (span,) = doc.spans["officials"]
    assert span.text == "Chủ tịch Công đoàn Y tế Việt Nam Lê Văn Hậu"


def test_components_cope_without_organizations():
    bare = pipeline.load(exclude=("congdoan_organizations", "congdoan_dates", "congdoan_figures", "congdoan_events"))
    doc = bare("Ông Lê Văn Hậu, Giám đốc, phát biểu.")
    (span,) = doc.spans["officials"]
    assert (span._.value.person, span._.value.role, span._.value.organization) == ("Lê Văn Hậu", "Giám đốc", None)


@pytest.mark.parametrize(
    ("before", "replaces"),
    [
        ("được bầu làm chủ tịch, thay ông ", True),
        ("kế nhiệm bà ", True),
        ("thay thế cho đồng chí ", True),
        ("thay mặt ông ", False),
        ("gặp ông ", False),
    ],
)
def test_whose_place_is_taken(before, replaces):
    assert role_links.replaces(before) is replaces


@pytest.mark.parametrize(
    ("before", "gap", "status"),
    [
        ("đơn xin thôi giữ chức ", " của ông ", "former"),
        ("cương vị ", " của bà ", "current"),
        ("cảm ơn ", " của bà ", None),
        ("thôi giữ chức ", " gặp bà ", None),
    ],
)
def test_an_office_of_somebody(before, gap, status):
    assert role_links.of_person(before, gap) == status


def test_a_post_left_for_retirement():
    assert role_links.retires(" để nghỉ hưu theo chế độ")
    assert not role_links.retires(" để nhận nhiệm vụ mới")


@pytest.mark.parametrize(
    ("text", "title", "unit"),
    [
        ("Giám đốc đào tạo của Tập đoàn", "giám đốc", "Giám đốc đào tạo"),
        ("quản đốc xưởng cắt may, nhận", "quản đốc", "quản đốc xưởng cắt may"),
        ("trưởng phòng cho biết", "trưởng phòng", "trưởng phòng"),
        ("Giám đốc Công ty Mây", "giám đốc", "Giám đốc"),
        ("giám đốc và phó giám đốc của Công ty", "giám đốc", "giám đốc"),
        ("Vụ trưởng Vụ Tiền công các vùng (Bộ", "vụ trưởng", "Vụ trưởng Vụ Tiền công các vùng"),
    ],
)
def test_the_unit_a_title_goes_on_with(text, title, unit):
    end = role_units.unit_end(match_form(text), text, len(title), len(text), title)
    assert text[:end] == unit


@given(st.text(alphabet="abcđ ĐÂÔ,.;-–()0123\n", max_size=60), st.sampled_from(["giám đốc", "quản đốc", "vụ trưởng"]))
def test_no_unit_ends_outside_its_text(rest, title):
    text = f"{title} {rest}"
    end = role_units.unit_end(match_form(text), text, len(title), len(text), title)
    assert len(title) <= end <= len(text)


def test_a_context_with_two_houses_leaves_the_post_open():
    one, other = "Công ty Giày Bình Minh", "Công ty Dệt Sao Mai"
    told = "cãi nhau với đối tác. Tổng giám đốc Lò Văn Páo im lặng."
    assert [o.organization for o in officials(f"{one} {told}")] == [one]
    assert [o.organization for o in officials(f"{one} và {other} {told}")] == [None]


def test_each_chain_is_looked_at_a_constant_number_of_times(monkeypatch):
    calls = []
    stated = post_sharing._stated
    monkeypatch.setattr(post_sharing, "_stated", lambda chain, persons: calls.append(1) or stated(chain, persons))
    nlp()("được bầu làm Chủ tịch thay ông Lãnh Văn Tài " * 200)
    assert 0 < len(calls) <= 2 * 200
