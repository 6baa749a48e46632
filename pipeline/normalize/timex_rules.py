"""The rules of ``date_rules.csv``: named macros filled in, grouped by the word or digit that they begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.normalize.numerals import NUMBER_WORDS
from pipeline.normalize.phrases import alternation
from pipeline.normalize.timex_context import WORDS
from pipeline.resources import rows


def _day(name: str) -> str:
    return rf"(?P<{name}>0?[1-9]|[12][0-9]|3[01])(?![0-9])"


def _month(name: str) -> str:
    return rf"(?P<{name}>0?[1-9]|1[0-2])(?![0-9])"


def _year(name: str) -> str:
    return rf"(?P<{name}>[12][0-9]{{3}})(?![0-9])"


_END = r"(?![^\W_])"
_MONTH_WORD = r"(?:0?[1-9]|1[0-2])(?![0-9])|" + alternation(WORDS["month"]) + _END
_NUMBER = r"[0-9]{1,3}(?:[.,][0-9]{1,3})?"

MACROS: dict[str, str] = {
    "D": _day("d"),
    "D2": _day("d2"),
    "d": r"(?:0?[1-9]|[12][0-9]|3[01])(?![0-9/.\-])",
    "M": _month("m"),
    "M2": _month("m2"),
    "m": r"(?:0?[1-9]|1[0-2])(?![0-9/.\-])",
    "MW": rf"(?P<m>{_MONTH_WORD})",
    "MW2": rf"(?P<mw>{_MONTH_WORD})",
    "Y": _year("y"),
    "Y2": _year("y2"),
    "YY": r"(?P<yy>[0-9]{2})(?![0-9])",
    "Q": r"(?P<q>iv|i{1,3}|[1-4])(?![^\W_]|-[^\W\d_])",
    "Q2": r"(?P<q2>iv|i{1,3}|[1-4])(?![^\W_])",
    "N": rf"(?P<n>{_NUMBER})(?![0-9])",
    "N2": rf"(?P<n2>{_NUMBER})(?![0-9])",
    "NW": rf"(?P<n>{NUMBER_WORDS})",
    "NW2": rf"(?P<nw2>{NUMBER_WORDS})",
    "UNIT": alternation(WORDS["unit"]) + _END,
    "SETUNIT": alternation(WORDS["unit"]) + _END,
    "PART": alternation(WORDS["part"]),
    "WD": rf"(?P<wd>{alternation(WORDS['weekday'])})",
    "SUNDAY": alternation(WORDS["sunday"]),
    "DASH": r"(?:--?|[–—−])",
    "DASHES": r"\-–—",
    "TO": r"(?:cho )?(?:đến|tới)",
    # Not before more digits, a document's number, nor the next part of a longer chain of numbers.
    "STOP": rf"(?![0-9]|[/.,][0-9]|/ ?[a-zđ]|-{alternation(WORDS['paper'])}(?![^\W_])|[\-–][0-9]{{1,5}}(?![0-9/.]))",
}
_MACRO = re.compile(r"\{([A-Za-z0-9]+)\}")
_CAPTURED = ("UNIT", "SETUNIT")


@dataclass(frozen=True)
class Rule:
    """One row: what it matches from its first character on (``written``), and the name of what reads the match."""

    id: str
    written: str
    builder: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when a text first asks for it: most articles ask for few."""
        return re.compile(self.written)


class Group:
    """The rules of one beginning in file order: one alternation tells which, then the rule's own groups are read."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._sources: list[str] = []
        self._from: dict[int, re.Pattern[str]] = {}

    def add(self, rule: Rule, source: str) -> None:
        self._sources.append(f"(?P<r{len(self.rules)}>{_backreferences(source, len(self.rules))})")
        self.rules.append(rule)

    def _any_from(self, number: int) -> re.Pattern[str]:
        """One alternation of the rules from that one on, compiled when a text first asks for it."""
        return self._from.setdefault(number, re.compile("|".join(self._sources[number:])))

    def match(self, low: str, at: int) -> Iterator[tuple[Rule, re.Match[str]]]:
        """The rules that match at ``at``, with their groups; the caller takes the first that reads as a date."""
        number = 0
        while number < len(self.rules):
            hit = (self._from.get(number) or self._any_from(number)).match(low, at)
            if hit is None:
                return
            # The last group that closes is the rule's own, numbered in the whole group.
            number = int((hit.lastgroup or "r0")[1:])
            rule = self.rules[number]
            match = rule.pattern.match(low, at)
            if match:
                yield rule, match
            number += 1


def _source(pattern: str, captured: bool) -> str:
    """The pattern with its macros filled in; groups are anonymous in the alternation and named in the rule's own."""

    def fill(match: re.Match[str]) -> str:
        source = MACROS[match[1]]
        return f"(?P<u>{source})" if captured and match[1] in _CAPTURED else source

    source = _MACRO.sub(fill, pattern.replace("{{", "\0").replace("}}", "\1"))
    source = source.replace("\0", "{").replace("\1", "}")
    return source if captured else re.sub(r"\(\?P<(?!s>)[a-z0-9]+>", "(?:", source)


def _backreferences(source: str, number: int) -> str:
    return source.replace("(?P<s>", f"(?P<s{number}>").replace("(?P=s)", f"(?P=s{number})")


def _keys(row: dict[str, str]) -> tuple[str, ...]:
    """The words that a rule's match begins with: its key, or all words of that kind."""
    if row["key"] == "w":
        return tuple(WORDS["number"])
    if row["key"] == "p":
        return tuple({word.split(" ")[0] for word in WORDS["part"]})
    return row["key"], *(word for word, key in WORDS["spelling"].items() if key == row["key"])


def load() -> dict[str, Group]:
    """First word ("0" for a digit) → its rules."""
    groups: dict[str, Group] = {}
    for row in rows("lexicons/date_rules.csv"):
        rule = Rule(row["rule"], _source(row["pattern"], True), row["builder"])
        for key in _keys(row):
            groups.setdefault(key, Group()).add(rule, _source(row["pattern"], False))
    return groups


GROUPS: dict[str, Group] = load()
_LEADING = WORDS["before_number"]
_WORDS = alternation(key for key in GROUPS if key not in "0t" and key not in _LEADING)
_STARTS = r"[\s(\[{“”\"‘’'«–—\-−,.;:/…•*+!?&|~=>]"
_KEYS = rf"(?:ngày)?(?P<digits>[0-9]+)|{_WORDS}(?![^\W_])|{alternation(_LEADING)}(?![^\W_]| [0-9])|t(?=[0-9])"
# A page that lost a space has "ngày10/8".
TRIGGER: re.Pattern[str] = re.compile(rf"{_STARTS}(?P<key>{_KEYS})")
"""Where an expression of time may begin: a number, or a word that some rule begins with. Needs a sign before it."""
