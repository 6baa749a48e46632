"""Numbers in digits and Vietnamese words → :class:`~decimal.Decimal`. The words are rows of ``number_words.csv``.

Vietnamese writes ``1.863,5`` where English writes ``1,863.5``; the press mixes both. Two different signs, or one
that repeats, decide by their form; a single comma before three digits is a decimal one (``1,863 tỷ``) unless the
caller knows that whole things are counted (``1,863 đoàn viên``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pipeline.resources import rows

_WORDS: dict[str, tuple[str, Decimal]] = {
    row["word"]: (row["role"], Decimal(row["value"])) for row in rows("lexicons/number_words.csv")
}
SCALES: dict[str, Decimal] = {word: value for word, (role, value) in _WORDS.items() if role == "scale"}


def _any(*roles: str, spelled: bool = False) -> str:
    words = [w for w, (role, _) in _WORDS.items() if role in roles and (len(w) > 2 or not spelled or not w.isascii())]
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_END = r"(?![^\W_])"
_DIGIT = _any("digit") + _END
# Never "năm" at the end of a ten: "hai mươi năm" is twenty years, twenty-five is "hai mươi lăm".
_ONES = "(?!năm)" + _any("digit", "last") + _END
_ROUND = rf"(?:{_any('teen')}|{_any('digit')} {_any('ten')}){_END}(?: {_ONES})?"
_TENS = rf"(?:{_ROUND}|{_any('digit')} {_any('last')}{_END})"
_REST = rf"(?: (?:{_any('gap')} {_DIGIT}|{_TENS}|{_any('half')}{_END}|tư{_END}))?"
_HUNDREDS = rf"{_any('digit', 'none')} {_any('hundred')}{_END}{_REST}"
_GROUP = rf"(?:{_HUNDREDS}|{_TENS}|{_DIGIT})"
_SCALE = _any("scale", spelled=True) + _END
# Repeats are bounded so that reading from each word of a long run takes linear time in all.
# After a scale a bare digit belongs to what follows it: "hai nghìn năm" is two thousand years.
_LOWER = rf"(?: {_GROUP}(?: {_SCALE}){{1,3}}){{0,4}}"
_LOWEST = rf"(?: (?:{_HUNDREDS}|{_any('gap')} {_DIGIT}|{_TENS}|{_any('half')}{_END}|tư{_END}))?"
_SHARE = rf"{_any('digit')} {_any('share')} {_any('digit', 'teen', 'hundred')}{_END}"

NUMBER_WORDS: str = rf"(?:{_SHARE}|{_GROUP}(?:(?: {_SCALE}){{1,3}}{_LOWER}{_LOWEST})?)"
"""Regex source, lower case, one space between words: "hai mươi lăm", "một triệu rưỡi", "hai phần ba". No groups."""

DIGITS: str = r"\d+(?:[.,]\d+)*"
"""Regex source of digits with inner dots and commas, linear. No groups."""

_TOKEN = re.compile(rf"{DIGITS}|[^\W\d_]+")
_PLAIN = re.compile(rf"{DIGITS}\Z")
# Atomic: as nothing need stand between two words, there are two ways to read each letter of a long one.
_MIXED = re.compile(rf"(?>{DIGITS}|[^\W\d_]+)(?>[ \-]?(?>{DIGITS}|[^\W\d_]+))*\Z")


def parse_digits(text: str, *, whole: bool = False) -> Decimal | None:
    """The value of digits with dots and commas; None where no convention reads them ("1.23.4").

    ``whole`` says that the number counts things, so that "1,863" is 1863 and not 1.863.

    >>> parse_digits("1.863,5"), parse_digits("1,863.5"), parse_digits("85.6"), parse_digits("1,863")
    (Decimal('1863.5'), Decimal('1863.5'), Decimal('85.6'), Decimal('1.863'))
    """
    if text.isdecimal():
        return Decimal(text)
    if not _PLAIN.match(text):
        return None
    signs = [c for c in text if c in ".,"]
    parts = re.split(r"[.,]", text)
    last = signs[-1]
    decimal = _is_decimal(parts, signs, whole)
    if decimal and signs.count(last) > 1:
        return None
    if len(set(signs[:-1] if decimal else signs)) > 1:
        return None
    groups = parts[:-1] if decimal else parts
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    return Decimal("".join(groups) + ("." + parts[-1] if decimal else ""))


def _is_decimal(parts: list[str], signs: list[str], whole: bool) -> bool:
    """Whether the last sign marks decimals."""
    if len(set(signs)) > 1:
        return True
    if len(signs) > 1:
        return False
    first, rest = parts
    if len(rest) != 3 or len(first) > 3 or first.startswith("0"):
        return True
    return signs[0] == "," and not whole


@lru_cache(maxsize=4096)
def parse_number(text: str, *, whole: bool = False) -> Decimal | None:
    """The value of a number in digits, in words, or in both ("2 tỷ 350 triệu"); None where the text is none.

    ``text`` holds the number alone, in any case. ``whole`` as in :func:`parse_digits`.

    >>> parse_number("ba trăm linh năm"), parse_number("một triệu rưỡi"), parse_number("1,2 triệu tỷ")
    (Decimal('305'), Decimal('1500000.0'), Decimal('1200000000000000.0'))
    """
    text = text.strip().lower()
    plain = parse_digits(text, whole=whole)
    if plain is not None:
        return plain
    if not _MIXED.match(text):
        return None
    # "1,863" before a scale word is 1.863 of it, whatever is counted.
    return _Reader().read(_TOKEN.findall(text))


class _Reader:
    """Reads a phrase word by word: ``total`` holds what scales have closed, ``group`` what is under a thousand."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.group: Decimal | None = None
        self.ones: Decimal | None = None  # a digit that a following "mươi" or "trăm" would multiply
        self.scale: Decimal | None = None  # of the last closed part
        self.halved: Decimal | None = None  # what a following "rưỡi" is half of
        self.gapped = False
        self.previous = ""

    def read(self, tokens: list[str]) -> Decimal | None:
        if "phần" in tokens:
            at = tokens.index("phần")
            above, below = _Reader().read(tokens[:at]), _Reader().read(tokens[at + 1 :])
            return above / below if above is not None and below else None
        for token in tokens:
            role, value = _WORDS.get(token, ("", Decimal(0)))
            if token[0].isdigit():
                number = parse_digits(token)
                if number is None or self.group is not None:
                    return None
                role, value = "number", number
            if not getattr(self, f"_{role}", self._unknown)(value):
                return None
            self.previous = role
        return self._finish()

    def _unknown(self, _: Decimal) -> bool:
        return False

    def _number(self, value: Decimal) -> bool:
        self.group = value
        return True

    def _digit(self, value: Decimal) -> bool:
        if self.ones is not None or self.previous == "number":
            return False
        self.group = (self.group or Decimal(0)) + value
        self.ones = value
        return True

    def _last(self, value: Decimal) -> bool:
        # "hai lăm" is 25, "triệu tư" is 1.4 million; after a ten it is an ordinary digit.
        if self.previous == "digit" and self.ones is not None and self.group is not None:
            self.group += self.ones * 9
            self.ones = None
        return self._digit(value)

    def _none(self, value: Decimal) -> bool:
        return self._digit(value)

    def _teen(self, value: Decimal) -> bool:
        if self.ones is not None or self.previous in ("number", "ten", "teen"):
            return False
        self.group = (self.group or Decimal(0)) + value
        return True

    def _ten(self, value: Decimal) -> bool:
        return self._multiply(value)

    def _hundred(self, value: Decimal) -> bool:
        return self._multiply(value)

    def _multiply(self, by: Decimal) -> bool:
        if self.previous == "number" and self.group is not None:
            self.group *= by
            self.halved = by
            return True
        if self.group is None or self.ones is None:
            return False
        self.group += self.ones * (by - 1)
        self.ones = None
        self.halved = by
        return True

    def _gap(self, _: Decimal) -> bool:
        self.gapped = True
        return self.previous in ("hundred", "scale")

    def _scale(self, value: Decimal) -> bool:
        if self.group is None:
            if self.previous != "scale" or self.scale is None or value < self.scale:
                return False
            self.total *= value
        elif self.scale is not None and self.total and value > self.scale:
            self.total = (self.total + self.group) * value
        else:
            self.total += self.group * value
        self.scale = self.halved = value
        self.group = self.ones = None
        self.gapped = False
        return True

    def _half(self, value: Decimal) -> bool:
        if self.halved is None or self.previous not in ("scale", "hundred", "ten"):
            return False
        self.group = (self.group or Decimal(0)) + self.halved * value
        return True

    def _finish(self) -> Decimal | None:
        if self.group is None:
            return self.total if self.previous == "scale" else None
        # "một triệu tư": a lone digit after a scale counts its tenths; after "linh" it is a plain one.
        if self.total and self.scale and self.ones == self.group and not self.gapped:
            return self.total + self.group * self.scale / 10
        return self.total + self.group
