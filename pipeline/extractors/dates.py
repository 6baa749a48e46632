"""spaCy component ``congdoan_dates``: writes ``doc.spans["dates"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document
from pipeline.normalize import timex
from pipeline.resources import rows

_MONTH_FIRST = frozenset(row["host"] for row in rows("lexicons/date_sites.csv") if row["order"] == "month-first")


class Dates:
    """Every expression of time as a Span: label DATE, TIME, DURATION or SET, ``id_`` the rule, value a DateValue."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        month_first = document.site(doc) in _MONTH_FIRST
        found = timex.find(document.text_of(doc), document.published(doc), document.sentences(doc), month_first)
        doc.spans["dates"] = [
            document.annotate(doc, start, end, label=value.type, rule=rule, value=value)
            for start, end, rule, value in found
        ]
        return doc
