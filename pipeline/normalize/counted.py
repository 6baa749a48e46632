"""The counted noun phrase after a number: where it ends, and what of it is the unit.

Known heads ("lượt cán bộ công đoàn") are rows of ``counted_nouns.csv``; any other lower-case noun is taken up to the
next word of ``noun_phrase_stops.csv``, a sign, or the second word. Linear: at most 100 characters are looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.normalize.fold import match_form
from pipeline.resources import rows

_NOUNS = {match_form(row["noun"]): row["class"] for row in rows("lexicons/counted_nouns.csv")}
_STOPS = {match_form(row["word"]): row["role"] for row in rows("lexicons/noun_phrase_stops.csv")}
# What some noun begins with: reading on ends where no longer one can follow.
_BEGINNINGS = frozenset(noun[: gap.start()] for noun in _NOUNS for gap in re.finditer(r" |\Z", noun))
_FIRST_WORDS = frozenset(noun.split(" ")[0] for noun in _NOUNS)
# Settled without reading on: most words after a number are these.
_NEVER_HEADS = frozenset(word for word in _STOPS if word not in _FIRST_WORDS)
_COMPOUNDS = frozenset(row["word"] for row in rows("lexicons/compounds.csv"))
_WORD = re.compile(r"đ/c(?![^\W_])|cnvc ?- ?lđ(?![^\W_])|f[01](?![^\W_])|[^\W\d_]+(?:-[^\W\d_]+)*")
_LOOK, _MOST = 100, 12
_NUMBERED = re.compile(r"(?:cấp|loại|bậc|hạng|số|khóa|đợt|kỳ|nhóm|mức) [0-9]")
_QUOTE = re.compile(r"[“\"‘']([^“”\"‘’'\n]{2,60})[”\"’']")
# Abbreviations of the trade: cán bộ, công nhân, viên chức, lao động, công đoàn … in any mixture.
_TRADE = "cb|cc|vc|cnv|cn|nv|nlđ|lđ|cđ|đv|gv|hs|sv"
_ABBREVIATION = re.compile(rf"(?:{_TRADE}|tn|dn|cs|ht|tt){{1,6}}(?: ?- ?(?:{_TRADE}){{1,4}}){{0,3}}\Z")
_PEOPLE = frozenset({"person", "abbreviation"})
_EITHER = frozenset({"cá nhân", "tập thể", "đơn vị", "tổ chức", "gia đình", "hộ gia đình"})


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A unit at [start, end) of the text. ``kind`` is its row's class, "named" in quotes, "open" for any other noun."""

    start: int
    end: int
    unit: str
    kind: str


class _Words:
    """Words from an offset on, in match form, with their places."""

    def __init__(self, text: str, start: int) -> None:
        raw = text[start : start + _LOOK].partition("\n")[0]
        self.form = match_form(raw)
        self.raw = raw
        self.places: list[tuple[int, int]] = []
        self._unread = _WORD.finditer(self.form)

    def has(self, i: int) -> bool:
        """Whether there is a word ``i``; words are read as far as they are asked for."""
        while len(self.places) <= i:
            match = next(self._unread, None)
            if match is None or i >= _MOST:
                return False
            self.places.append(match.span())
        return True

    def linked(self, i: int) -> bool:
        """Whether word ``i`` follows the one before it after a single space."""
        return self.has(i) and (i == 0 or self.form[self.places[i - 1][1] : self.places[i][0]] == " ")

    def word(self, i: int) -> str:
        return self.form[slice(*self.places[i])]

    def phrase(self, i: int, after: int) -> str:
        """Words ``i`` up to before ``after``."""
        return self.form[self.places[i][0] : self.places[after - 1][1]]

    def known(self, i: int) -> tuple[int, str]:
        """The longest known noun at word ``i``: the index after it and its class; (i, "") without one."""
        after, kind = i, ""
        start = self.places[i][0] if self.has(i) else 0
        for j in range(i, _MOST):
            if not self.has(j) or (j > i and not self.linked(j)):
                break
            phrase = self.form[start : self.places[j][1]]
            if phrase not in _BEGINNINGS:
                break
            if phrase in _NOUNS:
                after, kind = j + 1, _NOUNS[phrase]
        return after, kind

    def compound(self, i: int) -> str:
        """The role of the stop of two words at word ``i``: "ban hành", though "ban" is counted."""
        if self.linked(i + 1):
            return _STOPS.get(f"{self.word(i)} {self.word(i + 1)}", "")
        return ""

    def role(self, i: int) -> str:
        """The role of the stop at word ``i``, of two words or one; "" where it is no stop."""
        return self.compound(i) or _STOPS.get(self.word(i), "")

    def numbered(self, i: int) -> bool:
        """Whether word ``i`` labels a number of its own: "8 tài khoản *cấp* 2"."""
        return _NUMBERED.match(self.form, self.places[i][0]) is not None

    def capital(self, i: int) -> bool:
        return self.raw[self.places[i][0]].isupper()

    def abbreviation(self, i: int) -> bool:
        raw = self.raw[slice(*self.places[i])]
        return len(raw) > 1 and raw.isupper()


