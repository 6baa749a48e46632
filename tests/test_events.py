"""Events: the lexicon's pass, the choice of the main event, its time and place, and what no text may do."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from models import event_types
from pipeline import document
from pipeline.errors import CongdoanError
from pipeline.extractors.events import EVIDENCE, Events
from pipeline.normalize.cues import Lexicon, Scanner
from pipeline.normalize.fold import match_form
from pipeline.normalize.places import PlaceFinder
from pipeline.normalize.timing import (
    TimeMention,
    event_time,
    event_value,
    is_day,
    is_months,
    joined,
    nearest,
    precision,
)
from pipeline.normalize.triggers import Hit, choose_main, choose_others, sentence_positions
from pipeline.resources import rows
from pipeline.values import DateValue
from scrapers.page import Article, Block, Published, clean_text

TYPES = {
    "conference", "congress", "emulation", "award", "welfare", "training", "culture_sport", "dialogue", "dispute",
    "safety", "international", "organizing", "personnel", "commemoration", "agreement", "policy", "other",
}  # fmt: skip
EFFECTS = {
    "aim", "duty", "manner", "agenda", "generic", "document", "occasion", "refers", "past", "passive", "held",
    "anniversary", "planned", "ongoing", "said", "here", "habitual", "plural", "averted", "law", "earlier",
}  # fmt: skip


@cache
def nlp():
    return pipeline.load()


def events(text, title=None):
    blocks = tuple(Block("body", line) for line in text.split("\n"))
    doc = document.build(nlp(), Article("t", "t", blocks, title=title, published=Published()))
    return doc, [span._.value for span in doc.spans["events"]]


# --- the lexicon -----------------------------------------------------------------------------------------------------


def row(head, tail="", **more):
    return {"head": head, "tail": tail, **more}


def found(table, text, **options):
    parts = options.pop("parts", None)
    form = match_form(text)
    return [(form[c.start : c.end], c.row) for c in Scanner(Lexicon(table, parts, **options))(form)[0]]


def test_the_longest_text_at_a_word_wins():
    table = [row("hội nghị"), row("hội nghị", "tập huấn"), row("tập huấn")]
    assert found(table, "Hội nghị tập huấn, rồi hội nghị") == [("hội nghị tập huấn", 1), ("hội nghị", 0)]


def test_a_head_inside_one_whose_tail_fails_is_met():
    assert found([row("lễ trao", "nhà"), row("trao")], "lễ trao cờ") == [("trao", 1)]


def test_every_finds_all_rows_of_a_word():
    assert sorted(found([row("nhân"), row("nhân dịp")], "nhân dịp", every=True)) == [("nhân", 0), ("nhân dịp", 1)]


def test_heads_stand_on_word_borders_and_tones_on_either_vowel():
    assert found([row("hòa")], "hoà hòa hoàn") == [("hòa", 0), ("hòa", 0)]


def test_a_tail_that_begins_with_a_comma_needs_no_space():
    assert found([row("thăm", "(?:, )?tặng quà")], "thăm, tặng quà") == [("thăm, tặng quà", 0)]


def test_an_unknown_part_is_refused():
    with pytest.raises(KeyError):
        Lexicon([row("trao", "{nothing}")], {})


# --- the rows --------------------------------------------------------------------------------------------------------


def test_trigger_rows_have_known_types_weights_and_sources():
    table = rows("lexicons/event_triggers.csv")
    assert {r["type"] for r in table} == TYPES
    assert {r["kind"] for r in table} <= {"noun", "verb", "name", "weak", "occasion"}
    assert all(0 < float(r["weight"]) <= 5 and r["source"] and r["head"] for r in table)


def test_cue_rows_have_known_effects_and_types():
    for r in rows("lexicons/event_cues.csv"):
        assert set(r["effect"].split("|")) <= EFFECTS and int(r["reach"]) >= 0 and r["source"]
        assert {t for t in r["types"].split("|") if t} <= TYPES


# --- main and others -------------------------------------------------------------------------------------------------


def hit(kind, sentence=0, zone="body", weight=4.0, **more):
    position = 1.3 if zone == "title" else 1.0
    return Hit(sentence * 100, sentence * 100 + 5, 0, kind, weight, True, kind, sentence, 0, zone, position, **more)


def test_title_and_lead_outvote_a_stronger_lead():
    hits = [hit("welfare", zone="title"), hit("welfare", 1), hit("conference", 1, weight=4.5)]
    assert choose_main(hits, titled=True) is hits[1]


def test_aims_and_duties_report_nothing():
    assert choose_main([hit("welfare", effects={"aim"}), hit("training", effects={"duty"})], titled=False) is None


def test_an_aim_in_the_title_still_names_the_matter():
    hits = [hit("organizing", zone="title", effects={"duty"})]
    assert choose_main(hits, titled=True) is hits[0]


def test_a_planned_event_without_its_day_is_none_of_the_others():
    main = hit("conference")
    vague, dated = hit("award", 3, effects={"planned"}), hit("welfare", 4, effects={"planned"}, dated=True)
    assert choose_others([main, vague, dated], main) == [dated]


def test_one_noun_told_twice_is_one_event():
    main = hit("award")
    assert len(choose_others([main, hit("culture_sport", 3), hit("culture_sport", 5)], main)) == 1


def test_positions_fall_from_the_title_on():
    positions = list(sentence_positions(["title", "caption", *["body"] * 8]))
    told = [positions[0], *positions[2:]]
    assert told == sorted(told, reverse=True) and positions[1] < positions[2]


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected", "shape"),
    [
        ("2022-03-29TAF", "2022-03-29", "day"),
        ("2021-03-05T08:30", "2021-03-05", "day"),
        ("2013-05-28/2013-05-29", "2013-05-28/2013-05-29", "range"),
        ("XXXX-08-29", "XXXX-08-29", "day"),
        ("2018-08", "2018-08", "month"),
        ("2023-Q1", "2023-Q1", "quarter"),
        ("2022-H1", "2022-H1", "half"),
        ("2020", "2020", "year"),
        ("P5Y", None, None),
    ],
)
def test_event_values(value, expected, shape):
    assert event_value(value) == expected
    if expected:
        assert precision(expected) == shape


def mention(start, value):
    return TimeMention(start, start + 5, DateValue("DATE", value))


def test_days_months_and_the_nearest():
    assert is_day(mention(0, "2021-05-01")) and not is_day(mention(0, "2021-05"))
    assert is_months(mention(0, "2019-07/2019-11")) and not is_months(mention(0, "2019"))
    before, after = mention(0, "2021-05-01"), mention(40, "2021-05-02")
    assert nearest([before, after], 20, 25) is before
    assert nearest([], 20, 25) is None


def test_days_in_a_row_are_one_span():
    form = "ngày 11 và 12/5 rồi 14/5"
    days = [
        TimeMention(start, end, DateValue("DATE", value))
        for start, end, value in ((0, 7, "2021-05-11"), (11, 15, "2021-05-12"), (20, 24, "2021-05-14"))
    ]
    assert joined(days, days[1], form).value.value == "2021-05-11/2021-05-12"
    assert joined(days, days[2], form) is days[2]


def test_an_events_time_keeps_the_days():
    value = DateValue("DATE", "2021-05-01", date(2021, 5, 1), date(2021, 5, 1))
    assert event_time(TimeMention(0, 5, value), "stated") == (
        "2021-05-01", date(2021, 5, 1), date(2021, 5, 1), "day", "stated",
    )  # fmt: skip


# --- place -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("họp tại Hà Nội, Công đoàn Y tế dự", "Hà Nội"),
        ("tại Khu công nghiệp Tân Phúc (huyện Kim Sơn) sáng nay", "Khu công nghiệp Tân Phúc (huyện Kim Sơn)"),
        ("tại số 12 Lý Nam, quận 3 có lễ", "số 12 Lý Nam, quận 3"),
        ("ở xưởng may, rồi tại huyện Phú Lâm", "huyện Phú Lâm"),
        ("tại Hội nghị có bàn về nhà ở", None),
        ("đến thăm ông Nguyễn Văn Lực", None),
        ("anh đang làm việc tại Hà Nội", None),
        ("tại Nguyễn Văn Lực", None),
        ("tại ", None),
        ("tại " + "Ba " * 20_000, None),
    ],
)
def test_places(text, expected):
    lists: dict[str, list[str]] = {}
    for r in rows("lexicons/event_places.csv"):
        lists.setdefault(r["list"], []).append(r["phrase"])
    finder = PlaceFinder(lists, lambda name: name == "Hà Nội")
    bounds = finder.find(text, match_form(text), 0, len(text))
    assert (text[slice(*bounds)] if bounds else None) == expected


# --- the component ---------------------------------------------------------------------------------------------------


def test_the_span_is_the_trigger_and_one_event_is_main():
    doc, values = events("LĐLĐ quận vừa tuyên dương 20 công nhân. Dịp này, quận đã trao 15 suất quà cho trẻ em.")
    assert [span.text for span in doc.spans["events"]] == ["tuyên dương 20", "trao 15 suất quà"]
    assert [value.is_main for value in values] == [True, False]
    assert all(span.label_ == "EVENT" and span.id_.startswith("event.") for span in doc.spans["events"])


def test_the_component_works_without_its_neighbours():
    alone = pipeline.load(exclude=tuple(name for name in nlp().pipe_names if name != "congdoan_events"))
    doc = alone("LĐLĐ quận vừa tuyên dương 20 công nhân.")
    assert [span._.value.type for span in doc.spans["events"]] == ["award"]


def test_changed_weights_are_told_in_one_line(monkeypatch):
    def refuse():
        raise event_types.WeightsRefused("event_types.npz: the file was changed")

    monkeypatch.setattr(event_types, "load", refuse)
    with pytest.raises(CongdoanError, match="the file was changed"):
        Events(nlp(), "events")


def test_each_evidence_alone_tells_the_event():
    doc, _ = events("LĐLĐ quận vừa tuyên dương 20 công nhân.", title="Tuyên dương 20 công nhân")
    component = Events(nlp(), "events")
    for evidence in EVIDENCE:
        component.evidence = evidence
        assert [span._.value.type for span in component(doc).spans["events"]] == ["award"]


def test_a_title_no_row_knows_gets_the_type_it_sounds_like():
    _, values = events("Ai cũng vui.\nTrời nắng đẹp.", title="Thợ may Tân Lạc vô địch môn kéo co")
    assert [value.type for value in values] == ["culture_sport"]


def test_no_text_has_no_events():
    assert not nlp()("").spans["events"]


WORDS = ["hội nghị", "trao tặng", "20 suất quà", "đã", "cần", "nhằm", "tại", "Hà Nội", "“", "”", ",", ".", "\n", "sẽ"]


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)))
def test_any_text_is_read(text):
    doc = nlp()(clean_text(text))
    spans = list(doc.spans["events"])
    assert sum(span._.value.is_main for span in spans) == bool(spans)
    for span in spans:
        assert doc.text[span.start_char : span.end_char] == span.text
        place = span._.value.place
        assert place is None or place in doc.text
