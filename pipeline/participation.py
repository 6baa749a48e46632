"""The participants of a Doc's events: what ``normalize.participants`` needs, taken from the Doc's other spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Span

from pipeline.document import match_form, sentence_at, sentences, text_of, token_starts
from pipeline.normalize.participants import Happening, Named, Scene, participants, sentences_of

# "Chủ tịch của LĐLĐ tỉnh": what may stand between a post and its house.
_BETWEEN = ("", "của")


def name_participants(doc: Doc) -> None:
    """Give each span of ``doc.spans["events"]`` its participants; the other groups are read where they are there."""
    events = [(span, span._.value, sentence_at(doc, span.start_char)) for span in doc.spans.get("events", ())]
    if not events:
        return
    numbers = {number for _, _, number in events}
    asked = [
        (span, value, Happening(span.start_char, span.end_char, value.type, value.is_main), sorted(numbers - {number}))
        for span, value, number in events
    ]
    form, bounds = match_form(doc), sentences(doc)
    needed = {number for *_, happening, others in asked for number in sentences_of(form, bounds, happening, others)}
    scene = _scene(doc, needed)
    for span, value, happening, others in asked:
        found = participants(scene, happening, others)
        if found:
            span._.value = replace(value, participants=found)


def _scene(doc: Doc, needed: set[int]) -> Scene:
    """What the sentences ``needed`` name; reading a span's value takes far longer than skipping it."""
    text = text_of(doc)
    named, house_at = [], {}
    for span, start, end in _in(doc, "organizations", needed):
        value = span._.value
        named.append(Named(start, end, value.name, False, value.org_id))
        house_at[start] = end
    named += [Named(start, end, span._.value.name, True) for span, start, end in _in(doc, "persons", needed)]
    posts = [(start, end) for _, start, end in _in(doc, "officials", needed)]
    for _, start, end in _in(doc, "roles", needed):
        for house in range(end, end + 6):
            if house in house_at and text[end:house].strip() in _BETWEEN:
                posts.append((start, house_at[house]))
    times = [(start, end) for _, start, end in _in(doc, "dates", needed)]
    return Scene(text, match_form(doc), sentences(doc), sorted(named, key=lambda one: one[:2]), sorted(posts), times)


def _in(doc: Doc, group: str, needed: set[int]) -> Iterator[tuple[Span, int, int]]:
    """The spans of a group that begin in one of the sentences, with their bounds in the text."""
    windows = sorted(sentences(doc)[number] for number in needed)
    first = [start for start, _ in windows]
    starts = token_starts(doc)
    for span in doc.spans.get(group, ()):
        start = starts[span.start]  # span.start_char makes a token to ask it
        window = bisect_right(first, start) - 1
        if window >= 0 and start < windows[window][1]:
            yield span, start, span.end_char
