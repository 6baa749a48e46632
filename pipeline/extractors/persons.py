"""spaCy component ``congdoan_persons``: writes ``doc.spans["persons"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Persons:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["persons"] = []
        return doc
