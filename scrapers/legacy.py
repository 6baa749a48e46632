"""Vietnamese written in a legacy table (TCVN3 of the ABC fonts, VNI, VISCII) or in UTF-8 twice, back to Unicode.

The tables are rows (``data/lexicons/legacy_charsets.csv``). Which one a text is in is decided by how many of its marked
words are Vietnamese syllables once read in it; a page may mix a legacy article into a Unicode template, so each stretch
between tags is read in the table only where that makes more of its words syllables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from html import unescape

from scrapers.resources import rows

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ACUTE_OR_DOT = frozenset("\u0301\u0323")
# Only from where a word or stretch begins: tried from each of its letters, a long one takes the square of its length.
_MARKED = re.compile(r"(?<![^\W_])[^\W_]*[^\x00-\x7f\s\d“”‘’–—…•«»°·][^\s.,;:!?()\"“”‘’–—…]*")
# In no Vietnamese text: letters and signs of Latin-1 that the legacy tables and UTF-8 read as Latin-1 put there.
_ODD = re.compile("[\x80-\x9f¡-¦¨ª¬\xadµ¶¸¹º¼-¾ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþ\x02\x05\x06\x14\x19\x1e]")
_ODD_MIN = 4
_STRETCH = re.compile(r"(?<![^<>\n])(?:[^<>\n]*[^\x00-\x7f\n<>][^<>\n]*|[^<>\n]*&[a-zA-Z]{2,8};[^<>\n]*)")
_LATIN_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#1[2-9]\d|#2[0-5]\d);")
_KEPT_ENTITIES = frozenset({"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})
_SAMPLE_WORDS = 3000
_ENOUGH, _GAIN = 0.7, 0.15
UTF8_TWICE = "utf-8 twice"


def repair(text: str) -> tuple[str, str | None]:
    """The text in Unicode and the table it was in (tcvn3, vni, viscii, "utf-8 twice"); the same and None for any other.

    ``text`` may be markup: tags are ASCII and no table touches ASCII alone.
    """
    if not _is_odd(text):
        return text, None
    whole = _LATIN_ENTITY.sub(_latin_entity, text)
    stretches = [match[0] for match in _STRETCH.finditer(whole)]
    table, score, before = best_table(stretches)
    if table is None or score < _ENOUGH or score < before + _GAIN:
        return text, None
    read = readers()[table]
    return _STRETCH.sub(lambda match: _better(match[0], read), whole), table


def best_table(stretches: Iterable[str]) -> tuple[str | None, float, float]:
    """The table that makes most words syllables, that share, and the share as the text is."""
    odd = [stretch for stretch in stretches if _ODD.search(stretch)][:_SAMPLE_WORDS]
    sample = "\n".join(odd)[: 8 * _SAMPLE_WORDS]
    before = syllable_share(sample)
    scores = {name: syllable_share(read(sample)) for name, read in readers().items()}
    table = max(scores, key=lambda name: scores[name], default=None)
    return table, scores[table] if table else 0.0, before


def syllable_share(text: str) -> float:
    """The share of Vietnamese syllables among the words that have a mark or a sign glued to them; 1 where none has."""
    words = _marked_words(text)[:_SAMPLE_WORDS]
    return sum(map(is_syllable, words)) / len(words) if words else 1.0


@cache
def readers() -> dict[str, Callable[[str], str]]:
    """Each table's reading of a text."""
    tables: dict[str, dict[str, str]] = {}
    for row in rows("lexicons/legacy_charsets.csv"):
        code = "".join(chr(int(number, 16)) for number in row["code"].split())
        tables.setdefault(row["charset"], {})[code] = row["character"]
    return {**{name: _reader(table) for name, table in tables.items()}, UTF8_TWICE: _undo_utf8}


@lru_cache(maxsize=2**14)
def is_syllable(word: str) -> bool:
    """Whether the word is built as a Vietnamese syllable is: onset, rhyme, and a tone that the rhyme takes."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in decomposed if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    if len(tones) > 1:
        return False
    onsets, rhymes = _parts()
    for end in range(min(3, len(bare) - 1), -1, -1):
        rhyme = bare[end:]
        if bare[:end] in onsets and rhyme in rhymes:
            stopped = rhyme[-1] in "cpt" or rhyme.endswith("ch")
            return not stopped or bool(tones and tones[0] in _ACUTE_OR_DOT) or not tones
    return bare in onsets and bare == "gi"


@cache
def _parts() -> tuple[frozenset[str], frozenset[str]]:
    parts = rows("lexicons/syllable_parts.csv")
    onsets = frozenset(row["text"] for row in parts if row["part"] == "onset")
    return onsets | {""}, frozenset(row["text"] for row in parts if row["part"] == "rhyme")


def _is_odd(text: str) -> bool:
    found = _ODD.finditer(text)
    if all(next(found, None) is not None for _ in range(_ODD_MIN)):
        return True
    named = _LATIN_ENTITY.finditer(text)
    return (
        sum(_ODD.search(unescape(match[0])) is not None for match, _ in zip(named, range(5000), strict=False))
        >= _ODD_MIN
    )


def _latin_entity(match: re.Match[str]) -> str:
    character = unescape(match[0])
    return character if match[0] not in _KEPT_ENTITIES and "\x7f" < character <= "\xff" else match[0]


def _marked_words(text: str) -> list[str]:
    # Signs of Latin-1 are letters in the tables: "®oµn" is one word, and none of Vietnamese.
    return _MARKED.findall(text)


def _better(stretch: str, read: Callable[[str], str]) -> str:
    if not _ODD.search(stretch) and syllable_share(stretch) >= _ENOUGH:
        return stretch
    other = read(stretch)
    return other if syllable_share(other) > syllable_share(stretch) else stretch


def _reader(table: dict[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True))))

    def read(text: str) -> str:
        return pattern.sub(lambda match: table[match[0]], _as_latin1(text))

    return read


@cache
def _windows_signs() -> dict[int, str]:
    """What windows-1252 shows for the bytes 80–9F, to the byte's own character."""
    shown = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}
    return {ord(sign): chr(byte) for byte, sign in shown.items() if sign != "\ufffd"}


def _as_latin1(text: str) -> str:
    return text.translate(_windows_signs())


def _undo_utf8(text: str) -> str:
    """UTF-8 that was read as windows-1252 and written as UTF-8, read once more; stretches that are not stay."""
    return re.sub(r"[\x80-\xff]{2,}", _decode_again, _as_latin1(text))


def _decode_again(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeError:
        return match[0]
