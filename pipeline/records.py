"""Doc → facts as ``extract --format jsonl`` prints them (the keys of the annotation guidelines)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import Any

from spacy.tokens import Doc, Span

from pipeline.document import surface_of, text_of
from pipeline.relevance import relevance
from scrapers.page import Article

Fact = dict[str, Any]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, tuple):
        return [asdict(one) if is_dataclass(one) and not isinstance(one, type) else one for one in value]
    return value


def _evidence(span: Span) -> Fact:
    return {"surface": surface_of(span), "start": span.start_char, "end": span.end_char, "rule": span.id_}


def _fact(span: Span) -> Fact:
    """All fields of the value, beside where it stands."""
    value = span._.value
    return {**{field.name: _plain(getattr(value, field.name)) for field in fields(value)}, **_evidence(span)}


def dates(doc: Doc) -> list[Fact]:
    """One fact an expression of time."""
    return [_fact(span) for span in doc.spans.get("dates", ())]


def figures(doc: Doc) -> list[Fact]:
    """A range is one span in the Doc and two facts here, one an end."""
    facts = []
    for span in doc.spans.get("figures", ()):
        fact = _fact(span)
        facts.append(fact)
        if span._.value.value_max is not None:
            upper = {"value": fact["value_max"], "comparator": fact["comparator_max"] or fact["comparator"]}
            facts.append({**fact, **upper})
    return facts


def organizations(doc: Doc) -> list[Fact]:
    """One fact an organization, with its spellings and the offsets of its mentions."""
    found: dict[str, Fact] = {}
    for span in doc.spans.get("organizations", ()):
        fact = _fact(span)
        known = found.setdefault(
            fact["org_id"] or fact["name"],
            {**fact, "id": fact["org_id"], "surfaces": [], "mentions": []},
        )
        if fact["surface"] not in known["surfaces"]:
            known["surfaces"].append(fact["surface"])
        known["mentions"].append([span.start_char, span.end_char])
    return list(found.values())


def persons(doc: Doc) -> list[Fact]:
    """One fact a mention; ``person`` is the full name that it means."""
    return [{**_fact(span), "person": span._.value.name} for span in doc.spans.get("persons", ())]


def roles(doc: Doc) -> list[Fact]:
    """One fact a title, with or without its holder."""
    return [_fact(span) for span in doc.spans.get("roles", ())]


def officials(doc: Doc) -> list[Fact]:
    """One fact a person, role and organization."""
    return [_fact(span) for span in doc.spans.get("officials", ())]


def events(doc: Doc) -> list[Fact]:
    """The span of an event is its trigger."""
    return [
        {**_fact(span), "main": span._.value.is_main, "trigger": surface_of(span)}
        for span in doc.spans.get("events", ())
    ]


KINDS: dict[str, Callable[[Doc], list[Fact]]] = {
    "dates": dates,
    "organizations": organizations,
    "persons": persons,
    "roles": roles,
    "officials": officials,
    "figures": figures,
    "events": events,
}
# What makes two mentions of a kind the same fact of an article.
_SAME: dict[str, tuple[str, ...]] = {
    "dates": ("type", "value"),
    "organizations": ("id", "name"),
    "officials": ("person", "role", "organization"),
    "figures": ("value", "unit", "comparator"),
    "events": ("start", "end", "type"),
}
_PRINTED = tuple(_SAME)


def distinct(kind: str, facts: list[Fact]) -> list[Fact]:
    """Each distinct fact once, at its first mention."""
    seen: dict[tuple[Any, ...], Fact] = {}
    for fact in facts:
        seen.setdefault(tuple(fact[key] for key in _SAME[kind]), fact)
    return list(seen.values())


def article_record(article: Article, doc: Doc) -> Fact:
    """One line of ``extract --format jsonl``."""
    when = article.published.value
    return {
        "id": article.id,
        "file": article.file,
        "url": article.url,
        "title": article.title,
        "published": (when.isoformat() if article.published.has_time else when.date().isoformat()) if when else None,
        "byline": article.byline,
        "text": text_of(doc),
        "relevance": relevance(doc),
        **{kind: distinct(kind, KINDS[kind](doc)) for kind in _PRINTED},
    }
