"""Bytes → text. UTF-8 proves itself; anything else must declare itself or read as Vietnamese once decoded.

Text that decodes but is in the table of a legacy font is read by :mod:`scrapers.legacy`.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator

from charset_normalizer import from_bytes

from scrapers.errors import InputError
from scrapers.legacy import best_table, readers, repair, syllable_share

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 4096
_SAMPLE = 2**16
_MAX_CONTROL = 0.05
_LOST_MAX = 0.1
_DECLARED_SHARE, _SURE_SHARE = 0.6, 0.7
_MAX_FOREIGN = 0.03
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_VIETNAMESE = frozenset(
    "".join(
        unicodedata.normalize("NFC", letter + tone)
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for letter in [base]
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    + "đĐ\u00a0–—‘’“”…•·«»°×©®₫"
)
# What a page that is not Vietnamese text can't be told from would be a guess; these are tried, all others refused.
_CANDIDATES = ["cp1258", "cp1252", "utf_16_le", "utf_16_be"]


def is_binary(data: bytes, *, markup: bool = False) -> bool:
    """Whether the first bytes are no text in any charset (NUL bytes without a UTF-16 mark, many control bytes).

    ``markup``: a page may have stray NUL bytes, as browsers take them.
    """
    sample = data[:_SAMPLE]
    if any(sample.startswith(bom) for bom, _ in _BOMS):
        return False
    control = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    zeros = sample.count(0)
    if zeros and markup and b"<" in sample and control <= _MAX_CONTROL * len(sample):
        return False
    if zeros and not _looks_utf16(sample):
        return True
    # UTF-16 without a mark has a zero in every other byte and otherwise reads as text.
    return control - zeros > _MAX_CONTROL * len(sample)


def _looks_utf16(sample: bytes) -> bool:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) <= 0.01 * len(sample)


def decode(data: bytes, *, ref: str, header: str | None = None, markup: bool = False) -> tuple[str, str]:
    """Text and the charset that it was read in: Python's name of it, or the legacy table's ("tcvn3", "utf-8 twice").

    ``header`` is the Content-Type's charset, ``markup`` looks for what an HTML page declares. Raises InputError:
    binary, truncated (the last character is cut), encoding.
    """
    text, charset = _decode(data, ref, header, markup)
    text, table = repair(text)
    return text, table or charset


def decode_page(data: bytes, *, ref: str, header: str | None = None) -> tuple[str, str]:
    """A page's text and charset. Raises InputError: binary, encoding."""
    return decode(data, ref=ref, header=header, markup=True)


def _decode(data: bytes, ref: str, header: str | None, markup: bool) -> tuple[str, str]:
    for charset in _proven(data):
        text = _try(data, charset)
        # Only UTF-16 and UTF-32 have NUL bytes in text; a page's stray ones are dropped with other control characters.
        if text is not None and not (charset == "utf-8" and is_binary(data, markup=markup)):
            return text, charset
    if is_binary(data, markup=markup):
        raise InputError(ref, "binary", "not a text but a binary file; give .txt, .html, .jsonl, .warc or .warc.gz")
    text, broken = _cut(data)
    if text is not None:
        if markup:
            return text, "utf-8"
        raise InputError(ref, "truncated", f"the file breaks off inside a character at byte {broken}; save it again")
    if markup and (text := _damaged_utf8(data)) is not None:
        return text, "utf-8"
    named = list(_declared(data, header)) if markup else []
    for charset in named:
        # Pages in legacy fonts declare Latin-1, whose every byte is some character.
        text = _try(data, charset) if not _is_latin(charset) else None
        if text is not None and syllable_share(text[:_SAMPLE]) >= _DECLARED_SHARE:
            return unicodedata.normalize("NFC", text), charset
    best = from_bytes(data[:_SAMPLE], cp_isolation=_CANDIDATES).best()
    for charset in ("cp1258", best.encoding if best else "cp1258"):
        text = _try(data, charset)
        if text is not None and is_vietnamese(text) and syllable_share(_composed(text)) >= _SURE_SHARE:
            return _composed(text), charset
    text = data.decode("latin-1")
    table, score, _ = best_table(text.splitlines())
    if table is not None and score >= _SURE_SHARE:
        return readers()[table](text), table
    for charset in named:
        # Nothing Vietnamese: a page in another language is what it says it is.
        text = _try(data, charset)
        if text is not None and markup and not _is_latin(charset):
            return unicodedata.normalize("NFC", text), charset
    line = data[:broken].count(b"\n") + 1
    raise InputError(
        ref, "encoding", f"not UTF-8 (line {line}, byte {broken}) nor a Vietnamese table; save it as UTF-8"
    )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_latin(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in ("iso8859-1", "cp1252", "ascii", "iso8859-15")
    except LookupError:
        return True


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes, as pages that cut a text by bytes have; None where it is something else."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    marked = sum(map(text[: 2**18].count, "ạảấầậđếềệịọốồộớờợủứừự"))
    return text if lost <= _LOST_MAX * marked else None


def is_vietnamese(text: str) -> bool:
    """Whether the marked letters are Vietnamese ones: the wrong table of a legacy font gives signs and foreign ones."""
    marked = [c for c in unicodedata.normalize("NFC", text[:_SAMPLE]) if c > "\x7f"]
    foreign = sum(c not in _VIETNAMESE for c in marked)
    letters = sum(c.isalpha() for c in marked)
    # "é" and "à" are French too; a Vietnamese text of some length has letters that no other language has.
    own = any(c.isalpha() and c > "\xff" for c in marked)
    return letters > 0 and own and foreign <= _MAX_FOREIGN * len(marked)


def _proven(data: bytes) -> Iterator[str]:
    yield from (charset for bom, charset in _BOMS if data.startswith(bom))
    yield "utf-8"


def _declared(data: bytes, header: str | None) -> Iterator[str]:
    # It takes as long to import as a page takes to read, and text files need it only where they are no UTF-8.
    from bs4.dammit import EncodingDetector

    declared = EncodingDetector.find_declared_encoding(data[:_HEAD], is_html=True)
    yield from filter(None, (declared, header))


def _try(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _cut(data: bytes) -> tuple[str | None, int]:
    """The text where only the last character is incomplete UTF-8; where the first bad byte stands."""
    try:
        return data.decode("utf-8"), len(data)
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8"), error.start
        return None, error.start
