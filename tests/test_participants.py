"""Participants: who organized, chaired, came, gave, got, and who stood on the other side."""

import json
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import records
from pipeline.normalize.fold import match_form
from pipeline.normalize.participants import Happening, Named, Scene, participants
from pipeline.resources import rows

# Marks in a test's text: <organization>, {person}, {person|with its post}, [trigger].
MARK = re.compile(r"<([^<>]+)>|\{([^{}|]+)(?:\|([^{}]+))?\}|\[([^\[\]]+)\]")


def scene(marked):
    text, named, posts, triggers, at = "", [], [], [], 0
    for match in MARK.finditer(marked):
        text += marked[at : match.start()]
        start = len(text)
        organization, person, post, trigger = match.groups()
        text += organization or trigger or person + (post or "")
        if organization:
            named.append(Named(start, len(text), organization))
        elif person:
            named.append(Named(start, start + len(person), person, True))
            posts += [(start, len(text))] if post else []
        else:
            triggers.append((start, len(text)))
        at = match.end()
    text += marked[at:]
    ends = [m.end() for m in re.finditer(r"[.!?](?: |\Z)", text)] or [len(text)]
    sentences = list(zip([0, *ends[:-1]], ends, strict=True))
    return Scene(text, match_form(text), sentences, named, posts, []), triggers


def told(marked, kind, is_main=True):
    made, ((start, end), *_) = scene(marked)
    return [
        (one.role, one.organization or one.person or one.group)
        for one in participants(made, Happening(start, end, kind, is_main))
    ]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "conference",
            "Sáng 5/3, tại <Nhà Văn hóa A>, <LĐLĐ huyện B> phối hợp với <Công ty C> tổ chức [hội nghị tổng kết].",
            [("organizer", "LĐLĐ huyện B"), ("organizer", "Công ty C")],
        ),
        (
            "conference",
            "[Hội thảo] về nhà trọ do <LĐLĐ huyện B> tổ chức kéo dài hai buổi.",
            [("organizer", "LĐLĐ huyện B")],
        ),
        ("congress", "[Đại hội] <Công đoàn Công ty C> lần thứ V khép lại.", [("organizer", "Công đoàn Công ty C")]),
        (
            "conference",
            "<LĐLĐ huyện B> (Hòa Bình) vừa tổ chức [hội nghị]. {Lê Văn Tám|, Chủ tịch LĐLĐ huyện,} chủ trì hội nghị."
            " Tham dự hội nghị có {Đỗ Thị Na|, Phó Chủ tịch UBND huyện}; {Vũ Bá} và đại diện <Sở Y tế>.",
            [
                ("organizer", "LĐLĐ huyện B"), ("chair", "Lê Văn Tám"), ("attendee", "Đỗ Thị Na"),
                ("attendee", "Vũ Bá"), ("attendee", "Sở Y tế"),
            ],
        ),
        (
            "welfare",
            "{Lê Văn Tám|, Chủ tịch Công đoàn Công ty C,} đã đến thăm và [trao quà] cho 40 công nhân khó khăn.",
            [("giver", "Lê Văn Tám"), ("recipient", "40 công nhân khó khăn")],
        ),
        (
            "welfare",
            "<LĐLĐ huyện B> [hỗ trợ] anh {Trần Út} 5 triệu đồng.",
            [("giver", "LĐLĐ huyện B"), ("recipient", "Trần Út")],
        ),
        (
            "award",
            "Ngày hội, <Công đoàn Công ty C> vinh dự được <UBND tỉnh D> [tặng bằng khen].",
            [("recipient", "Công đoàn Công ty C"), ("giver", "UBND tỉnh D")],
        ),
        ("award", "Mười năm liền, ông {Trần Út} [nhận được nhiều bằng khen].", [("recipient", "Trần Út")]),
        (
            "dispute",
            "Trưa qua, hơn 300 công nhân <Công ty C> đồng loạt [ngừng việc].",
            [("organizer", "hơn 300 công nhân"), ("counterparty", "Công ty C")],
        ),
        (
            "agreement",
            "<LĐLĐ huyện B> [ký kết] chương trình phối hợp với <Công ty C>.",
            [("organizer", "LĐLĐ huyện B"), ("counterparty", "Công ty C")],
        ),
        (
            "dialogue",
            "Chiều qua, {Đỗ Thị Na|, Chủ tịch UBND huyện,} [đối thoại] với 200 công nhân.",
            [("counterparty", "Đỗ Thị Na"), ("counterparty", "200 công nhân")],
        ),
        (
            "personnel",
            "<LĐLĐ huyện B> [bổ nhiệm] ông {Trần Út} làm trưởng ban.",
            [("organizer", "LĐLĐ huyện B"), ("recipient", "Trần Út")],
        ),
        ("personnel", "Bà {Đỗ Thị Na}, 41 tuổi, đã [được bầu] làm Chủ tịch.", [("recipient", "Đỗ Thị Na")]),
        (
            "welfare",
            "Đoàn công tác của <LĐLĐ huyện B> do ông {Trần Út} làm trưởng đoàn đã đi [thăm] bà con xóm bãi.",
            [("giver", "LĐLĐ huyện B"), ("chair", "Trần Út"), ("recipient", "bà con xóm bãi")],
        ),
        ("culture_sport", "Đoàn của <LĐLĐ huyện B> do {Trần Út} dẫn đầu đến dự [hội thao].", [("chair", "Trần Út")]),
    ],
)  # fmt: skip
def test_participants(kind, text, expected):
    assert told(text, kind) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("conference", "Tại <Công ty C> diễn ra [hội nghị]."),
        ("conference", "Công nhân của <Công ty C> tổ chức [liên hoan]."),
        ("welfare", "Gia đình ông ở gần <Công ty C> [trao quà]."),
        ("award", "Anh kể chuyện [trao giải thưởng] Lao động hạng ba."),
        ("conference", "[Hội nghị] bế mạc. Ngoài ra, tham dự giải có {Trần Út}."),
        ("dispute", "Chị kể về [đình công]”, tại hội nghị do <LĐLĐ huyện B> tổ chức."),
        ("dispute", "Cả tổ kéo đến trụ sở <LĐLĐ huyện B> [kiến nghị]."),
        ("policy", "[Nghị định] ra đời. Tham dự giải bóng đá có {Trần Út}."),
    ],
)
def test_who_only_stands_near_takes_no_part(kind, text):
    assert told(text, kind) == [] or all(who != "organizer" and who != "attendee" for who, _ in told(text, kind))