def read_noun_phrase(text: str, start: int) -> NounPhrase | None:
    """The counted noun phrase that begins at ``start``; None where a verb, a preposition, a name or a time begins."""
    if not text[start : start + 1].isalpha():
        quoted = _QUOTE.match(text, start)
        return _quoted(text, quoted) if quoted else None
    if text[start : start + 12].partition(" ")[0].lower() in _NEVER_HEADS:
        return None
    words = _Words(text, start)
    if not words.has(0) or words.places[0][0] != 0:
        return None
    after, kind = words.known(0)
    role = words.role(0)
    if (role == "time" and after <= 1) or (role and not kind) or (after == 1 and words.compound(0)):
        return None
    if words.capital(0) and not _is_head(words, after, kind):
        return None
    if not kind:
        after, kind = 1, "abbreviation" if _ABBREVIATION.match(words.word(0)) and words.capital(0) else "open"
    after = _complete(words, after, _extend(words, after, kind))
    after = _enumerate(words, after, kind)
    end = words.places[after - 1][1]
    return NounPhrase(start, start + end, words.raw[:end], kind)


def _quoted(text: str, match: re.Match[str]) -> NounPhrase | None:
    inner = _Words(text, match.start(1))
    if not inner.has(0) or inner.places[0][0] != 0 or not inner.known(0)[1]:
        return None
    return NounPhrase(match.start(), match.end(), match[1].strip(), "named")


def _is_head(words: _Words, after: int, kind: str) -> bool:
    """Whether a capitalized head is a noun: "4 Phó Chủ tịch" has one, "58 Quán Sứ" and "12 Cầu Giấy" have none."""
    if words.abbreviation(0):
        return True
    if not kind:
        return False
    return after > 1 or not (words.linked(1) and words.capital(1) and not words.abbreviation(1))


def _complete(words: _Words, head: int, i: int) -> int:
    """``i``, or one less where the last word taken is the first half of a compound: "10 phường [trực] tiếp"."""
    if i == head or not words.linked(i):
        return i
    halved = f"{words.word(i - 1)} {words.word(i)}" in _COMPOUNDS
    whole = i - 1 > head and f"{words.word(i - 2)} {words.word(i - 1)}" in _COMPOUNDS
    return i - 1 if halved and not whole else i


def _extend(words: _Words, i: int, kind: str) -> int:
    """The index after the words that complete the head at the left of ``i``."""
    if kind == "open" and words.abbreviation(0):
        return i  # "450 PNTE": an abbreviation is whole
    limit = i + (1 if kind == "open" else 2)
    while i < limit and words.linked(i) and not words.role(i) and not words.numbered(i):
        after, more = words.known(i)
        if kind in _PEOPLE and more == "body" and not words.phrase(i, after).startswith("công đoàn"):
            return i
        if after > i + 1 or more == "abbreviation" or words.word(i) in ("nữ", "nam"):
            i = limit = after
            continue
        if words.capital(i) or kind in _PEOPLE:
            return i
        i += 1
    return i


def _enumerate(words: _Words, i: int, kind: str) -> int:
    """ "ĐV, NLĐ", "cán bộ, giáo viên, nhân viên": nouns of one kind after commas belong to the unit."""
    while words.has(i) and words.form[words.places[i - 1][1] : words.places[i][0]] == ", ":
        after, more = words.known(i)
        alike = (kind in _PEOPLE and more in _PEOPLE) or (kind == more == "body")
        either = more and words.form[words.places[i][0] : words.places[after - 1][1]] in _EITHER
        # "sinh 1 con, người mẹ": another phrase begins with a bare "người".
        bare = words.phrase(i, after) == "người" if more else False
        if bare or (not alike and not (either and kind in (*_PEOPLE, "body"))):
            return i
        i = after
    return i


def is_known(phrase: NounPhrase) -> bool:
    """Whether the head is a row, not merely some noun."""
    return phrase.kind != "open"


# --- rates ----------------------------------------------------------------------------------------------------------

_PER = re.compile(r" ?/ ?(?=[^\W\d_])| (?:mỗi|một) (?=[^\W\d_])")
_EACH = re.compile(
    r"(?<![^\W_])mỗi (?:một )?([^\W\d_]+(?: [^\W\d_]+){0,3}?) "
    r"(?:trị giá|có giá|giá|được|nhận|là|với|hỗ trợ|tương đương|gồm|hơn|trên)?[^,.;\d]{0,20}\Z"
)


def read_per(text: str, low: str, end: int, *, counted: bool = False) -> tuple[str | None, int]:
    """What a rate is counted by right after ``end`` ("/người/tháng", "mỗi suất"), and where it ends.

    ``counted``: things stand before it, of which a "mỗi" that names no time begins another phrase.
    """
    parts: list[str] = []
    while len(parts) < 3:
        match = _PER.match(low, end)
        if match is None or (parts and "/" not in match[0]):
            break
        words = _Words(text, match.end())
        if not words.has(0) or words.places[0][0] != 0:
            break
        after, kind = words.known(0)
        if "/" not in match[0] and words.role(0) != "time" and (counted or not kind):
            break
        last = words.places[max(after, 1) - 1][1]
        # "đồng/m2": the digit belongs to the unit.
        last += 1 if words.raw[last : last + 1] in ("2", "²", "3", "³") and last == 1 else 0
        parts.append(words.raw[:last])
        end = match.end() + last
    return "/".join(parts) or None, end


def per_before(low: str, start: int) -> str | None:
    """What "mỗi" named before the amount at ``start``: "mỗi suất trị giá 500.000 đồng" → "suất"."""
    before = low[max(0, start - 50) : start]
    match = _EACH.search(before) if "mỗi " in before else None
    if match is None:
        return None
    words = _Words(match[1], 0)
    after, kind = words.known(0)
    return match[1][: words.places[after - 1][1]] if kind else None
