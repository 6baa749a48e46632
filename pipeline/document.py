"""Article → spaCy Doc: own tokenizer, sentences, zones, and the one way to write and read facts on a Doc.

The Doc's text is the article's title and blocks, one a line; it is what ``articles.text`` stores and what every offset
points into. spaCy's own tokenizer takes ten times as long and re-spaces nothing worth having here; its Vietnamese
default wants pyvi. Tokens are runs of letters, runs of digits and single other characters, so that any span that
begins and ends between a letter, a digit and a sign falls on token borders.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date
from itertools import accumulate
from operator import itemgetter
from typing import Any

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

import pipeline.packing  # noqa: F401 - lets Docs with values be serialized
from pipeline.normalize import fold
from pipeline.resources import rows
from scrapers.page import Article

_TOKEN = re.compile(r"(\d+|[^\W\d_]+|.)( ?)", re.DOTALL)
_STARTS = "congdoan.token_starts"
_TEXT = "congdoan.text"
_SENTENCES = "congdoan.sentences"
_SENTENCE_STARTS = "congdoan.sentence_starts"
_ZONES = "congdoan.zones"
_MATCH_FORM = "congdoan.match_form"
_VALUE = "congdoan.value"


class Tokenizer:
    """Splits text without loss: ``doc.text == text`` for any text without lone surrogates."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        pairs = _TOKEN.findall(text)
        doc = Doc(self.vocab, words=[word for word, _ in pairs], spaces=[bool(space) for _, space in pairs])
        doc.user_data[_TEXT] = text
        doc.user_data[_STARTS] = [0, *accumulate(len(word) + len(space) for word, space in pairs)][:-1]
        return doc

    def pipe(self, texts: Iterator[str], batch_size: int = 1000) -> Iterator[Doc]:
        yield from map(self, texts)

    # spaCy saves a pipeline's tokenizer with it; this one has nothing to save.
    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> Tokenizer:
        return self

    def to_disk(self, _: Any, **__: Any) -> None:
        return None

    def from_disk(self, _: Any, **__: Any) -> Tokenizer:
        return self


def create_tokenizer() -> Callable[[Language], Tokenizer]:
    """Entry point ``congdoan.Tokenizer.v1`` of spaCy's ``tokenizers`` registry."""
    return lambda nlp: Tokenizer(nlp.vocab)


# --- sentences ------------------------------------------------------------------------------------------------------

_LOWER, _UPPER = (
    ascii_range + "".join(c for c in map(chr, range(0xC0, 0x1EFA)) if keep(c))
    for ascii_range, keep in (("a-z", str.islower), ("A-Z", str.isupper))
)
_END = re.compile(
    r"\n+"
    r"|(?<![.!?…])(?P<spaced>[.!?…]+[\"”’)\]]*) +(?=[“\"‘(\[–\-•*]* ?[^\W_])"
    # A page that lost a line break: "đóng góp.Ông Nhân" — a whole lower-case syllable, a stop, a capitalized word.
    rf"|(?<=[{_LOWER}][{_LOWER}])(?P<glued>[.!?…]+[\"”’)\]]*)(?=[“\"‘(]?[{_UPPER}][^\W\d_])"
)
_LAST_WORD = re.compile(r"[^\s(“\"]+\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)*[^\W\d_]\Z")
_LIST_NUMBER = re.compile(r"[ \-–•]*(?:\d{1,2}|[IVX]{1,5}|[a-hA-H])\Z")


class Sentences:
    """spaCy component: sets sentence starts. A stop after an abbreviation, an initial or a list number ends none."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._abbreviations = frozenset(row["abbreviation"] for row in rows("lexicons/sentence_abbreviations.csv"))

    def __call__(self, doc: Doc) -> Doc:
        bounds = list(self._split(text_of(doc)))
        if len(doc) > 1:
            # One array at once: setting a token's own flag looks through the whole Doc each time.
            flags = np.zeros(len(doc), dtype=np.int64)
            starts = token_starts(doc)
            flags[[i for i in (bisect_left(starts, start) for start, _ in bounds) if i < len(doc)]] = 1
            if len(bounds) < 2:
                # spaCy takes the first token's start for granted and would call a Doc of one sentence unsplit.
                flags[1] = -1
            column: Any = flags.astype(np.uint64).reshape(-1, 1)
            doc.from_array([SENT_START], column)
        doc.user_data[_SENTENCES] = bounds
        return doc

    def _split(self, text: str) -> Iterator[tuple[int, int]]:
        start = 0
        for match in _END.finditer(text):
            if match["spaced"] and not self._ends(text, start, match):
                continue
            end = match.end("spaced") if match["spaced"] else match.end("glued") if match["glued"] else match.start()
            if end > start:
                yield start, end
            start = match.end()
        if start < len(text):
            yield start, len(text)

    def _ends(self, text: str, start: int, match: re.Match[str]) -> bool:
        if match["spaced"][0] != ".":
            return text[match.end() : match.end() + 4].lstrip('“"‘([–-•* ')[:1].isupper() or match["spaced"][0] in "!?"
        before = text[max(start, match.start() - 40) : match.start()]
        word = _LAST_WORD.search(before)
        follows = text[match.end() : match.end() + 4].lstrip('“"‘([–-•* ')[:1]
        if word and (word[0] in self._abbreviations or _INITIALS.match(word[0])) and len(match["spaced"]) == 1:
            return False
        if _LIST_NUMBER.match(text, start, match.start()):
            return False
        return follows.isupper() or follows.isdigit()


# spaCy's entry points import a module and expect the factory to be registered by that.
Language.factory("congdoan_sentences", func=Sentences)


def sentences(doc: Doc) -> list[tuple[int, int]]:
    """Character bounds of the sentences, in order; white space between them belongs to none."""
    bounds: list[tuple[int, int]] | None = doc.user_data.get(_SENTENCES)
    if bounds is None:
        # A pipeline of somebody else's: take its sentences, or the whole text as one.
        has = doc.has_annotation("SENT_START")
        bounds = [(s.start_char, s.end_char) for s in doc.sents] if has else [(0, len(text_of(doc)))]
        doc.user_data[_SENTENCES] = bounds
    return bounds


def sentence_at(doc: Doc, offset: int) -> int:
    """Index of the sentence that holds the character ``offset`` (or the nearest one before it)."""
    starts: list[int] | None = doc.user_data.get(_SENTENCE_STARTS)
    if starts is None:
        starts = doc.user_data[_SENTENCE_STARTS] = [start for start, _ in sentences(doc)]
    return max(0, bisect_right(starts, offset) - 1)


# --- zones ----------------------------------------------------------------------------------------------------------


def text_and_zones(article: Article) -> tuple[str, list[tuple[int, int, str]]]:
    """The article's text, and (start, end, zone) of each line in it: title, lead, body, caption."""
    lines = [("title", article.title)] if article.title else []
    lines += [(block.zone, block.text) for block in article.blocks]
    text, zones = [], []
    offset = 0
    for zone, line in lines:
        text.append(line)
        zones.append((offset, offset + len(line), zone))
        offset += len(line) + 1
    return "\n".join(text), zones


