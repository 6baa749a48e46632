"""spaCy component ``congdoan_events``: writes ``doc.spans["events"]``, one span a happening, the span its trigger.

Triggers and what cancels them are rows (``event_triggers.csv``, ``event_cues.csv``). Title and lead decide the event
that an article reports; another one is told only where a strong trigger of its own tells it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document import annotate, sentences, zone_at
from pipeline.gazetteers import find_places
from pipeline.normalize import timing
from pipeline.normalize.cues import Cue, Lexicon, scan
from pipeline.normalize.fold import match_form, strip_marks
from pipeline.normalize.places import PlaceFinder
from pipeline.normalize.timing import NO_TIME, EventTime, TimeMention
from pipeline.resources import rows
from pipeline.values import EventValue

# What a position counts: a title says what the article reports, after it each sentence says it less.
_TITLE = 1.3
_LEAD = (1.0, 1.0, 0.85, 0.7, 0.6, 0.5)
_BODY = 0.3
_CAPTION = 0.25
# A second event needs this much: a strong row, or a fair one with its own day and a verb that says it was held.
_SECONDARY = 4.0
_DAY_BONUS = 0.8
_HELD_BONUS = 0.6
_DROPPING = frozenset(("aim", "duty", "generic", "document", "occasion", "habitual"))
_HELD = frozenset(("past", "held"))


@dataclass(slots=True)
class Hit:
    """A trigger met in the text; ``effects`` of the cues that govern it."""

    start: int
    end: int
    row: int
    type: str
    weight: float
    sentence: int
    zone: str
    position: float
    effects: set[str] = field(default_factory=set)
    dated: bool = False

    @property
    def dropped(self) -> bool:
        return bool(self.effects & _DROPPING)

    @property
    def strength(self) -> float:
        """How surely it tells a happening of its own."""
        weight = self.weight * (0.6 if "refers" in self.effects else 1.0)
        return weight + _DAY_BONUS * self.dated + _HELD_BONUS * bool(self.effects & _HELD)

    @property
    def vote(self) -> float:
        """Its voice in what the article reports."""
        softened = 0.6 if self.zone == "title" else 0.4
        return self.strength * self.position * (softened if self.dropped else 1.0)


@dataclass(slots=True)
class Reading:
    """What one Doc gives to judge its events by."""

    text: str
    form: str
    bounds: list[tuple[int, int]]
    hits: list[Hit]
    days: list[TimeMention]  # days and spans of days that are no anniversary, deadline or holiday
    times: list[TimeMention]  # months, years and terms too

    def in_sentence(self, mentions: list[TimeMention], sentence: int) -> list[TimeMention]:
        start, end = self.bounds[sentence]
        return [mention for mention in mentions if start <= mention.start < end]


class Events:
    """``nlp.add_pipe("congdoan_events")``; reads ``doc.spans["dates"]`` where it is there."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        parts = {row["name"]: row["pattern"] for row in rows("lexicons/event_parts.csv")}
        self._triggers = rows("lexicons/event_triggers.csv")
        self._weights = [float(row["weight"]) for row in self._triggers]
        self._trigger_lexicon = Lexicon(self._triggers, parts)
        self._cues = [
            (row["effect"], int(row["reach"]), frozenset(filter(None, row["types"].split("|"))))
            for row in rows("lexicons/event_cues.csv")
        ]
        self._cue_lexicon = Lexicon(rows("lexicons/event_cues.csv"), parts)
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows("lexicons/event_places.csv"):
            lists[row["list"]].append(row["phrase"])
        self._places = PlaceFinder(lists, lambda name: bool(find_places(name)))

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["events"] = []
        reading = self._read(doc)
        main = choose_main(reading.hits)
        if main is None:
            return doc
        spans = [self._span(doc, reading, main, is_main=True)]
        spans += [self._span(doc, reading, hit, is_main=False, main=main) for hit in others(reading.hits, main)]
        doc.spans["events"] = sorted(spans, key=lambda span: span.start_char)
        return doc

    # --- reading ----------------------------------------------------------------------------------------------------

    def _read(self, doc: Doc) -> Reading:
        text = doc.text
        form = match_form(text)
        bounds = sentences(doc)
        found, cues = scan(form, self._trigger_lexicon, self._cue_lexicon)
        starts = [start for start, _ in bounds]
        by_sentence: defaultdict[int, list[Cue]] = defaultdict(list)
        for cue in cues:
            by_sentence[bisect_right(starts, cue.start) - 1].append(cue)
        times = [m for m in mentions(doc) if not self._is_occasion(form, by_sentence, starts, m)]
        reading = Reading(text, form, bounds, [], [m for m in times if timing.is_day(m)], times)
        zones = [zone_at(doc, start) for start in starts]
        positions = list(sentence_positions(zones))
        dated = {bisect_right(starts, day.start) - 1 for day in reading.days}
        for cue in found:
            number = bisect_right(starts, cue.start) - 1
            if number < 0:
                continue
            hit = Hit(
                cue.start, cue.end, cue.row, self._triggers[cue.row]["type"], self._weights[cue.row],
                number, zones[number], positions[number], dated=number in dated,
            )  # fmt: skip
            hit.effects = self._effects(form, by_sentence.get(number, []), hit)
            reading.hits.append(hit)
        return reading

    def _effects(self, form: str, cues: list[Cue], hit: Hit) -> set[str]:
        """Effects of the cues before the trigger in its sentence; what is told as past is no aim and no duty."""
        effects: set[str] = set()
        for cue in reversed(cues):
            if cue.end > hit.start:
                continue
            effect, reach, types = self._cues[cue.row]
            distance = hit.start - cue.end
            if distance > reach or (types and hit.type not in types):
                continue
            if effect in ("aim", "duty", "planned") and ("past" in effects or form.find(";", cue.end, hit.start) >= 0):
                continue
            effects.add(effect)
        return effects

    def _is_occasion(self, form: str, cues: dict[int, list[Cue]], starts: list[int], mention: TimeMention) -> bool:
        """A holiday's or an anniversary's day ("mừng Ngày Phụ nữ Việt Nam 20/10") is not the event's."""
        if mention.value.function in ("anniversary", "deadline", "term"):
            return True
        for cue in cues.get(bisect_right(starts, mention.start) - 1, []):
            effect, reach, _ = self._cues[cue.row]
            if effect == "anniversary" and cue.end <= mention.start <= cue.end + reach:
                between = form[cue.end : mention.start]
                return "," not in between
        return False

    # --- one event --------------------------------------------------------------------------------------------------

    def _span(self, doc: Doc, reading: Reading, hit: Hit, *, is_main: bool, main: Hit | None = None) -> Span:
        when = self._time(reading, hit, is_main=is_main)
        where = self._place(reading, hit, is_main=is_main)
        row = self._triggers[hit.row]
        slug = strip_marks(match_form(row["head"].partition("|")[0])).replace(" ", "-")
        value = EventValue(
            type=hit.type,
            is_main=is_main,
            realis="planned" if "planned" in hit.effects else "ongoing" if "ongoing" in hit.effects else "occurred",
            date=when.value,
            date_from=when.date_from,
            date_to=when.date_to,
            date_precision=when.precision,
            date_kind=when.kind,
            place=where,
            confidence=round(min(0.95, 0.35 + 0.1 * hit.strength), 2),
        )
        return annotate(doc, hit.start, hit.end, label="EVENT", rule=f"event.{hit.type}.{slug}", value=value)

    def _time(self, reading: Reading, hit: Hit, *, is_main: bool) -> EventTime:
        """Stated in the trigger's sentence; else, for the main event, the first day told in the lead."""
        for mentions_ in (reading.days, reading.times):
            own = reading.in_sentence(mentions_, hit.sentence)
            if is_main:
                own = [m for m in own if timing.is_day(m) or timing.is_months(m)]
            found = timing.nearest(own, hit.start, hit.end)
            if found:
                return timing.event_time(found, "stated")
        if is_main:
            for number in range(min(6, len(reading.bounds))):
                day = next(iter(reading.in_sentence(reading.days, number)), None)
                if day:
                    return timing.event_time(day, "inherited")
        return NO_TIME

    def _place(self, reading: Reading, hit: Hit, *, is_main: bool) -> str | None:
        """Named in the trigger's sentence; for the main event also in the lead sentence that says its day."""
        numbers = [hit.sentence]
        if is_main:
            lead = (n for n in range(min(6, len(reading.bounds))) if reading.in_sentence(reading.days, n))
            numbers.extend(lead)
        for number in numbers:
            found = self._places.find(reading.text, reading.form, *reading.bounds[number])
            if found:
                return reading.text[found[0] : found[1]]
        return None


