"""Whether a figure was reached, is aimed at or is planned: the cues of its sentence (``figure_status.csv``)."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.normalize.phrases import WORD_END, WORD_START, alternation
from pipeline.resources import rows


class _Cue(NamedTuple):
    status: str
    only_of: tuple[str, ...]
    never_of: tuple[str, ...]

    def fits(self, unit: str) -> bool:
        """Whether what is counted can be promised: "đề xuất 2 phương án" has made both."""
        return not (self.never_of and unit.startswith(self.never_of)) and (
            not self.only_of or unit.startswith(self.only_of)
        )


def _cues(position: str) -> dict[str, _Cue]:
    return {
        row["phrase"]: _Cue(
            row["status"], *(tuple(filter(None, row[key].split("|"))) for key in ("only_of", "never_of"))
        )
        for row in rows("lexicons/figure_status.csv")
        if row["position"] == position
    }


_LEADS, _FOLLOWS = _cues("before"), _cues("after")
_END = "."
# A cue behind a number is counted itself ("24 kiến nghị"), but not behind a year; "%" begins a phrase and no word.
_BEFORE = rf"(?:{WORD_START}(?:(?<!\d )|(?<=(?:19|20)\d\d ))|(?=%))"
_LEAD = re.compile(rf"[.!?…](?=[\s”\"])|\n|{_BEFORE}{alternation(_LEADS)}{WORD_END}")
_FOLLOW = re.compile(rf" ?({alternation(_FOLLOWS)}){WORD_END}")
_DIRECT = re.compile(r"chỉ tiêu[^,.;:\n]{0,40}\Z")
# "tăng từ *4,18 triệu đồng* lên 4,42": what is left behind was there.
_OLD = re.compile(r"(?: ?/ ?\w+)*(?: (?:đồng|năm [0-9]{4}|hiện nay|hiện tại|như hiện nay))? (?:lên|xuống)(?![^\W_])")
_REACH = 350


class StatusReader:
    """Reads a lower-cased text's cues as figures are asked about, each stretch of text once: ask in text order."""

    def __init__(self, low: str) -> None:
        self._low = low
        self._scanned = 0
        self._found: list[tuple[int, str]] = []

    def read(self, start: int, end: int, unit: str) -> str:
        """actual, target or planned for the figure at [start, end) that counts ``unit``."""
        low = self._low
        follow = _FOLLOW.match(low, end)
        if follow and (cue := _FOLLOWS[follow[1]]).fits(unit):
            return cue.status
        status = self._led(start, unit.lower())
        if status != "actual" and low.startswith("từ ", max(0, start - 3)) and _OLD.match(low, end):
            return "actual"
        return status

    def _led(self, start: int, unit: str) -> str:
        """By the last cue before; a target's own "sẽ" leaves it one."""
        self._scan(start)
        planned = False
        for at, phrase in reversed(self._found):
            if at >= start:
                continue
            if phrase == _END or start - at > _REACH:
                break
            cue = _LEADS[phrase]
            if cue.status == "none" or not cue.fits(unit):
                continue
            if cue.status == "target":
                return "target"
            if cue.status == "actual":
                aimed = phrase.endswith("chỉ tiêu") and _DIRECT.search(self._low, at, start)
                return "target" if aimed else "planned" if planned else "actual"
            planned = True
        return "planned" if planned else "actual"

    def _scan(self, start: int) -> None:
        begin = max(self._scanned, start - _REACH)
        if begin >= start:
            return
        found = [(m.start(), _END if m[0] not in _LEADS else m[0]) for m in _LEAD.finditer(self._low, begin, start)]
        # What stands before a sentence's end is never asked for again.
        self._found = (self._found if begin == self._scanned else []) + found
        last = next((i for i in range(len(self._found) - 1, -1, -1) if self._found[i][1] == _END), 0)
        self._found = self._found[max(last, len(self._found) - 40) :]
        self._scanned = start