def build(nlp: Language, article: Article) -> Doc:
    """The article as a Doc with zones and metadata, every component of ``nlp`` run on it."""
    text, bounds = text_and_zones(article)
    doc = nlp.make_doc(text)
    doc.user_data[_ZONES] = bounds
    doc.spans["zones"] = [span_at(doc, start, end, zone) for start, end, zone in bounds if end > start]
    doc._.published = article.published.value.date() if article.published.value else None
    doc._.title = article.title
    doc._.site = article.site
    return nlp(doc)


def zones(doc: Doc) -> list[tuple[int, int, str]]:
    """(start, end, zone) in order. A Doc that was not built from an Article is all body."""
    bounds: list[tuple[int, int, str]] = doc.user_data.get(_ZONES) or [(0, len(text_of(doc)), "body")]
    return bounds


def zone_at(doc: Doc, offset: int) -> str:
    """The zone that holds the character ``offset``."""
    bounds = zones(doc)
    return bounds[max(0, bisect_right(bounds, offset, key=itemgetter(0)) - 1)][2]


# --- forms ----------------------------------------------------------------------------------------------------------


def match_form(doc: Doc) -> str:
    """:func:`pipeline.normalize.fold.match_form` of the text, made once a Doc."""
    form: str | None = doc.user_data.get(_MATCH_FORM)
    if form is None:
        form = doc.user_data[_MATCH_FORM] = fold.match_form(text_of(doc))
    return form


# --- facts ----------------------------------------------------------------------------------------------------------


def text_of(doc: Doc) -> str:
    """``doc.text``, which spaCy joins anew from the tokens each time (2 ms an article)."""
    text: str | None = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return text


def token_starts(doc: Doc) -> list[int]:
    """Character offset of each token."""
    starts: list[int] | None = doc.user_data.get(_STARTS)
    if starts is None:
        starts = doc.user_data[_STARTS] = [token.idx for token in doc]
    return starts


def span_at(doc: Doc, start: int, end: int, label: str, rule: str = "", kb_id: str = "") -> Span:
    """The Span of the characters [start, end); widened to token borders where a foreign tokenizer has others."""
    starts = token_starts(doc)
    return Span(doc, bisect_right(starts, start) - 1, bisect_left(starts, end), label, kb_id=kb_id, span_id=rule)


def annotate(doc: Doc, start: int, end: int, *, label: str, rule: str, value: Any, kb_id: str = "") -> Span:
    """A fact's Span with its value; the caller collects the spans of a kind into ``doc.spans[kind]``.

    Two facts of one kind may cover the same characters (two posts, one name); the second one's rule then gets a
    ``#2``, so that each keeps its own value.
    """
    span = span_at(doc, start, end, label, rule, kb_id)
    stated, number = rule, 2
    # Known here, while the span would look its label and its rule up anew.
    while doc.user_data.get(key := _key(span, label, stated), value) != value:
        stated = f"{rule}#{number}"
        span = span_at(doc, start, end, label, stated, kb_id)
        number += 1
    doc.user_data[key] = value
    return span


def _key(span: Span, label: str, rule: str) -> str:
    # spaCy keys a span's extension by its characters alone: nested kinds with equal borders would share one value.
    return f"{_VALUE}|{span.start_char}|{span.end_char}|{label}|{rule}"


def _get_value(span: Span) -> Any:
    return span.doc.user_data.get(_key(span, span.label_, span.id_))


def _set_value(span: Span, value: Any) -> None:
    span.doc.user_data[_key(span, span.label_, span.id_)] = value


def surface_of(span: Span) -> str:
    """``span.text``, which spaCy joins anew from a Token object each."""
    return text_of(span.doc)[span.start_char : span.end_char]


Span.set_extension("value", getter=_get_value, setter=_set_value, force=True)
Doc.set_extension("published", default=None, force=True)
Doc.set_extension("title", default=None, force=True)
Doc.set_extension("site", default=None, force=True)


def published(doc: Doc) -> date | None:
    """The article's publication day, None where the page has none."""
    day: date | None = doc._.published
    return day


def site(doc: Doc) -> str | None:
    """The host of the article's page, None where no address is known."""
    host: str | None = doc._.site
    return host
