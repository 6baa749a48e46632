"""A language with plain rules whose articles are full of links: what consolidation must bring together or keep apart.

Beside what ``small_language`` knows: organizations of the gazetteer, places of events, persons without a post who take
part, figures of somebody. ``read`` says what a text holds without any of our code, so that a model can.
"""

import re
from datetime import date
from functools import cache

from spacy.language import Language

from pipeline.document import annotate
from pipeline.values import DateValue, EventValue, FigureValue, OfficialValue, OrganizationValue, Participant
from tests.small_language import with_rules

KNOWN = {
    "Công đoàn Giáo dục Việt Nam": "cd-giao-duc",
    "Tổng Công hội đỏ Bắc Kỳ": "tong-cong-hoi-do-bac-ky",
}
_NAME = r"([A-ZĐ]\w+ [A-Z]\w+ [A-Z]\w+)"
_HOUSE = rf"Công đoàn Công ty [A-Z]\w*|{'|'.join(KNOWN)}"
_RULES = {
    "dates": re.compile(r"\b(\d\d?)/(\d\d?)/(\d{4})\b"),
    "organizations": re.compile(_HOUSE),
    "officials": re.compile(rf"(nguyên )?(Chủ tịch|Phó Chủ tịch) (?:({_HOUSE}) )?{_NAME}"),
    "figures": re.compile(r"\b(\d+) suất quà"),
    "events": re.compile(r"trao quà|hội nghị"),
}
_PLACE = re.compile(r" tại ([^.]+?) có ")
_GUEST = re.compile(rf"bà {_NAME}")
TABLES = {
    "dates": "dates",
    "organizations": "organization_mentions",
    "officials": "officials",
    "figures": "figures",
    "events": "event_mentions",
}


def read(text):
    """(table, start, end) of each fact that the text states."""
    return {(TABLES[group], m.start(), m.end()) for group, rule in _RULES.items() for m in rule.finditer(text)}


def _day(found):
    return date(int(found[3]), int(found[2]), int(found[1]))


def _last_house(text, end):
    found = [m[0] for m in _RULES["organizations"].finditer(text, text.rfind("\n", 0, end) + 1, end)]
    return (found[-1], KNOWN.get(found[-1])) if found else (None, None)


def _date(m):
    return DateValue("DATE", _day(m).isoformat(), _day(m), _day(m))


def _organization(m):
    if m[0] in KNOWN:
        return OrganizationValue(m[0], "union_sector", KNOWN[m[0]], "exact", 1.0)
    return OrganizationValue(m[0], "union_grassroots")


def _official(m):
    role = ("chair", 1) if m[2] == "Chủ tịch" else ("vice_chair", 2)
    return OfficialValue(m[4], m[2], *role, m[3], KNOWN.get(m[3]), status="former" if m[1] else "current")


def _figure(m):
    who, org_id = _last_house(m.string, m.start())
    return FigureValue("count", float(m[1]), "suất quà", unit_raw="suất quà", who=who, who_org_id=org_id)


def _event(m):
    begin, end = m.string.rfind("\n", 0, m.start()) + 1, m.end() + len(m.string[m.end() :].partition("\n")[0])
    told = _RULES["dates"].search(m.string, begin, end)
    day = _day(told) if told else None
    where = _PLACE.search(m.string, m.end(), end)
    house, org_id = _last_house(m.string, m.start())
    who = [Participant("organizer", house, org_id)] if house else []
    who += [Participant("attendee", person=guest[1]) for guest in _GUEST.finditer(m.string, m.end(), end)]
    kind, precision = ("welfare" if "quà" in m[0] else "conference"), ("day" if day else "none")
    return EventValue(
        kind,
        not _RULES["events"].search(m.string, 0, m.start()),
        date=day and day.isoformat(),
        date_from=day,
        date_to=day,
        date_precision=precision,
        date_kind="stated" if day else "none",
        place=where and where[1],
        participants=tuple(who),
    )


_VALUES = {
    "dates": _date, "organizations": _organization, "officials": _official, "figures": _figure, "events": _event,
}  # fmt: skip


@Language.component("linked_rules")
def linked_rules(doc):
    for group, rule in _RULES.items():
        doc.spans[group] = [
            annotate(doc, m.start(), m.end(), label=group, rule=f"{group}.linked", value=_VALUES[group](m))
            for m in rule.finditer(doc.text)
        ]
    return doc


@cache
def language():
    return with_rules("linked_rules")
