"""spaCy component ``congdoan_events``: writes ``doc.spans["events"]``, one span a happening, the span its trigger.

Triggers and what cancels them are rows (``event_triggers.csv``, ``event_cues.csv``). Title and lead decide the event
that an article reports; another one is told only where a strong trigger of its own tells it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from spacy.language import Language
from spacy.tokens import Doc, Span

from models import event_types
from pipeline import document
from pipeline.document import annotate, sentences, zones
from pipeline.errors import CongdoanError
from pipeline.gazetteers import find_places
from pipeline.normalize import timing
from pipeline.normalize.cues import Cue, Lexicon, Scanner
from pipeline.normalize.event_chances import article_chances, ask, sentences_as_hits
from pipeline.normalize.event_effects import EffectRules
from pipeline.normalize.event_reading import (
    LEAD,
    OPENING,
    Reading,
    credited,
    follows,
    inside,
    is_heading,
    is_other_name,
    is_planned,
    opens,
    refused,
    split_at_dateline,
    start_of,
)
from pipeline.normalize.event_time import time_of
from pipeline.normalize.fold import match_form, strip_marks
from pipeline.normalize.places import PlaceFinder
from pipeline.normalize.timing import TimeMention
from pipeline.normalize.triggers import (
    BODY,
    FAINT,
    Hit,
    choose_others,
    main_trigger,
    main_type,
    sentence_positions,
)
from pipeline.participation import name_participants
from pipeline.resources import rows
from pipeline.values import EventValue

# So long a text is an article, even without a title.
_ARTICLE = 1500
# What the component may go by; the rows' triggers and the classifier together find most.
EVIDENCE = ("triggers", "classifier", "both")
# What happens where the company is.
AT_WORK = frozenset(("dispute", "safety"))
# So many sentences from the title on may say "tại …" for the main event.
_LEAD_PLACES = 4
# A day told so many days after is history ("hy sinh ngày 31/10/1968"), no news.
_HISTORY = 400
# Pages mix straight and curly quotes: “Sen Việt".
_QUOTE = re.compile(r"[“\"][^“”\"\n]{1,400}[”\"]")


class Events:
    """``nlp.add_pipe("congdoan_events")``; reads the groups dates and organizations where they are there."""

    def __init__(self, nlp: Language, name: str, evidence: str = "both") -> None:
        """``evidence``: one of :data:`EVIDENCE`. Raises CongdoanError where the classifier's weights were changed."""
        self.name = name
        self.evidence = evidence
        self._classifier = _classifier()
        parts = {row["name"]: row["pattern"] for row in rows("lexicons/event_parts.csv")}
        self._dateline = re.compile(parts["dateline"])
        self._triggers = rows("lexicons/event_triggers.csv")
        self._rules = [f"event.{row['type']}.{_slug(row['head'])}" for row in self._triggers]
        self._weights = [float(row["weight"]) for row in self._triggers]
        self._cues = EffectRules(rows("lexicons/event_cues.csv"), parts["habitual_after"])
        # "bên phải", "kỷ luật", "làm việc" hold no duty, no law and no matter.
        self._not_after = [refused(row) for row in rows("lexicons/event_cues.csv")]
        self._trigger_not_after = [refused(row) for row in self._triggers]
        self._scan = Scanner(Lexicon(self._triggers, parts))
        self._scan_cues = Scanner(Lexicon(rows("lexicons/event_cues.csv"), parts, every=True))
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows("lexicons/event_places.csv"):
            lists[row["list"]].append(row["phrase"])
        foreign = {strip_marks(match_form(name)) for name in lists["foreign"]}
        self._places = PlaceFinder(
            lists, lambda name: bool(find_places(name)) or strip_marks(match_form(name)) in foreign
        )

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["events"] = []
        reading = self._read(doc)
        title = next(((start, end) for start, end, zone in zones(doc) if zone == "title" and end > start), None)
        whole = title is not None or len(reading.text) > _ARTICLE
        chances = {} if self.evidence == "triggers" else article_chances(self._classifier, reading, title)
        if self.evidence == "classifier":
            likeliest = max(chances, key=chances.__getitem__)
            reading.hits = sentences_as_hits(self._classifier, reading, likeliest, len(self._triggers))
        kind = main_type(reading.hits, titled=whole, chances=chances, named=title is not None)
        main = main_trigger(reading.hits, kind) if kind else None
        if main is None and title is not None:
            main = self._titled(reading, *title, kind or "other")
        if main is not None:
            if self.evidence == "both":
                ask(self._classifier, reading, main)
            hits = sorted([main, *choose_others(reading.hits, main)], key=start_of)
            doc.spans["events"] = [self._span(doc, reading, hit, is_main=hit is main) for hit in hits]
            name_participants(doc)
        return doc

    def _titled(self, reading: Reading, start: int, end: int, kind: str) -> Hit:
        """What an article reports whose words no row knows: its title says it."""
        words = reading.form[start:end]
        return Hit(start, end, len(self._triggers), kind, 0.5, True, words, 0, 0, "title", 1.0)

    # --- reading ----------------------------------------------------------------------------------------------------

    def _read(self, doc: Doc) -> Reading:
        text = document.text_of(doc)
        form = document.match_form(doc)
        bounds = list(sentences(doc))
        story = split_at_dateline(form, bounds, self._dateline)
        found = self._scan(form)[0]
        reading = Reading(text, form, bounds, [start for start, _ in bounds], defaultdict(list), [], [], [])
        reading.published = document.published(doc)
        reading.story = story
        reading.effects = self._cues.effects
        times = mentions(doc)
        zone, positions = self._zones(doc, reading)
        reading.zones = zone
        found = self._worth(reading, found, positions)
        whole, openings = self._to_scan(reading, found, times)
        for number in sorted(whole | openings):
            start, end = bounds[number]
            stop = end if number in whole else min(end, start + 2 * OPENING)
            reading.cues[number] = [
                cue for cue in self._scan_cues(form, start, stop)[0] if not follows(form, cue, self._not_after[cue.row])
            ]
        days = (time.value.date_to for time in times if timing.is_day(time) and time.value.date_to)
        reading.last_day = max(days, default=None)
        reading.times = [mention for mention in times if not self._is_occasion(reading, mention)]
        reading.days = [mention for mention in reading.times if timing.is_day(mention)]
        self._collect(doc, reading, found, zone, positions)
        return reading

    def _zones(self, doc: Doc, reading: Reading) -> tuple[list[str], list[float]]:
        """Each sentence's zone, and what its position counts."""
        zone = sentence_zones(doc, reading.starts)
        for number in (*credited(reading.text, reading.bounds), *range(reading.story or 0)):
            zone[number] = "caption" if zone[number] != "title" else "title"
        return zone, list(sentence_positions(zone))

    def _worth(self, reading: Reading, found: list[Cue], positions: list[float]) -> list[Cue]:
        """The triggers that may become an event: where title or lead tell one, no faint ones far down."""
        kept = [
            cue for cue in found if self._weights[cue.row] >= FAINT or positions[reading.sentence_at(cue.start)] > BODY
        ]
        told = any(self._weights[cue.row] >= FAINT and positions[reading.sentence_at(cue.start)] > BODY for cue in kept)
        return kept if told else found

    def _to_scan(self, reading: Reading, found: list[Cue], times: list[TimeMention]) -> tuple[set[int], set[int]]:
        """The sentences whose cues matter: with a trigger, or of the lead with a time; and, for their openings
        ("Nhiệm vụ …"), the ones before a trigger in its paragraph."""
        whole = {reading.sentence_at(cue.start) for cue in found}
        openings: set[int] = set()
        for number in whole:
            while number and reading.text[reading.starts[number] - 1] != "\n":
                number -= 1
                if number in openings:
                    break
                openings.add(number)
        whole |= {number for time in times if (number := reading.sentence_at(time.start)) < LEAD}
        return whole, openings - whole

    def _collect(self, doc: Doc, reading: Reading, found: list[Cue], zone: list[str], positions: list[float]) -> None:
        dated = {reading.sentence_at(day.start) for day in reading.days}
        monthly = {reading.sentence_at(month.start) for month in reading.times if timing.is_months(month)}
        agendas = self._cues.agendas(reading)
        names = [(span.start_char, span.end_char) for span in doc.spans.get("organizations", ())]
        quotes = [match.span() for match in _QUOTE.finditer(reading.text)]
        for cue in found:
            row = self._triggers[cue.row]
            if follows(reading.form, cue, self._trigger_not_after[cue.row]):
                continue
            number = reading.sentence_at(cue.start)
            if (row["kind"] == "weak" and "title" not in zone) or is_other_name(row, reading.text[cue.start : cue.end]):
                continue
            hit = Hit(
                cue.start, cue.end, cue.row, row["type"], self._weights[cue.row], not row["tail"],
                reading.form[cue.start : cue.end], number, cue.start - reading.starts[number],
                zone[number], positions[number], dated=number in dated, monthly=number in monthly,
            )  # fmt: skip
            hit.effects = self._cues.of(reading, hit)
            hit.effects |= {"name"} if inside(names, hit) else set()
            hit.effects |= {"quoted"} if inside(quotes, hit) else set()
            hit.effects |= {"quoted"} if is_heading(reading, number) else set()
            hit.effects |= {"occasion"} if row["kind"] == "occasion" and opens(reading, hit, found) else set()
            if number in agendas and "past" not in hit.effects and not hit.dated:
                hit.effects.add("agenda")
            reading.hits.append(hit)

    def _is_occasion(self, reading: Reading, mention: TimeMention) -> bool:
        """A holiday's or an anniversary's day ("mừng Ngày Phụ nữ Việt Nam 20/10") is not the event's."""
        value = mention.value
        if value.function in ("anniversary", "deadline", "term"):
            return True
        if reading.published and value.date_to and (reading.published - value.date_to).days > _HISTORY:
            return timing.is_day(mention)
        return self._cues.makes_occasion(reading, mention)

    # --- one event --------------------------------------------------------------------------------------------------

    def _span(self, doc: Doc, reading: Reading, hit: Hit, *, is_main: bool) -> Span:
        when, said_in = time_of(reading, hit, is_main=is_main)
        value = EventValue(
            type=hit.type,
            is_main=is_main,
            realis="planned" if "planned" in hit.effects else "ongoing" if "ongoing" in hit.effects else "occurred",
            date=when.value,
            date_from=when.date_from,
            date_to=when.date_to,
            date_precision=when.precision,
            date_kind=when.kind,
            place=self._place(reading, hit, [hit.sentence, said_in, 0] if is_main else [hit.sentence]),
            confidence=round(min(0.95, 0.35 + 0.1 * hit.strength), 2),
        )
        return annotate(doc, hit.start, hit.end, label="EVENT", rule=self._rule(hit), value=value)

    def _rule(self, hit: Hit) -> str:
        return self._rules[hit.row] if hit.row < len(self._rules) else f"event.{hit.type}.title"

    def _place(self, reading: Reading, hit: Hit, numbers: list[int]) -> str | None:
        """Named in the first of the sentences that names one: the trigger's, the day's, the title; else the lead's."""
        at_work = hit.type in AT_WORK
        count = min(_LEAD_PLACES, len(reading.bounds)) if len(numbers) > 1 else 0
        lead = [n for n in range(count) if reading.zones[n] != "caption" and not is_planned(reading, n)]
        for number in dict.fromkeys([*numbers, *lead]):
            surely = number not in numbers
            found = self._places.find(
                reading.text, reading.form, *reading.bounds[number], at_work=at_work and not surely, surely=surely
            )
            if found:
                return reading.text[found[0] : found[1]]
        return None


def _classifier() -> event_types.EventTypes:
    try:
        return event_types.load()
    except event_types.WeightsRefused as error:
        raise CongdoanError(str(error)) from error


def _slug(heads: str) -> str:
    """The first head as it stands in a rule's name: "trao tặng|tặng" → "trao-tang"."""
    return strip_marks(match_form(heads.partition("|")[0])).replace(" ", "-")


def sentence_zones(doc: Doc, starts: list[int]) -> list[str]:
    """The zone of each sentence, given where the sentences start."""
    bounds = zones(doc)
    ends = [end for _, end, _ in bounds]
    return [bounds[min(bisect_right(ends, start), len(bounds) - 1)][2] for start in starts]


def mentions(doc: Doc) -> list[TimeMention]:
    """The calendar times of ``doc.spans["dates"]``, in text order."""
    found = [TimeMention(s.start_char, s.end_char, s._.value) for s in doc.spans.get("dates", ())]
    told = (m for m in found if m.value.type in ("DATE", "TIME") and timing.is_calendar(m))
    return sorted(told, key=lambda mention: mention[:2])
