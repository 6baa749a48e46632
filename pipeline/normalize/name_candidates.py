"""Runs of a text that may be a person's name, and the text as decisions over them see it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from pipeline.normalize import person_names, titles
from pipeline.normalize.person_names import form_of


@dataclass(slots=True)
class Candidate:
    """A run: its borders in the text, its words, and what was decided about it."""

    start: int
    end: int
    words: list[str]
    honorific: str | None = None
    sure: bool = False
    rule: str = "person.family-name"
    flags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class View:
    """What a decision looks at: the text, its match form, the borders of organizations."""

    text: str
    form: str
    starts: list[int]
    ends: list[int]

    def organization_at(self, offset: int) -> tuple[int, int] | None:
        i = bisect_right(self.starts, offset) - 1
        return (self.starts[i], self.ends[i]) if i >= 0 and offset < self.ends[i] else None

    def next_organization(self, offset: int) -> int:
        i = bisect_right(self.starts, offset)
        return self.starts[i] if i < len(self.starts) else len(self.text)


def cut(view: View, start: int, end: int) -> Candidate | None:
    """The run without what is no part of the name: an organization, a title, capitals of an abbreviation."""
    if view.organization_at(start) or titles.title_pattern().match(view.form, start):
        return None
    end = min(end, view.next_organization(start))
    words = view.text[start:end].rstrip().split(" ")
    keep = len(words)
    offset = start
    for i, word in enumerate(words):
        if i and form_of(word) in titles.first_words() and titles.title_pattern().match(view.form, offset):
            keep = i
            break
        if i and len(word) > 1 and word.isupper() and not words[0].isupper():
            keep = i
            break
        offset += len(word) + 1
    words = words[:keep]
    skip = person_names.first_of_two(words) or _place_before(words)
    return _candidate(view, start, words, skip)


def _place_before(words: list[str]) -> int:
    """How many words of the run are a place that a name follows ("Hà Nội | Trần Văn Ba"), 0 where none does."""
    for n in (3, 2):
        if len(words) >= n + 2 and person_names.tail_key(words[:n]) in person_names.lookalikes():
            return n if person_names.strength(words[n]) in ("core", "strong") else 0
    return 0


def _candidate(view: View, start: int, words: list[str], skip: int) -> Candidate | None:
    start += sum(len(word) + 1 for word in words[:skip])
    words = words[skip : skip + 6]
    if len(words) < 2 or (len(words) > 5 and not words[0].startswith(("H'", "Y"))):
        words = words[:5]
    if len(words) < 2 or (skip and not person_names.strength(words[0])):
        return None
    return Candidate(start, start + len(" ".join(words)), words)
