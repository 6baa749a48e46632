"""spaCy component ``congdoan_figures``: writes ``doc.spans["figures"]``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document import annotate, match_form, sentence_at, sentences, surface_of, text_of, zones
from pipeline.normalize import figure_agents, figure_periods
from pipeline.normalize.counted import is_known, read_noun_phrase
from pipeline.normalize.figure_agents import Actor
from pipeline.normalize.figure_checks import check
from pipeline.normalize.figure_periods import Period, Sentence, Time
from pipeline.normalize.figures import Found, Reader
from pipeline.normalize.fold import lower
from pipeline.normalize.labels import quoted_names

_PAIR = re.compile(r"([0-9]{1,2}) ?[-–] ?([0-9]{1,2})")


class Figures:
    """Reads ``doc.spans`` dates and organizations where they are there; works without them."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        low = lower(text)
        dates = [(s.start_char, s.end_char) for s in doc.spans.get("dates", ())]
        taken = _Intervals([(start, end) for start, end in dates if not _is_pair(text, low, start, end)])
        names = _Intervals([(s.start_char + 1, s.end_char) for s in doc.spans.get("organizations", ())])
        quoted = _Intervals(quoted_names(text, low))
        found = check(low, list(Reader(text, low, taken, names, quoted).read()))
        doc.spans["figures"] = [_annotate(doc, figure) for figure in _Context(doc).add(found)]
        return doc


def _annotate(doc: Doc, figure: Found) -> Span:
    return annotate(doc, figure.start, figure.end, label="FIGURE", rule=figure.rule, value=figure.value)


def _is_pair(text: str, low: str, start: int, end: int) -> bool:
    """ "từ *1-2* công trình": a day to the eye, but without a word of time and before what is counted."""
    pair = _PAIR.fullmatch(text, start, end)
    if pair is None or not low.endswith("từ ", 0, start) or text[start - 3 : start - 2] != "t":
        return False
    phrase = read_noun_phrase(text, end + 1) if text[end : end + 1] == " " else None
    return int(pair[1]) < int(pair[2]) and phrase is not None and is_known(phrase)


class _Intervals:
    """Half-open intervals; answers whether one of them overlaps another in logarithmic time."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif end > start:
                self._starts.append(start)
                self._ends.append(end)

    def overlaps(self, start: int, end: int) -> bool:
        i = bisect_right(self._starts, end - 1)
        return i > 0 and self._ends[i - 1] > start


# --- who and when ---------------------------------------------------------------------------------------------------

# Title and so many sentences after it say what day an article reports on.
_LEAD = 2
_BACK = 3


class _Context:
    """What stands around figures: organizations and times of their sentences, read once a sentence."""

    def __init__(self, doc: Doc) -> None:
        self.doc, self.form = doc, match_form(doc)
        self.bounds = sentences(doc)
        self.actors = [_actor(span) for span in doc.spans.get("organizations", ())]
        self.actors.sort(key=itemgetter(0))
        self.actor_starts = [actor.start for actor in self.actors]
        spans = [(s, s._.value) for s in doc.spans.get("dates", ())]
        self.times = [Time(s.start_char, s.end_char, v) for s, v in spans if v and figure_periods.is_calendar(v)]
        self.times.sort(key=itemgetter(0))
        self.time_starts = [time.start for time in self.times]
        self.day = figure_periods.reported_day([self.sentence(i) for i in self._lead()]) if self.times else None

    def _lead(self) -> list[int]:
        title = next((end for _, end, zone in zones(self.doc) if zone == "title"), 0)
        first = sum(end <= title for _, end in self.bounds[:5])
        return list(range(min(first + _LEAD, len(self.bounds))))

    def sentence(self, number: int) -> Sentence:
        start, end = self.bounds[number]
        low, high = bisect_left(self.time_starts, start), bisect_left(self.time_starts, end)
        return Sentence(start, end, self.times[low:high])

    def add(self, found: list[Found]) -> Iterator[Found]:
        """The figures with who and when."""
        if not self.actors and not self.times:
            yield from found
            return
        for number, group in groupby(found, key=lambda figure: sentence_at(self.doc, figure.start)):
            sentence = self.sentence(number)
            low, high = (bisect_left(self.actor_starts, at) for at in (sentence.start, sentence.end))
            dates = [(time.start, time.end) for time in sentence.times]
            acts = figure_agents.acts_in(self.form, sentence.start, sentence.end, self.actors[low:high], dates)
            earlier = [] if sentence.times else self._earlier(number)
            for figure in group:
                actor = figure_agents.agent(self.form, acts, figure.start, figure.end) if acts else None
                period = self._period(sentence, earlier, figure)
                yield _with(figure, actor, period) if actor or period.kind != "none" else figure

    def _earlier(self, number: int) -> list[Sentence]:
        """Up to three sentences before, of the same line."""
        found: list[Sentence] = []
        for i in range(number - 1, max(-1, number - 1 - _BACK), -1):
            if "\n" in self.form[self.bounds[i][1] : self.bounds[i + 1][0]]:
                break
            found.append(self.sentence(i))
        return found

    def _period(self, sentence: Sentence, earlier: list[Sentence], figure: Found) -> Period:
        if figure.value.measure == "age":
            return figure_periods.NO_PERIOD
        if sentence.times:
            return figure_periods.stated(self.form, sentence, figure.start, figure.end)
        return figure_periods.inherited(self.form, sentence, earlier, figure.start, self.day)


def _actor(span: Span) -> Actor:
    name = value.name if (value := span._.value) else surface_of(span)
    return Actor(span.start_char, span.end_char, name, span.kb_id_ or None)


def _with(figure: Found, actor: Actor | None, period: Period) -> Found:
    value = replace(
        figure.value,
        who=actor.name if actor else None,
        who_org_id=actor.org_id if actor else None,
        period_from=period.first,
        period_to=period.last,
        period_kind=period.kind,
    )
    return replace(figure, value=value)
