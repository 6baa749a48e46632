"""spaCy component ``congdoan_organizations``: writes ``doc.spans["organizations"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Organizations:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["organizations"] = []
        return doc