def test_only_a_main_event_takes_its_guests_from_what_follows():
    text = "<LĐLĐ huyện B> mở [hội nghị]. Tham dự có {Trần Út}."
    assert ("attendee", "Trần Út") in told(text, "conference")
    assert told(text, "conference", is_main=False) == [("organizer", "LĐLĐ huyện B")]


def test_the_organizers_committees_are_no_guests():
    text = "<LĐLĐ huyện B> mở [hội nghị]. Tham dự có {Trần Út}; các ban của <LĐLĐ huyện B>; đại diện <Sở Y tế>."
    assert told(text, "conference") == [
        ("organizer", "LĐLĐ huyện B"),
        ("attendee", "Trần Út"),
        ("attendee", "Sở Y tế"),
    ]


def test_a_name_has_one_role_a_sentence():
    text = "<LĐLĐ huyện B> (<LĐLĐ huyện B>) tổ chức [hội nghị] với <LĐLĐ huyện B>."
    assert told(text, "conference") == [("organizer", "LĐLĐ huyện B")]


TYPES = ("conference", "award", "welfare", "dispute", "dialogue", "personnel", "agreement")
PIECES = st.sampled_from(
    ["<Công ty C>", "{Trần Út}", "[trao]", " tổ chức ", ", ", " và ", " do ", " cho ", "công nhân ", " được ", "(", ")",
     "\ue000", "\uf800", " dự ", " chủ trì ", ". ", "İ", " với ", "1.000 "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40), st.sampled_from(TYPES))
def test_any_sentence_gives_participants_that_it_names(pieces, kind):
    made, triggers = scene("".join(pieces))
    for start, end in triggers:
        for one in participants(made, Happening(start, end, kind, True)):
            assert (one.organization or one.person or one.group) in made.text
            assert one.role in ("organizer", "chair", "attendee", "giver", "recipient", "counterparty")


@pytest.mark.parametrize("piece", ["<Công ty C>, ", "công nhân ", "Ông {Trần Út}, ", "do ", "(", "được ", "1.000 "])
def test_a_page_of_one_thing_ends(piece):
    made, ((start, end),) = scene(piece * 3000 + "[trao]")
    for kind in TYPES:
        participants(made, Happening(start, end, kind, True))


def test_rows_are_whole():
    parts = {row["name"] for row in rows("lexicons/participant_parts.csv")} | set("OPUET") | {"n"}
    for row in rows("lexicons/participant_patterns.csv"):
        used = set(re.findall(r"\{([A-Za-z]\w*)\}", row["pattern"]))
        assert used <= parts, row["pattern"]
        assert row["source"] and row["scope"] in ("event", "near")


@cache
def nlp():
    return pipeline.load()


def test_the_events_component_names_participants():
    text = (
        "Ngày 5/3/2022, LĐLĐ tỉnh Nghệ An phối hợp với Công ty TNHH May Minh Anh tổ chức hội nghị tổng kết. "
        "Đồng chí Nguyễn Văn Đạm, Chủ tịch LĐLĐ tỉnh Nghệ An chủ trì hội nghị."
    )
    doc = nlp()(text)
    (event,) = [span._.value for span in doc.spans["events"] if span._.value.is_main]
    assert [(one.role, one.org_id or one.organization or one.person) for one in event.participants] == [
        ("organizer", "ldld-nghe-an"),
        ("organizer", "Công ty TNHH May Minh Anh"),
        ("chair", "Nguyễn Văn Đạm"),
    ]
    (fact,) = [fact for fact in records.events(doc) if fact["main"]]
    assert fact["participants"][2] == {
        "role": "chair", "organization": None, "org_id": None, "person": "Nguyễn Văn Đạm", "group": None,
    }  # fmt: skip
    assert json.dumps(fact)
