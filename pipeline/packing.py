"""Values inside serialized Docs: ``doc.to_bytes()``, ``DocBin(store_user_data=True)`` and ``nlp.pipe(n_process=…)``
carry ``span._.value`` along, because srsly asks its registered encoders about objects that msgpack doesn't know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

import srsly

from pipeline import values

_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        values.DateValue,
        values.OrganizationValue,
        values.PersonValue,
        values.RoleValue,
        values.OfficialValue,
        values.FigureValue,
        values.Participant,
        values.EventValue,
    )
}
_MARK = "__congdoan__"


def encode(value: Any, chain: Callable[[Any], Any] | None = None) -> Any:
    """A value or a day as a plain mapping; anything else is the next encoder's."""
    if isinstance(value, date):
        return {_MARK: "date", "iso": value.isoformat()}
    if type(value).__name__ in _KINDS and isinstance(value, _KINDS[type(value).__name__]):
        return {_MARK: type(value).__name__, **{field.name: getattr(value, field.name) for field in fields(value)}}
    return chain(value) if chain else value


def decode(found: Any, chain: Callable[[Any], Any] | None = None) -> Any:
    """The value that :func:`encode` made a mapping of."""
    if isinstance(found, dict) and _MARK in found:
        kind = found[_MARK]
        if kind == "date":
            return date.fromisoformat(found["iso"])
        given = {name: tuple(item) if isinstance(item, list) else item for name, item in found.items() if name != _MARK}
        return _KINDS[kind](**given)
    return chain(found) if chain else found


srsly.msgpack_encoders.register("congdoan_values", func=encode)
srsly.msgpack_decoders.register("congdoan_values", func=decode)
