"""spaCy component ``congdoan_dates``: writes ``doc.spans["dates"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import document
from pipeline.normalize import timex


class Dates:
    """Every expression of time as a Span: label DATE, TIME, DURATION or SET, ``id_`` the rule, value a DateValue."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        found = timex.find(document.text_of(doc), document.published(doc), document.sentences(doc))
        doc.spans["dates"] = [
            document.annotate(doc, start, end, label=value.type, rule=rule, value=value)
            for start, end, rule, value in found
        ]
        return doc