def mentions(doc: Doc) -> list[TimeMention]:
    """The calendar times of ``doc.spans["dates"]``, in text order."""
    found = [TimeMention(s.start_char, s.end_char, s._.value) for s in doc.spans.get("dates", ())]
    told = (m for m in found if m.value.type in ("DATE", "TIME") and timing.is_calendar(m))
    return sorted(told, key=lambda mention: mention[:2])


def sentence_positions(zones: list[str]) -> Iterator[float]:
    """What each sentence's position counts."""
    told = 0
    for zone in zones:
        if zone == "title":
            yield _TITLE
        elif zone == "caption":
            yield _CAPTION
        else:
            yield _LEAD[told] if told < len(_LEAD) else _BODY
            told += 1


def choose_main(hits: list[Hit]) -> Hit | None:
    """The trigger of the event that the article reports; None where nothing is told as happening."""
    votes: defaultdict[str, float] = defaultdict(float)
    for kind in {hit.type for hit in hits}:
        own = [hit for hit in hits if hit.type == kind]
        title = max((hit.vote for hit in own if hit.zone == "title"), default=0.0)
        told = [hit for hit in own if hit.zone != "title"]
        if not title and all(hit.dropped for hit in told):
            continue
        body = max((hit.vote for hit in told), default=0.0)
        votes[kind] = title + body + 0.12 * min(5, sum(not hit.dropped for hit in told))
    if not votes:
        return None
    best = max(sorted(votes), key=votes.__getitem__)
    own = [hit for hit in hits if hit.type == best]
    told = [hit for hit in own if hit.zone != "title"]
    return max(told or own, key=lambda hit: (not hit.dropped, hit.vote))


def others(hits: list[Hit], main: Hit) -> list[Hit]:
    """The other events that are told as happenings of their own: the strongest trigger a type and sentence."""
    best: dict[tuple[str, int], Hit] = {}
    for hit in hits:
        if hit.zone == "title" or hit.dropped or hit is main or hit.strength < _SECONDARY:
            continue
        if "planned" in hit.effects and not hit.dated:
            continue
        if hit.type == main.type and (
            hit.sentence == main.sentence or "refers" in hit.effects or hit.zone == "caption"
        ):
            continue
        known = best.get((hit.type, hit.sentence))
        if known is None or hit.strength > known.strength:
            best[hit.type, hit.sentence] = hit
    return list(best.values())
