"""spaCy component ``congdoan_events``: writes ``doc.spans["events"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Events:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["events"] = []
        return doc
