"""spaCy component ``congdoan_figures``: writes ``doc.spans["figures"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Figures:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["figures"] = []
        return doc
