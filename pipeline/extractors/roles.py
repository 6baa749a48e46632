"""spaCy component ``congdoan_roles``: writes ``doc.spans["roles"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Roles:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["roles"] = []
        return doc
