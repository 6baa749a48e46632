"""A language with plain rules in place of the extractors, so that tests of the dataset know what must come out."""

import json
import re
from datetime import date
from functools import cache

import spacy
from spacy.language import Language

from pipeline.document import Sentences, annotate, create_tokenizer
from pipeline.values import DateValue, EventValue, FigureValue, OfficialValue, OrganizationValue, Participant

DAY = re.compile(r"\b(\d\d?)/(\d\d?)/(\d{4})\b")
ORGANIZATION = re.compile(r"Công đoàn Công ty [A-Z]\w*")
FIGURE = re.compile(r"\b(\d+)(?:-(\d+))? suất quà")
OFFICIAL = re.compile(r"(?:(nguyên) )?Chủ tịch (Công đoàn Công ty [A-Z]\w*) ([A-ZĐ]\w+ [A-Z]\w+ [A-Z]\w+)")
EVENT = re.compile(r"trao quà|hội nghị")


def _dates(doc):
    for m in DAY.finditer(doc.text):
        day = date(int(m[3]), int(m[2]), int(m[1]))
        value = DateValue("DATE", day.isoformat(), day, day)
        yield annotate(doc, m.start(), m.end(), label="DATE", rule="date.day", value=value)


def _organizations(doc):
    for m in ORGANIZATION.finditer(doc.text):
        value = OrganizationValue(m[0], "union_corporate")
        yield annotate(doc, m.start(), m.end(), label="ORG", rule="organization.company", value=value)


def _officials(doc):
    for m in OFFICIAL.finditer(doc.text):
        value = OfficialValue(m[3], "Chủ tịch", "chair", 1, m[2], status="former" if m[1] else "current")
        yield annotate(doc, m.start(), m.end(), label="OFFICIAL", rule="official.chair", value=value)


def _figures(doc):
    for m in FIGURE.finditer(doc.text):
        upper = float(m[2]) if m[2] else None
        value = FigureValue("count", float(m[1]), "suất quà", upper, "suất quà")
        yield annotate(doc, m.start(), m.end(), label="FIGURE", rule="figure.gifts", value=value)


def _events(doc):
    for m in EVENT.finditer(doc.text):
        found = DAY.search(doc.text)
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else None
        kind, precision = ("welfare" if "quà" in m[0] else "conference"), ("day" if day else "none")
        who = tuple(Participant("organizer", o[0]) for o in ORGANIZATION.finditer(doc.text, 0, m.start()))[-1:]
        value = EventValue(kind, True, date_from=day, date_to=day, date_precision=precision, participants=who)
        yield annotate(doc, m.start(), m.end(), label="EVENT", rule="event.word", value=value)


@Language.component("small_rules")
def small_rules(doc):
    for group, find in (
        ("dates", _dates),
        ("organizations", _organizations),
        ("officials", _officials),
        ("figures", _figures),
        ("events", _events),
    ):
        doc.spans[group] = list(find(doc))
    return doc


@cache
def language():
    return with_rules("small_rules")


def with_rules(component):
    """Our tokenizer and sentences, and a component that finds facts by rules of its own."""
    Language.factory("small_sentences", func=Sentences)
    spacy.registry.tokenizers("congdoan.Tokenizer.v1", func=create_tokenizer)
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "congdoan.Tokenizer.v1"}}})
    nlp.add_pipe("small_sentences")
    nlp.add_pipe(component)
    return nlp


def line(number, text=None, **fields):
    """A JSON line: article ``number``, its own text and address."""
    text = text or (
        f"Ngày {number % 28 + 1}/3/2022, Công đoàn Công ty Alpha trao quà cho đoàn viên khó khăn đợt {number}.\n"
        f"Chủ tịch Công đoàn Công ty Alpha Trần Thị Mai trao {number + 1} suất quà, sau đó là 20-30 suất quà nữa."
    )
    url = f"https://www.vidu.org.vn/tin-{number}.html"
    record = {"id": f"a{number}", "url": url, "title": f"Tin số {number}", "published": "2022-04-01", "text": text}
    return json.dumps(record | fields, ensure_ascii=False)
