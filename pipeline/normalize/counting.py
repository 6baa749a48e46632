"""Whether a number that was read counts or measures at all: no label, name, year, article, father or code."""

from __future__ import annotations

import re

from pipeline.normalize.counted import NounPhrase
from pipeline.normalize.labels import LAW_PARTS, LAWS, label_before, names_programme
from pipeline.normalize.quantities import Amount, Unit, words_before
from pipeline.resources import rows

_CUES = rows("lexicons/counting_cues.csv")
_ONE_CUES = frozenset(row["cue"] for row in _CUES if row["number"] == "một")
# "năm" is a year first: "trong năm đơn vị …" stays one.
_FIVE_CUES = frozenset(row["cue"] for row in _CUES if row["number"] == "năm")
# Units that a label's number can stand before: "lần 2 lần" says nothing, "đường 5 km" does.
_COUNTABLE = frozenset(("lần", "điểm", "m"))
_PARTS = "|".join(LAW_PARTS)
# "khoản 1, 2 và 5 [Điều 12]", "các điều 26, [27 Thông tư này]": the number belongs to the list before it.
_PART = r"[0-9a-zđ][0-9.]{0,4}"
_AND = r"(?:,| và| hoặc| đến| hay| -|-)"
_PARTS_BEFORE = re.compile(rf"(?<![^\W_])(?:{_PARTS}) {_PART}(?:(?:{_AND}|,? (?:{_PARTS})) ?{_PART}){{0,8}}{_AND} ?\Z")
# "lớp 10, 11 và [12 tựu trường]": one label for all.
_NUMBERS_BEFORE = re.compile(r" (?=[0-9]+(?:(?:,| và| hoặc| hay|-) ?[0-9]+)*(?:,| và| hoặc| hay) ?\Z)")
# What a part or a law is told by behind its noun: its own number, or that it is this one.
_CITED = re.compile(rf"(?:{_PARTS}|{'|'.join(LAWS)}) (?:số )?(?:[0-9]|này(?![^\W_]))")
_SENTENCE_START = frozenset(("", ".", ":", "!", "?", "-", "–"))


def counts(text: str, low: str, amount: Amount, unit: Unit | None, phrase: NounPhrase | None, begin: int) -> bool:
    """Whether it is a figure at all and no label, name, year, article or father ("ba")."""
    if phrase and amount.digits and _is_citation(text, low, amount, phrase):
        return False
    # What has a unit of measure needs no look at what stands before it.
    if unit is None or unit.unit in _COUNTABLE:
        label = label_before(low, amount.start) if begin == amount.start else ""
        if label in ("label", "name") or (label == "document" and not (phrase and phrase.kind != "open")):
            return False
        if label == "group" and not (phrase and phrase.kind == "person"):
            return unit is not None
    if phrase and amount.scale and amount.digits.isdecimal() and names_programme(low, amount.start):
        return False
    # "Siêu thị 0 đồng" is a name; nobody counts nothing.
    if amount.value() == 0 and unit and unit.measure == "money":
        return False
    if amount.digits:
        return not (phrase and phrase.kind == "open") or _counts_unknown(text, low, amount, begin)
    return _counts_in_words(text, low, amount, unit, phrase, begin)


def _is_citation(text: str, low: str, amount: Amount, phrase: NounPhrase) -> bool:
    """Whether the number is that of a part of a law whose next part follows: "khoản *1 Điều* 5", "Điều *27 Luật* này".

    "6 chương, 60 điều" and "ban hành 3 Nghị định" are counts.
    """
    first = phrase.unit.lower().split(" ")[0]
    if first in LAW_PARTS and text[phrase.start].isupper():
        return True
    cited = _CITED.match(low, phrase.start)
    if cited and (cited[0][-1].isdigit() or text[phrase.start].isupper()):
        return True
    legal = first in LAW_PARTS or phrase.unit.lower().startswith(LAWS)
    return legal and bool(_PARTS_BEFORE.search(low[max(0, amount.start - 60) : amount.start]))


def _counts_unknown(text: str, low: str, amount: Amount, begin: int) -> bool:
    """Whether a noun that no row knows is counted: whole things, not "PMU 18 xác định" nor "năm 2018 xét"."""
    value = amount.value(whole=True)
    if _is_year(amount) or value is None or value != value.to_integral_value():
        return False
    chunk = max(0, amount.start - 40)
    listed = _NUMBERS_BEFORE.search(low, chunk, amount.start)
    if listed and label_before(low, listed.end()) in ("label", "group"):
        return False
    before = words_before(text, begin) if begin == amount.start else []
    return not (before and before[-1][0].isupper()) or len(before) == 1


def _counts_in_words(
    text: str, low: str, amount: Amount, unit: Unit | None, phrase: NounPhrase | None, begin: int
) -> bool:
    before = low[max(0, amount.start - 2) : amount.start].strip(' \n“"(')[-1:]
    if text[amount.start].isupper() and before not in _SENTENCE_START:
        return False
    if phrase and phrase.kind == "open":
        return False
    lead = low[begin : amount.start].strip()
    if amount.text == "một":
        return lead in _ONE_CUES or bool(phrase and phrase.kind == "named" and phrase.unit[0].isupper())
    if amount.text == "năm":
        if text[amount.start] == "N":
            # A sentence that begins with "Năm" and people or bodies counts them: a year would have its number.
            return phrase is not None and phrase.kind in ("person", "body", "abbreviation")
        last = words_before(low, amount.start)[-1:]
        return bool(phrase) and bool(last) and last[0] in _FIVE_CUES and not low.startswith("học", amount.end + 1)
    if amount.text == "ba":
        return bool(unit or lead) or not low.startswith(("mẹ", "em ", "con ", "má", "anh ", "chị "), amount.end + 1)
    return True


def is_code(amount: Amount) -> bool:
    """A phone, account or document number: eight digits in a row, or zeros before three digits."""
    plain = amount.digits.split(".")[0].split(",")[0]
    return len(plain) > 7 or (len(plain) > 2 and plain[0] == "0")


def _is_year(amount: Amount) -> bool:
    return len(amount.digits) == 4 and amount.digits[:2] in ("18", "19", "20") and amount.scale is None
