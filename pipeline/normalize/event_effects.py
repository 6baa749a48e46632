"""What the words around a trigger or a day make of it: an aim, a duty, a plan, an anniversary.

Pure: the rows of ``event_cues.csv`` and a :class:`~pipeline.normalize.event_reading.Reading` in, effects out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from pipeline.normalize.event_reading import OPENING, Reading, start_of
from pipeline.normalize.timing import TimeMention
from pipeline.normalize.triggers import Hit

# "Tết Sum vầy do LĐLĐ tỉnh tổ chức ngày 6/1": so close before a day, a verb of holding says whose day it is.
_BESIDE = 12


class EffectRules:
    """The cue rows, by number as the scanner finds them."""

    def __init__(self, table: Iterable[Mapping[str, str]], habitual_after: str) -> None:
        """``habitual_after``: the pattern of what follows a trigger that tells nothing single ("hằng năm")."""
        table = list(table)
        self.effects = [frozenset(row["effect"].split("|")) for row in table]
        self._reaches = [int(row["reach"]) for row in table]
        self._types = [frozenset(filter(None, row["types"].split("|"))) for row in table]
        self._longest = max(self._reaches)
        self._habitual = re.compile(habitual_after)

    def of(self, reading: Reading, hit: Hit) -> set[str]:
        """Effects of the cues before the trigger in its sentence; what is told as past is no aim and no duty."""
        effects: set[str] = set()
        cues = reading.cues.get(hit.sentence, [])
        for number in range(bisect_left(cues, hit.start, key=start_of) - 1, -1, -1):
            cue = cues[number]
            effect, reach, types = self.effects[cue.row], self._reaches[cue.row], self._types[cue.row]
            distance = hit.start - cue.end
            if distance > self._longest:
                break
            if not 0 <= distance <= reach or (types and hit.type not in types):
                continue
            if "earlier" in effect and cue.start - reading.starts[hit.sentence] > OPENING:
                continue
            if "past" in effects and effect & {"aim", "duty", "planned"}:
                continue
            effects |= effect - {"agenda", "anniversary"}
        if "past" in effects:  # "đã kịp thời thăm hỏi"
            effects.discard("manner")
        if self._habitual.match(reading.form, hit.end):
            effects.add("habitual")
        if "refers" in effects:  # "theo chỉ đạo tại hội nghị": the meeting was held all the same
            effects -= {"aim", "duty"}
        return effects

    def agendas(self, reading: Reading) -> set[int]:
        """Sentences in a paragraph after one that opens with what is to be done."""
        found: set[int] = set()
        running = False
        for number, (start, _) in enumerate(reading.bounds):
            if reading.text[start - 1 : start] == "\n":
                running = False
            opening = [self.effects[c.row] for c in reading.cues.get(number, []) if c.start - start <= OPENING]
            running = running and not any("here" in effect for effect in opening)
            if running:
                found.add(number)
            running = running or any("agenda" in effect for effect in opening)
        return found

    def makes_occasion(self, reading: Reading, mention: TimeMention) -> bool:
        """Whether a holiday, an anniversary or a rule said before the day makes it theirs."""
        cues = reading.cues.get(reading.sentence_at(mention.start), [])
        if any("held" in self.effects[cue.row] and 0 <= mention.start - cue.end <= _BESIDE for cue in cues):
            return False
        for cue in cues:
            if "anniversary" in self.effects[cue.row] and 0 <= mention.start - cue.end <= self._reaches[cue.row]:
                return "," not in reading.form[cue.end : mention.start]
        return False
