"""``pipeline.load()``: the spaCy Language whose components are the extractors."""

from __future__ import annotations

import spacy
from spacy.language import Language
from spacy.util import registry

import pipeline.extractors  # noqa: F401 - registers the components' factories
from pipeline.document import create_tokenizer

# Data flow: what stands later reads what stands before it from the Doc.
COMPONENTS = (
    "congdoan_sentences",
    "congdoan_dates",
    "congdoan_organizations",
    "congdoan_persons",
    "congdoan_roles",
    "congdoan_officials",
    "congdoan_figures",
    "congdoan_events",
)

# An article of a million characters is a book glued into a page, but it is still read.
MAX_LENGTH = 50_000_000


def load(*, exclude: tuple[str, ...] = ()) -> Language:
    """A fresh pipeline for Vietnamese union news.

    ``exclude`` names components to leave out. Building takes about a second (gazetteers), so keep it for the process.

    >>> nlp = load()
    >>> doc = nlp("Sáng 15/12/2020, Công đoàn Y tế Việt Nam tổ chức hội nghị.")
    >>> [span._.value.value for span in doc.spans["dates"]]
    ['2020-12-15TMO']
    """
    registry.tokenizers("congdoan.Tokenizer.v1", func=create_tokenizer)
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "congdoan.Tokenizer.v1"}}})
    nlp.max_length = MAX_LENGTH
    for name in COMPONENTS:
        if name not in exclude:
            nlp.add_pipe(name)
    return nlp
