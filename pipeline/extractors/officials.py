"""spaCy component ``congdoan_officials``: writes ``doc.spans["officials"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Officials:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["officials"] = []
        return doc
