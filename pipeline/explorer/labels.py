"""Words of the pages in Vietnamese and English: rows of labels.csv."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

LANGUAGES = ("vi", "en")
_ITSELF = {"vi": "Tiếng Việt", "en": "English"}


@cache
def labels() -> dict[str, dict[str, str]]:
    """For each key its words by language."""
    text = files("pipeline.explorer").joinpath("labels.csv").read_text(encoding="utf-8")
    return {
        row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(text.splitlines())
    }


def label(key: str, language: str) -> str:
    """The words for ``key``; KeyError for one that has none: a page must not show a key."""
    return labels()[key][language]


def value_label(kind: str, value: object, language: str) -> str:
    """The words for one of the dataset's controlled values; the value itself where none are known."""
    found = labels().get(f"{kind}.{value}")
    return found[language] if found else str(value)


def name_of(language: str) -> str:
    """The language's name in itself."""
    return _ITSELF[language]


def preferred(accepted: str) -> str:
    """The language that an Accept-Language header wants most; Vietnamese where it wants none of ours."""
    wanted = []
    for place, part in enumerate(accepted.split(",")):
        name, _, rest = part.partition(";")
        _, _, share = rest.partition("q=")
        try:
            quality = float(share) if share else 1.0
        except ValueError:
            quality = 0.0
        language = name.strip().lower().split("-")[0]
        if language in LANGUAGES and quality > 0:
            wanted.append((-quality, place, language))
    return min(wanted)[2] if wanted else LANGUAGES[0]
